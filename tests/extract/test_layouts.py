"""Kinds of pages that extractors misread, a small one of each: what a reader reads on it, and nothing else."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract import blocks, clutter, edges, embedded
from monitor.extract.page import extract_page
from monitor.extract.tree import parse
from monitor.model import Article, Entry

URL = "https://news.example/2025/ferry"
TITLE = "Ferry timetable halved"
SAID = (
    "The ferry company that links the islands said on Friday that it would halve its winter timetable.",
    "Inspectors found corrosion in the fuel lines of one vessel and a cracked shaft on her sister ship.",
    "“We cannot carry passengers on a ship that we would not board ourselves,” said its head, Mairi Lennox.",
    "The minister told parliament that 38 million pounds had been set aside, but no ship would sail by 2028.",
)
PS = "".join(f"<p>{line}</p>" for line in SAID)
LEAD = "Two of four vessels failed the inspection, and bookings fall by a third"
OTHER = "Man rescued from sinking dinghy off the western isles"


def cards(count: int, tag: str = "div") -> str:
    return "".join(
        f'<{tag} class="card"><h3><a href="/other/{n}">Headline {n} of the day about another thing</a></h3>'
        f"<p>A teaser of a dozen words or so on something else, the number of it is {n}.</p></{tag}>"
        for n in range(count)
    )


def read(body: str, head: str = "", *, title: str = TITLE, site: str = "") -> Article:
    named = f'<meta property="og:site_name" content="{site}">' if site else ""
    html = f"<html><head><title>{TITLE}</title>{named}{head}</head><body>{body}</body></html>"
    return extract_page(html.encode(), "text/html; charset=utf-8", URL, Entry("1", URL, title))


IN_ARTICLE = {
    "one other article as a paragraph": f'<p><a href="/other"><b>{OTHER}</b></a></p>',
    "one other article with its date": f'<div><a href="/o">{OTHER}</a><span>Yesterday, 09:14</span></div>',
    "a box that asks for an address": (
        "<div><h3>The Morning Tide</h3><p>The stories that matter to the islands, every weekday at seven.</p>"
        '<form><input type="email"><p>We keep your address to ourselves.</p></form></div>'
    ),
    "a caption that is no figcaption": '<div><p class="imageCaption">The ship is towed into harbour</p></div>',
    "a byline": '<div class="byline">Jane Doe, Transport Correspondent</div>',
    "who posted": "<p>Callum Reid (@creid) October 24, 2025</p>",
    "an appeal to those concerned": "<p>Have YOU been affected? Email tips@news.example</p>",
    "a player": "<p>To play this video you need to enable JavaScript in your browser.</p>",
    "consent for what is elsewhere": "<p>Empfohlener externer Inhalt</p><p>An dieser Stelle finden Sie einen "
    "externen Inhalt von X, der den Artikel ergänzt. Sie können ihn sich mit einem Klick anzeigen lassen.</p>",
    "a newsletter by its name": "<p>The Tide newsletter has all you need to start your day. Sign up here.</p>",
}


@pytest.mark.parametrize("inserted", IN_ARTICLE.values(), ids=IN_ARTICLE)
def test_in_the_middle_of_an_article(inserted: str) -> None:
    parts = [f"<p>{line}</p>" for line in SAID]
    article = read(f"<article><h1>{TITLE}</h1>{''.join(parts[:2])}{inserted}{''.join(parts[2:])}</article>")
    assert article.body == "\n".join(SAID)


@pytest.mark.parametrize(
    "kept",
    [
        '<p>The report is <a href="/report">on the ministry\'s page</a></p>',
        '<p><a href="/report">The ministry published the report on Friday.</a></p>',
        "<h2>What the inspectors found</h2>",
        "<p>24 October 2025</p>",
        "<p>By Jane Doe</p>",
        '<div class="text"><p class="date-of-birth-note">She was born on an island in 1971, she said.</p></div>',
        "<p>Users may sign up for the newsletter of the company, which has 4,000 readers on the islands.</p>",
    ],
)
def test_what_the_middle_of_an_article_keeps(kept: str) -> None:
    body = read(f"<article><h1>{TITLE}</h1>{PS}{kept}{PS.replace('the', 'these')}</article>").body
    assert len(body.split("\n")) == 2 * len(SAID) + 1


HEADS = {
    "a date": "<p>Published 24 October 2025, 10:12</p><p>Updated: Fri 24 Oct 2025 16.00 BST</p>",
    "a byline": "<p>By Jane Doe</p><p>By JANE DOE and Sam Roe in London</p>",
    "a menu, the headline, a date": f"<p>Menu</p><p>{TITLE}</p><p>24.10.2025 10:12</p>",
    "an author": "<p>Jane Doe</p>",
    "a desk's note": "<p>(ATTN: UPDATES throughout with more details; ADDS photo)</p>",
    "a Korean date and byline": "<p>입력 2025.10.24 10:12 | 수정 2025.10.24 11:30</p><p>홍길동 기자</p>",
    "a Chinese date": "<p>2025年10月24日10:12</p><p>记者 张三</p>",
    "a Japanese date": "<p>10/24(金) 10:12配信</p>",
    "a Ukrainian date": "<p>Пʼятниця, 24 жовтня 2025, 10:12</p>",
    "what a portal says of its source": "<p>Source: Xinhua</p><p>Editor: huaxia</p><p>2025-10-24 10:12:30</p>",
    "a headline with what stands above it": f"<h1>Islands <span>{TITLE}</span></h1>",
    "a Korean picture": "<p>▲ 24일 원산항 모습. 항구일보DB</p>",
    "a French date": "<p>Publié le 24 octobre 2025 à 12h12, modifié le 24 octobre 2025 à 14h00</p>",
}  # fmt: skip
TAILS = {
    "a mark of the end": "<p>-0-</p><p>www.kcna.example (Juche114.10.24.)</p>",
    "a reporter's name and address": "<p>홍길동 기자 gildong@news.example</p>",
    "pointers of a portal": "<p>▶ [단독] 장관 교체설</p><p>▶ 항구일보 채널 구독하기</p>",
    "questions to the reader": "<p>Is this page useful?</p><p>Report a problem with this page</p>",
    "an offer": "<p>Keep reading for £1 a month</p><ul><li>Unlimited access on all devices</li>"
    "<li>Cancel anytime</li></ul>",
    "a heading of nothing": "<h2>Latest</h2>",
    "a portal's buttons": "<p>分享让更多人看到</p><p>我要反馈</p>",
    "an author": "<p>Jane Doe</p>",
}


@pytest.mark.parametrize("above", HEADS.values(), ids=HEADS)
def test_above_an_article(above: str) -> None:
    assert read(f"<div>{above}{PS}</div>", '<meta name="author" content="Jane Doe">').body == "\n".join(SAID)


@pytest.mark.parametrize("below", TAILS.values(), ids=TAILS)
def test_below_an_article(below: str) -> None:
    head = '<meta name="author" content="Jane Doe">'
    assert read(f"<article>{PS}{below}</article>", head).body == "\n".join(SAID)


@pytest.mark.parametrize(
    "shown",
    [
        f"<article><h1>{TITLE}</h1><p>{SAID[0]}</p></article><section>{cards(12)}</section>",
        f"<main><p>{SAID[0]}</p></main><ul>{cards(12, 'li')}</ul>",
        f'<div class="l">{cards(25)}</div><div class="c"><h1>{TITLE}</h1><p>{SAID[0]}</p></div>'
        f'<div class="r">{cards(25, "article")}</div>',
    ],
)
def test_one_paragraph_among_many_teasers(shown: str) -> None:
    assert read(shown).body == SAID[0]


def test_updates_of_a_live_blog_are_no_cards() -> None:
    def update(n: int) -> str:
        said = "".join(f"<p>{line}</p>" for line in SAID[n : n + 1])
        return f'<article class="b"><h2><a href="/2025/ferry?b={n}#b">Update {n}</a></h2>{said}</article>'

    body = read(f"<main><h1>{TITLE}</h1>{''.join(map(update, range(4)))}</main>").body
    assert body == "\n".join(f"Update {n}\n{line}" for n, line in enumerate(SAID))


@pytest.mark.parametrize(
    "above",
    [
        f'<p class="article__standfirst">{LEAD}</p>',
        f"<h2>{LEAD}</h2>",
        f'<div class="summary"><p>{LEAD}</p></div>',
        f'<div itemprop="description">{LEAD}</div>',
    ],
)
def test_the_lead_above_the_text(above: str) -> None:
    page = f'<main><header><h1>{TITLE}</h1>{above}</header><div class="article-body">{PS}</div></main>'
    assert read(page).body == "\n".join([LEAD, *SAID])
    said = f'<main><h1>{TITLE}</h1>{above}<div class="article-body"><p>{LEAD}</p>{PS}</div></main>'
    assert read(said).body == "\n".join([LEAD, *SAID])


@pytest.mark.parametrize(
    "laid_out",
    [
        f"<table><tr><td><a href=/>Home</a></td></tr></table><table><tr><td>{PS}</td></tr></table>",
        f"<table><tr><td><a href=/1>Sport</a></td><td>{'<br><br>'.join(SAID)}</td></tr></table>",
        f"<article>{'<br><br>'.join(SAID)}</article>",
        f"<div><h1>{TITLE}</h1><div>{'<br>'.join(SAID)}</div></div>",
        f"<center><b>{TITLE}</b></center>{'<br><br>'.join(SAID)}<br><br><a href=/>Back to the front page</a>",
        "".join(f"<div>{line}</div>" for line in SAID),
        f"<div>{'<br/>&nbsp;<br/>'.join(SAID)}</div>",
    ],
)
def test_pages_without_paragraphs(laid_out: str) -> None:
    lines = read(laid_out).body.split("\n")
    assert [line for line in lines if line in SAID] == list(SAID)
    assert set(lines) - set(SAID) <= {"Sport", "Home", "Back to the front page"}


def test_a_single_line_break_within_paragraphs_is_no_new_one() -> None:
    said = [line.replace("that it", "<br>that it").replace(", but", ",<br/>but") for line in SAID]
    body = read(f"<div>{'<br><br>'.join(said)}</div>").body
    assert "".join(body.split()) == "".join("".join(SAID).split())


def test_a_table_of_figures_stays_one() -> None:
    rows = "<tr><th>Route</th><th>Sailings</th></tr><tr><td>North</td><td>12</td></tr>"
    body = read(f"<article>{PS}<table>{rows}</table></article>").body
    assert "Route | Sailings" in body and "North | 12" in body


def test_a_gallery_is_its_captions() -> None:
    pictures = "".join(
        f"<li><figure><img src={n}><figcaption>{line} <small>Photograph: Jo Doe/Wire</small></figcaption></figure></li>"
        for n, line in enumerate(SAID)
    )
    shown = f"<article><h1>{TITLE}</h1><p>{LEAD} on all of the islands.</p><ul>{pictures}</ul></article>"
    assert read(shown).body == "\n".join([f"{LEAD} on all of the islands.", *SAID])


STATE = {
    "menu": [{"label": "Home of all the things that we have to show you, every day of the year."}],
    "article": {"headline": TITLE, "body": [{"type": "paragraph", "html": line} for line in SAID]},
    "related": [{"headline": OTHER, "summary": " ".join(SAID) + " And many more words of another article."}],
}
HTML_STATE = {
    "post": {"title": TITLE, "content": PS},
    "footer": {"legal": "All rights are reserved by us. " * 40},
}
DRAWN = {
    "a script of data": f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(STATE)}</script>',
    "a variable": f"<script>window.dataLayer = []; window.__STATE__ = {json.dumps(HTML_STATE)};</script>",
    "a string that is parsed": f"<script>var s = JSON.parse({json.dumps(json.dumps(STATE))});</script>",
    "a stream": "".join(
        f"<script>self.__next_f.push({json.dumps([1, piece])})</script>"
        for piece in (
            '1:["$","main",null,{"children":[',
            ",".join(json.dumps(["$", "p", None, {"children": line}]) for line in SAID),
            "]}]\n",
        )
    ),
}


@pytest.mark.parametrize("script", DRAWN.values(), ids=DRAWN)
def test_a_page_that_a_script_draws_from_its_data(script: str) -> None:
    assert read(f'<div id="app"></div>{script}').body == "\n".join(SAID)
    assert read(f"<article>{PS}</article>{script}").body == "\n".join(SAID)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("By Jane Doe and Sam Roe", ("Jane Doe", "Sam Roe")),
        ("Jane Doe, Sam Roe", ("Jane Doe", "Sam Roe")),
        ("Jane Doe, Political Editor", ("Jane Doe",)),
        ("Robin Example For Daily Blare", ("Robin Example",)),
        ("홍길동 기자", ("홍길동",)),
        ("Иван Иванов (Редактор отдела «Россия»)", ("Иван Иванов",)),
        ("Harbour Times, Hamburg", ()),
        ("102", ()),
        ("Doe, Jane", ("Doe, Jane",)),
        ("jane@news.example", ()),
    ],
)
def test_authors_as_pages_declare_them(declared: str, expected: tuple[str, ...]) -> None:
    head = f'<meta name="author" content="{declared}">'
    assert read(f"<article>{PS}</article>", head, site="Harbour Times").authors == expected


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("mas/dpa", "dpa"),
        ("Le Courrier avec AFP", "AFP"),
        ("المصدر: رويترز + وكالات", "Reuters"),
        ("Source: TASS", "TASS"),
    ],
)
def test_agencies_that_are_credited_in_other_ways(credit: str, agency: str) -> None:
    article = read(f"<article>{PS}<p>{credit}</p></article>")
    assert (article.agency, article.body) == (agency, "\n".join(SAID))


def test_an_agency_in_the_title_or_below_the_lead() -> None:
    article = read(f"<article>{PS}</article>", title="港で衝突、二人けが(聯合ニュース)")
    assert (article.title, article.agency) == ("港で衝突、二人けが", "Yonhap")
    dated = PS.replace("<p>The ferry", "<p>LONDON, Oct 24 (Reuters) - The ferry", 1)
    assert read(f"<article><h1>{TITLE}</h1><h2>{LEAD}</h2>{dated}</article>").agency == "Reuters"


def test_an_agency_that_is_named_above_the_text() -> None:
    article = read(f"<article><h1>{TITLE}</h1><p>Source: Xinhua</p><p>2025-10-24 10:12:30</p>{PS}</article>")
    assert (article.agency, article.body) == ("Xinhua", "\n".join(SAID))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (f"{TITLE} - 83 North: Analysis of the Islands", TITLE),
        (f"{TITLE} | Transport | The Post", TITLE),
        (f"{TITLE} again", f"{TITLE} again"),
        (f"{TITLE}: what we know - The Post", f"{TITLE}: what we know - The Post"),
        ("Another headline", "Another headline"),
    ],
)
def test_a_title_ends_where_the_headline_of_its_page_does(told: str, expected: str) -> None:
    assert read(f"<article><h1>{TITLE}</h1>{PS}</article>", title=told).title == expected


TAGS = [
    "p",
    "div",
    "br",
    "b",
    "table",
    "tr",
    "td",
    "ul",
    "li",
    "article",
    "h2",
    "a href=/x",
    "span",
    "section",
]
PIECES = st.one_of(
    st.sampled_from(TAGS).map(lambda tag: f"<{tag}>"),
    st.sampled_from(TAGS).map(lambda tag: f"</{tag.split()[0]}>"),
    st.text("ab .\n", min_size=1, max_size=200),
)


@given(st.lists(PIECES, max_size=40))
def test_paragraphs_are_made_of_the_same_text_in_the_same_order(pieces: list[str]) -> None:
    tree = parse("<body>x" + "".join(pieces))
    before = "".join(tree.text_content().split())
    blocks.restore(tree)
    assert "".join(tree.text_content().split()) == before


@given(st.lists(PIECES, max_size=40))
def test_the_headline_is_no_clutter(pieces: list[str]) -> None:
    half = len(pieces) // 2
    tree = parse("".join([*pieces[:half], f"<h1>{TITLE}</h1>", *pieces[half:]]))
    clutter.remove(tree, URL)
    assert TITLE in tree.text_content()


@given(
    st.text()
    | st.lists(st.sampled_from(["{", "[", '"', "a", "=", "self.__next_f.push([1,", ")", ":"])).map("".join)
)
def test_any_script_is_read_or_left(text: str) -> None:
    assert embedded.article([SimpleNamespace(text=text, get=lambda _: "application/json")]) is not None


LINES = st.sampled_from(
    [*SAID, TITLE, "Menu", "By Jane Doe", "24 October 2025", "-0-", "Jane Doe", "▶ 장관 교체설", "x"]
)


@given(st.lists(LINES, min_size=1, max_size=8))
def test_trimming_twice_changes_nothing_and_leaves_a_line(lines: list[str]) -> None:
    once = edges.trim(lines, TITLE, ("Jane Doe",))
    assert once and edges.trim(once, TITLE, ("Jane Doe",)) == once
    assert [line for line in once if line in SAID] == [
        line for line in lines if line in SAID
    ] or TITLE in lines


def test_the_headline_where_only_the_title_of_the_page_repeats_it() -> None:
    head = "<title>Harbour Times - North Korean troops move to the port</title>"
    html = f"<html><head>{head}</head><body><h3>North Korean troops move to the port</h3>{PS}</body></html>"
    article = extract_page(html.encode(), "text/html", URL, Entry("1", URL))
    assert article.title == "North Korean troops move to the port"
