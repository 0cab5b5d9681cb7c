from __future__ import annotations

from pathlib import Path

import pytest

from monitor.actions.config_lint import lint_config
from monitor.config import load_config

RECEIVER = "[receivers.desk]\nurls = ['json://127.0.0.1/a']\n"  # 2 lines
LATE = "every update waits that long; write group_wait = "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("database = 'postgresql://monitor@db.example/monitor'\n", []),
        ("[alerts]\ngroup_wait = '5m'\ngroup_interval = '5m'\n", []),
        (
            "[alerts]\ngroup_wait = '6m'\n",
            [f'2:1: warning: group_wait, 6m, is longer than group_interval, 5m ({LATE}"5m" at most)'],
        ),
        (
            RECEIVER + "[[routes]]\nto = ['desk']\ngroup_interval = '1500ms'\n",
            [
                f'5:1: warning: route 1: group_wait, 15s, is longer than group_interval, 1.5s ({LATE}"1.5s" at most)'
            ],
        ),
        (RECEIVER + "[[routes]]\nto = ['desk']\ngroup_wait = '5m'\n", []),
        (RECEIVER + "rate = '60/10m'\n", []),
        (RECEIVER + "rate = '1/1h'\nflood = '1/1h'\n", []),
        (
            RECEIVER + "rate = '5/1m'\n",
            [
                "3:1: warning: desk is sent 5 in 1m at most, but 60 alerts in 10m may come before they come together:"
                ' what waits may never end (write flood = "50/10m" beside it, or a higher rate)'
            ],
        ),
        (
            RECEIVER + "rate = '1/1h'\n",
            [
                "3:1: warning: desk is sent 1 in 1h at most, but 60 alerts in 10m may come before they come together:"
                ' what waits may never end (write flood = "1/1h" beside it, or a higher rate)'
            ],
        ),
        (
            "rules = 'rules'\ndatabase = 'postgresql://user:secret@db.example:abc/monitor'\n",
            [
                "2:1: error: database is no address that can be used: its port is no number"
                " (write sqlite:///monitor.db or postgresql://user@host/name)"
            ],
        ),
        (
            "database = 'mysql://db.example/monitor'\n",
            ["1:1: error: database names mysql (SQLite and PostgreSQL are supported)"],
        ),
    ],
)
def test_what_cannot_be_kept(tmp_path: Path, text: str, expected: list[str]) -> None:
    config = tmp_path / "monitor.toml"
    config.write_text(text, "utf-8")
    found = lint_config(load_config(config, {}), config)
    assert [str(problem).removeprefix(f"{config}:") for problem in found] == expected
    assert not list(tmp_path.glob("*.db*")), "nothing is opened for it"


def test_an_address_that_is_read_from_a_file_is_told_where_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "address").write_text("monitor.db", "utf-8")
    config = tmp_path / "monitor.toml"
    config.write_text("database_file = 'address'\n", "utf-8")
    (problem,) = lint_config(load_config(config, {}), config)
    assert str(problem).startswith(f"{config}:1:1: error: database is no address that can be used")
