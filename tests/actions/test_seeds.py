from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.actions.seeds import SeedRow, add_seed, file_stem, list_seeds, load_seed
from monitor.collect.access import FeedAccess
from monitor.errors import ExtractError, FetchError, SeedError, UsageError
from monitor.extract.page import extract_page
from monitor.model import Article, Entry, Origin, ParsedFeed, Response

PAGES = Path(__file__).parents[1] / "data" / "pages"
URL = "https://www.harbour-times.example/news/bridge"


@dataclass(frozen=True)
class Rule:
    id: str
    seeds: tuple[str, ...]


@dataclass
class OnePage:
    """A fetcher that knows one page."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"

    async def fetch(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        max_bytes: int | None = None,
        access: FeedAccess | None = None,
        permit: Callable[[str], Awaitable[None]] | None = None,
    ) -> Response:
        assert url == URL
        return Response(self.status, url, {"content-type": self.content_type}, self.body)


class InProcess:
    """The workers' computation without their processes."""

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        raise NotImplementedError

    async def extract(self, body: bytes, content_type: str, url: str, entry: Entry) -> Article:
        return extract_page(body, content_type, url, entry)


@pytest.fixture
def page() -> OnePage:
    return OnePage((PAGES / "read-also.html").read_bytes())


async def test_a_page_becomes_a_seed_that_reads_back_to_the_same_article(
    page: OnePage, tmp_path: Path
) -> None:
    path = await add_seed(page, InProcess(), f"{URL}?utm_source=x", tmp_path / "rules" / "seeds")
    assert path == tmp_path / "rules" / "seeds" / "2025-10-24-harbour-bridge-to-close-until-spring.txt"
    expected = extract_page(page.body, "text/html", URL, Entry(identity=URL, url=URL))
    assert load_seed(tmp_path, "rules/seeds/" + path.name) == replace(expected, origin=Origin.SEED)
    assert "Ferry breaks down" not in path.read_text("utf-8")


async def test_nothing_is_overwritten(page: OnePage, tmp_path: Path) -> None:
    first = await add_seed(page, InProcess(), URL, tmp_path)
    first.write_text("edited by hand", "utf-8")
    second = await add_seed(page, InProcess(), URL, tmp_path)
    assert second.name == f"{first.stem}-2.txt"
    assert first.read_text("utf-8") == "edited by hand"


async def test_a_link_in_the_way_is_not_followed(page: OnePage, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "2025-10-24-harbour-bridge-to-close-until-spring.txt").symlink_to(tmp_path / "outside")
    await add_seed(page, InProcess(), URL, seeds)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "bridge", "", "javascript:alert(1)"])
async def test_only_web_addresses(url: str, page: OnePage, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no web address"):
        await add_seed(page, InProcess(), url, tmp_path)


async def test_pages_that_cannot_be_had_leave_no_file(page: OnePage, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="answered 404"):
        await add_seed(replace(page, status=404), InProcess(), URL, tmp_path)
    with pytest.raises(ExtractError, match="application/pdf"):
        await add_seed(replace(page, content_type="application/pdf"), InProcess(), URL, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_listing(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.txt").write_text(
        "Bridge closed\n2025-10-24\nThe bridge is closed, the council said.\nYonhap", "utf-8"
    )
    (seeds / "b.md").write_bytes(b"\xff\xfe\x00")
    (seeds / "notes.log").write_text("no seed", "utf-8")
    rules = [Rule("bridge", ("seeds/a.txt", "seeds/gone.txt")), Rule("traffic", ("./seeds/a.txt",))]
    a, b, gone = list_seeds(rules, tmp_path)
    assert a == SeedRow(
        "seeds/a.txt",
        ("bridge", "traffic"),
        "Bridge closed",
        datetime(2025, 10, 24, tzinfo=UTC),
        "en",
        "Yonhap",
    )
    assert (b.path, b.rules, b.title) == ("seeds/b.md", (), "")
    assert b.problem is not None
    assert (gone.path, gone.rules) == ("seeds/gone.txt", ("bridge",))
    assert gone.problem == "this file cannot be read: no such file or directory"


def test_no_seeds_at_all(tmp_path: Path) -> None:
    assert list_seeds([], tmp_path) == []


def test_an_unreadable_seed_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"seeds/x\.txt: error: this file cannot be read"):
        load_seed(tmp_path, "seeds/x.txt")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Bridge “closed” until spring!", "bridge-closed-until-spring"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\x\x00y", "c-x-y"),
        ("다리 통제", "다리-통제"),
        ("!!!", "article"),
        ("", "article"),
    ],
)
def test_names(title: str, expected: str) -> None:
    assert file_stem(Article(title=title, body="")) == expected
    dated = Article(title=title, body="", published=datetime(2025, 10, 24, 23, tzinfo=UTC))
    assert file_stem(dated) == f"2025-10-24-{expected}"


@given(st.text(max_size=300))
def test_a_name_is_one_plain_component(title: str) -> None:
    name = file_stem(Article(title=title, body="")) + "-999.txt"
    assert Path(name).name == name
    assert len(name.encode()) <= 255
    assert not name.startswith((".", "-"))
