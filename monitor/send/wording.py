"""What an alert says in one line: which rule, what, how new, and who reports it.

A locked screen shows a subject, or the beginning of a chat message, and often nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from monitor.model import Alert, AlertItem, Kind, Severity
from monitor.model.told import FLOOD_RULE
from monitor.send.excerpt import visible

BADGES: Mapping[Kind, str] = {
    Kind.NEW: "New story",
    Kind.UPDATE: "Update",
    Kind.DIGEST: "Digest",
    Kind.TEST: "Test",
    Kind.NOTICE: "Notice",
    Kind.REPEAT: "Reminder",
}
LIGHTS: Mapping[Severity, str] = {
    Severity.LOW: "⚪",
    Severity.MEDIUM: "🟡",
    Severity.HIGH: "🟠",
    Severity.CRITICAL: "🔴",
}
# What alerts are called in the subject of what is no mail; a mail of a story keeps its story's subject.
_MARKS = {Kind.NEW: "New: ", Kind.UPDATE: "Update: ", Kind.REPEAT: "Reminder: ", Kind.TEST: "Test: "}
_NEWS_WORDS = frozenset({"new story", "update"})  # reasons that say no more than the badge does

_QUOTATION = re.compile("“(?P<said>.*)”(?P<rest>.*)")
_WHOLE = 1000  # characters of a reason that are looked at
_LEAST_QUOTED = 24  # characters of a quotation; fewer say nothing


def badge(alert: Alert) -> str:
    """What the message is, in a word or two."""
    return "Flood" if is_flood(alert) else BADGES[alert.kind]


def headline(alert: Alert, limit: int = 200) -> str:
    """What the alert reports, in one line."""
    if alert.kind is Kind.DIGEST:
        return counted(len(alert.items), "alert" if is_flood(alert) else "story")
    if alert.items:
        return visible(alert.items[0].article.title, limit) or "(no title)"
    return visible(alert.story_title, limit) or "(no title)"


def story_name(alert: Alert, limit: int = 200) -> str:
    """What a person called the story, where the headline does not say that; else empty."""
    name = visible(alert.story_name, limit)
    return "" if alert.kind in (Kind.DIGEST, Kind.NOTICE) or name == headline(alert, limit) else name


def subject(alert: Alert, local: tzinfo = UTC) -> str:
    """The whole of it in one line: rule, what, how new, who reports it."""
    rule = rule_title(alert)
    if alert.kind is Kind.DIGEST:
        return _digest_subject(alert, rule, local)
    if alert.kind is Kind.NOTICE:
        return f"[{rule}] {headline(alert, 160)}"
    mark = "Escalated: " if alert.escalated_from else _MARKS[alert.kind]
    said = f"[{rule}] {mark}{headline(alert, 140)}"
    if alert.kind is Kind.TEST:
        return said
    return (
        visible(said + "".join(f" · {part}" for part in _news(alert, 60)), 205) + f" ({sources(alert, 40)})"
    )


def mail_subject(alert: Alert, local: tzinfo = UTC) -> str:
    """As `subject`, but what tells of one story by one rule has one subject.

    Mail clients that join messages do so by References, and some of them (Gmail) only while the subject is the
    same but for a leading "Re:" (its base, RFC 5256 section 2.1). What is new stands in the message's first line.
    """
    if alert.story_uid is None or alert.kind in (Kind.DIGEST, Kind.NOTICE, Kind.TEST):
        return subject(alert, local)
    if alert.kind is Kind.NEW:  # where it is not its story's first, its rule tells every article
        return f"[{rule_title(alert)}] {headline(alert, 160)}"
    return f"Re: [{rule_title(alert)}] {visible(alert.thread_title, 160) or headline(alert, 160)}"


def rule_title(alert: Alert, limit: int = 80) -> str:
    return visible(alert.rule_title or alert.rule, limit) or "rule"


def news(alert: Alert, limit: int = 160) -> str:
    """How new it is, where that is more than the badge says: why it is told now."""
    return " · ".join(_news(alert, limit))


def _news(alert: Alert, limit: int) -> list[str]:
    if alert.kind in (Kind.DIGEST, Kind.NOTICE):
        return []
    updates = sum(item.kind is Kind.UPDATE for item in alert.items)
    said = []
    said.append(escalation(alert))
    if len(alert.items) == 1:
        said.append(reason_of(alert.items[0], limit))
    elif alert.kind is Kind.NEW and updates:
        said.append(f"and {counted(updates, 'update')} since")
    elif len(alert.items) > 1:
        said.append(counted(len(alert.items), "update" if alert.kind is Kind.UPDATE else "report"))
    return [part for part in said if part]


def escalation(alert: Alert) -> str:
    """`now critical, was high`, where it is graver than what was told of its story before; else empty."""
    was = alert.escalated_from
    return "" if was is None else f"now {alert.severity.value}, was {was.value}"


def reason_of(item: AlertItem, limit: int) -> str:
    """Why an article is told, where that is more than the badge says."""
    reason = _within(item.reason.removeprefix("new: "), limit)  # it stands behind "What is new"
    return "" if reason.casefold() in _NEWS_WORDS else reason


def _within(reason: str, limit: int) -> str:
    """A reason in so many characters; where it quotes, the quotation is cut, so that what follows it stays."""
    line = visible(reason, _WHOLE)
    found = _QUOTATION.match(line) if len(line) > limit else None
    room = limit - 2 - len(found["rest"]) if found else 0
    if found is None or room < _LEAST_QUOTED:
        return visible(line, limit)
    return f"“{visible(found['said'], room)}”{found['rest']}"


def sources(alert: Alert, limit: int = 90) -> str:
    """Who reports it: the outlet, or how many they are with their copies."""
    names = list(dict.fromkeys(visible(item.article.source, limit) for item in alert.items))
    reach = len(names) + sum(item.copies for item in alert.items)
    if reach <= 1:
        return (names[0] if names else "") or "unknown source"
    return f"{reach} sources"


def counts(alert: Alert, rules: int = 5, limit: int = 80) -> str:
    """How many of a digest each rule brought, most first: `12 Memorials, 11 Troops`."""
    found = Counter(visible(item.rule_title, limit) or rule_title(alert, limit) for item in alert.items)
    said = [f"{number} {title}" for title, number in found.most_common(rules)]
    return ", ".join(said) + (" …" if len(found) > rules else "")


def is_spike(alert: Alert) -> bool:
    """Whether it is all that a rule brought which suddenly brings far more than it usually does."""
    titles = {item.rule_title or alert.rule_title for item in alert.items}
    return (
        alert.kind is Kind.DIGEST
        and alert.rule not in ("digest", FLOOD_RULE)
        and titles == {alert.rule_title}
    )


def is_flood(alert: Alert) -> bool:
    """Whether it is what was too much at once for its receiver, and was held for that."""
    return alert.kind is Kind.DIGEST and alert.rule == FLOOD_RULE


def held_since(alert: Alert, local: tzinfo) -> str:
    """`14:03 KST`, when the first of a flood came; else empty."""
    came = [item.seen_at for item in alert.items if item.seen_at is not None]
    return _clock(min(came), alert.created, local) if came and is_flood(alert) else ""


def _digest_subject(alert: Alert, rule: str, local: tzinfo) -> str:
    if is_spike(alert):
        return f"[{rule}] {headline(alert)} at once, far more than usual"
    if is_flood(alert):
        since = f" held since {began}" if (began := held_since(alert, local)) else " held"
        return visible(f"[Flood] {headline(alert)}{since}: {counts(alert, 3)}", 240).rstrip(": ")
    titles = {visible(item.rule_title, 80) or rule for item in alert.items}
    if len(titles) == 1:
        return f"[{titles.pop()}] Digest: {headline(alert)}"
    return visible(f"[Digest] {headline(alert)}: {counts(alert, 3)}", 240).rstrip(": ")


def acked(alert: Alert, local: tzinfo) -> str:
    """`Kim is on it since 17:20 KST`; empty where nobody is."""
    if not alert.acked_by and alert.acked_at is None:
        return ""
    who = visible(alert.acked_by, 60) or "somebody"
    return f"{who} is on it" + (
        f" since {_clock(alert.acked_at, alert.created, local)}" if alert.acked_at else ""
    )


def reminder(alert: Alert, local: tzinfo) -> str:
    """`Not acknowledged since 17:16 KST`, of an alert that repeats one; else empty."""
    if alert.kind is not Kind.REPEAT:
        return ""
    since = f" since {_clock(alert.first_told, alert.created, local)}" if alert.first_told else " yet"
    return f"Not acknowledged{since}"


def _clock(moment: datetime, beside: datetime, local: tzinfo) -> str:
    """A time of day in the receiver's zone, with its day where that is another than `beside`'s."""
    try:
        here, there = moment.astimezone(local), beside.astimezone(local)
    except OverflowError:  # the first or last day a calendar can name
        here, there = moment.astimezone(UTC), beside.astimezone(UTC)
    day = "" if here.date() == there.date() else f"{here:%a} {here.day} {here:%b}, "
    return f"{day}{here:%H:%M} {here.tzname()}"


def how_to(alert: Alert) -> list[tuple[str, str]]:
    """What can be done about an alert, and the command that does it."""
    if not alert.id or alert.kind in (Kind.NOTICE, Kind.TEST):
        return []
    told = [("why", f"monitor alerts show {alert.id}")]
    if alert.kind is Kind.DIGEST:
        return told
    answers = [] if alert.acked_by else [("I'm on it", f"monitor alerts ack {alert.id}")]
    mute = f"monitor silence add --story {alert.story} --for 7d --reason ..."
    quiet = [] if alert.story is None else [("mute the story", mute)]
    return [*answers, ("not relevant", f"monitor alerts dismiss {alert.id}"), *quiet, *told]


def counted(number: int, what: str) -> str:
    """`1 story`, `2 stories`, `3 updates`."""
    plural = what.removesuffix("y") + "ies" if what.endswith("y") else what + "s"
    return f"{number} {what if number == 1 else plural}"
