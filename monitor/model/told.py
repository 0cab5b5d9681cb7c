"""What people are told: decisions, alerts, and deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model.articles import Article, Severity, Span


class Verdict(StrEnum):
    """What follows from a match."""

    ALERT = "alert"
    HELD = "held"
    WITHHELD = "withheld"
    SILENCED = "silenced"


class Kind(StrEnum):
    """What an alert tells."""

    NEW = "new"
    UPDATE = "update"
    DIGEST = "digest"
    TEST = "test"
    NOTICE = "notice"  # of the monitor itself: something does not work, or works again
    REPEAT = "repeat"  # of an alert that nobody has acknowledged


# What stands for the rule of a digest of all that was too much at once for its receiver.
FLOOD_RULE = "monitor.flood"


class Hold(StrEnum):
    """Why a receiver is told later."""

    DIGEST = "digest"  # the rule asks for it, or its feed brought very many at once
    GROUP = "group"  # an update waits for others of its story
    QUIET = "quiet"  # it is the receiver's quiet hours
    SPIKE = "spike"  # its rule brings far more than it usually does
    FLOOD = "flood"  # the receiver was told as much as it takes


@dataclass(frozen=True, slots=True)
class Held:
    """A match that `receiver` is told of later, and what its alert will be."""

    match: int
    receiver: str
    until: datetime
    why: Hold
    rule: str
    rule_title: str
    severity: Severity
    story: int | None
    kind: Kind  # new or update
    reason: str
    repeat_every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a match, always with its reason. `until` is set where it is held.

    `news` is as much of the reason as the alert says: what is new, without when and why it is told.
    """

    verdict: Verdict
    reason: str
    kind: Kind | None = None
    until: datetime | None = None
    news: str = ""


@dataclass(frozen=True, slots=True)
class AlertItem:
    """One article in an alert, with everything that a message shows of it."""

    article: Article
    spans: tuple[Span, ...]
    reason: str  # why it is told: "new story", "12,000 → 15,000 troops"
    copies: int = 0
    seen_at: datetime | None = None
    kind: Kind | None = None  # of this item, in a digest
    rule_title: str = ""  # of this item's rule, in a digest of several rules; else the alert's


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is to be told: the matches of one rule in one story, a digest, or a notice.

    `uid` is random, unique for ever, and the root of every message id; `story_uid` ties the
    messages of one story into a thread, and `thread_title` is what the first of them reported.
    `earlier_threads` are the uids of other stories in whose threads its rule told of it, before a person
    merged or split them. `story_name` is what a person called the story, "" where nobody did. `text` is a
    notice's, in lines.
    """

    uid: str
    kind: Kind
    rule: str
    rule_title: str
    severity: Severity
    story: int | None
    story_uid: str | None
    story_title: str
    items: tuple[AlertItem, ...]
    created: datetime
    id: int = 0
    text: str = ""
    acked_by: str = (
        ""  # who said "I'm on it", of this alert or an earlier one of its story; "" where nobody has
    )
    acked_at: datetime | None = None
    repeats: int | None = None  # the alert that this one repeats
    first_told: datetime | None = None  # when that was told
    thread_title: str = ""  # where this is not the first
    earlier_threads: tuple[str, ...] = ()
    story_name: str = ""
    escalated_from: Severity | None = None  # the gravest told of its story before, where this is graver


class DeliveryState(StrEnum):
    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"  # will be tried again
    UNKNOWN = "unknown"  # may have arrived; will be tried again under the same key
    DEAD = "dead"  # given up; listed, and can be replayed


@dataclass(frozen=True, slots=True)
class Delivery:
    """alert x channel. `key` is what makes a repeat recognisable: the same for every attempt."""

    id: int
    alert_id: int
    receiver: str
    channel: str  # safe to show: no secrets
    key: str
    state: DeliveryState
    attempts: int
    claim: str = ""
    created: datetime | None = None
    failures: int = 0  # of its channel, in a row, before this attempt


@dataclass(frozen=True, slots=True)
class Message:
    """An alert rendered for one channel. `headers` are for mail; `key` identifies it across attempts.

    `plain` says the same in short and without markup, for a service that refuses `text` as it is.
    """

    subject: str
    text: str
    html: str | None
    key: str
    headers: Mapping[str, str] = field(default_factory=dict)
    fallback: str | None = None  # why the plain form was used
    plain: str = ""


class Outcome(StrEnum):
    """What became of an attempt to send."""

    SENT = "sent"
    TRANSIENT = "transient"  # worth another try
    PERMANENT = "permanent"  # will never be taken as it is
    UNKNOWN = "unknown"  # no answer: it may have arrived


class Fault(StrEnum):
    """What an attempt failed for, which says what else would fail as well."""

    MESSAGE = "message"  # this message is not taken as it is; others may be
    ADDRESS = "address"  # nobody is there, or we are not let in: whatever is sent there is refused
    SETTINGS = "settings"  # the login, or the address as it is written: the operator mends it
    SERVICE = "service"  # the service, or the way to it: down, slow, or asking for a rest
    OURS = "ours"  # we did not get to it


@dataclass(frozen=True, slots=True)
class SendResult:
    """One attempt's outcome with what the service answered, free of secrets.

    Without a `fault`, what is refused for good is the message's, and all else the service's.
    """

    outcome: Outcome
    detail: str
    retry_after: timedelta | None = None
    status: int | None = None  # of HTTP or SMTP
    fault: Fault | None = None


class ChannelState(StrEnum):
    """How a channel does, by what was attempted last."""

    GOOD = "good"
    FAILING = "failing"  # tried again and again
    LOCKED = "locked"  # its login, or its address as it is written, is not accepted; what it is to send waits
    DEAD = "dead"  # refused for good; what it was to send is dead too, until something gets through again


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel does, as it is shown and told."""

    receiver: str
    channel: str
    state: ChannelState
    failures: int = 0  # in a row
    since: datetime | None = None  # when the first of these was
    error: str = ""
    good_at: datetime | None = None
    rest_until: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.receiver, self.channel


@dataclass(frozen=True, slots=True)
class Retry:
    """What follows from an attempt: the delivery's next state, and when it is tried again.

    `channel` is how its channel does now, None where the attempt says nothing of it; until `rest_until`
    nothing is sent by it.
    """

    state: DeliveryState
    reason: str
    at: datetime | None = None
    channel: ChannelState | None = None
    rest_until: datetime | None = None
