"""Alerts that are hard to show: what `check` tries an operator's templates on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model import Alert, AlertItem, Article, Kind, Severity, Span
from monitor.model.told import FLOOD_RULE

NOW = datetime(2026, 11, 21, 8, 16, tzinfo=UTC)
_BODY = "A museum for soldiers who fought at the front opened on Saturday. Entry is free."
_PLAIN = Article(
    title="Museum for those who fought opens",
    body=_BODY,
    url="https://news.example/museum?id=3&lang=en",
    source="Example Wire",
    agency="EW",
    language="en",
    published=NOW - timedelta(minutes=4),
)
_FIRST = AlertItem(_PLAIN, (Span("body", 13, 21),), "new story", copies=2, seen_at=NOW)
_ALERT = Alert(
    uid="5e0f6f1c9a3b4d7e5e0f6f1c",
    kind=Kind.NEW,
    rule="memorials",
    rule_title="Memorials",
    severity=Severity.HIGH,
    story=4,
    story_uid="a81c",
    story_title="Museum opens",
    items=(_FIRST,),
    created=NOW,
    id=42,
)
# Whatever is written by others. Where one of these comes out as it is, its field was not escaped.
FIELDS = (
    "title",
    "body",
    "source",
    "agency",
    "reason",
    "rule_title",
    "degraded",
    "headline",
    "line",
    "acked",
    "story_name",
)


def planted(field: str) -> str:
    """A text that is markup, a mention and an attribute, should nobody escape it."""
    return (
        f"\"><script>alert('{field}')</script> @everyone_{field} <!channel_{field}> onload=go_{field} {field}"
    )


def cases() -> Iterator[tuple[str, Alert]]:
    """What each case is, in words, with its alert: all kinds, and texts that break what is not prepared for them."""
    yield "a plain story", _ALERT
    yield from _texts()
    nothing = {"title": "", "body": "", "url": None, "source": "", "language": None, "published": None}
    yield "no address, no source, no text, no date", _of(_PLAIN, **nothing)
    yield "a link that is a program", _of(_PLAIN, url="javascript:alert('url')")
    yield "text that is HTML in every field", hostile(_ALERT)
    update = replace(_FIRST, kind=Kind.UPDATE, reason="12,000 → 15,000 troops")
    yield "an update", replace(_ALERT, kind=Kind.UPDATE, items=(update,), severity=Severity.LOW)
    yield (
        "an update that is graver than what came before",
        replace(
            _ALERT, kind=Kind.UPDATE, items=(update,), severity=Severity.CRITICAL, escalated_from=Severity.LOW
        ),
    )
    yield "a story with eight updates", replace(_ALERT, items=(_FIRST, *[update] * 8))
    repeat = replace(_ALERT, kind=Kind.REPEAT, repeats=41, first_told=NOW - timedelta(hours=2))
    yield "a reminder", repeat
    yield "a reminder of what somebody is on", replace(repeat, acked_by="Kim", acked_at=NOW)
    yield (
        "an example that was sent by hand",
        replace(_ALERT, kind=Kind.TEST, id=0, story=None, story_uid=None),
    )
    yield from _digests(update)
    yield from _notices()


def hostile(alert: Alert) -> Alert:
    """The same with planted text wherever others write."""
    items = tuple(
        replace(
            item,
            article=replace(
                item.article,
                title=planted("title"),
                body=planted("body"),
                source=planted("source"),
                agency=planted("agency"),
                degraded=planted("degraded"),
                language='en" onload="go',
                url="https://news.example/\"><script>alert('url')</script>",
            ),
            spans=(Span("body", 0, 3), Span("title", 0, 3)),
            reason=planted("reason"),
            rule_title=planted("rule_title"),
        )
        for item in alert.items
    )
    return replace(
        alert,
        items=items,
        rule=planted("rule"),
        rule_title=planted("rule_title"),
        story_title=planted("headline"),
        text="\n".join([planted("line")] * 3) if alert.text else "",
        acked_by=planted("acked"),
        acked_at=NOW,
        story_name=planted("story_name"),
    )


def _texts() -> Iterator[tuple[str, Alert]]:
    texts = {
        "a title of 5,000 characters without a space": "W" * 5000,
        "a title that is escaped throughout": "*_<&" * 1250,
        "text that runs from right to left": "افتتاح متحف للجنود الذين قاتلوا في الجبهة",
        "emoji and letters beyond the first 65,536": "🪖👩‍🚀 𐍈𐎀 museum 𝕶",
        "control signs and turned text": "a\x00b\x1b[31mc\u202etxet denrut\u2066 \ud800",
    }
    for said, text in texts.items():
        article = replace(_PLAIN, title=text, body=f"{text} soldiers.", source=text[:300], agency=text[:300])
        item = replace(_FIRST, article=article, spans=(Span("body", 0, len(text)),), reason=text)
        yield said, replace(_ALERT, items=(item,), rule_title=text)


def _of(article: Article, **changes: object) -> Alert:
    changed = replace(article, **changes)  # type: ignore[arg-type]  # names of its fields
    return replace(_ALERT, items=(replace(_FIRST, article=changed, spans=(), seen_at=None),))


def _digests(update: AlertItem) -> Iterator[tuple[str, Alert]]:
    digest = replace(_ALERT, kind=Kind.DIGEST, rule="digest", rule_title="Digest", story=None, story_uid=None)
    both = (replace(_FIRST, kind=Kind.NEW, rule_title="Memorials"), replace(update, rule_title="Troops"))
    yield "a digest of one story", replace(digest, items=both[:1])
    yield "a digest of 60 stories", replace(digest, items=both * 30)
    yield (
        "a digest of a rule that spikes",
        replace(digest, rule="memorials", rule_title="Memorials", items=both[:1] * 9),
    )
    yield (
        "a digest of too much at once",
        replace(digest, rule=FLOOD_RULE, rule_title="Flood", items=both * 30),
    )
    yield "a digest of text that is HTML", hostile(replace(digest, items=both))
    yield "a digest of nothing", replace(digest, items=())


def _notices() -> Iterator[tuple[str, Alert]]:
    notice = replace(
        _ALERT,
        kind=Kind.NOTICE,
        rule="monitor.feeds",
        rule_title="Media monitor",
        story=None,
        items=(),
        story_title="The feed of Example Wire fails",
        text="It fails since 08:10 UTC:\n  it answered 503\n\nIt is tried again every hour.",
    )
    yield "a notice", notice
    yield "a notice of 300 long lines", replace(notice, text="\n".join(["x" * 400] * 300))
    yield "a notice without text", replace(notice, text="")
    yield "a notice that is HTML", hostile(notice)
