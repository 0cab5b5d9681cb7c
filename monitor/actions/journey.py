"""How far an article came on its way from a feed to a delivery, and what stopped it there, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.actions.held import later
from monitor.actions.story_words import beyond_the_decision
from monitor.adapters.store.journey import Matched, Sending, Sighting, Telling, Trail
from monitor.model import Feed, Hold, Origin, Standing, Verdict
from monitor.text import duration, one_line, words

_NEAREST = 3  # rules that did not match, shown with what they lack
_LISTED = 5  # feeds, receivers, near misses
STAGES = ("feed", "extraction", "rule", "story", "alert", "delivery")


@dataclass(frozen=True, slots=True)
class Step:
    """What happened at one stage. `state` is ok, waiting, stopped or note; `at` when, where that is known."""

    stage: str
    state: str
    said: str
    at: datetime | None = None
    match: int | None = None  # the match it is about, from the rule on
    rule: str = ""

    def row(self) -> dict[str, Any]:
        """As `--json` gives it."""
        return {
            "stage": self.stage,
            "state": self.state,
            "at": self.at,
            "said": self.said,
            "rule": self.rule or None,
            "match": self.match,
        }


@dataclass(frozen=True, slots=True)
class Journey:
    """How far an article came. `ended` is one line; `try_next` are commands worth trying."""

    name: str
    steps: tuple[Step, ...]
    ended: str
    stage: str  # the last that it reached
    told: bool
    article: int | None = None
    try_next: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """As `why-not --json` gives it."""
        return {
            "id": self.name,
            "article": self.article,
            "stage": self.stage,
            "told": self.told,
            "ended": self.ended,
            "steps": [step.row() for step in self.steps],
            "try": list(self.try_next),
        }


@dataclass(frozen=True, slots=True)
class RuleState:
    """What the rule files say of a rule and the article: does it match now, and if not, what is missing?"""

    id: str
    version: str
    matches: bool
    enabled: bool = True
    missing: tuple[str, ...] = ()


# --- the journey -----------------------------------------------------------------------------------


def follow(
    trail: Trail, name: str, now: datetime, rules: Sequence[RuleState] = (), *, only: str = "", keep: str = ""
) -> Journey:
    """The journey of which `trail` is what was stored. `only` asks about one rule.

    `rules` say what the files decide on the article today; `keep` is how long texts that matched nothing are.
    """
    steps = [*_feed(trail, now), *_extraction(trail, now, keep)]
    if trail.article is not None:
        found = [match for match in trail.matches if not only or match.rule == only]
        steps += [*_rules(trail, found, rules, only), *added(trail)]
        for match in found:
            steps += [replace(s, match=match.id, rule=match.rule) for s in decided(trail, match, now)]
    last = _last(steps)
    told = any(step.stage == "delivery" and step.state == "ok" for step in steps)
    article = trail.article.id if trail.article else None
    hints = tuple(dict.fromkeys(_hints(trail, name, steps, last, rules, only)))
    return Journey(name, tuple(steps), _ended(last, told), last.stage, told, article, hints)


def _last(steps: Sequence[Step]) -> Step:
    """The step that the journey ended with: of the matches that of the one that came furthest."""
    decisive = [step for step in steps if step.state != "note"]
    return max(decisive, key=lambda step: STAGES.index(step.stage))


def _ended(last: Step, told: bool) -> str:
    if told:
        return "it was told"
    said = last.said.removeprefix(f"{last.rule}: ")
    if last.state == "waiting":
        return f"it is on its way: {said}"
    return f"it ended at the {last.stage}: {said}"


# --- feed ------------------------------------------------------------------------------------------


def _feed(trail: Trail, now: datetime) -> Iterator[Step]:
    article = trail.article
    for seen in trail.sightings[:_LISTED]:
        yield Step(
            "feed", "ok", f"{seen.feed.key} brought it{_STANDINGS[Standing(seen.standing)]}", seen.seen_at
        )
    if trail.sightings:
        return
    if article is not None:
        came = {Origin.SEED: "it is a seed, and came by no feed", Origin.IMPORT: "it was imported"}
        by = f"{article.feed_url} brought it" if article.feed_url else "it came by no feed that is known"
        yield Step("feed", "ok", came.get(article.origin, by), article.collected)
        return
    if not trail.host_feeds:
        yield Step(
            "feed", "stopped", "nothing is stored under this address, and no feed of its host is polled"
        )
        return
    said = "nothing is stored under this address; no feed has brought it"
    if all(feed.failures or feed.retired_at for feed in trail.host_feeds):
        said += ", and those of its host cannot be read"
    yield Step("feed", "stopped", said)
    for feed in trail.host_feeds[:_LISTED]:
        yield Step("feed", "note", f"{feed.key} {_health(feed, now)}", feed.polled_at)


_STANDINGS = {
    Standing.NEW: "",
    Standing.BASELINE: " with its first poll (baseline: stored, not told)",
    Standing.OLD: ", published too long ago to be news (stored, not told)",
    Standing.BULK: " with very many others at once (told in a digest)",
}


def _health(feed: Feed, now: datetime) -> str:
    if feed.retired_at:
        return f"is not polled any more: {feed.retired_why or 'retired'}"
    if feed.failures:
        since = f" since {_when(feed.failing_since)}" if feed.failing_since else ""
        return f"has failed{since}: {_without_address(feed)}"
    if feed.polled_at is None:
        return "was not polled yet; is a daemon running?"
    brought = f"; its last new entry came {_ago(feed.new_at, now)}" if feed.new_at else ""
    late = feed.due_at is not None and now - feed.due_at > _LATE
    return f"was read {_ago(feed.good_at, now)}{brought}" + (
        f"; overdue since {_when(feed.due_at)}" if late else ""
    )


def _without_address(feed: Feed) -> str:
    return (feed.error or "").removeprefix(feed.url).removeprefix(feed.key).lstrip(": ")


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def _ago(moment: datetime | None, now: datetime) -> str:
    return f"{duration(max(now - moment, timedelta()))} ago" if moment else "never"


# --- extraction ------------------------------------------------------------------------------------


def _extraction(trail: Trail, now: datetime, keep: str) -> Iterator[Step]:
    article = trail.article
    if article is not None:
        size = len(words(article.body))
        facts = f"article {article.id}, {size:,} words, {article.language or 'language not known'}"
        degraded = f"; degraded, only what the feed gave: {article.degraded}" if article.degraded else ""
        yield Step("extraction", "ok", f"{facts}: {quoted(article.title)}{degraded}", article.collected)
        changed = f"the article was changed {article.revision - 1} times; this is the last text"
        if article.revision > 1:
            yield Step("extraction", "note", changed, article.modified)
        return
    for seen in trail.sightings[:_LISTED]:
        yield _unread(seen, now, keep)


def _unread(seen: Sighting, now: datetime, keep: str) -> Step:
    if seen.state == "quarantined":
        return Step("extraction", "stopped", f"set aside: {seen.error or 'it could not be stored'}")
    if seen.state in ("done", "again"):
        kept = f" (storage.keep = {keep})" if keep else ""
        return Step("extraction", "stopped", f"its text is not kept any more: it matched no rule{kept}")
    if seen.error:
        said = f"its page could not be read ({_tries(seen.attempts)}): {seen.error}; next try {_when(seen.next_at)}"
        return Step("extraction", "waiting", said)
    late = f", {_ago(seen.next_at, now)}; is a daemon running?" if now - seen.next_at > _LATE else ""
    return Step("extraction", "waiting", f"its page waits to be read since {_when(seen.next_at)}{late}")


_LATE = timedelta(minutes=10)


# --- rules -----------------------------------------------------------------------------------------


def _rules(trail: Trail, found: Sequence[Matched], rules: Sequence[RuleState], only: str) -> Iterator[Step]:
    now = {rule.id: rule for rule in rules}
    for match in found:
        yield Step(
            "rule", "ok", f"{match.rule} matched{_changed(match, now)}", match.at, match.id, match.rule
        )
    if not found:
        said = f"{only} did not match" if only else "no rule matched"
        if only and trail.matches:
            said += f" ({', '.join(sorted({match.rule for match in trail.matches}))} did)"
        yield Step("rule", "stopped", said, trail.article.collected if trail.article else None)
    matched = {match.rule for match in found}
    for rule in rules:
        if rule.id not in matched and (rule.matches or rule.id == only):
            yield from _not_matched(trail, rule)
    for rule in _nearest(rules) if not only and not found else ():
        yield Step("rule", "note", f"{rule.id} lacks {'; '.join(rule.missing)}")


def _nearest(rules: Sequence[RuleState]) -> list[RuleState]:
    """The rules that lack least, where that is known."""
    return sorted((rule for rule in rules if rule.missing), key=lambda rule: len(rule.missing))[:_NEAREST]


def _changed(match: Matched, now: dict[str, RuleState]) -> str:
    rule = now.get(match.rule)
    if rule is None or rule.version == match.version:
        return ""
    return f" in version {match.version}; the file has {rule.version} now, which " + (
        "matches as well" if rule.matches else "does not"
    )


def _not_matched(trail: Trail, rule: RuleState) -> Iterator[Step]:
    if not rule.enabled:
        yield Step("rule", "note", f"{rule.id} is not in force: its enabled_until is past")
    if not rule.matches:
        yield Step("rule", "note", f"it lacks {'; '.join(rule.missing)}")
        return
    version, since = trail.running.get(rule.id, ("", None))
    collected = trail.article.collected if trail.article else None
    if version and version != rule.version:
        why = f"the daemon still runs version {version}"
    elif since is not None and collected is not None and since > collected:
        why = f"it has been as it is since {_when(since)}, and the past is for backtest"
    elif not version:
        why = "the daemon has not read it yet"
    else:
        why = "it was changed, or not in force, when the article was matched; the past is for backtest"
    yield Step(
        "rule", "note", f"{rule.id} in version {rule.version} matches it now, and did not then: {why}", since
    )


# --- story, decision, alert, deliveries -------------------------------------------------------------------


def added(trail: Trail) -> Iterator[Step]:
    """What an article added to its story when it came, and when it was changed; or how near it came to that."""
    if trail.story is None or trail.article is None:
        return
    id, title, _ = trail.story
    for addition in trail.additions:
        if said := beyond_the_decision(addition):
            at = addition.at or trail.article.collected
            yield Step("story", "note", f"story {id}, {quoted(title)}: {said}", at)


def decided(trail: Trail, match: Matched, now: datetime) -> Iterator[Step]:
    """What followed from a match: the decision, whom it was told, when and whether that arrived."""
    verdict = Verdict(match.verdict)
    where = f"story {match.story}" if match.story else "no story"
    if verdict in (Verdict.WITHHELD, Verdict.SILENCED):
        said = f"{match.rule}: {verdict.value}: {match.reason}"
        if trail.copy_of is not None and match.reason.startswith("copy"):
            said += f" ({quoted(trail.copy_of.title)})"
        yield Step("story", "stopped", f"{said}; in {where}", match.at)
        return
    reason = match.reason
    if match.held:  # when each is told is said below
        reason = reason.partition(f"; {match.held[0][0]} ")[0]
    yield Step("story", "ok", f"{match.rule}: {reason}; in {where}", match.at)
    for receiver, until, why in match.held:
        kept = f"kept for the digest of {receiver or 'nobody'}, {_when(until)}"
        said = kept if why == Hold.DIGEST.value else later(receiver, until, why)
        yield Step("alert", "waiting", said, match.at)
    for alert in match.alerts:
        yield Step("alert", "ok", f"alert {alert.id} ({alert.kind}) of {match.rule}", alert.created)
        yield from _answers(alert)
        if not alert.sendings:
            nobody = "nobody is told: no receiver is configured for it"
            yield Step("delivery", "stopped", nobody, alert.created)
        for sending in alert.sendings:
            yield _delivery(sending, now)


def _answers(alert: Telling) -> Iterator[Step]:
    """What people said to an alert."""
    for who, said in ((alert.acked, "is on it"), (alert.dismissed, "said that it is not relevant")):
        if who is not None:
            yield Step("alert", "note", f"{who[0]} {said}", who[1])


def _delivery(sending: Sending, now: datetime) -> Step:
    tries = _tries(sending.attempts)
    channel = f"{sending.receiver}, {sending.channel}"
    error = f": {sending.error}" if sending.error else ""
    match sending.state:
        case "sent":
            return Step("delivery", "ok", f"sent to {channel}", sending.sent)
        case "dead":
            return Step("delivery", "stopped", f"given up after {tries} to {channel}{error}")
        case "failed" | "unknown":
            doubt = "may have arrived" if sending.state == "unknown" else "failed"
            return Step(
                "delivery",
                "waiting",
                f"{channel} {doubt} ({tries}){error}; next try {_when(sending.next_at)}",
            )
    late = sending.next_at is not None and now - sending.next_at > _LATE
    return Step(
        "delivery", "waiting", f"waits to be sent to {channel}" + ("; is a daemon running?" if late else "")
    )


def _tries(count: int) -> str:
    return "1 try" if count == 1 else f"{count} tries"


# --- what to do ------------------------------------------------------------------------------------


def _hints(
    trail: Trail, name: str, steps: Sequence[Step], last: Step, rules: Sequence[RuleState], only: str
) -> Iterator[str]:
    """Commands that help from here, most useful first."""
    article = trail.article
    if article is None and not trail.sightings:
        for other in trail.alike[:_LISTED]:
            yield f"monitor why-not {other.url or other.id}"
        for feed in trail.host_feeds[:1]:
            yield (
                f"monitor feeds poll {feed.key}"
                if feed.retired_at is None
                else f"monitor feeds add {feed.key}"
            )
        if not trail.host_feeds:
            yield "monitor feeds add FEED"
        yield f"monitor match {name}"
    elif article is not None and last.stage == "rule":
        changed = [rule.id for rule in rules if rule.matches]
        yield from (f"monitor backtest {rule}" for rule in changed[:1])
        named = [only] if only else changed or [rule.id for rule in _nearest(rules)] or ["RULE"]
        yield f"monitor explain {named[0]} {article.id}"
    elif trail.copy_of is not None and last.stage == "story":
        yield f"monitor why-not {trail.copy_of.id}"
    elif last.stage == "story" and last.state == "stopped" and trail.story is not None:
        yield from _unmuting(last)
        yield "monitor matches list"
    elif last.stage == "delivery" and last.state == "stopped":
        receivers = [
            s.receiver for m in trail.matches for a in m.alerts for s in a.sendings if s.state == "dead"
        ]
        yield from (f"monitor notify {receiver}" for receiver in dict.fromkeys(receivers))
        yield "monitor doctor"


def _unmuting(last: Step) -> Iterator[str]:
    """What lets what follows be told, where people kept it quiet."""
    if silence := re.search(r"; silence (\d+) until ", last.said):
        yield f"monitor silence end {silence[1]}"
        yield "monitor silence list"
    if f"{Verdict.WITHHELD.value}: not relevant: " in last.said:
        yield f"monitor alerts list --rule {last.rule}"


def quoted(text: str) -> str:
    return f"“{one_line(text, 100)}”" if text else "(no title)"
