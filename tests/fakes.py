"""Stand-ins for the world: scripted addresses, workers without processes, a notifier that keeps what it is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import ParamSpec, TypeVar

from monitor.collect.access import FeedAccess
from monitor.collect.discover import Page, read_page
from monitor.collect.opml import Subscriptions, read_subscriptions
from monitor.collect.parse import parse_feed
from monitor.collect.robots import RobotsVerdict, judge
from monitor.errors import FetchError, Problem
from monitor.extract.feed_content import from_entry
from monitor.extract.head import enriched
from monitor.extract.page import extract_page
from monitor.model import Alert, Article, Entry, Message, Outcome, ParsedFeed, Response, SendResult
from monitor.send.forms import Form
from monitor.send.operator import Templates
from monitor.send.render import render
from monitor.send.trial import try_template

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class ManualClock:
    """A clock that stands still until it is moved."""

    moment: datetime = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> datetime:
        self.moment += timedelta(**by)
        return self.moment


@dataclass
class ScriptedFetcher:
    """Answers from a table: a Response, or a FetchError to raise. What is not in it is a 404."""

    answers: dict[str, Response | FetchError] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    accesses: list[FeedAccess | None] = field(default_factory=list)  # as given with each of `asked`

    async def fetch(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        max_bytes: int | None = None,
        access: FeedAccess | None = None,
        permit: Callable[[str], Awaitable[None]] | None = None,
    ) -> Response:
        if permit is not None:
            await permit(url)
        self.asked.append((url, dict(headers or {})))
        self.accesses.append(access)
        answer = self.answers.get(url, Response(404, url))
        if isinstance(answer, FetchError):
            raise answer
        return answer

    async def post(self, url: str, form: Mapping[str, str], *, max_bytes: int = 100_000) -> Response:
        self.posted.append((url, dict(form)))
        answer = self.answers.get(url, Response(404, url))
        if isinstance(answer, FetchError):
            raise answer
        return answer

    def page(self, url: str, title: str, *paragraphs: str) -> None:
        text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
        article = f"<article><h1>{escape(title)}</h1>{text}</article>"
        html = f"<html><head><title>{escape(title)}</title></head><body>{article}</body></html>"
        self.answers[url] = Response(200, url, {"content-type": "text/html; charset=utf-8"}, html.encode())

    def feed(self, url: str, *items: Item, headers: Mapping[str, str] | None = None) -> None:
        self.answers[url] = Response(
            200, url, {"content-type": "application/rss+xml", **(headers or {})}, rss(*items).encode()
        )


@dataclass(frozen=True)
class Item:
    """An item of a feed in a test."""

    guid: str
    title: str
    link: str
    text: str
    published: datetime


def rss(*items: Item) -> str:
    """An RSS document with these items."""
    written = "".join(
        f"<item><guid isPermaLink='false'>{escape(i.guid)}</guid><title>{escape(i.title)}</title>"
        f"<link>{escape(i.link)}</link>"
        f"<pubDate>{format_datetime(i.published)}</pubDate><description>{escape(i.text)}</description></item>"
        for i in items
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Example Wire</title>{written}</channel></rss>"


class InProcessWorkers:
    """What the worker processes do, without the processes."""

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        return parse_feed(body, content_type, url)

    async def read_opml(self, data: bytes, name: str) -> Subscriptions:
        return read_subscriptions(data, name)

    async def read_links(self, body: bytes, content_type: str, url: str) -> Page:
        return read_page(body, content_type, url)

    async def extract(self, body: bytes, content_type: str, url: str, entry: Entry) -> Article:
        return extract_page(body, content_type, url, entry)

    async def from_feed(self, entry: Entry, degraded: str, page: Response | None = None) -> Article:
        if page is not None:
            entry = enriched(entry, page.body, page.content_type, page.url)
        return from_entry(entry, degraded)

    async def judge_robots(self, text: bytes, url: str) -> RobotsVerdict:
        return judge(text, url)

    async def render(
        self, alert: Alert, form: Form, templates: Templates, *, zone: str, key: str, install: str
    ) -> Message:
        return render(alert, form, zone=zone, key=key, install=install, templates=templates)

    async def try_template(self, templates: Templates, name: str) -> list[Problem]:
        return try_template(templates, name)


class NoRobots:
    """Sites without robots.txt."""

    async def permit(self, url: str, access: FeedAccess | None = None) -> None:
        pass


@dataclass
class RecordingNotifier:
    """Keeps every message; `script` holds results to give before everything is sent."""

    script: list[SendResult] = field(default_factory=list)
    sent: list[tuple[str, str, Message]] = field(default_factory=list)

    async def send(self, receiver: str, channel: str, message: Message) -> SendResult:
        self.sent.append((receiver, channel, message))
        return self.script.pop(0) if self.script else SendResult(Outcome.SENT, "250 OK")


async def at_once(work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """ports.Offload without a thread."""
    return work(*args, **kwargs)
