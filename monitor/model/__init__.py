"""The values that travel between the stages, in the order of an article's journey.

    feed -> entry -> article -> match -> story -> alert -> delivery

All are frozen: a stage takes values and returns values. All times are aware and in UTC. An `id` of 0
means "not stored yet".
"""

from __future__ import annotations

from monitor.model.articles import (
    Added,
    AlertPolicy,
    Article,
    Counted,
    Dated,
    Match,
    Novelty,
    Origin,
    PageState,
    Per,
    QueuedEntry,
    Relation,
    Revision,
    Severity,
    Span,
)
from monitor.model.collected import Entry, Feed, Known, NewEntry, ParsedFeed, PollOutcome, Response, Standing
from monitor.model.told import (
    Alert,
    AlertItem,
    ChannelHealth,
    ChannelState,
    Decision,
    Delivery,
    DeliveryState,
    Fault,
    Held,
    Hold,
    Kind,
    Message,
    Outcome,
    Retry,
    SendResult,
    Verdict,
)

__all__ = [
    "Added",
    "Alert",
    "AlertItem",
    "AlertPolicy",
    "Article",
    "ChannelHealth",
    "ChannelState",
    "Counted",
    "Dated",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Entry",
    "Fault",
    "Feed",
    "Held",
    "Hold",
    "Kind",
    "Known",
    "Match",
    "Message",
    "NewEntry",
    "Novelty",
    "Origin",
    "Outcome",
    "PageState",
    "ParsedFeed",
    "Per",
    "PollOutcome",
    "QueuedEntry",
    "Relation",
    "Response",
    "Retry",
    "Revision",
    "SendResult",
    "Severity",
    "Span",
    "Standing",
    "Verdict",
]
