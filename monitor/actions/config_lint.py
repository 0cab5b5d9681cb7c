"""What is probably not meant in a configuration by itself, and what only its use would show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from monitor.adapters.store.database import Database
from monitor.config import Settings
from monitor.errors import Problem, StoreError
from monitor.settings import receiver_policies
from monitor.toml import At, KeyPlaces

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "m"))


def lint_config(settings: Settings, config: Path) -> list[Problem]:
    """A database address that cannot be used (an error); waits and rates that cannot be kept (warnings)."""
    places = KeyPlaces(config.read_text("utf-8"))

    def problem(at: At, message: str, hint: str, level: str) -> Problem:
        line, column, _source = places.place(at)
        return Problem(str(config), line, column, message, hint, level=level)

    warnings = [*_waits(settings), *_rates(settings)]
    return [problem(*said, "error") for said in _database(settings)] + [
        problem(*said, "warning") for said in warnings
    ]


_Said = tuple[At, str, str]  # where, what, and what to write


def _database(settings: Settings) -> Iterator[_Said]:
    try:
        Database(settings.database)  # nothing is opened before it is used
    except StoreError as error:
        said, _, hint = str(error).partition("; ")
        key = "database" if settings.database_file is None else "database_file"
        yield (key,), said.replace("`", ""), hint


def _waits(settings: Settings) -> Iterator[_Said]:
    """Where the first update of a story waits longer than there may be between two of them."""
    alerts = settings.alerts
    tables: list[tuple[At, str, timedelta | None, timedelta | None]] = [
        (("alerts",), "", alerts.group_wait, alerts.group_interval)
    ]
    tables += [
        (("routes", index), f"route {index + 1}: ", route.group_wait, route.group_interval)
        for index, route in enumerate(settings.routes)
        if route.group_wait is not None or route.group_interval is not None
    ]
    for at, name, own_wait, own_interval in tables:
        wait = alerts.group_wait if own_wait is None else own_wait
        interval = alerts.group_interval if own_interval is None else own_interval
        if wait > interval:
            key = "group_wait" if own_wait is not None else "group_interval"
            said = f"{name}group_wait, {_written(wait)}, is longer than group_interval, {_written(interval)}"
            yield (
                (*at, key),
                said,
                f'every update waits that long; write group_wait = "{_written(interval)}" at most',
            )


def _rates(settings: Settings) -> Iterator[_Said]:
    """Where more may come one by one, and go on coming, than its receiver's own rate lets go."""
    for name, policy in receiver_policies(settings).items():
        if policy.rate is None:
            continue
        number, every = policy.rate
        if number * policy.flood_window < policy.flood * every:
            most = max(int(number * (policy.flood_window / every)), 1)
            window = policy.flood_window if number * policy.flood_window >= every else every
            yield (
                ("receivers", name, "rate"),
                f"{name} is sent {number} in {_written(every)} at most, but {policy.flood} alerts in"
                f" {_written(policy.flood_window)} may come before they come together: what waits may never end",
                f'write flood = "{most}/{_written(window)}" beside it, or a higher rate',
            )


def _written(time: timedelta) -> str:
    """A duration as it is written in the file."""
    for unit, sign in _UNITS:
        if time >= unit and not time % unit:
            return f"{time // unit}{sign}"
    return f"{time.total_seconds():g}s"
