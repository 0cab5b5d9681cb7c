"""What the doctor makes of what it finds."""

from __future__ import annotations

import pytest

from monitor.actions.doctor import hubs_check
from monitor.config import WebSubSettings

REACHED = WebSubSettings(address="https://m.example/websub", listen="127.0.0.1:8091")


@pytest.mark.parametrize(
    ("counts", "level", "found"),
    [
        ({}, "ok", "no feed has named a hub yet; they would call https://m.example/websub"),
        ({"ended": 3}, "ok", "no feed has named a hub yet; they would call https://m.example/websub"),
        ({"offered": 3}, "ok", "0 of 3 feeds that name a hub are pushed by it"),
        ({"asked": 2, "denied": 1}, "warn", "0 of 3 feeds that name a hub are pushed by it; 2 not verified"),
        ({"asked": 2, "active": 1, "ended": 9}, "ok", "1 of 3 feeds that name a hub is pushed by it"),
    ],
)
def test_whether_hubs_reach_us(counts: dict[str, int], level: str, found: str) -> None:
    check = hubs_check(counts, REACHED)
    assert (check.level, check.found) == (level, found)
    assert ("127.0.0.1:8091" in check.advice) == (level == "warn")
