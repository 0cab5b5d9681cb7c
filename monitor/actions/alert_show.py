"""One alert, line by line: what it told, to whom, every attempt, what is wrong and what can be done about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from monitor.actions.held import later
from monitor.model import DeliveryState, Outcome
from monitor.text import duration, one_line
from monitor.troubles.notices import when

# Levels of lines: a heading, something that is well, something to look at, something wrong, a remark
Line = tuple[str, int, str]  # level (head, ok, warn, bad, note, plain), indent in steps of two, text

_DEAD, _SENT = DeliveryState.DEAD.value, DeliveryState.SENT.value


def answer_of(alert: Mapping[str, Any]) -> str:
    """What people said to an alert, in a word or two, for a table."""
    if alert["dismissed"]:
        return "not relevant"
    return f"{alert['acked']['by']} is on it" if alert["acked"] else ""


def title_of(alert: Mapping[str, Any]) -> str:
    """What an alert is about, on one line."""
    if alert["title"]:
        return one_line(alert["title"], 200)
    number = alert["matches"]
    return "1 report" if number == 1 else f"{number} reports"


def lines(alert: Mapping[str, Any], channels: Collection[tuple[str, str]], now: datetime) -> Iterator[Line]:
    """An alert as `AlertDesk.alert` gives it; `channels` (receiver, channel) are those of the configuration."""
    story = f" · story {alert['story']}" if alert["story"] else ""
    yield "head", 0, f"alert {alert['id']} · {alert['kind']} · {alert['severity']} · {alert['rule']}{story}"
    yield "plain", 0, title_of(alert)
    again = f", repeats alert {alert['repeats']}" if alert["repeats"] else ""
    yield "note", 0, f"made {when(alert['created'])}{again}"
    if alert["story"]:
        yield "note", 0, f"its story as a time line: monitor stories show {alert['story']}"
    for line in alert["text"].splitlines():
        yield "plain", 1, line
    yield from _answers(alert, now)
    yield from _items(alert)
    yield from _deliveries(alert, channels, now)
    if alert["waiting"]:
        yield "head", 0, "told later"
    for held in alert["waiting"]:
        said = f"“{one_line(held['title'], 100)}” ({held['reason']})"
        yield "warn", 1, f"{later(held['receiver'], held['until'], held['why'])}: {said}"


def _answers(alert: Mapping[str, Any], now: datetime) -> Iterator[Line]:
    if acked := alert["acked"]:
        yield "ok", 0, f"{acked['by']} is on it since {when(acked['at'])}"
    if refused := alert["dismissed"]:
        why = f": {refused['why']}" if refused["why"] else ""
        said = f"not relevant, said {refused['by']}, {when(refused['at'])}{why}"
        yield "warn", 0, f"{said}; `monitor alerts dismiss {alert['id']} --undo` takes it back"
    if alert["repeat_at"] and not acked:
        every = duration(alert["repeat_every"]) if alert["repeat_every"] else "a while"
        until = f"told again {when(alert['repeat_at'])}, then every {every}, until somebody acknowledges it"
        yield "warn", 0, f"{until}: monitor alerts ack {alert['id']}"


def _items(alert: Mapping[str, Any]) -> Iterator[Line]:
    if not alert["items"]:
        return
    yield "head", 0, "what it told"
    for item in alert["items"]:
        published = f", {when(item['published'])}" if item["published"] else ""
        yield "plain", 1, f"{item['source'] or 'unknown source'}{published}: {one_line(item['title'], 150)}"
        of = f"{item['rule']}: " if item["rule"] != alert["rule"] else ""
        yield "note", 2, f"{of}{item['reason']} (match {item['match']}, article {item['article']})"
        if item["url"]:
            yield "note", 2, item["url"]


# --- deliveries ------------------------------------------------------------------------------------


def _deliveries(
    alert: Mapping[str, Any], channels: Collection[tuple[str, str]], now: datetime
) -> Iterator[Line]:
    yield "head", 0, "to whom"
    if not alert["deliveries"]:
        yield "warn", 1, "nobody: no receiver was configured for it"
    for sent in alert["deliveries"]:
        yield _state(sent, now)
        for attempt in sent["tries"]:
            yield "note", 2, _attempt(attempt)
        if sent["state"] == _DEAD:
            yield "bad", 2, f"why: {why_dead(sent)}"
            yield "warn", 2, f"→ {advice(alert['id'], sent, channels)}"


def _state(sent: Mapping[str, Any], now: datetime) -> Line:
    who, state = f"{sent['receiver']}  {sent['channel']}", sent["state"]
    if state == _SENT:
        return "ok", 1, f"{who}: sent {when(sent['sent'])}"
    if state == _DEAD:
        return "bad", 1, f"{who}: given up"
    said = {
        DeliveryState.PENDING.value: "waits to be sent",
        DeliveryState.LEASED.value: "is being sent",
        DeliveryState.FAILED.value: "failed",
        DeliveryState.UNKNOWN.value: "may have arrived, there was no answer",
    }[state]
    due = sent["next"]
    if state == DeliveryState.LEASED.value or due is None:
        return "warn", 1, f"{who}: {said}"
    said += f"; next try {when(due)}" if due > now else f"; due since {when(due)}: is a daemon running?"
    return "warn", 1, f"{who}: {said}"


def _attempt(attempt: Mapping[str, Any]) -> str:
    started = attempt["started"].strftime("%Y-%m-%d %H:%M:%S")
    if attempt["outcome"] is None:
        return f"{started}  under way"
    took = duration(attempt["finished"] - attempt["started"]) if attempt["finished"] else "?"
    status = f" {attempt['status']}" if attempt["status"] is not None else ""
    asked = f"; asked for {duration(attempt['retry_after'])} of rest" if attempt["retry_after"] else ""
    return f"{started}  {attempt['outcome']}{status}, after {took}: {attempt['detail'] or 'no word'}{asked}"


# --- dead letters ----------------------------------------------------------------------------------

_REFUSED = {  # what services mean by their answers: HTTP (RFC 9110) and SMTP (RFC 5321, 4954)
    401: "it does not know the login, or its token has expired",
    403: "it knows the login, and does not allow this",
    404: "it knows no such address, chat or hook",
    405: "it is no address that takes messages",
    410: "its address is gone for good",
    413: "the message is too long for it",
    421: "the mail server does not serve us now",
    429: "it was sent to too often",
    530: "the mail server asks for a login",
    534: "the mail server asks for another kind of login",
    535: "the mail server refuses the login",
    550: "the mail server has no such mailbox, or refuses us",
    551: "the mailbox is elsewhere",
    552: "the mailbox is full, or the message too long",
    553: "the mail server takes no such address",
    554: "the mail server refuses the message",
}


def why_dead(sent: Mapping[str, Any]) -> str:
    """Why a delivery was given up, in words."""
    tries = sent["tries"]
    status = next((attempt["status"] for attempt in reversed(tries) if attempt["status"]), None)
    meaning = _REFUSED.get(status, "") if status is not None else ""
    if not meaning and status is not None and 500 <= status < 600:
        meaning = "the service is out of order"
    said = sent["error"] or "nothing is known of it"
    return f"{said} ({meaning})" if meaning else said


def advice(alert_id: int, sent: Mapping[str, Any], channels: Collection[tuple[str, str]]) -> str:
    """What can be done about a delivery that was given up."""
    receiver, again = sent["receiver"], f"monitor alerts replay {alert_id}"
    known = {name for name, _ in channels}
    if receiver not in known:
        return f"monitor.toml has no receiver {receiver} any more; put it back, then {again}"
    if (receiver, sent["channel"]) not in channels:
        return f"{receiver} has no such address any more; what comes next goes to those it has"
    if sent["next"] is not None:
        mended = f"monitor notify {receiver} shows whether it is mended"
        return f"it is sent when something gets through to {receiver} again; {mended}, then {again}"
    permanent = any(attempt["outcome"] == Outcome.PERMANENT.value for attempt in sent["tries"][-1:])
    mend = f"mend its address in [receivers.{receiver}], " if permanent else ""
    return f"{mend}monitor notify {receiver} tries it, then {again}"
