"""alerts route: where an alert would go and why, and when each receiver would hear of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from monitor.actions.held import WHY
from monitor.actions.listings import find_article
from monitor.adapters.store import Store
from monitor.adapters.store.desk import AlertDesk
from monitor.dispatch import facts_of
from monitor.errors import UsageError
from monitor.match.language.query import did_you_mean
from monitor.match.rules import Rule
from monitor.model import AlertPolicy, Article, Decision, Hold, Kind, Novelty, Per, Severity, Verdict
from monitor.policy import Policy
from monitor.route.hours import find_zone
from monitor.route.matchers import Facts
from monitor.route.routes import Routing, Timing
from monitor.route.silences import Silence, quieted
from monitor.route.telling import Before, Surges, Telling, tell
from monitor.send.keys import delivery_key
from monitor.text import duration
from monitor.troubles.surges import FLOOD, SPIKE


@dataclass(frozen=True, slots=True)
class Given:
    """What is assumed of the match; what is empty is the rule's own, or the article's."""

    severity: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    sources: tuple[str, ...] = ()
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """When a receiver hears of a new story, and of an update of it."""

    name: str
    zone: str
    channels: tuple[str, ...]
    quiet: str  # its quiet hours, as they are written
    new: Telling
    update: Telling
    timing: Timing


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an alert of a rule would go. `silenced` is the silence that would keep it quiet, in words."""

    rule: Rule
    facts: Facts
    at: datetime
    routing: Routing
    recipients: tuple[Recipient, ...]
    unknown: tuple[str, ...] = ()  # receivers that the rule names and the configuration does not have
    silenced: str = ""
    woken: str = ""

    @property
    def told(self) -> bool:
        """Whether anybody would be told."""
        return not self.silenced and any(one.channels for one in self.recipients)

    def row(self) -> dict[str, Any]:
        """As `alerts route --json` gives it."""
        facts = asdict(self.facts)
        return {
            "id": self.rule.id,
            "at": self.at,
            "per": self.rule.policy.per,
            "facts": facts,
            "steps": [asdict(step) for step in self.routing.steps],
            "receivers": [_recipient_row(one) for one in self.recipients],
            "silenced": self.silenced or None,
            "told": self.told,
        }


def _recipient_row(one: Recipient) -> dict[str, Any]:
    return {
        "receiver": one.name,
        "zone": one.zone,
        "channels": list(one.channels),
        "new": {"until": one.new.until, "why": one.new.why},
        "update": {"until": one.update.until, "why": one.update.why},
        "group_wait": one.timing.group_wait,
        "group_interval": one.timing.group_interval,
        "repeat": one.timing.repeat,
    }


# --- working it out --------------------------------------------------------------------------------


def operator_rule(name: str, policy: Policy) -> Rule | None:
    """What the monitor's own troubles of a kind are routed as (`monitor.feeds`); None where `name` is no such."""
    if not name.startswith(_OWN):
        return None
    to = AlertPolicy(to=policy.operator)
    return Rule(name, "Media monitor", Severity.HIGH, query="", version="", policy=to)


_OWN = "monitor."


def facts_given(rule: Rule, article: Article | None, story: int | None, given: Given) -> Facts:
    """What would be asked of a match of `rule`. Raises UsageError where a severity is none."""
    known = [severity.value for severity in Severity]
    if given.severity and given.severity not in known:
        hint = did_you_mean(given.severity, known) or f"there are {', '.join(known)}"
        raise UsageError(f"--severity: no severity is called {given.severity!r}; {hint}")
    facts = facts_of(rule, article or Article("", ""), story)
    return replace(
        facts,
        severity=Severity(given.severity) if given.severity else facts.severity,
        tags=tuple(dict.fromkeys((*facts.tags, *given.tags))),
        language=given.language or facts.language,
        sources=given.sources or facts.sources,
        feed=given.feed or facts.feed,
    )


def stored(store: Store, name: str) -> tuple[Article, int | None]:
    """The stored article with this id or address, and its story. Raises UsageError."""
    article = find_article(store, name)
    return article, AlertDesk(store.database, delivery_key).story_of(article.id)


def now_in_force(store: Store | None, at: datetime) -> tuple[list[Silence], dict[tuple[str, str], datetime]]:
    """The silences that are in force at a time; and since when what surges does, by kind and subject."""
    if store is None:
        return [], {}
    surging = {
        (kind, one.trouble.subject): one.since for kind in (SPIKE, FLOOD) for one in store.open_troubles(kind)
    }
    return AlertDesk(store.database, delivery_key).active_silences(at), surging


def destination(
    rule: Rule,
    facts: Facts,
    policy: Policy,
    silences: Sequence[Silence],
    surging: Mapping[tuple[str, str], datetime],
    at: datetime,
) -> Destination:
    """Where an alert would go at a time. `surging` is since when what surges does, by kind and subject."""
    if rule.id.startswith(_OWN):  # no silence is of them, and none of them is too much at once
        silences, surging = [], {}
        routing = policy.own_routing(facts, at)
    else:
        routing = policy.routing(facts, rule.policy, at)
    silent = quieted(silences, facts, Novelty.STORY, at)
    waking = quieted(silences, facts, Novelty.STATEMENT, at).woken
    spike = surging.get((SPIKE, rule.id))
    return Destination(
        rule,
        facts,
        at,
        routing,
        tuple(
            _recipient(name, rule, facts, policy, routing, Surges(spike, surging.get((FLOOD, name))), at)
            for name in routing.receivers
        ),
        unknown=tuple(name for name in rule.policy.to if name not in policy.receivers),
        silenced=str(silent.by or ""),
        woken=", ".join(f"silence {silence.id}" for silence in waking),
    )


def _recipient(
    name: str,
    rule: Rule,
    facts: Facts,
    policy: Policy,
    routing: Routing,
    surges: Surges,
    at: datetime,
) -> Recipient:
    own, timing = policy.of(name), routing.timing(name)
    verdict = Verdict.HELD if rule.policy.per is Per.DIGEST else Verdict.ALERT

    def when(kind: Kind) -> Telling:
        decision = Decision(verdict, "", kind)
        return tell(name, decision, facts.severity, own, timing, Before(), surges, at)

    return Recipient(
        name,
        own.zone,
        tuple(policy.channel_names().get(name, ())),
        ", ".join(hours.text for hours in own.quiet)
        + (f", except {own.quiet_except} and graver" if own.quiet and own.quiet_except else ""),
        when(Kind.NEW),
        when(Kind.UPDATE),
        timing,
    )


# --- for people ------------------------------------------------------------------------------------

Line = tuple[str, int, str]  # level (head, ok, no, bad, warn, note, plain), indent, text


def lines(found: Destination) -> Iterator[Line]:
    """The same, line by line."""
    rule, facts = found.rule, found.facts
    yield "head", 0, f"{rule.id} · {rule.title or rule.id} · {facts.severity} · {found.at:%Y-%m-%d %H:%M} UTC"
    asked = [
        f"{key} {' '.join(values)}"
        for key in ("tag", "language", "source", "feed", "story")
        if any(values := facts.values(key))
    ]
    if asked:
        yield "note", 0, "; ".join(asked)
    if found.silenced:
        yield "bad", 0, f"nobody is told: {found.silenced}"
        if found.woken:
            yield (
                "note",
                1,
                f"what brings its story something new is told all the same, and wakes {found.woken}",
            )
    yield "head", 0, "who"
    yield from _steps(found)
    yield "head", 0, "when"
    if not found.recipients:
        yield (
            "bad",
            1,
            "never: nobody is named; name receivers under alerts.default, or in the rule's alert: {to: …}",
        )
    for one in found.recipients:
        yield from _recipient_lines(one, found)


def _steps(found: Destination) -> Iterator[Line]:
    for step in found.routing.steps:
        to = f" → {', '.join(step.to)}" if step.to else ""
        yield ("ok" if step.holds else "no"), 1, f"{step.asked}{to} ({step.why})"
    if found.unknown:
        names = ", ".join(found.unknown)
        yield "bad", 1, f"the rule names {names}, and monitor.toml has no such receiver"


def _recipient_lines(one: Recipient, found: Destination) -> Iterator[Line]:
    addresses = ", ".join(one.channels)
    yield "plain", 1, f"{one.name}  {addresses}"
    if not one.channels:
        yield "bad", 2, f"it has no address: urls = [...] in [receivers.{one.name}]"
    if found.rule.id.startswith(_OWN):
        yield _telling("what begins or ends", one.new, one)
    else:
        yield from _story_lines(one, found)
    if one.quiet:
        yield "note", 2, f"quiet hours {one.quiet} ({one.zone})"


def _story_lines(one: Recipient, found: Destination) -> Iterator[Line]:
    yield _telling("a new article" if found.rule.policy.per is Per.ARTICLE else "a new story", one.new, one)
    yield _update(one, found.at)
    if one.timing.repeat is not None:
        yield "note", 2, f"again every {duration(one.timing.repeat)} until somebody acknowledges it"


def _telling(what: str, telling: Telling, one: Recipient) -> Line:
    if telling.until is None or telling.why is None:
        return "ok", 2, f"{what}: at once"
    return "warn", 2, f"{what}: {local(telling.until, one.zone)}, {WHY[telling.why.value]}"


def _update(one: Recipient, at: datetime) -> Line:
    if one.update.until is None or one.update.why is not Hold.GROUP:
        return _telling("an update", one.update, one)
    wait, apart = duration(one.update.until - at), duration(one.timing.group_interval)
    said = f"updates: {wait} after the first, with others of its story; then ever later, up to {apart}"
    return "ok", 2, said


def local(moment: datetime, zone: str) -> str:
    """`Mon 2026-11-23 07:00 KST (22:00 UTC)`."""
    here, utc = moment.astimezone(find_zone(zone)), moment.astimezone(UTC)
    said = f"{here:%a %Y-%m-%d %H:%M:%S}".removesuffix(":00") + f" {here.tzname()}"
    if here.utcoffset() == utc.utcoffset():
        return said
    return f"{said} ({utc:%H:%M} UTC)" if here.date() == utc.date() else f"{said} ({utc:%a %H:%M} UTC)"
