from __future__ import annotations

import pytest

from monitor.model import AlertPolicy
from monitor.route.receivers import receivers_for


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
    assert receivers_for(AlertPolicy(to=named), default, {"desk", "chat"}) == expected
