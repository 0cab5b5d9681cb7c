"""Why an article is told, in the room that there is for it."""

from __future__ import annotations

import pytest

from monitor.send.wording import reason_of
from tests.send.alerts import item

LONG = "They said " + "and went on saying " * 20 + "it."


@pytest.mark.parametrize(
    ("reason", "limit", "shown"),
    [
        ("new: “They left.”; names: Kim", 160, "“They left.”; names: Kim"),
        (
            f"new: “{LONG}” and 2 more; names: Kim",
            60,
            "“They said and went on saying and w…” and 2 more; names: Kim",
        ),
        (f"new: “{LONG}”", 40, "“They said and went on saying and went…”"),
        (
            "new: “They left the town.” and 2 more; names: Kim Yong Bok",
            40,
            "“They left the town.” and 2 more; names…",
        ),
        ("12,000 → 15,000 troops; 3 → 4 people", 20, "12,000 → 15,000 tro…"),
        ("new story", 160, ""),
    ],
)
def test_a_quotation_is_cut_so_that_the_rest_stays(reason: str, limit: int, shown: str) -> None:
    said = reason_of(item(reason=reason), limit)
    assert said == shown and len(said) <= limit
