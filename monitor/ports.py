"""What the pipeline needs of the world, as small protocols. adapters/ implements them; tests fake them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, ParamSpec, Protocol, TypeVar

from monitor.collect.access import FeedAccess
from monitor.collect.robots import RobotsVerdict
from monitor.collect.websub import Subscription
from monitor.errors import Problem
from monitor.model import (
    Alert,
    Article,
    ChannelHealth,
    Decision,
    Delivery,
    Entry,
    Feed,
    Held,
    Kind,
    Known,
    Match,
    Message,
    PageState,
    ParsedFeed,
    PollOutcome,
    QueuedEntry,
    Relation,
    Response,
    Retry,
    SendResult,
    Severity,
    Standing,
)
from monitor.relate.copies.folding import Filed
from monitor.route.silences import Silence
from monitor.route.telling import Before
from monitor.route.troubles import Bundle, News, OpenTrouble, Trouble
from monitor.route.volume import Rhythm, Surging, Volume
from monitor.send.forms import Form
from monitor.send.operator import Templates
from monitor.send.pace import Rates

# The subscription of a feed after a poll, with a token and a secret for a new one (collect.websub.after_poll).
FollowHub = Callable[[Subscription | None, PollOutcome, str, str], Subscription | None]

P = ParamSpec("P")
R = TypeVar("R")


class Clock(Protocol):
    """Where `now` comes from: the machine's clock, the database's where nodes share one, or a test's."""

    def now(self) -> datetime: ...


class Offload(Protocol):
    """Runs what blocks on the database's thread (SQLite) or threads, and waits for it."""

    def __call__(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]: ...


class Fetcher(Protocol):
    """Reads addresses over HTTP(S), within limits and behind the address guard."""

    async def fetch(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        max_bytes: int | None = None,
        access: FeedAccess | None = None,
        permit: Callable[[str], Awaitable[None]] | None = None,
    ) -> Response:
        """The answer, whatever its status. Raises FetchError where there is none.

        `access` is of the feed that the request is for. `permit` is asked before the request, and again
        before each to which it is redirected, and forbids it with a FetchError.
        """
        ...

    async def post(self, url: str, form: Mapping[str, str], *, max_bytes: int = 100_000) -> Response:
        """What is answered to a form, whatever the status. Raises FetchError."""
        ...


class Workers(Protocol):
    """Computes on hostile bytes in processes that can be killed."""

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        """Raises FeedError where the bytes are no feed, WorkerError where the worker had to be killed."""
        ...

    async def extract(self, body: bytes, content_type: str, url: str, entry: Entry) -> Article:
        """Raises ExtractError where the page holds no article, WorkerError as above."""
        ...

    async def judge_robots(self, text: bytes, url: str) -> RobotsVerdict:
        """What a robots.txt says of a page. Raises WorkerError as above."""
        ...

    async def from_feed(self, entry: Entry, degraded: str, page: Response | None = None) -> Article:
        """The article of what the feed alone gives, and the head of `page`; `degraded` says why.

        Raises WorkerError as above.
        """
        ...

    async def render(
        self, alert: Alert, form: Form, templates: Templates, *, zone: str, key: str, install: str
    ) -> Message:
        """The message by an operator's templates; it says where they failed. Raises WorkerError as above."""
        ...

    async def try_template(self, templates: Templates, name: str) -> list[Problem]:
        """What is wrong with an operator's template, by trying it. Raises WorkerError as above."""
        ...


class Robots(Protocol):
    """Asks sites whether their pages may be read."""

    async def permit(self, url: str, access: FeedAccess | None = None) -> None:
        """Returns when the page may be asked for; raises FetchError where it may not."""
        ...


class Notifier(Protocol):
    """Sends one rendered message to one channel."""

    async def send(self, receiver: str, channel: str, message: Message) -> SendResult:
        """Never raises for what a service does; the result says it."""
        ...


class Store(Protocol):
    """What the pipeline loads and stores. Each method is one transaction and blocks; raises StoreError."""

    def known_entries(self, feed_id: int, keys: Sequence[str]) -> dict[str, Known]:
        """Which identities and aliases the feed is known to have brought, and as what."""
        ...

    def claim_feeds(
        self, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str], per_host: int
    ) -> list[Feed]: ...

    def record_polls(self, outcomes: Sequence[PollOutcome], now: datetime) -> int:
        """Transaction (a); how many entries were queued."""
        ...

    def follow_hubs(self, outcomes: Sequence[PollOutcome], follow: FollowHub) -> list[Subscription]:
        """Keep what feeds offer, and what polls say of their hubs; the subscriptions that were left by that."""
        ...

    def claim_entries(
        self, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str], per_host: int
    ) -> list[QueuedEntry]: ...

    def postpone_entry(self, queued: QueuedEntry, at: datetime, why: str, *, spent: bool = True) -> bool: ...

    def leave_entry(self, queued: QueuedEntry, at: datetime | None, why: str | None = None) -> bool:
        """Its page is as it was; `at` is when it is looked at again, None for no more, which `why` may explain.

        False as for a lost lease.
        """
        ...

    def quarantine_entry(self, queued: QueuedEntry, why: str) -> bool: ...

    def settlement(self, now: datetime) -> AbstractContextManager[Transaction]:
        """Transaction (b): committed when the block ends, gone without a trace where it raises."""
        ...

    def release_held(
        self,
        now: datetime,
        channels: Mapping[str, Sequence[str]],
        default: Sequence[str],
        awake: Collection[str],
        *,
        groups: bool = False,
    ) -> int:
        """Make alerts of what was held until now, and of what is to be repeated; how many were made.

        What was held for a receiver that is gone goes to the `default`. `awake` are those whose quiet hours are
        over, or were taken from the configuration. With `groups`, updates wait no longer for others.
        """
        ...

    def surging(self, now: datetime, windows: Mapping[str, timedelta]) -> list[Surging]:
        """What surges, with its volume now; `windows` are those of each receiver."""
        ...

    def claim_deliveries(
        self,
        now: datetime,
        limit: int,
        lease: timedelta,
        busy_channels: Collection[str],
        rates: Rates | None = None,
    ) -> list[tuple[Delivery, Alert]]:
        """Lease what is due: the oldest of each channel that does not rest and has not used its rate up."""
        ...

    def troubled_channels(self) -> list[ChannelHealth]:
        """Channels that fail, and those that rest, those that have failed longest first."""
        ...

    def use_channels(self, keys: Collection[tuple[str, str]], now: datetime) -> None:
        """The configuration has these channels (receiver, name) now, and no others."""
        ...

    def next_in_turn(self, now: datetime, rates: Rates) -> datetime | None:
        """When the first delivery may go out that waits for nothing but its channel's rate."""
        ...

    def finish_attempt(self, delivery: Delivery, result: SendResult, retry: Retry, now: datetime) -> bool:
        """False where the lease was lost meanwhile, and nothing was marked."""
        ...

    def finish_attempts(self, ended: Sequence[tuple[Delivery, SendResult, Retry, datetime]]) -> list[bool]:
        """Several at once: see finish_attempt."""
        ...

    def readdress_delivery(self, delivery: Delivery, keys: Sequence[tuple[str, str]]) -> Delivery | None:
        """A leased delivery by the first channel of `keys` that has none of its alert; None where all have."""
        ...

    def last_good_rules(self) -> list[dict[str, Any]]: ...

    def remember_rules(
        self, documents: Sequence[dict[str, Any]], now: datetime, gone: Collection[str] | None = None
    ) -> None:
        """Remember these rules, and forget those with the ids in `gone`; None forgets all others."""
        ...

    def rule_rhythms(self, rules: Collection[str]) -> dict[str, Rhythm]:
        """How often each of these rules matches; of those that are in force."""
        ...

    def report_troubles(
        self,
        kind: str,
        found: Sequence[Trouble],
        farewell: Callable[[OpenTrouble], tuple[str, str] | None],
        channels: Mapping[str, Sequence[str]],
        now: datetime,
        bundle: Bundle | None = None,
        *,
        late: bool = False,
        not_before: Mapping[str, datetime] | None = None,
    ) -> News:
        """Take note of all that is wrong of `kind` now; what begins and ends is told, each once.

        `not_before` is when a receiver may be told that is not to be told now.
        """
        ...

    def open_troubles(self, kind: str | None = None) -> list[OpenTrouble]: ...

    def note_outage(self, kind: str, since: datetime | None) -> None: ...

    def noted_outages(self) -> dict[str, datetime]: ...

    def retry_shares(self, shares: Iterable[str], now: datetime) -> None:
        """Try again soon what fails for want of a server at these shares: one of their feeds was read again."""
        ...

    def troubled_feeds(self, failing_before: datetime) -> list[Feed]:
        """Feeds that have failed since before a time, those that are quiet, and those that are gone for good."""
        ...

    def feeds_by_key(self, keys: Iterable[str]) -> list[Feed]: ...

    def resume_postponed(self, now: datetime) -> int:
        """Poll again what was put off because nobody answered, within seconds; how many feeds."""
        ...

    def spread_overdue(self, away: timedelta, now: datetime, limit: int) -> int:
        """Spread feeds that fell due while the network was away, at most `limit` a call; how many they were."""
        ...


class Transaction(Protocol):
    """Transaction (b) from within."""

    def still_claimed(self, claimed: Sequence[QueuedEntry]) -> set[int]: ...

    def finish_entries(self, finished: Sequence[tuple[QueuedEntry, int]]) -> None: ...

    def look_again(self, looks: Sequence[tuple[QueuedEntry, PageState, datetime]]) -> None:
        """The pages of finished entries are looked at again at a time."""
        ...

    def known_articles(self, keys: Sequence[str]) -> dict[str, int]: ...

    def load_articles(self, ids: Sequence[int]) -> dict[int, tuple[Article, Standing | None]]: ...

    def add_articles(self, items: Sequence[tuple[str, Article, Standing | None]]) -> list[int]: ...

    def revise_article(self, article: Article) -> None: ...

    def promote_article(self, article_id: int) -> None: ...

    def relation_of(self, article_id: int) -> Relation | None: ...

    def seeds_of(self, rule: str) -> Sequence[Article]:
        """The stored seeds that a rule matched."""
        ...

    def signature_of(self, article_id: int) -> bytes | None: ...

    def signed_alike(self, keys: Sequence[int], apart_from: int) -> Sequence[Filed]: ...

    def sign(self, article_id: int, signature: bytes, keys: Sequence[int]) -> None: ...

    def changed_profiles(
        self, known: Mapping[int, int], since: datetime
    ) -> Iterable[tuple[int, int, bytes]]: ...

    def profile(self, story: int) -> bytes | None: ...

    def open_story(self, title: str) -> int: ...

    def save_profile(self, story: int, profile: bytes) -> int: ...

    def place(self, article_id: int, relation: Relation) -> None: ...

    def place_again(self, article_id: int, relation: Relation) -> None:
        """An article that its publisher changed: what adds nothing leaves what was said of it before."""
        ...

    def told(self, rule: str, story: int) -> tuple[bool, bool]: ...

    def matched_before(self, article_id: int, rule: str) -> bool: ...

    def has_match(self, match: Match, article: Article) -> bool: ...

    def add_match(self, match: Match, article: Article, story: int, decision: Decision) -> int: ...

    def dismissed(self, rule: str, story: int) -> str | None:
        """Who called the rule's alerts of a story not relevant, in words."""
        ...

    def silences(self) -> Sequence[Silence]:
        """Those in force."""
        ...

    def end_silence(self, silence: int, why: str) -> None: ...

    def before(self, receiver: str, rule: str, story: int) -> Before:
        """What a receiver was told of a story, and what of it waits."""
        ...

    def told_by(self, rule: str, now: datetime) -> int:
        """How many stories a rule told in the past hour."""
        ...

    def volume(self, rule: str, now: datetime) -> Volume: ...

    def told_lately(self, receiver: str, since: datetime) -> int:
        """How many alerts a receiver was told since a time."""
        ...

    def surges(self) -> Sequence[OpenTrouble]:
        """Which rules spike, and which receivers are flooded."""
        ...

    def begin_trouble(
        self,
        kind: str,
        trouble: Trouble,
        channels: Mapping[str, Sequence[str]],
        not_before: Mapping[str, datetime],
    ) -> None:
        """Tell of one more trouble of a kind, once."""
        ...

    def add_alert(
        self,
        *,
        kind: Kind,
        rule: str,
        rule_title: str,
        severity: Severity,
        story: int,
        once: str,
        items: Sequence[tuple[int, str]],
        channels: Sequence[tuple[str, str]],
        repeat_every: timedelta | None = None,
    ) -> int | None: ...

    def hold(self, rows: Sequence[Held]) -> None:
        """Keep matches for the receivers that are told of them later."""
        ...
