"""The lines at the top of a seed file that say when and where its article was published."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from monitor.extract import dates, language
from monitor.text import one_line

# The article's fields, and the names that people give them.
_FIELDS = {
    "title": "title, headline, заголовок, 제목",
    "published": "published, date, pubdate, published at, publication date, дата, 날짜, datum, fecha, 日期",
    "modified": "modified, updated",
    "url": "url, link, address",
    "source": "source, site, publisher, outlet, источник, 출처",
    "agency": "agency",
    "authors": "authors, author, by, автор",
    "language": "language, lang",
    "tags": "tags, keywords",
}
_NAMES = {name: field for field, names in _FIELDS.items() for name in names.split(", ")}
_MOST_WORDS = {
    "source": 5,
    "agency": 5,
    "authors": 12,
}  # "Source: Kim to visit Moscow next week" is a headline
_LINE = re.compile(r"\s*(?P<name>[^\W\d_][\w ]{1,18}?)\s*[:：]\s*(?P<value>.*)")
_DATE = re.compile(
    r"\s*(?i:(?:date|published|дата|날짜|datum|fecha|日期)\b\s*[:：]?\s*)?(?P<date>\d{4}-\d{2}-\d{2}"
    r"(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|\s?[+-]\d{2}:?\d{2})?)?)(?=\s|$)\s*[|:—–-]?\s*"
)
_LONGEST_BLOCK = 60


def read_block(lines: list[str]) -> tuple[dict[str, str], list[str]] | None:
    """The fields of a block between lines of "---", and the lines after it; None where there is no block."""
    lines = trimmed(lines)
    ends = [number for number, line in enumerate(lines[:_LONGEST_BLOCK]) if line.strip() == "---"]
    if len(ends) < 2 or ends[0] != 0:
        return None
    fields: dict[str, str] = {}
    for line in lines[1 : ends[1]]:
        name, value = _named(line)
        if name and _plausible(name, value := _unquoted(value)):
            fields.setdefault(name, value)
    return fields, trimmed(lines[ends[1] + 1 :])


def read_lines(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The fields that the first lines give, and the lines after them."""
    fields: dict[str, str] = {}
    lines = trimmed(lines)
    while lines:
        name, value, rest = _header(lines[0])
        if not name or name in fields:
            break
        fields[name] = value
        lines = trimmed([rest, *lines[1:]])
    return fields, lines


def write_block(fields: Mapping[str, str | None]) -> str:
    """A block that `read_block` reads back; empty fields are left out. Values are single lines."""
    lines = "".join(f"{name}: {_quoted(value)}\n" for name, value in fields.items() if value)
    return f"---\n{lines}---\n"


def trimmed(lines: list[str]) -> list[str]:
    """`lines` from the first that holds something."""
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    return lines[start:]


def _header(line: str) -> tuple[str, str, str]:
    """Field, value, and what follows it on the line: "date 2025-10-24 North Korea has held"."""
    if (bare := _DATE.match(line)) and dates.parse_date(bare["date"]):
        return "published", bare["date"], line[bare.end() :]
    if dates.parse_date(line):
        return "published", line.strip(), ""
    name, value = _named(line)
    fits = name and _plausible(name, value) and len(value.split()) <= _MOST_WORDS.get(name, 100)
    return (name, value, "") if fits else ("", "", line)


def _named(line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line)
    return (_NAMES.get(match["name"].strip().lower(), ""), one_line(match["value"])) if match else ("", "")


def _plausible(field: str, value: str) -> bool:
    """Whether `value` can be that field's: "Date: the end of an era" is a headline, not a header."""
    if field in {"published", "modified"}:
        return dates.parse_date(value) is not None
    if field == "url":
        return re.fullmatch(r"https?://\S+", value) is not None
    return language.normalise(value) is not None if field == "language" else bool(value)


def _unquoted(value: str) -> str:
    """A value as YAML writes it: quoted where it starts with a quotation mark."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            return one_line(str(json.loads(value)))
        except ValueError:
            return value[1:-1]
    return value


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if value[0] in "\"'" else value
