from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Severity
from monitor.route.hours import read_hours
from monitor.route.matchers import Facts, read_matcher
from monitor.route.routes import Route, Timing, route

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
FACTS = Facts("troops", Severity.HIGH, language="ko")
KNOWN = {"desk", "chat", "seoul", "night"}
HOUR = timedelta(hours=1)


def to(*names: str, goes_on: bool = False, during: str = "", **more) -> Route:
    timing = {key: more.pop(key) for key in ("group_wait", "group_interval", "repeat") if key in more}
    hours = (read_hours(during),) if during else ()
    return Route(read_matcher(more), names, goes_on, hours, **timing)


@pytest.mark.parametrize(
    ("named", "default", "expected"),
    [
        ((), ["desk"], ("desk",)),
        (("chat",), ["desk"], ("chat",)),
        (("chat", "desk", "chat"), [], ("chat", "desk")),
        (("gone", "chat"), ["desk"], ("chat",)),
        (("gone",), ["desk"], ("desk",)),  # rather the default than nobody
        (("gone",), ["gone too"], ()),
        ((), [], ()),
    ],
)
def test_without_routes_the_rule_says_or_else_the_default(named, default, expected):
    assert route(FACTS, named, (), default, {"desk", "chat"}, NOW).receivers == expected


@pytest.mark.parametrize(
    ("named", "routes", "expected"),
    [
        ((), [to("seoul", language="ko")], ("seoul",)),
        ((), [to("seoul", language="en")], ("desk",)),
        # The first that holds is taken, and the rest only after `continue`.
        ((), [to("seoul", language="ko"), to("chat")], ("seoul",)),
        ((), [to("seoul", language="ko", goes_on=True), to("chat"), to("night")], ("seoul", "chat")),
        ((), [to("night", language="en", goes_on=False), to("chat")], ("chat",)),
        # A route adds to what the rule names, each receiver once.
        (("chat",), [to("seoul", "chat", language="ko")], ("chat", "seoul")),
        (("gone",), [to("seoul")], ("seoul",)),
        # A receiver that is gone is no receiver: the default is told rather than nobody.
        ((), [to("gone")], ("desk",)),
        ((), [to("night", during="22:00-06:00"), to("chat")], ("chat",)),
        ((), [to("night", during="fri 09:00-18:00"), to("chat")], ("night",)),
    ],
)
def test_routes(named, routes, expected):
    assert route(FACTS, named, routes, ["desk"], KNOWN, NOW).receivers == expected


def test_the_steps_say_why():
    routes = [
        to("night", language="en"),
        to("seoul", severity=">=high", goes_on=True),
        to("chat", during="sat"),
    ]
    found = route(FACTS, ["chat", "gone"], routes, ["desk"], KNOWN, NOW)
    assert [(step.asked, step.holds, step.why, step.to) for step in found.steps] == [
        ("the rule's own receivers", True, "alert: to", ("chat",)),
        ("language=en", False, "language is ko, not en", ("night",)),
        ("severity=>=high", True, "severity=>=high", ("seoul",)),
        ("everything", False, "it is not sat", ("chat",)),
    ]
    (last,) = route(FACTS, [], [], ["desk"], KNOWN, NOW).steps
    assert (last.asked, last.holds, last.to) == ("the default", True, ("desk",))


def test_a_route_has_its_own_timing_and_what_a_rule_asks_for_goes_before():
    slow = to("seoul", language="ko", group_interval=HOUR, repeat=2 * HOUR)
    timing = Timing(group_wait=timedelta(seconds=5), repeat=9 * HOUR)
    found = route(FACTS, ["desk"], [slow], [], KNOWN, NOW, timing)
    assert found.timing("desk") == timing
    assert found.timing("seoul") == Timing(timedelta(seconds=5), HOUR, 2 * HOUR)
    asked = route(FACTS, ["desk"], [slow], [], KNOWN, NOW, timing, repeat=HOUR)
    assert (asked.timing("desk").repeat, asked.timing("seoul").repeat) == (HOUR, HOUR)
