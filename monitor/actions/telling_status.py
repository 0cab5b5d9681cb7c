"""How telling stands: what waits, what is silent, what is repeated, what people answered, which channels fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.actions.held import WHY
from monitor.actions.silences import described
from monitor.adapters.store import Store
from monitor.adapters.store.desk import AlertDesk
from monitor.collect.health import pace as frequency
from monitor.match.rules import Rule
from monitor.model import ChannelState
from monitor.route.volume import Rhythm, overdue_from
from monitor.send.keys import delivery_key
from monitor.text import duration
from monitor.troubles.notices import when

JUDGED = timedelta(days=90)  # over which a rule's precision is counted
_LISTED = 5  # of a kind, on a screen
_A_DAY = timedelta(days=1)


def gather(store: Store, rules: Iterable[Rule], now: datetime) -> dict[str, Any]:
    """The part of `status --json` that is about telling; `rules` are those of the files."""
    desk = AlertDesk(store.database, delivery_key)
    expect = {rule.id: rule.policy.expect for rule in rules if rule.policy.expect is not None}
    # Nothing is unusual that has been for less than a day, so that few rhythms have to be read.
    silent = {rule for rule, last in desk.last_matched(now).items() if now - last > _A_DAY}
    rhythms = store.rule_rhythms(sorted(silent | expect.keys()))
    return {**desk.state(now, JUDGED), "quiet_rules": quiet_rules(rhythms, expect, now)}


def quiet_rules(
    rhythms: Mapping[str, Rhythm], expect: Mapping[str, timedelta], now: datetime
) -> list[dict[str, Any]]:
    """Rules that match nothing any more, against what they expect or their own rhythm; quiet longest first."""
    found = []
    for rule, rhythm in rhythms.items():
        due = overdue_from(rhythm, expect.get(rule, timedelta()))
        if due is not None and due <= now:
            gap = rhythm.usual_gap
            since = max(rhythm.last or rhythm.since, rhythm.since)
            found.append({"rule": rule, "since": since, "rate": _A_DAY / gap if gap else None})
    return sorted(found, key=lambda one: one["since"])


Line = tuple[str, str]  # level (ok, warn, bad) and text


def lines(state: Mapping[str, Any], now: datetime) -> Iterator[Line]:
    """The same for people."""
    yield from _headed("given up", _dead(state["dead_letters"]))
    yield from _headed("channels", _channels(state["channels"], now))
    yield from _headed("held", _held(state["held"]))
    yield from _headed("repeats", _repeats(state["repeats"]))
    yield from _headed("silences", _silences(state["silences"]))
    yield from _headed("quiet rules", _quiet(state["quiet_rules"], now))
    yield from _headed("relevance", _precision(state["precision"]))


def _headed(name: str, found: Iterable[Line]) -> Iterator[Line]:
    """Lines below a name; of many the first few."""
    rows = list(found)
    for number, (level, line) in enumerate(rows[:_LISTED]):
        yield level, f"{'' if number else name:<12}{line}"
    if len(rows) > _LISTED:
        yield rows[0][0], f"{'':<12}… and {len(rows) - _LISTED} more: `monitor status --json`"


def _dead(letters: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    for one in letters:
        yield (
            "bad",
            f"{one['deliveries']} for {one['receiver']} by {one['channel']}, since {when(one['oldest'])}: "
            f"`monitor alerts list --dead --receiver {one['receiver']}`",
        )


def _channels(channels: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[Line]:
    for one in channels:
        rests = one["rest_until"] is not None and one["rest_until"] > now
        name, until = f"{one['receiver']} {one['channel']}", when(one["rest_until"])
        if one["failures"]:
            times = "once" if one["failures"] == 1 else f"{one['failures']} times in a row"
            said = f"{name} {_STATES[one['state']]} since {when(one['since'])}, {times}: {one['error']}"
            yield "bad", said + (f"; tried again {until}" if rests else "")
        elif rests:
            yield "warn", f"{name} rests until {until}: its service asked for it"


_STATES = {
    ChannelState.GOOD: "fails",
    ChannelState.FAILING: "fails",
    ChannelState.LOCKED: "does not accept our login, or its address,",
    ChannelState.DEAD: "refuses for good",
}


def _held(held: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    for one in held:
        many = "1 match" if one["matches"] == 1 else f"{one['matches']} matches"
        why = WHY.get(one["why"], one["why"])
        yield "ok", f"{many} for {one['receiver'] or 'nobody'}, told {when(one['next'])}, {why}"


def _repeats(repeats: Mapping[str, Any]) -> Iterator[Line]:
    number = repeats["waiting"]
    if number:
        many = "1 alert is" if number == 1 else f"{number} alerts are"
        said = f"{many} told again until somebody acknowledges them, next {when(repeats['next'])}"
        yield "warn", f"{said}: `monitor alerts list --unacked`"


def _silences(silences: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    for one in silences:
        kept = f"; {one['kept']} kept quiet" if one["kept"] else ""
        yield (
            "ok",
            f"{one['id']} until {when(one['until'])}: {described(one)} ({one['reason']}, {one['author']}){kept}",
        )


def _quiet(rules: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[Line]:
    for one in rules:
        usual = f"; usual: {frequency(one['rate'])}" if one["rate"] else ""
        yield "warn", f"{one['rule']} has matched nothing for {duration(now - one['since'])}{usual}"


def _precision(rules: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    """Of the rules of which something was called not relevant; of others nobody has said anything."""
    judged = sorted((one for one in rules if one["dismissed"]), key=_share)
    for one in judged:
        relevant = one["told"] - one["dismissed"]
        level = "warn" if _share(one) < _POOR else "ok"
        yield level, f"{one['rule']}: {relevant} of {one['told']} relevant, {JUDGED.days} days"


_POOR = 0.5  # a rule that is wrong more often than right makes people look away


def _share(one: Mapping[str, Any]) -> float:
    share: float = (one["told"] - one["dismissed"]) / one["told"]
    return share
