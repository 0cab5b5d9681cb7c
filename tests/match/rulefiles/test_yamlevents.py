"""libyaml is only ever faster: where it is believed, it says what ruamel.yaml says."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from monitor.match.rulefiles import yamlevents

pytestmark = pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml")

SCRAPS = [
    *(
        "rules:",
        "terms:",
        "id:",
        "query: |",
        "query: >-\n",
        "a:b",
        "x y",
        "북",
        "ü",
        "😀",
        "\xa0",
        "~",
        "null",
    ),
    *(
        "- ",
        "- - ",
        "-",
        "--- ",
        "\n---\n",
        "\n...\n",
        "?",
        "? ",
        ": ",
        ":",
        "#",
        " # c",
        "&a",
        "*a",
        "*",
        "!t",
    ),
    *(
        "!!str ",
        "|",
        ">",
        "|+\n",
        "|2\n",
        "%",
        "@",
        "`",
        '"',
        "'",
        "''",
        '""',
        "\\",
        "\\n",
        "\\u00e9",
        "[",
        "]",
    ),
    *("{", "}", ",", "{a: b}", "[a, b]", "<<: ", "=", " ", "  ", "\n", "\n  ", "\n    ", "\n- ", "\n  - "),
    *("a\n\n\nb", "\r\n", "\t", "\x85", "\u2028", "\ufeff", "\x07"),
]
BEGINNINGS = ["", "rules:\n  - id: a\n", "rules:\n  - id: a\n    query: |\n      x\n", "terms: {a: [b], c: ["]
TEXTS = st.builds(
    lambda beginning, scraps: beginning + "".join(scraps),
    st.sampled_from(BEGINNINGS),
    st.lists(st.sampled_from(SCRAPS), max_size=20),
)
RULE = """\
# what is looked for
rules:
  - id: "북한-a"
    query: |
      ("North Korea" OR DPRK)
      AND troop*

    title: >-
      One line,
      and its rest
    alert: {to: [desk, 'the "other" desk'], per: story}
    tests:
      match:
        - plain text that
          goes on
        - "quoted \\u00e9 text"
"""


def said(events: Any) -> list[Any]:
    """What the events say, apart from how a plain scalar's style is called."""
    return [
        (
            *(type(event).__name__, event.start_mark.index, event.end_mark.index),
            *(getattr(event, name, None) or "" for name in ("value", "style")),
        )
        for event in events
    ]


@settings(deadline=None)
@given(TEXTS)
@example(RULE)
@example("rules:\n  - id: a\n    title:   \n    query: x\n")
@example("rules:\n  - query: |# x\n      y\n")
@example("rules:\n  - id: a\n...\n...\n")
def test_what_is_believed_is_what_the_other_says(text: str) -> None:
    fast = yamlevents.fast_events(text)
    if fast is not None:
        try:
            assert said(fast) == said(YAML(typ="safe", pure=True).parse(text))
        except YAMLError as error:
            raise AssertionError(f"{text!r} is no YAML: {error}") from None


def test_an_ordinary_rule_file_is_believed() -> None:
    assert yamlevents.fast_events(RULE) is not None
    assert yamlevents.fast_events("---\n" + RULE) is not None


@pytest.mark.parametrize(
    "text", ["rules:\n\t- id: a\n", "rules: [", "a: &x b\n", "a: b\r\n", "a: \x85b\n", "- a\n", ""]
)
def test_what_is_wrong_or_odd_is_left_to_the_other(text: str) -> None:
    assert yamlevents.fast_events(text) is None
