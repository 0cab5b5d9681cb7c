"""A draft as YAML in the style of the shipped rules, with what an analyst needs to know to edit it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from monitor.match.rules import TestCase

WIDTH: Final = 104
_PLAIN = re.compile(
    r"(?:[^\W_]|\$(?=\w))(?:[^\n:#,\[\]{}\"'\\&*!|>%@`]|\*(?=[\s*]|$)|(?<=\w)'(?=\w)|(?<=\w),(?=\s\w))*"
)
_TYPED = re.compile(r"(?i)(?:true|false|null|yes|no|on|off|y|n|[-+.\d][-+.,:\d_exo]*)")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]")


def scalar(text: str, *, flow: bool = False) -> str:
    """`text` as YAML that reads back to it, quoted only where it must be. `flow`: within [ ]."""
    plain = (
        _PLAIN.fullmatch(text) and text.isprintable() and not _TYPED.fullmatch(text) and text == text.strip()
    )
    if plain and not (flow and "," in text) and not _UNPRINTABLE.search(text):
        return text
    if "'" not in text and "\\" not in text and not _UNPRINTABLE.search(text) and text.isprintable():
        return f"'{text}'"
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def comment(text: str, indent: str = "") -> str:
    """`text` as comment lines, with nothing in it that could end one."""
    safe = "".join(sign if sign.isprintable() else " " for sign in text)
    lines = textwrap.wrap(safe, WIDTH - len(indent) - 2, break_on_hyphens=False) or [""]
    return "".join(f"{indent}# {line}".rstrip() + "\n" for line in lines)


def term_list(name: str, items: Sequence[str]) -> str:
    written = [scalar(item, flow=True) for item in items]
    line = f"  {name}: [{', '.join(written)}]"
    if len(line) <= WIDTH:
        return line + "\n"
    return f"  {name}: [\n{_filled(written)}  ]\n"


def _filled(items: Iterable[str]) -> str:
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > WIDTH and line.strip():
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join([*lines, line]) + "\n"


def block(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in text.split("\n"))


def test_case(case: TestCase, indent: str) -> str:
    if not case.title:
        return f"{indent}- {scalar(case.body)}\n"
    return f"{indent}- title: {scalar(case.title)}\n{indent}  body: {scalar(case.body)}\n"


def mapping_of(lists: Mapping[str, Sequence[str]], notes: Mapping[str, str]) -> str:
    """The term lists, each below its note."""
    return "".join(
        (comment(notes[name], "  ") if notes.get(name) else "") + term_list(name, items)
        for name, items in lists.items()
    )
