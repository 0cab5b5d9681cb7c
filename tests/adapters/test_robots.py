"""Asking for robots.txt: once a site, through the same fetcher, and what becomes of a page where it cannot be asked."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network

import pytest

from monitor.adapters.http import HttpFetcher
from monitor.adapters.robots import RobotsCache
from monitor.adapters.workers import WorkerPool
from monitor.collect.access import feed_access
from monitor.collect.robots import RobotsVerdict
from monitor.errors import AddressRefused, FetchError, WorkerError
from monitor.model import Response
from tests.adapters.test_http import raw_server, redirects, saying, serving, sink
from tests.fakes import InProcessWorkers, ManualClock, ScriptedFetcher

SITE = "https://news.example"
ROBOTS = f"{SITE}/robots.txt"
PRIVATE = b"user-agent: *\ndisallow: /private\n"


@dataclass
class Site:
    """A site with its robots.txt, and who asks it."""

    fetcher: ScriptedFetcher = field(default_factory=ScriptedFetcher)
    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.robots = RobotsCache(self.fetcher, InProcessWorkers(), self.clock)

    def says(self, text: bytes, status: int = 200, url: str = ROBOTS) -> None:
        self.fetcher.answers[url] = Response(status, url, {}, text)

    def fails(self, error: FetchError) -> None:
        self.fetcher.answers[ROBOTS] = error

    @property
    def asked(self) -> list[str]:
        return [url for url, _ in self.fetcher.asked]

    async def refusal(self, path: str = "/a") -> FetchError:
        with pytest.raises(FetchError) as caught:
            await self.robots.permit(SITE + path)
        return caught.value


async def test_a_site_is_asked_once_a_day_however_many_of_its_pages_are_read() -> None:
    site = Site()
    site.says(PRIVATE)
    await asyncio.gather(*(site.robots.permit(f"{SITE}/{n}") for n in range(20)))
    site.clock.move(hours=23.9)
    await site.robots.permit(f"{SITE}/late")
    assert site.asked == [ROBOTS]
    site.clock.move(hours=0.2)
    await site.robots.permit(f"{SITE}/later")
    assert site.asked == [ROBOTS] * 2


async def test_what_is_not_allowed_is_said_in_one_line() -> None:
    site = Site()
    site.says(PRIVATE)
    error = await site.refusal("/private/a")
    assert (error.kind, str(error)) == ("robots", f"{ROBOTS} does not allow its page")


async def test_each_origin_has_its_own() -> None:
    site = Site()
    site.says(PRIVATE)
    site.says(b"", 404, "http://news.example/robots.txt")
    await site.robots.permit("http://news.example/private/a")
    await site.refusal("/private/a")
    assert site.asked == ["http://news.example/robots.txt", ROBOTS]


@pytest.mark.parametrize("kind", ["dns", "connect", "tls", "timeout", "protocol", "size", "proxy"])
async def test_while_nobody_can_say_no_page_is_read_but_a_minute_later_it_is_asked_again(kind: str) -> None:
    site = Site()
    site.fails(FetchError(kind, f"{ROBOTS}: no"))
    error = await site.refusal()
    assert (error.kind, str(error)) == ("robots-unread", f"{ROBOTS} cannot be read now: {ROBOTS}: no")
    await site.refusal("/b")
    assert len(site.asked) == 1
    site.says(PRIVATE)
    site.clock.move(seconds=61)
    await site.robots.permit(f"{SITE}/a")


@pytest.mark.parametrize(
    "error", [AddressRefused("10.0.0.1 is no public address"), FetchError("redirect", "a loop")]
)
async def test_a_file_that_leads_nowhere_is_none(error: FetchError) -> None:
    site = Site()
    site.fails(error)
    await site.robots.permit(f"{SITE}/a")


async def test_a_site_cannot_make_it_a_way_in() -> None:
    """Its robots.txt is redirected to what nobody may reach: the guard sees that like any other request."""
    async with sink() as (port, connections):
        inside = f"http://127.0.0.9:{port}/robots.txt"
        async with (
            serving(redirects(**{"robots.txt": (302, inside)})) as server,
            HttpFetcher(allow=[ip_network("127.0.0.1/32")]) as http,
        ):
            robots = RobotsCache(http, InProcessWorkers(), ManualClock())
            await robots.permit(f"{server}/page")
    assert connections == []


async def test_a_site_that_drips_its_file_holds_up_its_own_pages_only() -> None:
    async with (
        raw_server(saying(b"HTTP/1.1 200 OK\r\n\r\n", *[b"#"] * 100, pause=0.1)) as slow,
        HttpFetcher(allow=[ip_network("127.0.0.0/8")], total=0.4) as http,
    ):
        robots = RobotsCache(http, InProcessWorkers(), ManualClock())
        with pytest.raises(FetchError, match=r"cannot be read now: .* no complete answer within 0.4 s"):
            await robots.permit(f"{slow}/page")


async def test_it_is_asked_for_as_the_feed_is() -> None:
    site = Site()
    access = feed_access(f"{SITE}/rss", proxy="http://proxy.example:3128", user_agent="Reader/1")
    await site.robots.permit(f"{SITE}/a", access)
    await site.robots.permit(f"{SITE}/a")
    assert site.fetcher.accesses == [access, None]  # whoever asks by another way may get another answer


async def test_who_need_not_ask_does_not() -> None:
    site = Site()
    site.says(b"user-agent: *\ndisallow: /\n")
    await site.robots.permit(f"{SITE}/a", feed_access(f"{SITE}/rss", robots=False))
    site.robots.use(site.fetcher, obey=False)
    await site.robots.permit(f"{SITE}/a")
    assert site.asked == []
    site.robots.use(site.fetcher, obey=True)
    await site.refusal()


async def test_what_is_known_is_bounded_by_number_and_by_bytes() -> None:
    site = Site()
    few = RobotsCache(site.fetcher, InProcessWorkers(), site.clock, most=2, most_bytes=1_000)
    for name, size in (
        ("a", 400),
        ("b", 400),
        ("a", 400),
        ("c", 400),
        ("a", 400),
        ("b", 400),
        ("huge", 2_000),
    ):
        url = f"https://{name}.example/robots.txt"
        site.says(b"user-agent: *\n" + b"#" * (size - 14), url=url)
        await few.permit(f"https://{name}.example/page")
    # c took the place of b, whose last use was longer ago than a's; b then took the place of c.
    assert [url.split("/")[2][0] for url in site.asked] == ["a", "b", "c", "b", "h"]
    assert few._bytes == sum(len(file.text) for file in few._files.values()) <= 1_000


async def test_a_site_that_wants_time_between_two_pages_gets_it() -> None:
    site = Site()
    site.says(b"user-agent: *\ncrawl-delay: 0.2\n")
    loop = asyncio.get_running_loop()
    began = loop.time()
    turns: list[float] = []

    async def page(n: int) -> None:
        await site.robots.permit(f"{SITE}/{n}")
        turns.append(loop.time() - began)

    await asyncio.gather(*(page(n) for n in range(3)))
    assert [round(later - earlier, 1) >= 0.2 for earlier, later in itertools.pairwise(turns)] == [True] * 2
    assert turns[0] < 0.2


class _Killed(InProcessWorkers):
    """Workers that a robots.txt kills."""

    killed = 0

    async def judge_robots(self, text: bytes, url: str) -> RobotsVerdict:
        self.killed += 1
        raise WorkerError("timeout", f"{ROBOTS} took more than 10 s to read")


async def test_a_file_that_kills_its_reader_kills_one_an_hour() -> None:
    site, workers = Site(), _Killed()
    site.says(PRIVATE)
    robots = RobotsCache(site.fetcher, workers, site.clock)
    for minutes in (0, 1, 58):
        site.clock.move(minutes=minutes)
        with pytest.raises(FetchError, match="took more than 10 s") as caught:
            await robots.permit(f"{SITE}/a")
        assert caught.value.kind == "robots-unread"
    assert workers.killed == 1
    site.clock.move(minutes=2)
    with pytest.raises(FetchError):
        await robots.permit(f"{SITE}/a")
    assert workers.killed == 2


async def test_files_are_judged_in_a_worker_that_a_bomb_ends() -> None:
    """60 KB of names times rules: the parser makes nine million of them."""
    names = "".join(f"user-agent: {n}\n" for n in range(3_000))
    bomb = (names * 2 + "disallow: /x\n" * 3_000).encode()
    async with WorkerPool(1, time_limit=1.5) as workers:
        assert await workers.judge_robots(PRIVATE, f"{SITE}/private") == RobotsVerdict(False)
        with pytest.raises(WorkerError, match=f"{ROBOTS} (took more than 1.5 s|needs too much memory)"):
            await workers.judge_robots(bomb, f"{SITE}/a")
        assert await workers.judge_robots(PRIVATE, f"{SITE}/a") == RobotsVerdict(True)


async def test_waiting_pages_are_let_go_where_the_daemon_stops() -> None:
    site = Site()
    site.says(b"user-agent: *\ncrawl-delay: 10\n")
    await site.robots.permit(f"{SITE}/a")
    waiting = asyncio.create_task(site.robots.permit(f"{SITE}/b"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    site.clock.move(**{"seconds": timedelta(days=2).total_seconds()})
    assert (await asyncio.gather(site.robots.permit("https://other.example/")), len(site.asked)) == (
        [None],
        2,
    )
