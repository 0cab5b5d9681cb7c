"""Which hub a feed names, in headers and documents of every kind."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.hubs import callback_address, offered, place_to_listen
from monitor.collect.parse import parse_feed
from monitor.model import ParsedFeed, Response

URL = "https://wire.example/feeds/main"
NONE = ParsedFeed("", ())


def answer(link: str = "") -> Response:
    return Response(200, URL, {"link": link} if link else {})


def with_links(links: str) -> tuple[str, ...]:
    """The same links in RSS 2.0, RSS 1.0 and Atom."""
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    item = "<item><title>a</title><link>https://wire.example/a</link></item>"
    entry = "<entry><id>a</id><title>a</title></entry>"
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    return (
        f'<rss version="2.0" {atom}><channel><title>w</title>{links}{item}</channel></rss>',
        f"<rdf:RDF {rdf} {atom}><channel><title>w</title>{links}</channel>{item}</rdf:RDF>",
        f'<feed xmlns="http://www.w3.org/2005/Atom" {atom}><title>w</title>{links}{entry}</feed>',
    )


@pytest.mark.parametrize(
    ("header", "offer"),
    [
        ('<https://hub.example/>; rel="hub", <https://a.example/f>; rel="self"', ("https://hub.example/", "https://a.example/f")),
        ("<https://hub.example/>;rel=hub,<https://a.example/f>;rel=self", ("https://hub.example/", "https://a.example/f")),
        ('<//hub.example/>; title="x, y; rel=self"; rel="next HUB"', ("https://hub.example/", URL)),
        ('</hub>; rel="hub"', ("https://wire.example/hub", URL)),
        ('<http://a.example/>; rel=hub, <https://b.example/>; rel=hub', ("https://b.example/", URL)),
        ('<http://a.example/>; rel=hub, <http://b.example/>; rel=hub', ("http://a.example/", URL)),
        ('<https://hub.example/?a=1,2>; rel=hub', ("https://hub.example/?a=1,2", URL)),
        ('<gopher://hub.example/>; rel=hub', None),
        ('<http://[bad>; rel=hub', None),
        ('<https://hub.example/>; rel="stylesheet"', None),
        ('<https://hub.example/>; rel="hub', None),
        ("https://hub.example/; rel=hub", None),
        ("<>; rel=self", None),
        (",,;;<<>>", None),
        ("", None),
    ],
)  # fmt: skip
def test_link_headers(header: str, offer: tuple[str, str] | None) -> None:
    assert offered(answer(header), None) == offer
    assert offered(answer(header), NONE) == (offer or ("", ""))


@pytest.mark.parametrize("kind", range(3))
def test_links_in_documents(kind: int) -> None:
    links = (
        '<atom:link rel="hub" href="http://old.example/"/><atom:link rel="hub" href="https://hub.example/x?a=1&amp;b=2"/>'
        '<atom:link rel="self" type="application/rss+xml" href="https://wire.example/real"/>'
    )
    parsed = parse_feed(with_links(links)[kind].encode(), "application/xml", URL)
    assert (parsed.hub, parsed.topic) == ("https://hub.example/x?a=1&b=2", "https://wire.example/real")
    assert offered(answer(), parsed) == ("https://hub.example/x?a=1&b=2", "https://wire.example/real")


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize(
    "links", ["", '<atom:link rel="hub" href="javascript:alert(1)"/>', '<atom:link rel="hub"/>']
)
def test_documents_without_a_hub(kind: int, links: str) -> None:
    parsed = parse_feed(with_links(links)[kind].encode(), "application/xml", URL)
    assert parsed.hub is None and offered(answer(), parsed) == ("", "")


@pytest.mark.parametrize(
    ("fields", "hub", "topic"),
    [
        (
            '"hubs": [{"type": "WebSub", "url": "https://hub.example/"}], "feed_url": "https://a.example/j"',
            "https://hub.example/",
            "https://a.example/j",
        ),
        (
            '"hubs": [{"type": "rssCloud", "url": "https://c.example/"}, {"type": "websub", "url": "/hub"}]',
            "https://wire.example/hub",
            None,
        ),
        ('"hubs": {"url": "https://hub.example/"}, "feed_url": 3', None, None),
        ('"hubs": [null, 3, {"url": null}, {"type": "WebSub"}]', None, None),
    ],
)  # fmt: skip
def test_hubs_of_json_feeds(fields: str, hub: str | None, topic: str | None) -> None:
    text = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "w", "items": [], {fields}}}'
    parsed = parse_feed(text.encode(), "application/feed+json", URL)
    assert parsed.hub == hub and (topic is None or parsed.topic == topic)


def test_headers_come_before_the_document() -> None:
    """Section 4: the first of them that names hubs is taken whole; a topic that it leaves out is the document's."""
    parsed = ParsedFeed("", (), hub="https://document.example/", topic="https://document.example/self")
    both = answer("<https://header.example/>; rel=hub, <https://header.example/self>; rel=self")
    assert offered(both, parsed) == ("https://header.example/", "https://header.example/self")
    hub_only = answer("<https://header.example/>; rel=hub")
    assert offered(hub_only, parsed) == ("https://header.example/", "https://document.example/self")
    self_only = answer("<https://header.example/self>; rel=self")
    assert offered(self_only, parsed) == ("https://document.example/", "https://document.example/self")
    assert offered(answer(), ParsedFeed("", (), hub="https://h.example/")) == ("https://h.example/", URL)


@given(st.text(st.sampled_from('<>;,=" relhub/:https\\x.'), max_size=200))
def test_any_header_is_read(header: str) -> None:
    found = offered(answer(header), None)
    assert found is None or all(part.startswith(("http://", "https://")) for part in found)


@pytest.mark.parametrize("part", ["<", '<a>;"', "<a>;rel=hub,", '<a>; rel="', ";", "<a>" + ";" * 50])
def test_a_hostile_header_takes_no_time(part: str) -> None:
    began = time.process_time()
    offered(answer(part * (200_000 // len(part))), None)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "address", ["", "https://m.example", "https://m.example/websub/", "http://127.0.0.1:8091/x"]
)
def test_addresses_of_callbacks(address: str) -> None:
    assert callback_address(address) == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    ["m.example", "ftp://m.example/", "https://u:p@m.example/", "https://m.example/?a", "https://m.example/#a", "https://"],
)  # fmt: skip
def test_what_is_no_address_of_callbacks(address: str) -> None:
    with pytest.raises(ValueError, match="no base address"):
        callback_address(address)


@pytest.mark.parametrize("place", ["127.0.0.1:8091", "[::1]:1", "localhost:65535"])
def test_places_to_listen(place: str) -> None:
    assert place_to_listen(place) == place


@pytest.mark.parametrize("place", ["", "8091", ":8091", "127.0.0.1:", "a:0", "a:65536", "a:٣", "a:b"])
def test_what_is_no_place_to_listen(place: str) -> None:
    with pytest.raises(ValueError, match="no place to listen"):
        place_to_listen(place)
