"""What is probably not meant in the routes and receivers of a configuration, once the rules are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from monitor.config import Settings
from monitor.errors import Problem
from monitor.match.language.query import did_you_mean
from monitor.match.rules import Rule
from monitor.settings import RouteSettings
from monitor.toml import At, KeyPlaces

_OWN = "monitor."  # what the ids of the monitor's own notices begin with


def lint_routes(settings: Settings, rules: Sequence[Rule], config: Path) -> list[Problem]:
    """Warnings: routes that hold of nothing, or are never tried, and receivers that nobody is told through."""
    places = KeyPlaces(config.read_text("utf-8"))

    def problem(at: At, message: str, hint: str) -> Problem:
        line, column, _source = places.place(at)
        return Problem(str(config), line, column, message, hint, level="warning")

    found = [problem(at, *said) for at, *said in _of_routes(settings.routes, {rule.id for rule in rules})]
    for name in _idle(settings, rules):
        hint = f"name it in alerts.default, in a route, or in a rule: alert: {{to: [{name}]}}"
        found.append(problem(("receivers", name), f"nobody is told through the receiver {name}", hint))
    return found


def _of_routes(routes: Sequence[RouteSettings], ids: Collection[str]) -> Iterator[tuple[At, str, str]]:
    last = ""
    for index, route in enumerate(routes):
        name = f"route {index + 1}"
        if last:
            yield (
                ("routes", index),
                f"{name} is never tried: {last} takes everything",
                "write continue = true there",
            )
        for asked in _names_of_rules(route):
            if asked not in ids:
                hint = did_you_mean(asked, sorted(ids))
                yield (
                    ("routes", index, "match"),
                    f"{name} asks for the rule {asked}, which there is not",
                    hint,
                )
        if not route.match.asks and not route.during and not route.goes_on:
            last = last or name


def _names_of_rules(route: RouteSettings) -> Iterator[str]:
    """The rules that a route names as they are: not by a wildcard, nor those it excludes."""
    for key, values in route.match.asks:
        for value in values if key == "rule" else ():
            if not value.startswith(("!", _OWN)) and "*" not in value:
                yield value


def _idle(settings: Settings, rules: Sequence[Rule]) -> list[str]:
    used = {*settings.alerts.default, *settings.alerts.operator}
    used.update(name for route in settings.routes for name in route.to)
    used.update(name for rule in rules for name in (*rule.policy.to, rule.owner))
    return [name for name in settings.receivers if name not in used]
