from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model import Severity
from monitor.route.matchers import Facts
from monitor.route.routes import route

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FACTS = Facts("troops", Severity.HIGH)


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
def test_who_is_told(named, default, expected):
    assert route(FACTS, named, (), default, {"desk", "chat"}, NOW).receivers == expected
