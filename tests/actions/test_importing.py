"""Lists of feeds from elsewhere: what is asked, in whose turn, and what follows for each feed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.actions.importing import (
    Health,
    Import,
    Tried,
    addresses_of,
    get_list,
    import_rows,
    in_turns,
    plan,
    read_list,
    said_of,
    summary,
    tagged,
    try_feeds,
    unknown,
    untried,
)
from monitor.collect.hosts import share_of
from monitor.collect.opml import OpmlFeed, Subscriptions, write_opml
from monitor.errors import AddressRefused, FetchError, InvalidInput, UsageError
from monitor.model import Feed, Response
from tests.fakes import InProcessWorkers, ScriptedFetcher, rss

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C = (OpmlFeed(f"https://{name}.example/rss", name, ("wire",)) for name in "abc")


def listed(*feeds: OpmlFeed, refused: tuple[str, ...] = ()) -> Subscriptions:
    return Subscriptions(feeds, refused)


def answering(**answers: Response | FetchError | str) -> ScriptedFetcher:
    """Sites a, b, c, each with one feed at /rss: a status, an error, or the address to which it moved."""
    fetcher = ScriptedFetcher()
    for name, answer in answers.items():
        url = f"https://{name}.example/rss"
        if isinstance(answer, str):
            answer = Response(200, answer, {}, rss().encode(), answer if answer != url else None)
        fetcher.answers[url] = answer
    return fetcher


def fine(name: str) -> str:
    return f"https://{name}.example/rss"


async def tried(fetcher: ScriptedFetcher, *feeds: OpmlFeed, **options: float) -> list[Tried]:
    return await try_feeds(fetcher, InProcessWorkers(), feeds, **options)  # type: ignore[arg-type]


# --- trying ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "health", "why"),
    [
        (fine("b"), Health.OK, None),
        ("https://new.example/b", Health.MOVED, "moved to https://new.example/b"),
        (Response(404, B.url), Health.DEAD, f"{B.url} is gone (404)"),
        (Response(410, B.url), Health.DEAD, f"{B.url} is gone for good (410)"),
        (Response(200, B.url, {}, b"<html>"), Health.DEAD, f"{B.url} answered with an HTML page, not a feed"),
        (FetchError("dns", "b.example has no address"), Health.DEAD, "b.example has no address"),
        (AddressRefused("10.0.0.1 is no public address"), Health.DEAD, "10.0.0.1 is no public address"),
        (FetchError("timeout", "no answer"), Health.UNSURE, "no answer"),
        (FetchError("tls", "a certificate"), Health.UNSURE, "a certificate"),
        (Response(503, B.url), Health.UNSURE, f"{B.url} answered 503"),
        (Response(429, B.url), Health.UNSURE, f"{B.url} answered 429"),
        (Response(403, B.url), Health.UNSURE, f"{B.url} answered 403"),
    ],
)
async def test_what_becomes_of_a_feed(
    answer: Response | FetchError | str, health: Health, why: str | None
) -> None:
    good, other = await tried(answering(a=fine("a"), b=answer), A, B)
    assert (good.health, good.feed) == (Health.OK, A)
    assert (other.health, other.why) == (health, why)


async def test_a_feed_that_moved_keeps_its_name_and_tags() -> None:
    (one,) = await tried(answering(a="https://new.example/a"), A)
    assert one.feed == OpmlFeed("https://new.example/a", A.title, A.tags)
    assert one.was == A.url


async def test_a_redirect_to_what_is_no_feed_is_no_move() -> None:
    home = Response(200, "https://a.example/", {}, b"<html>", "https://a.example/")
    one, _ = await tried(answering(a=home, b=fine("b")), A, B)
    assert (one.health, one.feed.url) == (Health.DEAD, A.url)


async def test_a_feed_without_a_name_gets_its_own() -> None:
    (one,) = await tried(answering(a=fine("a")), OpmlFeed(A.url))
    assert one.feed.title == "Example Wire"


async def test_where_nobody_answers_it_is_not_the_feeds_that_are_dead() -> None:
    offline = FetchError("dns", "no name server")
    assert {one.health for one in await tried(answering(a=offline, b=offline), A, B)} == {Health.UNSURE}
    with_answer = await tried(answering(a=offline, b=Response(500, B.url)), A, B)
    assert [one.health for one in with_answer] == [Health.DEAD, Health.UNSURE]


async def test_each_is_asked_for_once_and_progress_is_told() -> None:
    fetcher = answering(a=fine("a"), b=fine("b"), c=fine("c"))
    heard: list[int] = []
    await try_feeds(fetcher, InProcessWorkers(), [A, B, C], heard.append)
    assert sorted(url for url, _ in fetcher.asked) == [A.url, B.url, C.url]
    assert heard == [1, 2, 3]


class Silent(ScriptedFetcher):
    """Sites whose names begin with s never answer."""

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None, **options: object) -> Response:
        if url.startswith("https://s"):
            await asyncio.Event().wait()
        return await super().fetch(url, headers)


async def test_what_does_not_answer_in_time_is_untried_and_costs_the_others_nothing() -> None:
    silent = OpmlFeed("https://silent.example/rss")
    fetcher = Silent(answering(a=fine("a")).answers)
    late, good = await tried(fetcher, silent, A, seconds=0.2)
    assert (good.health, late.health) == (Health.OK, Health.UNTRIED)
    assert late.feed == silent


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 99)), max_size=40, unique=True))
def test_sites_take_turns(written: list[tuple[str, int]]) -> None:
    feeds = [OpmlFeed(f"https://{n}.{site}.example/rss") for site, n in written]
    order = list(in_turns(feeds))
    assert sorted(order, key=lambda feed: feed.url) == sorted(feeds, key=lambda feed: feed.url)
    left = {site: sum(s == site for s, _ in written) for site in "abcd"}
    sites = [share_of(feed.url) for feed in order]
    for one, following in pairwise(sites):
        left[one[0]] -= 1
        assert one != following or not any(n for site, n in left.items() if site != one[0])


# --- what follows ----------------------------------------------------------------------------------


def test_what_is_polled_already_is_not_asked_for() -> None:
    polled = addresses_of(
        [
            Feed(1, A.url, "https://new.example/a"),
            Feed(2, C.url, C.url, retired_at=WHEN),
        ]
    )
    assert polled == {A.url, "https://new.example/a"}
    moved = OpmlFeed("https://new.example/a")
    assert unknown(listed(A, B, C, moved), polled) == [B, C]
    done = plan(listed(A, B, C, moved), untried([B, C]), polled)
    assert (done.add, done.known) == ((B, C), (A, moved))


def test_feeds_that_moved_to_one_address_are_one_with_all_their_tags() -> None:
    new = "https://new.example/rss"
    one = Tried(OpmlFeed(new, "one", ("x",)), Health.MOVED, "moved", A.url)
    two = Tried(OpmlFeed(new, "two", ("y",)), Health.MOVED, "moved", B.url)
    done = plan(listed(A, B), [one, two], ())
    assert done.add == (OpmlFeed(new, "one", ("x", "y")),)
    assert [(row["became"], row["was"]) for row in import_rows(done)] == [("added", A.url), ("joined", B.url)]
    known = plan(listed(A, B), [one, two], {new})
    assert (known.add, len(known.known)) == ((), 1)


@pytest.mark.parametrize("skip", [True, False])
def test_dead_feeds_are_added_unless_they_are_not_wanted(skip: bool) -> None:
    results = [
        Tried(A, Health.OK),
        Tried(B, Health.DEAD, f"{B.url} is gone (404)"),
        Tried(C, Health.UNSURE, f"{C.url} answered 503"),
    ]
    done = plan(listed(A, B, C), results, (), skip_dead=skip)
    assert done.add == ((A, C) if skip else (A, B, C))
    assert done.left_out == ((B,) if skip else ())
    assert [row["became"] for row in import_rows(done)] == ["added", "left out" if skip else "added", "added"]
    expected = (
        "3 feeds in x: 2 added, 0 polled already, 1 dead left out"
        if skip
        else "3 feeds in x: 3 added, 0 polled already"
    )
    assert summary(done, "x") == expected


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Tried(A, Health.DEAD, f"{A.url} is gone (404)"), f"{A.url} is gone (404)"),
        (Tried(A, Health.DEAD, "no such host"), f"{A.url}: no such host"),
        (Tried(B, Health.MOVED, "moved to b", A.url), f"{A.url}: moved to b"),
    ],
)
def test_what_is_said_begins_with_the_address_of_the_list(one: Tried, said: str) -> None:
    assert said_of(one) == said


# --- the list --------------------------------------------------------------------------------------


def test_a_file_of_feeds(tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    secret = OpmlFeed("https://desk:secret@c.example/rss")
    file.write_text(write_opml([A, B, secret]))
    found = read_list(file)
    assert found.feeds == (A, B)
    (why,) = found.refused
    assert why.startswith("c.example: ")
    assert "secret" not in why
    with pytest.raises(UsageError, match=r"none\.opml cannot be read: No such file"):
        read_list(tmp_path / "none.opml")


async def test_a_list_by_address() -> None:
    url = "https://lists.example/feeds.opml"
    fetcher = ScriptedFetcher({url: Response(200, url, {}, write_opml([A]).encode())})
    assert (await get_list(fetcher, InProcessWorkers(), url)).feeds == (A,)
    fetcher.answers[url] = Response(200, url, {}, b"<html>")
    with pytest.raises(InvalidInput, match=r"lists\.example/feeds\.opml: error: not OPML"):
        await get_list(fetcher, InProcessWorkers(), url)
    with pytest.raises(FetchError, match="answered 404, not with a list"):
        await get_list(fetcher, InProcessWorkers(), "https://lists.example/none")


def test_tags_for_all_come_after_their_own() -> None:
    assert tagged(listed(A), ["desk", "wire"]).feeds == (OpmlFeed(A.url, A.title, ("wire", "desk")),)


def test_an_empty_import_is_said() -> None:
    assert summary(Import((), (), (), ()), "x") == "0 feeds in x: 0 added, 0 polled already"
