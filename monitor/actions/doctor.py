"""`monitor doctor`: what would keep the daemon from working, and how to mend it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.adapters.notifier import verify
from monitor.adapters.rule_folder import load_folder
from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.beats import BeatRecord, Beats
from monitor.app import make_workers
from monitor.config import ReceiverSettings, Settings, WebSubSettings, load_config
from monitor.errors import MonitorError, Problem
from monitor.send.keys import delivery_key
from monitor.troubles.notices import when

# https://sqlite.org/wal.html: two connections that write or checkpoint at the same instant could corrupt
# a WAL until this release. One file lock keeps ours apart, other programs' not.
SQLITE_SOUND = (3, 51, 3)
LEAST_SPACE = 1_000_000_000  # bytes
_FEED = b'<rss version="2.0"><channel><title>t</title><item><title>x</title></item></channel></rss>'


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: level is ok, warn or bad."""

    name: str
    level: str
    found: str
    advice: str = ""


async def examine(config: Path) -> list[Check]:
    """All checks, in the order in which they matter. Without a readable configuration, only those it needs not."""
    try:
        settings = load_config(config)
    except MonitorError as error:
        first = next(iter(str(error).splitlines()), "")
        return [Check("configuration", "bad", first, "`monitor check` shows all of it"), *_machine(None)]
    checks = [Check("configuration", "ok", str(config))]
    checks += _machine(settings)
    checks += [_guarded("database", lambda: _database(settings))]
    if settings.websub.address:
        checks += [_guarded("hubs", lambda: _hubs(settings))]
    checks += [_guarded("heartbeat", lambda: _heartbeat(settings))]
    checks += _rules(settings)
    checks += _receivers(settings)
    checks.append(await _workers(settings))
    return checks


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except MonitorError as error:
        return Check(name, "bad", str(error))


def _machine(settings: Settings | None) -> Iterator[Check]:
    yield Check("python", "ok", ".".join(str(part) for part in sys.version_info[:3]))
    folder = Path.cwd()
    if settings is not None and (path := Database(settings.database).path) is not None:
        folder = path.parent
        yield _sqlite()
    if folder.is_dir():
        free = shutil.disk_usage(folder).free
        level, advice = (
            ("ok", "") if free >= LEAST_SPACE else ("warn", "polling pauses when the disk is full")
        )
        yield Check("disk", level, f"{free / 1e9:.1f} GB free in {folder}", advice)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield Check(
            "user", "warn", "running as root", "a service needs no root; deploy/ has a unit with its own user"
        )


def _sqlite() -> Check:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SQLITE_SOUND:
        return Check("sqlite", "ok", version)
    return Check(
        "sqlite",
        "warn",
        f"{version}, which can corrupt a database that two programs write at once",
        "let only `monitor` open it while the daemon runs, or use 3.51.3 or newer",
    )


def _database(settings: Settings) -> Check:
    database = Database(settings.database)
    path = database.path
    if path is not None and not path.exists():
        if not os.access(path.parent, os.W_OK):
            return Check("database", "bad", f"{path.parent} is no folder that this user may write to")
        return Check("database", "ok", f"{database} is not there yet; `monitor run` makes it")
    try:
        found = migrate.version(database)
        if found is None:
            return Check("database", "ok", f"{database} is empty; `monitor run` fills it")
        migrate.require_current(database)
        running = ", a daemon is running on it" if database.daemon_runs() else ""
        return Check("database", "ok", f"{database}, schema {found}{running}")
    finally:
        database.close()


def _heartbeat(settings: Settings) -> Check:
    if not settings.heartbeat.url:
        advice = "[heartbeat] url = … of a service that misses it would tell you that this machine is dead"
        return Check("heartbeat", "ok", "not set", advice)
    database = Database(settings.database)
    try:
        known = database.exists() and migrate.version(database) is not None
        beats = BeatRecord(database).read() if known else Beats()
    finally:
        database.close()
    if beats.failing_since:
        return Check("heartbeat", "bad", f"failing since {when(beats.failing_since)}: {beats.error}")
    return Check("heartbeat", "ok", f"last {when(beats.last)}" if beats.last else "not sent yet")


def _hubs(settings: Settings) -> Check:
    database = Database(settings.database)
    try:
        known = database.exists() and migrate.version(database) is not None
        counts = Store(database, delivery_key).count_subscriptions() if known else {}
    finally:
        database.close()
    return hubs_check(counts, settings.websub)


def hubs_check(counts: Mapping[str, int], reached: WebSubSettings) -> Check:
    """Whether hubs reach us. `counts` are subscriptions by their state."""
    named = sum(number for state, number in counts.items() if state != "ended")
    pushed, waiting = counts.get("active", 0), counts.get("asked", 0)
    if not named:
        return Check("hubs", "ok", f"no feed has named a hub yet; they would call {reached.address}")
    found = f"{pushed} of {named} feeds that name a hub {'is' if pushed == 1 else 'are'} pushed by it"
    if waiting and not pushed:
        advice = f"can hubs reach {reached.address}? the web server there has to pass it to {reached.listen}"
        return Check("hubs", "warn", f"{found}; {waiting} not verified", advice)
    return Check("hubs", "ok", found)


def _rules(settings: Settings) -> Iterator[Check]:
    book = load_folder(settings.rules, frozenset(settings.receivers))
    errors = book.errors
    if errors:
        yield Check("rules", "bad", str(errors[0]), f"{len(errors)} in all; `monitor check` shows them")
    elif not book.rules:
        yield Check("rules", "warn", f"no rule in {settings.rules}", "nothing can match")
    else:
        yield Check("rules", "ok", f"{len(book.rules)} in {settings.rules}")


def _receivers(settings: Settings) -> Iterator[Check]:
    if not settings.receivers:
        yield Check("receivers", "warn", "none", "alerts are stored and reach nobody; add [receivers.NAME]")
    elif not settings.alerts.default:
        yield Check(
            "receivers", "warn", "alerts.default is empty", "rules that name no receiver reach nobody"
        )
    for name, receiver in settings.receivers.items():
        if why := _unusable(receiver):
            yield Check(f"receiver {name}", "bad", *why)
        else:
            one = len(receiver.urls) == 1
            found = f"{len(receiver.urls)} address{'' if one else 'es'}"
            yield Check(
                f"receiver {name}", "ok", f"{found}; `monitor notify {name}` tries {'it' if one else 'them'}"
            )


def _unusable(receiver: ReceiverSettings) -> tuple[str, str] | None:
    """Why nothing can be sent to a receiver, and what to do; None where it can be tried."""
    if not receiver.urls:
        return "it has no address", 'give it one: urls = ["mailto://…"]'
    why = next((why for url in receiver.urls if (why := verify(url))), None)
    return (why, "") if why else None


def unusable_receivers(settings: Settings, config: Path) -> list[Problem]:
    """Each receiver that nothing can be sent to, as a mistake in the configuration."""
    found = ((name, _unusable(receiver)) for name, receiver in settings.receivers.items())
    return [Problem(str(config), 0, 0, f"receiver {name}: {why[0]}", why[1]) for name, why in found if why]


async def _workers(settings: Settings) -> Check:
    try:
        async with asyncio.timeout(30), make_workers(settings) as workers:
            await workers.parse_feed(_FEED, "application/rss+xml", "https://news.example/feed")
    except (MonitorError, TimeoutError, OSError) as error:
        return Check("workers", "bad", f"no worker process could read a feed: {error or 'no answer'}")
    return Check("workers", "ok", "worker processes start and read feeds")
