"""`monitor notify`: a real example to a receiver."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from monitor.adapters.notifier import AppriseNotifier
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model import Alert, AlertItem, Article, Kind, SendResult, Severity, Span
from monitor.send.channels import expand
from monitor.send.keys import delivery_key
from monitor.send.render import render


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


async def send_example(settings: Settings, receiver: str, now: datetime) -> list[tuple[str, SendResult]]:
    """Send the example to each channel of a receiver: channel name and what became of it.

    Raises UsageError where the configuration has no such receiver, or it has no address.
    """
    known = settings.receivers.get(receiver)
    if known is None:
        names = ", ".join(sorted(settings.receivers)) or "none"
        raise UsageError(f"there is no receiver {receiver!r}; the configuration has: {names}")
    channels = expand(receiver, known.urls)
    if not channels:
        raise UsageError(f"the receiver {receiver!r} has no address; give it one: urls = [...]")
    alert, results = example(now), []
    notifier = AppriseNotifier(channels, workers=1)
    try:
        for channel in channels:
            key = delivery_key(alert.uid, receiver, channel.name)
            message = render(alert, channel.form, zone=known.zone, key=key, install="example.monitor")
            results.append((channel.name, await notifier.send(receiver, channel.name, message)))
    finally:
        await notifier.close()
    return results
