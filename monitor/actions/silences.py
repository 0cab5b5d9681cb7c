"""Silences as people make them: what is muted, for how long, why, and what each of them keeps quiet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from monitor.actions.moments import read_moment, read_span
from monitor.adapters.rule_folder import load_folder
from monitor.adapters.store.desk import AlertDesk
from monitor.errors import UsageError
from monitor.match.language.query import did_you_mean
from monitor.route.matchers import Matcher, read_matcher
from monitor.text import one_line
from monitor.troubles.notices import when

_LONGEST = 200  # characters of a reason, a name
_LONG = timedelta(days=366)  # a mute of years is a rule that nobody wants


def matcher_of(
    rules: Sequence[str], stories: Sequence[str], sources: Sequence[str], pairs: Sequence[str]
) -> Matcher:
    """What the options of `silence add` ask for; those of one key are alternatives. Raises UsageError."""
    asks: dict[str, list[str]] = {}
    for key, values in (("rule", rules), ("story", stories), ("source", sources)):
        if values:
            asks[key] = list(values)
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(f"--match: {pair!r} says nothing; write severity=low or tag=wire")
        asks.setdefault(key.strip(), []).append(value.strip())
    if not asks:
        raise UsageError(
            "that would silence everything; say what: --rule, --story, --source or --match, "
            "or stop the daemon if nothing is to be told at all"
        )
    try:
        return read_matcher(asks)
    except ValueError as error:
        raise UsageError(str(error)) from None


def until_of(length: str | None, until: str | None, now: datetime) -> datetime:
    """When a silence ends. Raises UsageError."""
    if (length is None) == (until is None):
        raise UsageError("say how long, either --for 7d or --until 2026-12-01")
    end = read_moment(until or "", now, "--until") if length is None else now + read_span(length, "--for")
    if end <= now:
        raise UsageError(f"a silence until {when(end)} would be over already")
    if end - now > _LONG:
        raise UsageError("a silence ends within a year; a rule that is not wanted any more is taken out")
    return end


def with_known_names(desk: AlertDesk, matcher: Matcher, folder: Path) -> Matcher:
    """The matcher, which names stories that were merged by the number that theirs leads to.

    `folder` holds the rule files; a rule that only the daemon still runs, its file being broken, is one as well.
    Raises UsageError where it names a rule or a story that there is not.
    """
    asks = []
    for key, values in matcher.asks:
        names = [value.removeprefix("!").strip() for value in values]
        if key == "rule":
            known = {rule.id for rule in load_folder(folder).rules} | desk.rules_in_force()
            for name in names:
                _check_rule(name, sorted(known))
        elif key == "story":
            values = tuple(dict.fromkeys(_living_story(desk, value) for value in values))
        asks.append((key, values))
    return Matcher(tuple(asks))


def _check_rule(name: str, known: Collection[str]) -> None:
    if any(fnmatchcase(rule.casefold(), name.casefold()) for rule in known):
        return
    hint = did_you_mean(name, known) or "`monitor check` lists what is wrong with rule files"
    raise UsageError(f"there is no rule {name}; {hint}")


def _living_story(desk: AlertDesk, value: str) -> str:
    """A story as a matcher names it, or with `!` leaves it out, by the number that its own leads to."""
    name = value.removeprefix("!").strip()
    if not name.isdecimal() or len(name) > 18:
        raise UsageError(f"--story {name!r}: a story is named by its number; `monitor stories list` shows it")
    living = desk.living_story(int(name))
    if living is None:
        raise UsageError(f"there is no story {name}; `monitor stories list` shows them")
    return f"!{living}" if value.startswith("!") else str(living)


def text_of(value: str, what: str) -> str:
    """A reason or a name on one line. Raises UsageError where it says nothing."""
    line = one_line(value, _LONGEST)
    if not line:
        raise UsageError(f"{what} says nothing; who finds the silence later wants to know")
    return line


def added(id: int, matcher: Matcher, until: datetime, *, wakes: bool) -> str:
    """What is said of a new silence."""
    wake = f"; {_waking(key for key, _ in matcher.asks)}" if wakes else ""
    return f"silence {id} until {when(until)}: {matcher}{wake}"


def _waking(keys: Iterable[str]) -> str:
    """What becomes of a silence that a story's news wakes (route.silences)."""
    if "story" in keys:
        return "it ends early when the story brings something new"
    return "what brings its story something new is told all the same"


def described(row: Mapping[str, Any]) -> str:
    """What a silence asks for, from its row."""
    return str(Matcher(tuple((key, tuple(values)) for key, values in row["match"].items())))


def ending(row: Mapping[str, Any]) -> str:
    """How a silence ended, or that it is to be woken."""
    if row["ended"]:
        return f"{row['ended_why']}, {when(row['ended'])}"
    return _waking(row["match"]) if row["wakes"] else ""


def ended(desk: AlertDesk, ids: Sequence[int], now: datetime, by: str) -> tuple[list[int], list[str]]:
    """End silences: those that ended, and a line for each that was over already. Raises UsageError."""
    ids = list(dict.fromkeys(ids))
    unknown = sorted(set(ids) - desk.known_silences(ids))
    if unknown:
        raise UsageError(f"there is no silence {unknown[0]}; `monitor silence list --all` shows them")
    done = desk.end_silences(ids, now, f"ended by {by}")
    return done, [f"silence {id} was over already" for id in ids if id not in done]
