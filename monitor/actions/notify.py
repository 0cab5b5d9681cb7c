"""`monitor notify`: a real example to a receiver, or to all."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.adapters.notifier import AppriseNotifier
from monitor.adapters.template_folder import read_templates
from monitor.app import make_workers
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.match.language.query import did_you_mean
from monitor.model import Alert, AlertItem, Article, Kind, Outcome, SendResult, Severity, Span
from monitor.send.channels import Channel, expand
from monitor.send.keys import delivery_key
from monitor.writing import Writer


def example(now: datetime) -> Alert:
    """An alert as a rule would send it, and recognisable as an example."""
    title = "Example: this is what an alert looks like"
    body = (
        "This message was sent by `monitor notify` to show that the channel works. "
        "In a real alert, the sentences that made the rule match stand here, with the words marked."
    )
    words = "the words marked"
    start = body.index(words)
    article = Article(
        title=title,
        body=body,
        url="https://news.example/example",
        source="Example News",
        language="en",
        published=now - timedelta(minutes=4),
    )
    spans = (Span("body", start, start + len(words)),)
    item = AlertItem(article, spans, "an example, sent by hand", seen_at=now)
    return Alert(
        uid=secrets.token_hex(12),
        kind=Kind.TEST,
        rule="example",
        rule_title="Example",
        severity=Severity.LOW,
        story=None,
        story_uid=None,
        story_title=title,
        items=(item,),
        created=now,
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of the example on one channel."""

    receiver: str
    channel: str
    result: SendResult

    def row(self) -> dict[str, Any]:
        """As `notify --json` gives it."""
        return {
            "id": self.channel or self.receiver,
            "receiver": self.receiver,
            "channel": self.channel,
            "outcome": self.result.outcome,
            "detail": self.result.detail,
            "status": self.result.status,
        }


def addressed(settings: Settings, receiver: str | None) -> tuple[list[Channel], list[Tried]]:
    """The channels of a receiver, or of all; and of all, those receivers that cannot be sent to.

    Raises UsageError where there is no such receiver, or it has no address.
    """
    names = sorted(settings.receivers)
    if receiver is not None and receiver not in names:
        known = ", ".join(names) or "none"
        hint = did_you_mean(receiver, names) or f"the configuration has: {known}"
        raise UsageError(f"there is no receiver {receiver!r}; {hint}")
    if not names:
        raise UsageError("the configuration has no receiver; name one: [receivers.desk]")
    asked = names if receiver is None else [receiver]
    channels = {name: expand(name, settings.receivers[name].urls) for name in asked}
    without = [name for name, found in channels.items() if not found]
    if receiver is not None and without:
        raise UsageError(f"the receiver {receiver!r} {_NO_ADDRESS}")
    nowhere = [Tried(name, "", SendResult(Outcome.PERMANENT, f"it {_NO_ADDRESS}")) for name in without]
    return [channel for found in channels.values() for channel in found], nowhere


_NO_ADDRESS = "has no address; give it one: urls = [...]"


async def send_examples(
    settings: Settings,
    channels: Sequence[Channel],
    now: datetime,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> list[Tried]:
    """Send the example to each of the channels, one after the other, and `tell` how many are done of how many."""
    alert, tried = example(now), []
    notifier, workers = AppriseNotifier(channels, workers=1), make_workers(settings)
    writer = Writer(workers)
    writer.templates, _ = read_templates(settings.alerts.templates)
    try:
        for number, channel in enumerate(channels):
            tell(number, len(channels))
            key = delivery_key(alert.uid, channel.receiver, channel.name)
            zone = settings.receivers[channel.receiver].zone
            message = await writer.write(
                alert, channel.form, zone=zone, key=key, install="example.monitor", now=now
            )
            result = await notifier.send(channel.receiver, channel.name, message)
            if message.fallback:
                result = replace(result, detail=f"{result.detail}; as shipped: {message.fallback}")
            tried.append(Tried(channel.receiver, channel.name, result))
    finally:
        await notifier.close()
        await workers.close()
    return tried
