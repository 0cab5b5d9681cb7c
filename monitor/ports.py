"""What the pipeline needs of the world, as small protocols. adapters/ implements them; tests fake them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from monitor.model import (
    Article,
    Entry,
    Feed,
    Message,
    ParsedFeed,
    PollOutcome,
    QueuedEntry,
    Response,
    SendResult,
)


class Clock(Protocol):
    """Where `now` comes from: the machine's clock, the database's where nodes share one, or a test's."""

    def now(self) -> datetime: ...


class Fetcher(Protocol):
    """Reads addresses over HTTP(S), within limits and behind the address guard."""

    async def fetch(
        self, url: str, headers: Mapping[str, str] | None = None, *, max_bytes: int | None = None
    ) -> Response:
        """The answer, whatever its status. Raises FetchError where there is none."""
        ...


class Workers(Protocol):
    """Computes on hostile bytes in processes that can be killed."""

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        """Raises FeedError where the bytes are no feed, WorkerError where the worker had to be killed."""
        ...

    async def extract(self, body: bytes, content_type: str, url: str, entry: Entry) -> Article:
        """Raises ExtractError where the page holds no article, WorkerError as above."""
        ...


class Notifier(Protocol):
    """Sends one rendered message to one channel."""

    async def send(self, receiver: str, channel: str, message: Message) -> SendResult:
        """Never raises for what a service does; the result says it."""
        ...
