"""One run of the real daemon among feeds, pages, titles and receivers of which most are bad.

First every feed is sound and is read once (its baseline). Then everything breaks at once, and a sound feed
publishes. Then everything is mended, with what it held back. The tests look at what the operator was told and
at what arrived.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from aiohttp import web

from monitor.demo.mailbox import Mailbox, open_mailbox
from tests.daemon.harness import RULE, Log, Said, configure, daemon, logged, mailbox, monitor, titles, until
from tests.daemon.newsroom import (
    Answer,
    Newsroom,
    Piece,
    Sink,
    Site,
    gives,
    hangs,
    html,
    newsroom,
    piece,
    rss,
    says,
    sentence,
    sink,
    streams,
)

pytestmark = pytest.mark.xdist_group("bad input")  # one process lives through it for all of them

RULES = (
    RULE
    + """
  - id: dodo
    title: Dodos
    query: dodo
    alert: {per: article, to: [desk, hook, refusing, limiting, failing, stuck, misspelt]}
    tests: {match: [a dodo], ignore: [a zebra]}
"""
)
PASSWORDS = ("canary-in-a-refused-address", "canary-in-a-failing-address", "canary-of-the-environment")

# --- what is bad -------------------------------------------------------------------------------------

_ENTITIES = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
BOMB = (
    f'<?xml version="1.0"?><!DOCTYPE rss [{_ENTITIES}]><rss version="2.0"><channel><title>&a12;</title>'
    "<item><guid>bomb</guid><title>&a12;</title></item></channel></rss>"
)

# What a feed answers while it is bad, and the words in which the operator hears of it.
UNREADABLE: dict[str, tuple[Answer, str]] = {
    "html": (
        gives("<!DOCTYPE html><html><body>Moved!</body></html>", "text/html"),
        "an HTML page, not a feed",
    ),
    "empty": (gives(b""), "an empty body, not a feed"),
    "huge": (
        streams(50_000_000, "application/rss+xml", b'<rss version="2.0"><channel>'),
        "sends more than 5,000,000 bytes",
    ),
    "missing": (says(404), "has no feed there (404)"),
    "limited": (says(429, {"Retry-After": "2"}), "says that we come too often (429)"),
    "troubled": (says(500), "has trouble of its own (500)"),
    "hanging": (hangs, "no complete answer within 1.5 s"),
    "binary": (gives(b"%PDF-1.7 ..."), "a PDF, not a feed"),
}
HEALTHY = ("sound", "pages", "titles")


def _truncated(base: str, item: Piece) -> Answer:
    """Cut off in the middle of a second item."""
    return gives(rss(base, item, piece("never"))[:-120])


def _wrongly_declared(base: str, item: Piece) -> Answer:
    """Says utf-8 in every place there is, and is windows-1251."""
    return gives(rss(base, item).encode("windows-1251"), "application/rss+xml; charset=utf-8")


def _not_modified(etag: str, before: str, after: list[str]) -> Answer:
    """304 to who echoes the validators exactly, as long as nothing is published."""

    async def answer(request: web.Request) -> web.StreamResponse:
        body = after[-1] if after else before
        tag = f'W/"{etag}-{len(after)}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.Response(body=body.encode(), headers={"Content-Type": "text/xml", "ETag": tag})

    return answer


PAGES: dict[str, tuple[Answer, str]] = {
    "page-pdf": (gives(b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "application/pdf"), "not a page"),
    "page-20mb": (streams(20_000_000, "text/html", b"<html><body>"), "sends more than 5,000,000 bytes"),
    # Half a million attributes of one element are quadratic for its parser.
    "page-stuck": (
        gives(
            f"<html><body><p {' '.join(f'a{n}=b' for n in range(300_000))}>x</p></body></html>", "text/html"
        ),
        "took more than 3 s to read",
    ),
    "page-memory": (
        gives("<html><body><article>" + "<p>w.</p>" * 440_000, "text/html"),
        "needs too much memory|made its parser fail",  # lxml has no word for memory that has run out
    ),
    "page-500": (says(500), "its page answered 500"),
    "page-hanging": (hangs, "no complete answer within 1.5 s"),
}

_LONG = "A quagga at " + "l" * 5_000
TITLES = {
    "control": "A quagga\u0007 at\u0000 \u001b[31mcontrol\u202e\u2028 end",
    "long": _LONG,
    "script": '<script>alert(1)</script>A quagga at script <img src=x onerror="alert(2)"> & <b>more</b>',
    "injection": "A quagga at injection\r\nBcc: victim@example.org\r\nSubject: other\r\n\r\ninjected body",
}
# What is left of each in a subject.
MARKS = {"control": "control", "long": "llll", "script": "at script", "injection": "injection"}


def json_feed(base: str, pieces: dict[str, str]) -> str:
    """JSON can hold every character there is."""
    items = [
        {
            "id": slug,
            "url": f"{base}/page/{slug}",
            "title": title,
            "content_html": f"<p onclick='alert(3)'>{sentence(slug, 30)} <a href='javascript:alert(4)'>quagga</a></p>",
        }
        for slug, title in pieces.items()
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Titles", "items": items})


def receivers(web_sink: Sink, closed_port: int, mail_port: int) -> str:
    return f"""
[receivers.desk]
urls = ["mailto://127.0.0.1:{mail_port}/?from=monitor@news.example&to=desk@news.example&mode=insecure"]
[receivers.hook]
urls = ["json://{web_sink.host}/hook"]
[receivers.refusing]
urls = ["json://robot:{PASSWORDS[0]}@127.0.0.1:{closed_port}/refusing"]
[receivers.limiting]
urls = ["json://{web_sink.host}/limiting"]
[receivers.failing]
urls = ["json://robot:{PASSWORDS[1]}@{web_sink.host}/failing?+X-Token=${{CANARY}}"]
[receivers.stuck]
urls = ["json://{web_sink.host}/stuck?rto=1"]
[receivers.misspelt]
urls = ["mailtoo://desk@news.example"]
[alerts]
default = ["desk"]
[network]
allow = ["127.0.0.0/8"]
timeout = "1500ms"
[workers]
timeout = "3s"
memory = 400000000
[log]
level = "debug"
"""


# --- the run -----------------------------------------------------------------------------------------


@dataclass
class Record:
    """What was said and what arrived, in one run."""

    log: str = ""
    bases: dict[str, str] = field(default_factory=dict)
    feeds: dict[str, dict[str, Any]] = field(default_factory=dict)  # while it was bad, by name
    status: str = ""
    early: list[str] = field(default_factory=list)  # subjects that arrived while it was bad
    mails: list[EmailMessage] = field(default_factory=list)
    sink: dict[str, list[tuple[dict[str, str], Any]]] = field(default_factory=dict)
    articles: dict[str, dict[str, Any]] = field(default_factory=dict)  # by title
    alerts_then: list[dict[str, Any]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    requests: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    database: bytes = b""

    def lines(self, *parts: str) -> list[str]:
        return Log(lambda: self.log).lines(*parts)

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    def about(self, what: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if what in str(mail["Subject"])]


class Storm:
    """The run, step by step."""

    def __init__(self, folder: Path, room: Newsroom, hook: Sink, box: Mailbox) -> None:
        self.folder, self.room, self.hook, self.box = folder, room, hook, box
        self.record = Record()

    async def open_sites(self) -> None:
        names = (*HEALTHY, *UNREADABLE, "gone", "bomb", "truncated", "encoded", "anonymous", "undated")
        for name in (*names, "moved", "target", "unmodified"):
            site = await self.room.site(name)
            site.publish(piece(f"old-{name}", title=f"Nothing yet at {name}"))
            self.record.bases[name] = site.base
        self.unmodified: list[str] = []
        site = self.room.sites["unmodified"]
        self.first = rss(site.base, piece("old-unmodified", title="Nothing yet"))
        site.feed(_not_modified("v", self.first, self.unmodified))

    def sources(self) -> list[str]:
        return [site.feed_url for name, site in self.room.sites.items() if name != "target"]

    def break_everything(self) -> None:
        sites = self.room.sites
        for name, (answer, _) in UNREADABLE.items():
            sites[name].feed(answer)
        sites["gone"].feed(says(410))
        sites["bomb"].feed(gives(BOMB))
        self._publish_badly(sites)
        for slug, (answer, _) in PAGES.items():
            sites["pages"].page(slug, answer)
        pages = [
            piece(slug, title=f"News of {slug}", summary=f"A quagga. {sentence(slug)}") for slug in PAGES
        ]
        later = Piece(
            "page-later", "Nothing in this title", "Nor here.", ("A quagga, later.", *piece("x").text)
        )
        sites["pages"].page("page-later", says(503))
        sites["pages"].publish(*pages, later, piece("old-pages", title="Nothing yet at pages"))
        sites["titles"].feed(gives(json_feed(sites["titles"].base, TITLES), "application/feed+json"))
        for path, answer in {
            "/limiting": says(429, {"Retry-After": "20"}),
            "/failing": says(500, reason=f"{PASSWORDS[1]} is wrong"),
            "/stuck": hangs,
        }.items():
            self.hook.answers[path] = answer
        self.later = later
        sites["sound"].publish(piece("sound"), piece("receivers", title="A dodo at receivers"))

    def _publish_badly(self, sites: dict[str, Site]) -> None:
        """Feeds that are wrong in a way that need not cost an article."""
        site = sites["truncated"]
        site.publish(piece("truncated"))
        site.feed(_truncated(site.base, piece("truncated")))
        site = sites["encoded"]
        russian = piece("encoded", title="Квагга замечена у реки", summary="Её видели вчера вечером.")
        site.publish(russian)
        site.feed(_wrongly_declared(site.base, russian))
        sites["anonymous"].publish(
            piece("anonymous", guid=False), piece("linkless", guid=False, link=False, dated=False)
        )
        sites["undated"].publish(piece("undated", dated=False))
        sites["target"].publish(piece("target"))
        sites["moved"].feed(says(301, {"Location": sites["target"].feed_url}))
        item = piece("unmodified")
        sites["unmodified"].publish(item, feed=False)
        self.unmodified.append(
            rss(sites["unmodified"].base, item, piece("old-unmodified", title="Nothing yet"))
        )

    def mend_everything(self) -> None:
        for name in (*UNREADABLE, "bomb"):
            self.room.sites[name].publish(piece(f"held-{name}"))
        self.room.sites["pages"].page("page-later", gives(html(self.later), "text/html"))
        self.hook.answers.clear()

    def told_of_all(self) -> bool:
        """Whether the operator has a line about everything that is bad."""
        log = Log(lambda: self.record.log)
        failed = all(
            log.lines("poll failed", self.room.sites[name].feed_url) for name in (*UNREADABLE, "gone")
        )
        states = {d["channel"].split("#")[0]: d["state"] for row in self.dodo() for d in row["deliveries"]}
        return failed and len(states) >= 4 and not {"pending", "leased"} & set(states.values())

    def unseen(self, subjects: list[str]) -> str:
        missing = [s for s in subjects if not any(s in title for title in self.record.early)]
        return f"no mail of {missing}, or not told of all:\n{self.dodo()}\n{self.record.log[-5000:]}"

    def dodo(self) -> list[dict[str, Any]]:
        return [row for row in self.store.alerts(limit=100) if row["rule"] == "dodo"]

    def mend_address(self, config: Path) -> None:
        """As an editor would."""
        mended = config.read_text("utf-8").replace(
            "mailtoo://desk@news.example", f"json://{self.hook.host}/misspelt"
        )
        config.write_text(mended, "utf-8")

    async def run(self, config: Path, log: Log, refusing: socket.socket) -> None:
        record = self.record
        async with daemon(config) as running:
            self.store = running.app.store
            await until(self.baseline_read, lambda: self.missing_baselines())
            self.break_everything()
            subjects = [
                *("sound", "truncated", "Квагга", "anonymous", "linkless", "undated", "target", "unmodified")
            ]
            subjects += ["receivers", *MARKS.values(), *PAGES]

            def broken_seen() -> bool:
                record.log = log.text
                record.early = titles(self.box)
                return self.told_of_all() and all(any(s in t for t in record.early) for s in subjects)

            await until(broken_seen, lambda: self.unseen(subjects), 30)
            await asyncio.to_thread(self.look, config)
            self.mend_everything()
            self.mend_address(config)
            await running.daemon.reload()
            refusing.listen()
            server = await self.hook_on(refusing)
            await running.catch_up(seconds=90)  # less than a lease
            try:
                await until(self.all_arrived, lambda: f"{titles(self.box)} {dict(self.hook.got)}", 20)
                await until(lambda: not self.open_deliveries(), "every delivery marked")
            finally:
                await server.cleanup()
            record.alerts = monitor(config, "alerts", "list", "--json").rows()
            record.articles = {
                row["title"]: row for row in monitor(config, "articles", "list", "--json").rows()
            }
        record.log = log.text
        (self.folder / "daemon.log").write_text(record.log, "utf-8")  # for whoever looks into a failure
        record.mails = [receipt.message for receipt in self.box.receipts]
        record.sink = dict(self.hook.got)
        record.requests = {name: site.asked["/feed"] for name, site in self.room.sites.items()}
        record.database = b"".join(path.read_bytes() for path in config.parent.glob("monitor.db*"))

    def open_deliveries(self) -> bool:
        return any(
            delivery["state"] in ("pending", "leased", "unknown", "failed")
            for row in self.store.alerts(limit=500)
            for delivery in row["deliveries"]
        )

    def missing_baselines(self) -> list[str]:
        return [feed.key for feed, _ in self.store.feeds() if feed.baseline_at is None]

    def baseline_read(self) -> bool:
        feeds = self.store.feeds()
        state = self.store.status(feeds[0][0].due_at)
        return not self.missing_baselines() and not state["entries"]["queued"]

    async def hook_on(self, listening: socket.socket) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/{path:.*}", self.hook.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        return runner

    def look(self, config: Path) -> None:
        """As the operator would, while everything is bad."""
        record = self.record
        names = {site.feed_url: name for name, site in self.room.sites.items()}
        rows = monitor(config, "feeds", "list", "--json").rows()
        record.feeds = {names[row["url"]]: row for row in rows}
        record.alerts_then = monitor(config, "alerts", "list", "--json").rows()
        record.status = monitor(config, "status").text
        for command in (("doctor",), ("notify", "misspelt"), ("notify", "failing"), ("check",)):
            record.said[" ".join(command)] = monitor(config, *command)

    def all_arrived(self) -> bool:
        wanted = [f"held-{name}" for name in (*UNREADABLE, "bomb")] + ["Nothing in this title"]
        arrived = titles(self.box)
        mailed = all(any(item in title for title in arrived) for item in wanted)
        return (
            mailed
            and all(len(self.hook.got[f"/{p}"]) >= 2 for p in ("limiting", "stuck"))
            and all(self.hook.got[path] for path in ("/refusing", "/misspelt"))
        )


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    folder = tmp_path_factory.mktemp("storm")
    with pytest.MonkeyPatch.context() as patch, socket.socket() as refusing, logged("debug") as log:
        patch.setenv("CANARY", PASSWORDS[2])
        refusing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        refusing.bind(("127.0.0.1", 0))
        yield asyncio.run(_storm(folder, log, refusing))


async def _storm(folder: Path, log: Log, refusing: socket.socket) -> Record:
    async with newsroom() as room, sink() as hook, open_mailbox(mailbox()) as box:
        storm = Storm(folder, room, hook, box)
        await storm.open_sites()
        more = receivers(hook, refusing.getsockname()[1], box.port)
        config = configure(folder, storm.sources(), more=more, rules=RULES)
        await storm.run(config, log, refusing)
        return storm.record


# --- feeds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_feed_that_cannot_be_read_is_said_in_one_line(record: Record, name: str) -> None:
    said = UNREADABLE[name][1]
    url = f"{record.bases[name]}/feed"
    lines = record.lines("poll failed", f"feed={url}", said)
    assert lines and all(" next=" in line and "level=warning" in line for line in lines)
    row = record.feeds[name]
    assert (row["state"], row["failures"] > 0) == ("failing", True)
    assert said in row["error"]
    assert row["failing_since"]
    assert any(url in line and said in line for line in record.status.splitlines())


@pytest.mark.parametrize("name", [*UNREADABLE, "bomb"])
def test_what_a_bad_feed_held_back_arrives_when_it_is_mended(record: Record, name: str) -> None:
    assert len(record.about(f"held-{name}")) == 1


def test_a_feed_that_is_gone_is_retired_and_asked_no_more(record: Record) -> None:
    assert record.feeds["gone"]["state"] == "gone"
    assert "gone for good (410)" in record.feeds["gone"]["error"]
    assert record.lines("level=warning", "poll failed", record.bases["gone"], "retired")
    assert len(record.lines("poll failed", record.bases["gone"])) == 1


def test_a_server_that_asks_for_time_gets_it(record: Record) -> None:
    assert record.lines(record.bases["limited"], "the server said Retry-After")


def test_the_neighbours_of_bad_feeds_are_told_of_in_time(record: Record) -> None:
    assert any("A quagga at sound" in title for title in record.early)
    assert not record.lines("poll failed", record.bases["sound"])


@pytest.mark.parametrize("name", ["truncated", "Квагга замечена у реки", "anonymous", "linkless", "undated"])
def test_a_damaged_feed_costs_no_article(record: Record, name: str) -> None:
    assert len(record.about(name)) == 1


def test_damage_that_was_read_around_is_said(record: Record) -> None:
    for name in ("truncated", "bomb", "encoded"):
        assert record.lines(f"{record.bases[name]}/feed", "damaged"), name


def test_an_entity_bomb_is_not_expanded(record: Record) -> None:
    assert not record.lines("poll failed", record.bases["bomb"])
    assert record.feeds["bomb"]["state"] == "ok"


def test_a_moved_feed_is_followed_and_keeps_its_name(record: Record) -> None:
    assert len(record.about("target")) == 1
    assert record.feeds["moved"]["polled_url"] == f"{record.bases['moved']}/feed"


def test_validators_are_echoed_exactly_and_a_304_is_no_failure(record: Record) -> None:
    sent = [headers.get("if-none-match") for headers in record.requests["unmodified"]]
    assert sent[0] is None
    assert {'W/"v-0"', 'W/"v-1"'} <= set(sent[1:])
    assert record.feeds["unmodified"]["state"] == "ok"
    assert len(record.about("unmodified")) == 1


# --- pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", PAGES)
def test_a_page_that_cannot_be_had_leaves_title_and_summary_to_match(record: Record, slug: str) -> None:
    (mail,) = record.about(slug)
    article = record.articles[f"News of {slug}"]
    assert re.search(PAGES[slug][1], article["degraded"])
    assert "> A **quagga**." in text_of(mail)


def test_a_page_that_comes_back_is_read_after_all(record: Record) -> None:
    (mail,) = record.about("Nothing in this title")
    assert "A **quagga**, later." in text_of(mail)
    assert not record.articles["Nothing in this title"]["degraded"]


# --- titles ------------------------------------------------------------------------------------------


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("slug", TITLES)
def test_a_hostile_title_arrives_as_one_harmless_subject(record: Record, slug: str) -> None:
    (mail,) = record.about(MARKS[slug])
    assert len(mail.get_all("Subject", [])) == 1
    assert not mail.get_all("Bcc", []) and len(mail.get_all("To", [])) == 1
    assert not mail.defects
    subject = str(mail["Subject"])
    assert subject.isprintable() and len(subject) < 400
    assert all(len(line) <= 998 for line in mail.as_bytes().splitlines())


@pytest.mark.parametrize("slug", TITLES)
def test_hostile_html_is_inert_in_the_mail(record: Record, slug: str) -> None:
    (mail,) = record.about(MARKS[slug])
    part = mail.get_body(("html",))
    assert part is not None
    tree = lxml.html.document_fromstring(part.get_content())
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    assert not [
        element.tag for element in elements if element.tag in ("script", "img", "iframe", "object", "form")
    ]
    assert not [name for element in elements for name in element.attrib if name.lower().startswith("on")]
    assert all(link.get("href").startswith(("http://", "https://")) for link in tree.iter("a"))


# --- receivers ---------------------------------------------------------------------------------------

# While they were bad: the state and the words; and where they end.
RECEIVERS = {
    "refusing": ("failed", "could not connect: Connection refused"),
    "limiting": ("failed", "429 Too Many Requests"),
    "failing": ("failed", "500 *** is wrong"),
    "stuck": ("unknown", "no answer in time"),
}


def deliveries_of(rows: list[dict[str, Any]], store_rows: str = "dodo") -> list[dict[str, Any]]:
    (row,) = [row for row in rows if row["rule"] == store_rows]
    found: list[dict[str, Any]] = row["deliveries"]
    return found


@pytest.mark.parametrize("name", RECEIVERS)
def test_a_receiver_in_trouble_is_said_and_its_alert_waits(record: Record, name: str) -> None:
    state, words = RECEIVERS[name]
    then = [d for d in deliveries_of(record.alerts_then) if words in (d["error"] or "")]
    assert [(d["state"], d["attempts"]) for d in then] == [(state, 1)]
    assert record.lines("level=warning", "event=delivery", words)


@pytest.mark.parametrize("path", ["hook", "misspelt", *RECEIVERS])
def test_every_receiver_has_its_alert_in_the_end(record: Record, path: str) -> None:
    got = [item for item in record.sink[f"/{path}"] if "dodo" in item[1]["title"].lower()]
    keys = {headers["idempotency-key"] for headers, _ in got}
    assert len(keys) == 1, "a repeat is recognisable"
    assert len(got) == (1 if path in ("hook", "refusing", "misspelt") else 2)


def test_the_sound_receivers_did_not_wait_for_the_others(record: Record) -> None:
    assert any("A dodo at receivers" in title for title in record.early)


def test_a_misspelt_receiver_is_said_with_what_was_probably_meant(record: Record) -> None:
    hint = "did you mean mailto://?"
    assert hint in record.said["doctor"].text
    assert record.said["notify misspelt"].code == 1 and hint in record.said["notify misspelt"].text
    assert record.lines("level=error", "receiver cannot be used, its alerts wait", "receiver=misspelt", hint)
    assert record.lines("event=delivery", "mailtoo", hint)
    assert [d for d in deliveries_of(record.alerts_then) if hint in (d["error"] or "")]


def test_in_the_end_all_is_delivered(record: Record) -> None:
    assert {d["state"] for row in record.alerts for d in row["deliveries"]} == {"sent"}


# --- the whole ---------------------------------------------------------------------------------------


def test_no_traceback_reaches_the_operator(record: Record) -> None:
    Log(lambda: record.log).assert_plain()
    assert "Traceback" not in record.log and "unexpected error" not in record.log


def test_nothing_arrived_twice(record: Record) -> None:
    subjects = record.subjects()
    assert sorted(set(subjects)) == sorted(subjects)


@pytest.mark.parametrize("password", PASSWORDS)
def test_passwords_are_nowhere(record: Record, password: str) -> None:
    everything = [record.log, record.status, json.dumps(record.alerts), json.dumps(record.alerts_then)]
    everything += [json.dumps(record.feeds), *(said.text for said in record.said.values())]
    assert not [text for text in everything if password in text]
    assert password.encode() not in record.database
