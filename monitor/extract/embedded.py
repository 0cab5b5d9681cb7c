"""The article of a page that a script draws, out of the data that the script is given.

Such pages hold their text in JSON alone: as <script type="application/json">, or assigned to a variable.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from monitor.extract.html_text import paragraphs

_MAX_DATA = 3_000_000  # characters of one script
_MAX_NODES = 200_000
_MOST_ASSIGNED = 20
_MOST_LINES = 500
_SHORTEST = 40  # characters of a paragraph, three times the bytes of a headline in Han or Hangul
_ENOUGH = 200  # bytes of text that is taken for an article
_STREAMED = re.compile(r"self\.__next_f\.push\(\[1,\s*(\"(?:[^\"\\]|\\.)*\")\]\)")
_STREAM_LINE = re.compile(r"^[0-9a-f]+:(?=[\[{])", re.M)
_PARSED = re.compile(r"JSON\.parse\((\"(?:[^\"\\]|\\.)*\")\)")
_ASSIGNED = re.compile(r"=\s*(?=[\[{])")
_MARKUP = re.compile(r"<(?:p|br|div)\b", re.I)
_PROSE = re.compile(r"[^\W\d_]{2,}[\s,、，]|[\u3040-\u30ff\u3400-\u9fff]{8,}")
_END = re.compile(r"[.!?…。！？][\"”’»」』)\]\s]*$")
_OTHER = re.compile(
    r"related|recommend|footer|header|menu|^nav|cookie|consent|comment|seo|legal|promo|newsletter|locale|i18n"
    r"|translation|messages|config|advert|trending|popular|latest|sidebar|author|copyright",
    re.I,
)
_DECODER = json.JSONDecoder(strict=False)


def article(scripts: Iterable[Any]) -> list[str]:
    """The paragraphs of the longest text in the data of `scripts` (elements of a page), or none."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    streamed: list[str] = []
    for script in scripts:
        text = script.text or ""
        if len(text) > _MAX_DATA or "ld+json" in (script.get("type") or ""):
            continue
        streamed += (value for match in _STREAMED.finditer(text) if isinstance(value := _read(match[1]), str))
        if len(text) >= _ENOUGH:
            for value in _values(text):
                _gather(value, groups)
    stream = "".join(streamed)
    for match in islice(_STREAM_LINE.finditer(stream), _MOST_LINES):
        _gather(_read(stream, match.end()), groups)
    best = max(groups.values(), key=lambda texts: sum(map(len, texts)), default=[])
    lines = [line for text in dict.fromkeys(best) for line in paragraphs(text)]
    return lines if len("".join(lines).encode()) >= _ENOUGH else []


def _values(text: str) -> Iterator[Any]:
    """The JSON in a script: all of it, what is parsed from a string, or what is assigned to a variable."""
    start = text.lstrip()[:1]
    if start and start in "[{":
        yield _read(text.strip())
        return
    for match in _PARSED.finditer(text):
        if isinstance(inner := _read(match[1]), str):
            yield _read(inner)
    end = 0
    for match in islice(_ASSIGNED.finditer(text), _MOST_ASSIGNED):
        if match.end() >= end:
            value, end = _decoded(text, match.end())
            yield value


def _read(text: str, start: int = 0) -> Any:
    return _decoded(text, start)[0]


def _decoded(text: str, start: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start


def _gather(value: Any, groups: dict[tuple[str, ...], list[str]]) -> None:
    """Put the prose in `value` into groups: what stands in one list, or under one name."""
    stack: list[tuple[Any, tuple[str, ...], tuple[str, ...] | None]] = [(value, (), None)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node, path, listed = stack.pop()
        if isinstance(node, dict):
            inner = [(child, (*path, key), listed) for key, child in node.items() if not _OTHER.search(key)]
            stack.extend(reversed(inner))
        elif isinstance(node, list):
            stack.extend((child, (*path, "[]"), (*path, "[]")) for child in reversed(node))
        elif isinstance(node, str) and _is_prose(node):
            groups[listed or path].append(node)


def _is_prose(text: str) -> bool:
    return (
        len(text.encode()) >= _SHORTEST
        and "://" not in text[:12]
        and text[:1] not in "{[$"
        and _PROSE.search(text) is not None
        and (_END.search(text) is not None or _MARKUP.search(text) is not None or len(text) > 4 * _SHORTEST)
    )
