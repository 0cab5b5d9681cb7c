from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from monitor.extract.metadata import PageMetadata, read_metadata
from monitor.model import Dated


def read(head: str, attributes: str = "") -> PageMetadata:
    return read_metadata(
        document_fromstring(f"<html {attributes}><head>{head}</head><body><p>x</p></body></html>")
    )


def linked(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_structured_data_comes_before_meta_elements() -> None:
    found = read(
        linked(
            '{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "no"}, {"@type": '
            '["NewsArticle"],'
            '"headline": "Bridge &amp; ferry", "datePublished": "2025-10-24T09:00:00+09:00",'
            '"dateModified": "2025-10-24T10:00:00+09:00", "inLanguage": "ko", "articleBody": "Text.",'
            '"author": [{"@type": "Person", "name": "Jo Doe"}, {"@type": "Organization", "name": "Desk"},'
            ' "Robin"],'
            '"publisher": {"@type": "Organization", "name": "Harbour Times Ltd"}}]}'
        )
        + '<meta property="og:title" content="other"><meta property="og:site_name" content="Harbour Times">'
        '<meta property="article:published_time" content="2020-01-01"><link rel="canonical" href="https://n.example/a">'
    )
    assert found == PageMetadata(
        title="Bridge & ferry",
        site="Harbour Times",
        authors=("Jo Doe", "Robin"),
        published=datetime(2025, 10, 24, 0, tzinfo=UTC),
        dated=Dated.EXACT,
        modified=datetime(2025, 10, 24, 1, tzinfo=UTC),
        canonical="https://n.example/a",
        language="ko",
        body="Text.",
    )


def test_meta_elements_where_there_is_no_structured_data() -> None:
    found = read(
        '<meta property="og:title" content="Bridge closed"><meta name="author" content="Jo Doe">'
        '<meta property="article:published_time" content="2025-10-24T09:00:00Z">'
        '<meta property="article:modified_time" content="2025-10-24T10:00:00Z">'
        '<meta name="application-name" content="Harbour Times"><meta property="og:url" content="https://n.example/a">',
        'lang="en"',
    )
    assert (found.title, found.site, found.authors) == ("Bridge closed", "Harbour Times", ("Jo Doe",))
    assert found.published == datetime(2025, 10, 24, 9, tzinfo=UTC)
    assert found.modified == datetime(2025, 10, 24, 10, tzinfo=UTC)
    assert (found.canonical, found.language) == ("https://n.example/a", "en")


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", "7", '"text"', "[" * 100_000, '{"@type": 7}', '{"@type": ["x", 7, null]}',
        '{"@type": "NewsArticle", "headline": {"a": 1}, "author": {"name": {}}, "datePublished": 7, '
        '"publisher": [], "articleBody": []}',
        '{"@type": "NewsArticle", "author": [[["a"]]], "headline": null}',
    ],
)  # fmt: skip
def test_broken_structured_data_is_passed_over(text: str) -> None:
    assert read(linked(text) + '<meta property="og:title" content="Bridge">').title == "Bridge"


def test_addresses_are_no_authors() -> None:
    assert read('<meta property="article:author" content="https://social.example/jo">').authors == ()
    assert read('<meta name="author" content="@jo">').authors == ()


def test_titles_in_metadata_are_text() -> None:
    assert (
        read('<meta property="og:title" content="&lt;script&gt;alert(1)&lt;/script&gt;Bridge">').title
        == "Bridge"
    )


def test_related_articles_in_the_structured_data_are_not_taken_for_this_one() -> None:
    found = read(
        linked(
            '[{"@type": "NewsArticle", "headline": "Bridge closed", "datePublished": "2025-10-24T09:00:00Z"},'
            '{"@type": "NewsArticle", "headline": "Ferry sold", "dateModified": "2025-10-25T09:00:00Z",'
            '"articleBody": "The ferry was sold."}]'
        )
    )
    assert (found.title, found.modified, found.body) == ("Bridge closed", None, "")


def test_what_one_object_leaves_out_another_says() -> None:
    found = read(
        linked('{"@type": "NewsArticle", "headline": "Bridge closed"}')
        + linked('{"@type": "Article", "datePublished": "2025-10-24T09:00:00Z", "author": "Jo Doe"}')
    )
    assert found.published == datetime(2025, 10, 24, 9, tzinfo=UTC)
    assert (found.title, found.authors) == ("Bridge closed", ("Jo Doe",))


def test_the_updates_of_a_live_blog_are_its_text() -> None:
    updates = '[{"articleBody": "Third."}, 7, {"headline": "no text"}, {"articleBody": "First."}]'
    data = f'{{"@type": "LiveBlogPosting", "articleBody": "Lead.", "liveBlogUpdate": {updates}}}'
    assert read(linked(data)).body == "Lead.\nThird.\nFirst."


@pytest.mark.parametrize(
    ("told", "published", "dated"),
    [
        (("2025-10-24T09:00:00+09:00",), datetime(2025, 10, 24, tzinfo=UTC), Dated.EXACT),
        (("2025-10-24T09:00:00",), datetime(2025, 10, 24, 9, tzinfo=UTC), Dated.NO_ZONE),
        (("2025-10-24",), datetime(2025, 10, 24, tzinfo=UTC), Dated.DAY),
        (("2025-10-24", "2025-10-24T09:00:00Z"), datetime(2025, 10, 24, 9, tzinfo=UTC), Dated.EXACT),
        (("2025-10-24", "2025-11-24T09:00:00Z"), datetime(2025, 10, 24, tzinfo=UTC), Dated.DAY),
        (("yesterday", "2025-10-24"), datetime(2025, 10, 24, tzinfo=UTC), Dated.DAY),
        (("yesterday",), None, None),
    ],
)
def test_how_certain_a_date_is(
    told: tuple[str, ...], published: datetime | None, dated: Dated | None
) -> None:
    names = ("article:published_time", "datePublished")
    found = read("".join(f'<meta name="{n}" content="{text}">' for n, text in zip(names, told, strict=False)))
    assert (found.published, found.dated) == (published, dated)
