"""What routes and silences ask of a match: its rule, severity, tags, language, source, feed, story.

A matcher is written as a table: every key must hold, and a key holds where one of its values does. A value may
have wildcards (`*`); `!` before it means "not this"; a severity may be `>=high`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from urllib.parse import urlsplit

from monitor.model import Severity

KEYS = ("rule", "severity", "tag", "language", "source", "feed", "story")
_RANKS = {severity.value: rank for rank, severity in enumerate(Severity)}
_AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be asked of a match. `tags` are the rule's and the feed's; `sources` the outlet and its host."""

    rule: str
    severity: Severity
    tags: tuple[str, ...] = ()
    language: str = ""
    sources: tuple[str, ...] = ()
    feed: str = ""
    story: int | None = None

    def values(self, key: str) -> tuple[str, ...]:
        """All that `key` could be; a matcher's value holds where it is one of them."""
        return {
            "rule": (self.rule,),
            "severity": (self.severity.value,),
            "tag": self.tags,
            "language": (self.language,),
            "source": self.sources,
            "feed": (self.feed,),
            "story": () if self.story is None else (str(self.story),),
        }[key]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Keys with their values, as they are written. An empty one holds always."""

    asks: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        return ", ".join(f"{key}={' or '.join(values)}" for key, values in self.asks) or "everything"

    def dump(self) -> dict[str, list[str]]:
        return {key: list(values) for key, values in self.asks}


def named_sources(source: str, url: str | None) -> tuple[str, ...]:
    """What a source can be asked by: the outlet's name, and the host of the article."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:  # a broken address, as an import may bring one
        host = None
    return tuple(name for name in (source, host) if name)


def read_matcher(table: Mapping[str, str | Sequence[str]]) -> Matcher:
    """The matcher that a table says. Raises ValueError, in words for who wrote it."""
    asks = []
    for key, given in table.items():
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(KEYS)}"
            raise ValueError(f"nothing can be asked of {key!r}; {hint}")
        values = (given,) if isinstance(given, str) else tuple(given)
        if not values or not all(value.lstrip("!").strip() for value in values):
            raise ValueError(f"{key}: it names nothing")
        if key == "severity":
            _check_severities(values)
        asks.append((key, values))
    return Matcher(tuple(asks))


def _check_severities(values: Sequence[str]) -> None:
    for value in values:
        name = value.lstrip("!").removeprefix(_AT_LEAST).strip()
        if name not in _RANKS and "*" not in name:
            near = difflib.get_close_matches(name, _RANKS, 1)
            hint = f"did you mean {near[0]}?" if near else "write high, or >=high"
            raise ValueError(f"{value!r} is no severity; {hint}")


def first_unmet(matcher: Matcher, facts: Facts) -> str | None:
    """The first of what a matcher asks that does not hold, as "language is ko, not en"; None where all holds."""
    for key, values in matcher.asks:
        has = facts.values(key)
        if not _holds(key, values, has):
            return f"{key} is {' and '.join(has) or 'not known'}, not {' or '.join(values)}"
    return None


def _holds(key: str, values: Sequence[str], has: Sequence[str]) -> bool:
    wanted = [value for value in values if not value.startswith("!")]
    refused = [value[1:].strip() for value in values if value.startswith("!")]
    return (not wanted or any(_one(key, value, has) for value in wanted)) and not any(
        _one(key, value, has) for value in refused
    )


def _one(key: str, value: str, has: Sequence[str]) -> bool:
    if key == "severity" and value.startswith(_AT_LEAST):
        least = _RANKS[value.removeprefix(_AT_LEAST).strip()]
        return any(_RANKS[each] >= least for each in has)
    pattern = _pattern(value)
    return any(pattern.fullmatch(each.casefold()) is not None for each in has)


@lru_cache(maxsize=1024)
def _pattern(value: str) -> re.Pattern[str]:
    """`*` alone is special: other signs of a shell's patterns stand in names of outlets."""
    return re.compile(translate(re.sub(r"([?\[\]])", r"[\1]", value.casefold())))
