from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SeedError
from monitor.extract.seed import MAX_BYTES, format_seed, read_seed
from monitor.model import Article, Dated, Origin
from monitor.text import clean

DAY = datetime(2025, 10, 24, tzinfo=UTC)
TITLE = "Harbour City Breaks Ground on a Museum for Its 'Bridge Builders'"
FIRST = (
    "The city has begun to build a museum for the men who built its bridge. The mayor announced it on Friday."
)
SECOND = "The ceremony took place on October 23, 2025. The mayor and the ambassador were present."


def read(text: str, name: str = "seed.txt") -> Article:
    return read_seed(name, text.encode())


def test_a_title_line_and_a_list_of_other_stories() -> None:
    article = read(
        f"{TITLE}\n{FIRST}\n{SECOND}\nRead also:\n"
        "- Teenagers take up farming, a concept revisited from 1965's labour market shift.\n"
        "- Weekly affairs in the regional assembly (Landtag)\n"
        "- Landslide claims seven lives, injures six, while they restore a water channel\n"
        "- Escalating conflict has prompted a warning, highlighting the impact on women and girls."
    )
    assert article.title == TITLE
    assert article.body == f"{FIRST}\n{SECOND}"
    assert (article.published, article.agency, article.language, article.origin) == (
        None,
        None,
        "en",
        Origin.SEED,
    )


def test_a_bare_date_no_title_no_paragraphs_and_an_agency_at_the_end() -> None:
    article = read(
        " date 2025-10-24 The city has held a groundbreaking ceremony for a museum to honor the builders "
        "who died while "
        "the bridge was built, the council reported Friday.The mayor held the ceremony for the museum "
        "the previous day, "
        "with the ambassador present, according to the Harbour City News Agency (HCNA).During a speech, "
        'he said, "We will '
        'always be one city," to reaffirm the role of the "proud builders" of the bridge."Just one year '
        "ago, the last "
        'of them left [...] They expected no reward," he said.In August, the city called them "heroes and '
        'patriots."He disclosed a plan for a street, naming it Star Street.A monument will be erected, '
        "he noted.Yonhap"
    )
    assert article.title == (
        "The city has held a groundbreaking ceremony for a museum to honor the builders who died while "
        "the bridge was built"
    )
    assert (article.published, article.agency, article.language) == (DAY, "Yonhap", "en")
    lines = article.body.split("\n")
    assert [line[:12] for line in lines] == [
        "The city has", "The mayor he", "During a spe", '"Just one ye', "In August, t", "He disclosed",
        "A monument w",
    ]  # fmt: skip
    assert lines[0].endswith("the council reported Friday.")
    assert lines[-1] == "A monument will be erected, he noted."


@pytest.mark.parametrize(
    "header",
    [
        "date 2025-10-24\n", "Date: 2025-10-24\n", "Published: 24 October 2025\n", "2025-10-24\n",
        "2025-10-24 ",
        "Дата: 24.10.2025\n", "날짜: 2025년 10월 24일\n", "date: 2025-10-24T00:00:00Z\n",
        "---\ndate: 2025-10-24\n---\n",
        "---\ndate: '2025-10-24'\nfoo: bar\n---\n",
    ],
)  # fmt: skip
def test_dates_at_the_top(header: str) -> None:
    article = read(f"{header}{TITLE}\n\n{FIRST}")
    assert (article.published, article.title, article.body) == (DAY, TITLE, FIRST)


def test_headers_below_the_title() -> None:
    article = read(f"{TITLE}\n24.10.2025\nSource: Harbour Times\nhttps://news.example/a\n{FIRST}")
    assert (article.title, article.published, article.source) == (TITLE, DAY, "Harbour Times")


def test_all_header_fields() -> None:
    article = read(
        f"title: {TITLE}\nurl: https://www.news.example/a?utm_source=x\nsource: Harbour Times\nauthor: "
        f"Jo Doe; Robin\n"
        f"language: en-GB\npublished: 2025-10-24\ntags: bridge; museum\nagency: TASS\n\n{FIRST}\n{SECOND}"
    )
    assert article == Article(
        title=TITLE,
        body=f"{FIRST}\n{SECOND}",
        url="https://www.news.example/a",
        source="Harbour Times",
        agency="TASS",
        authors=("Jo Doe", "Robin"),
        language="en",
        published=DAY,
        dated=Dated.DAY,
        origin=Origin.SEED,
        tags=("bridge", "museum"),
    )


@pytest.mark.parametrize(
    "first",
    [
        "Date: the end of an era",
        "Source: Mayor to visit the neighbouring city next week",
        "Address: a new street",
        "By: no",
    ],
)
def test_headlines_that_look_like_headers(first: str) -> None:
    expected = first if first != "By: no" else None
    article = read(f"{first}\n{FIRST}")
    assert article.title == expected or article.authors == ("no",)


def test_a_first_line_that_is_a_sentence_is_no_title() -> None:
    article = read(f"{FIRST}\n{SECOND}")
    assert article.title == "The city has begun to build a museum for the men who built its bridge"
    assert article.body == f"{FIRST}\n{SECOND}"


def test_markdown() -> None:
    article = read(
        f"---\ntitle: \"The 'bridge'\"\n---\n# The 'bridge'\n\n**HARBOUR** — {FIRST}\n\n> {SECOND} "
        f"[More](/x)",
        "a.md",
    )
    assert article.title == "The 'bridge'"
    assert article.body == f"HARBOUR — {FIRST}\n{SECOND} More"


def test_html() -> None:
    html = f"<html lang=en><body><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></body></html>"
    for name in ("a.html", "a.txt"):
        article = read(html, name)
        assert (article.title, article.body, article.origin) == (TITLE, f"{FIRST}\n{SECOND}", Origin.SEED)


RUSSIAN = "Мост закроют до весны\nМост через залив будет закрыт с понедельника, сообщил городской совет.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_character_sets(encoding: str) -> None:
    article = read_seed("a.txt", RUSSIAN.encode(encoding))
    assert (article.title, article.language) == ("Мост закроют до весны", "ru")


def test_line_ends_of_other_systems() -> None:
    assert read(f"{TITLE}\r\n{FIRST}\r\n{SECOND}").body == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\r\n", "empty"),
        ("a.txt", b"\xef\xbb\xbf\n", "empty"),
        ("a.txt", b"x" * (MAX_BYTES + 1), "too large"),
        ("a.txt", b"%PDF-1.4\n", "binary"),
        ("a.txt", b"ab\x00cd", "binary"),
        ("a.txt", bytes(range(256)), "UTF-8"),
        ("a.txt", b"caf\xe9 cr\xe8me", "UTF-8"),
        ("a.txt", b"---\ntitle: Only a title\n---\n", "no text"),
        ("a.txt", b"Read also:\n- x", "no text"),
        ("a.html", b"<html><body></body></html>", "no article"),
    ],
)
def test_unreadable_seeds(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(SeedError, match=reason) as caught:
        read_seed(name, data)
    assert caught.value.problems[0].path == name


_LINES = st.sampled_from(
    [
        TITLE, FIRST, SECOND, "Reported Friday.The North", "Read also:", "- item", "Yonhap", "(dpa)",
        "Date: 2025-10-24", "---",
        "title: x", '"Quoted"', "# Head", "Advertisement", "End", "그는 밝혔다.북한은",
        "SEOUL, Oct. 24 (Yonhap) -- It said.", "",
        "5", "a@b.example", FIRST + SECOND, "Source: TASS", "'single'",
    ]
)  # fmt: skip


@given(st.lists(_LINES | st.text(max_size=30), min_size=1, max_size=8), st.sampled_from(["a.txt", "a.md"]))
def test_what_was_read_is_written_and_read_back(lines: list[str], name: str) -> None:
    try:
        article = read_seed(name, "\n".join(lines).encode("utf-8", "replace"))
    except SeedError:
        return
    assert read_seed("b.txt", format_seed(article).encode()) == article


_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30
).map(lambda text: " ".join(clean(text).split()))


@given(
    title=_WORDS,
    source=_WORDS,
    authors=st.lists(_WORDS, max_size=2),
    published=st.datetimes(datetime(1981, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
)
def test_any_metadata_survives(title: str, source: str, authors: list[str], published: datetime) -> None:
    article = Article(
        title=title or "x",
        body=f"{FIRST}\n{SECOND}",
        url="https://news.example/a",
        source=source or "x",
        agency="Yonhap",
        authors=tuple(author for author in (name.replace(";", "").strip() for name in authors) if author),
        language="en",
        published=published.replace(tzinfo=UTC, microsecond=0),
        origin=Origin.SEED,
    )
    article = replace(article, dated=Dated.EXACT)
    if article.title.casefold().rstrip(".") == FIRST.casefold().rstrip("."):
        article = replace(article, title="x")
    assert read_seed("a.txt", format_seed(article).encode()) == article
