from __future__ import annotations

from pathlib import Path

import pytest

from monitor.actions.route_lint import lint_routes
from monitor.config import load_config
from monitor.match.rulefiles.book import load_rules

RULES = "rules:\n  - {id: museum, query: museum}\n  - {id: kpa-russia, query: x, alert: {to: [chat]}, owner: owner}\n"
HEAD = (
    "[receivers]\ndesk.urls = ['json://127.0.0.1/a']\nchat.urls = ['json://127.0.0.1/b']\n"
    "owner.urls = ['json://127.0.0.1/c']\n[alerts]\ndefault = ['desk']\n"
)  # 6 lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("[[routes]]\nmatch = {rule = 'kpa-russia'}\nto = ['desk']\n", []),
        ("[[routes]]\nmatch = {rule = ['kpa-*', '!mseum', 'monitor.feeds']}\nto = ['desk']\n", []),
        (
            "[[routes]]\nmatch = {rule = ['museum', 'kpa-rusia']}\nto = ['desk']\n",
            [
                "8:1: warning: route 1 asks for the rule kpa-rusia, which there is not (did you mean kpa-russia?)"
            ],
        ),
        (
            "[[routes]]\nto = ['desk']\n[[routes]]\nmatch = {tag = 'x'}\nto = ['chat']\n",
            ["9:3: warning: route 2 is never tried: route 1 takes everything (write continue = true there)"],
        ),
        ("[[routes]]\nto = ['desk']\ncontinue = true\n[[routes]]\nto = ['chat']\n", []),
        ("[[routes]]\nto = ['desk']\nduring = 'sat'\n[[routes]]\nto = ['chat']\n", []),
        (
            "[receivers.night]\nurls = ['json://127.0.0.1/d']\n",
            [
                "7:2: warning: nobody is told through the receiver night"
                " (name it in alerts.default, in a route, or in a rule: alert: {to: [night]})"
            ],
        ),
    ],
)
def test_what_is_probably_not_meant(tmp_path: Path, text: str, expected: list[str]) -> None:
    config = tmp_path / "monitor.toml"
    config.write_text(HEAD + text, "utf-8")
    rules = load_rules({"rules.yaml": RULES}).rules
    found = lint_routes(load_config(config, {}), rules, config)
    assert [str(problem).removeprefix(f"{config}:") for problem in found] == expected
