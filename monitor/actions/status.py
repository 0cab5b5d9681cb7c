"""How the work stands, as one value, and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.actions import telling_status
from monitor.adapters.rule_folder import load_folder
from monitor.adapters.store import Store
from monitor.adapters.store.beats import BeatRecord
from monitor.collect.health import TROUBLE, State, health, pace
from monitor.config import Settings
from monitor.text import duration
from monitor.troubles.notices import away, is_network, when

LATE = timedelta(minutes=10)  # what waits longer than this is worth a word
STUCK = timedelta(minutes=30)  # and what waits longer than this is nobody's work


def gather(settings: Settings, store: Store, now: datetime) -> dict[str, Any]:
    """Everything `status` says, as `status --json` gives it."""
    book = load_folder(settings.rules, frozenset(settings.receivers))
    database = store.database
    troubled = store.troubled_feeds(now)
    troubled.sort(key=lambda feed: (feed.failing_since or feed.quiet_since or now, feed.key))
    in_state = {state: [feed for feed in troubled if health(feed).state is state] for state in TROUBLE}
    return {
        "id": "status",
        "daemon": database.daemon_runs() if database.is_sqlite else None,
        "database": str(database),
        **store.status(now),
        "network": [
            *(
                {"away_since": one.since, "what": one.trouble.headline}
                for one in store.open_troubles()
                if is_network(one.kind)
            ),
            *(
                {"away_since": since, "what": away(since)}
                for _, since in sorted(store.noted_outages().items())
            ),
        ],
        "failing_feeds": [
            {"url": feed.key, "since": feed.failing_since, "error": feed.error}
            for feed in in_state[State.FAILING]
        ],
        "quiet_feeds": [
            {"url": feed.key, "since": feed.quiet_since, "rate": health(feed).rate}
            for feed in in_state[State.QUIET]
        ],
        "gone_feeds": [
            {"url": feed.key, "since": feed.retired_at, "error": feed.retired_why}
            for feed in in_state[State.GONE]
        ],
        "rules": {
            "in_force": store.count_rules(),
            "broken": [str(problem) for problem in book.errors],
            "broken_files": [
                {"path": one.trouble.subject, "since": one.since, "what": one.trouble.headline}
                for one in store.open_troubles("rules")
            ],
        },
        "receivers": sorted(settings.receivers),
        **telling_status.gather(store, book.rules, now),
        "heartbeat": _beats(settings, store),
    }


def _beats(settings: Settings, store: Store) -> dict[str, Any] | None:
    """What became of the heartbeat; None where none is set."""
    if not settings.heartbeat.url:
        return None
    beats = BeatRecord(store.database).read()
    return {"last": beats.last, "failing_since": beats.failing_since, "error": beats.error}


def complaints(store: Store, now: datetime) -> list[str]:
    """Why the work does not go on, a line each; none where it does. For health checks, so it costs little.

    A feed or receiver that fails is no reason: it is tried again, and then its time is a later one.
    """
    database, state = store.database, store.next_due()
    found = []
    if database.is_sqlite and not database.daemon_runs():
        found.append("no daemon runs on this database; `monitor run` starts it")
    waiting = {"a feed": "next_feed", "an entry": "next_entry", "a delivery": "next_delivery"}
    if any(is_network(one.kind) for one in store.open_troubles()) or store.noted_outages():
        waiting = {"a delivery": "next_delivery"}  # polls and pages wait for the network, as they should
    for what, key in waiting.items():
        due = state[key]
        if due is not None and now - due > STUCK:
            found.append(f"{what} has been due since {when(due)}, and nobody has begun with it")
    return found


def lines(state: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    """The same for people: level (ok, warn, bad) and line."""
    for outage in state["network"]:
        yield (
            "bad",
            f"network     away since {when(outage['away_since'])}: nobody answers; polls and pages wait",
        )
    yield from _daemon(state)
    yield from _feeds(state, now)
    yield from _rules(state["rules"])
    yield from _articles(state, now)
    yield from _deliveries(state, now)
    yield from telling_status.lines(state, now)
    for rule, verdicts in sorted(state["matches_7d"].items()):
        told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
        yield "ok", f"matches     {rule}: {told} in 7 days"


def _feeds(state: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    counts = state["feeds"]
    parts = [
        f"{counts[name]} {name}" for name in ("ok", "new", "failing", "quiet") if counts[name] or name == "ok"
    ]
    aside = [f"{counts[name]} {name}" for name in ("gone", "retired") if counts[name]]
    bad = counts["failing"] + counts["quiet"] + counts["gone"]
    yield (
        ("warn" if bad else "ok"),
        f"feeds       {counts['polled']} polled: {', '.join(parts)}"
        + (f"; {', '.join(aside)}" if aside else ""),
    )
    worst = [*_gone(state), *_failing(state, now), *_quiet(state, now)]
    for line in worst[:_WORST]:
        yield "warn", f"            {line}"
    if len(worst) > _WORST:
        yield "warn", f"            … and {len(worst) - _WORST} more: `monitor feeds list`"


_WORST = 10


def _gone(state: Mapping[str, Any]) -> Iterator[str]:
    for feed in state["gone_feeds"]:
        yield f"{feed['url']} gone for good since {when(feed['since'])} (410), not polled"


def _failing(state: Mapping[str, Any], now: datetime) -> Iterator[str]:
    for feed in state["failing_feeds"]:
        error = str(feed["error"]).removeprefix(f"{feed['url']}: ").removeprefix(f"{feed['url']} ")
        yield f"{feed['url']} failing for {duration(now - (feed['since'] or now))}: {error}"


def _quiet(state: Mapping[str, Any], now: datetime) -> Iterator[str]:
    for feed in state["quiet_feeds"]:
        rate = f"; usual: {pace(feed['rate'])}" if feed["rate"] else ""
        yield f"{feed['url']} quiet: nothing new for {duration(now - feed['since'])}{rate}"


def _rules(rules: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    broken, files = rules["broken"], rules["broken_files"]
    problems = f"{len(broken)} {'problem' if len(broken) == 1 else 'problems'}"
    yield (
        ("bad" if broken or files else "ok"),
        f"rules       {rules['in_force']} in force"
        + (f", {problems}; the last good version of each runs" if broken else ""),
    )
    for problem in broken[:10]:
        yield "bad", f"            {problem}"
    for file in files[:10]:
        mended = "" if broken else "; mended since, and read again when the daemon runs"
        yield "bad", f"            since {when(file['since'])} {file['what']}{mended}"


def _daemon(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if state["daemon"] is not None:
        runs = state["daemon"]
        yield ("ok" if runs else "warn"), f"daemon      {'running' if runs else 'not running; `monitor run`'}"
    yield "ok", f"database    {state['database']}"
    yield from _heartbeat(state["heartbeat"])


def _heartbeat(beats: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if beats is None:
        yield "ok", "heartbeat   not set: nobody would notice that this machine is dead"
    elif beats["failing_since"]:
        yield "bad", f"heartbeat   failing since {when(beats['failing_since'])}: {beats['error']}"
    else:
        yield "ok", f"heartbeat   last {when(beats['last'])}"


def _articles(state: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    articles, entries = state["articles"], state["entries"]
    late = state["oldest_entry"] is not None and now - state["oldest_entry"] > LATE
    waiting = "1 entry waits" if entries["queued"] == 1 else f"{entries['queued']} entries wait"
    yield (
        ("warn" if late else "ok"),
        (
            f"articles    {articles['stored']} stored, {articles['degraded']} degraded, "
            f"{waiting}, last {when(state['last_article'])}"
        ),
    )
    if entries["quarantined"]:
        yield (
            "bad",
            f"            {entries['quarantined']} entries could not be stored and are set aside; see the log",
        )


def _deliveries(state: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    found = state["deliveries"]
    waiting = found["pending"] + found["leased"] + found["failed"] + found["unknown"]
    late = state["oldest_delivery"] is not None and now - state["oldest_delivery"] > LATE
    yield (
        ("bad" if found["dead"] else "warn" if late else "ok"),
        (
            f"deliveries  {found['sent']} sent, {waiting} waiting, {found['dead']} given up, "
            f"last {when(state['last_sent'])}"
        ),
    )
    if not state["receivers"]:
        yield "warn", "            no receiver is configured: alerts are stored and reach nobody"
