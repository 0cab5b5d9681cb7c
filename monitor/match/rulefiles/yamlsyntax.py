"""What is wrong with a text that is no YAML, said so that who wrote it knows what to change."""

from __future__ import annotations

import re
from typing import NamedTuple

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError


class Fault(NamedTuple):
    """What is wrong from code point `start` of a text on, for `length` characters."""

    start: int
    message: str
    hint: str = ""
    length: int = 1


_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?= |$)", re.MULTILINE)
_UNSPACED_KEY = re.compile(r"\s*(?:- +)?(\w+):[^\s:/]")
_UNSPACED_DASH = re.compile(r"\s*-(?=\w+:(?:\s|$))")
_KEY = re.compile(r"(?:\s*-)?\s*(?P<key>[\w-]+):(?=\s|$)")
_BLOCK = "a query with quotes or colons is best written below `query: |`, each line indented"
_QUOTE_IT = "quote it: '{}'"
_SCALAR = re.compile(r"[^,\]}\s#]+")


def fault(text: str, error: YAMLError) -> Fault:
    """What `error`, which the parser raised for `text`, is due to."""
    conflict = _CONFLICT.search(text)
    if conflict:
        return Fault(conflict.start(), "a merge left its marks here", "keep one of the two versions", 7)
    if isinstance(error, ReaderError):
        return Fault(
            error.position,
            f"this is no YAML: the character U+{ord(text[error.position]):04X} cannot stand in it",
            "delete it",
        )
    mark = getattr(error, "problem_mark", None) if isinstance(error, MarkedYAMLError) else None
    if mark is None:
        return Fault(0, f"this is no YAML: {str(error).splitlines()[0]}")
    opened = getattr(error, "context_mark", None)
    context = " ".join(str(getattr(error, "context", "") or "").split())
    message = " ".join(str(getattr(error, "problem", "") or error).split())
    start = _offset(text, opened.line, opened.column) if opened is not None else 0
    return _explained(text, _offset(text, mark.line, mark.column), message, start, context)


def unquoted(text: str, start: int, what: str) -> Fault:
    """A value that begins with a sign which means something to YAML."""
    found = _SCALAR.match(text, start)
    value = found[0] if found else text[start : start + 1]
    return Fault(
        start,
        f"a value cannot begin with {value[:1]}, {what}",
        _QUOTE_IT.format(value.replace("'", "''")),
        len(value),
    )


def _explained(text: str, at: int, message: str, opened: int, context: str) -> Fault:
    tab = _tab(text, at)
    if tab is not None:
        return tab
    if "quoted scalar" in context:
        return Fault(opened, "this quote is never closed", _BLOCK)
    if "cannot start any token" in message:
        return unquoted(text, at, "which YAML keeps for itself")
    if "flow" in context:
        return _in_brackets(text, at, opened)
    if "mapping values" in message:
        return _second_colon(text, at)
    if "simple key" in context:
        return _no_key(text, opened)
    if "<block end>" in message:
        return _loose_end(text, at)
    return Fault(at, f"this is no YAML: {message}" + (f" {context}" if context else ""))


def _tab(text: str, at: int) -> Fault | None:
    start = _line_start(text, at)
    tab = text[start : at + 1].find("\t")
    if tab >= 0 and not text[start : start + tab].strip():
        return Fault(start + tab, "a tab cannot indent YAML", "use spaces")
    return Fault(at, "a tab cannot stand here", "use spaces") if text[at : at + 1] == "\t" else None


def _in_brackets(text: str, at: int, opened: int) -> Fault:
    if text[opened : opened + 1] not in ("[", "{"):  # nothing followed it, which is what was noticed
        opened = max(text.rfind("[", 0, opened), text.rfind("{", 0, opened))
    sign = text[opened]
    closing = {"[": "]", "{": "}"}.get(sign, "")
    if at >= len(text) or (_line_start(text, at) > opened and _KEY.match(_line(text, at))):
        return Fault(opened, f"this {sign} is never closed", f"end the list with {closing}")
    before = text[:at].rstrip()[-1:]
    if before in ("'", '"'):
        hint = "quotes that belong to a term need quotes of the other kind around the whole term"
        return Fault(at, "a comma is missing before this", hint)
    return Fault(at, f"this cannot stand between {sign} and {closing}", "put a comma between, or quote it")


def _second_colon(text: str, at: int) -> Fault:
    line, start = _line(text, at), _line_start(text, at)
    before = text[: max(start - 1, 0)].rstrip()
    above = _line(text, max(len(before) - 1, 0))
    above_start = _line_start(text, max(len(before) - 1, 0))
    here, there = _KEY.match(line), _KEY.match(above)
    if (key := _UNSPACED_KEY.match(above)) and not there:
        return Fault(
            above_start + key.end() - 2,
            "a space must follow this colon",
            f"{key[1]}: {above[key.end() - 1 :]}",
        )
    if dash := _UNSPACED_DASH.match(above):
        return Fault(above_start + dash.end() - 1, "a space must follow this dash", "- id: a-short-name")
    if here and there and here.end() + start == at + 1 and here.start("key") != there.start("key"):
        return _other_column(start, here, there)
    if "query" in line[: at - start]:
        return Fault(at, "a colon with a space after it ends a key, and this line has one already", _BLOCK)
    value = line[here.end() :].strip() if here else ""
    hint = "a text with a colon in it needs quotes"
    if here and len(value) < 60:
        hint += f': {here["key"]}: "{value}"'
    return Fault(at, "a colon with a space after it ends a key, and this line has one already", hint)


def _other_column(start: int, here: re.Match[str], there: re.Match[str]) -> Fault:
    own, above = here.start("key"), there.start("key")
    message = f"{here['key']}: begins in column {own + 1}, and {there['key']}: above it in column {above + 1}"
    hint = "what belongs together begins in the same column; indent with spaces"
    return Fault(start + own, message, hint, len(here["key"]))


def _no_key(text: str, at: int) -> Fault:
    """A line that is neither key nor value."""
    line = _line(text, at)
    before = text[: _line_start(text, at)].rstrip()
    above = before[before.rfind("\n") + 1 :]
    if above.rstrip().endswith((": |", ": >", ": |-", ": >-")):
        key = _KEY.match(above)
        name = f"{key['key']}:" if key else "its key"
        return Fault(at, f"what stands below | must be indented deeper than {name}", "", len(line.strip()))
    return Fault(at, "this line has no key", "key: value, or indent what belongs to the line above")


def _loose_end(text: str, at: int) -> Fault:
    """Something follows where a value was complete, or begins in a column where nothing does."""
    start = _line_start(text, at)
    ahead = text[start:at]
    if ahead.strip(" -"):
        last = ahead.rstrip()[-1:]
        if last == "'" and text[at : at + 1].isalpha() and ahead[-1:] == "'":
            hint = "write '' for an apostrophe, or put the text between double quotes"
            return Fault(at, "the quote before this ended the text", hint)
        return Fault(at, f"the {last} before this ended the value" if last else "the value ended", _BLOCK)
    here = _KEY.match(_line(text, at))
    before = text[: max(start - 1, 0)].rstrip()
    there = _KEY.match(before[before.rfind("\n") + 1 :])
    if here and there and here.start("key") != there.start("key"):
        return _other_column(start, here, there)
    return Fault(
        at, "this begins in a column where nothing began", "what belongs together begins in one column"
    )


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line(text: str, at: int) -> str:
    start = _line_start(text, at)
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].rstrip("\r")


def _offset(text: str, line: int, column: int) -> int:
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
    return min(at + column, len(text))
