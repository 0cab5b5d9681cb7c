"""monitor.toml: what it may hold, and every mistake in it at once with its line.

Nothing rewrites the file. Addresses of receivers may hold `${NAME}`, read from the environment and
percent-encoded; a key that ends in `_file` reads a file (a secret of systemd or Docker, say).
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import platformdirs
from pydantic import (
    ValidationError,
)

from monitor.collect import access
from monitor.durations import parse_duration
from monitor.errors import ConfigError, Problem, UsageError
from monitor.settings import (
    AlertSettings,
    FeedSettings,
    HeartbeatSettings,
    LogSettings,
    NetworkSettings,
    PollingSettings,
    ReceiverSettings,
    RouteSettings,
    Settings,
    StorageSettings,
    WebSubSettings,
    WorkerSettings,
)
from monitor.toml import KeyPlaces

FILE = "monitor.toml"

# Where secrets stand: after these keys, however they are misspelt, and in addresses.
_SECRET = re.compile(r"\b(?:pass|pw|user|head|cook|prox|urls|secret|token|auth|heart)\w*|://\S*@", re.I)
# What a value should have been, by pydantic's name for the mistake: in words, and as it is written.
_KINDS = {"tuple_type": ("a list", '["…"]'), "string_type": ("a text", '"…"'), "path_type": ("a path", '"…"')}


def find_config(given: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: as given, else $MONITOR_CONFIG, else ./monitor.toml, else the user's folder."""
    if given is not None:
        return given
    if named := environment.get("MONITOR_CONFIG"):
        return Path(named)
    here = Path(FILE)
    if here.exists():
        return here
    home = Path(platformdirs.user_config_dir("monitor")) / FILE
    if home.exists():
        return home
    raise UsageError(f"there is no {FILE} here and none at {home}; `monitor init` writes one")


def load_config(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `path`. Raises ConfigError with all its problems, UsageError where it is missing."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise UsageError(f"there is no {path}; `monitor init` writes one") from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", error)
        raise ConfigError(Problem(str(path), 0, 0, f"it cannot be read: {why}")) from None
    return parse_config(text, path, environment)


def parse_config(text: str, path: Path, environment: Mapping[str, str]) -> Settings:
    """As `load_config`, of a text; `path` is what it is relative to and is called in errors."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_syntax_problem(error, text, path)) from None
    lines = KeyPlaces(text)
    expand = _Expander(path, lines, environment)
    document = expand(document)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise expand.failed(_problem(item, path, lines) for item in error.errors()) from None
    contradictions = list(_contradictions(settings, path, lines))
    if contradictions or expand.problems:
        raise expand.failed(contradictions)
    return _absolute(settings, path.resolve().parent)


def _contradictions(settings: Settings, path: Path, lines: KeyPlaces) -> Iterator[Problem]:
    """What is right by itself and wrong beside the rest."""

    def problem(at: tuple[str | int, ...], message: str, hint: str) -> Problem:
        line, column, source = _place(lines, at)
        return Problem(str(path), line, column, message, hint, source)

    named: list[tuple[tuple[str | int, ...], tuple[str, ...]]] = [
        (("alerts", "default"), settings.alerts.default),
        (("alerts", "operator"), settings.alerts.operator),
        *((("routes", index, "to"), route.to) for index, route in enumerate(settings.routes)),
    ]
    for at, names in named:
        for name in names:
            if name not in settings.receivers:
                near = difflib.get_close_matches(name, settings.receivers, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"define it: [receivers.{name}]"
                yield problem(at, f"there is no receiver {name!r}", hint)
    seen: dict[str, int] = {}
    for index, feed in enumerate(settings.feeds):
        if feed.url in seen:
            first = lines.place(("feeds", seen[feed.url], "url"))[0]
            yield problem(
                ("feeds", index, "url"), f"the feed {feed.url} stands twice", f"it is in line {first} already"
            )
        seen.setdefault(feed.url, index)
        for key, message, hint in _half_said(feed):
            yield problem(("feeds", index, key), message, hint)


def _half_said(feed: FeedSettings) -> Iterator[tuple[str, str, str]]:
    """What is missing of, or twice in, the access of a feed: key, message, hint."""
    if feed.username and not feed.password and not feed.password_file:
        yield (
            "username",
            "there is no password for it",
            "write password, or password_file and the file's name",
        )
    if feed.password and not feed.username:
        key = "password_file" if feed.password_file else "password"
        yield key, "there is no username for it", "write username above it"
    if feed.username and any(name.lower() == "authorization" for name in feed.headers):
        yield "headers", "Authorization says what username and password say too", "keep one of them"


def _absolute(settings: Settings, folder: Path) -> Settings:
    database = settings.database
    prefix = "sqlite:///"
    if database.startswith(prefix) and not database.startswith(prefix + "/"):
        database = prefix + str(folder / database.removeprefix(prefix))
    alerts = settings.alerts
    if alerts.templates is not None:
        alerts = alerts.model_copy(update={"templates": folder / alerts.templates})
    return settings.model_copy(
        update={"database": database, "rules": folder / settings.rules, "alerts": alerts}
    )


class _Expander:
    """Replaces `${NAME}` and reads `*_file` keys, collecting what is missing."""

    _NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

    def __init__(self, path: Path, lines: KeyPlaces, environment: Mapping[str, str]) -> None:
        self.path, self.lines, self.environment = path, lines, environment
        self.problems: list[Problem] = []

    def __call__(self, document: dict[str, Any]) -> dict[str, Any]:
        expanded: dict[str, Any] = self._walk(document, ())
        self._read_file(expanded, "database", ("database",))
        if isinstance(heartbeat := expanded.get("heartbeat"), dict):
            self._read_file(heartbeat, "url", ("heartbeat", "url"))
        receivers = expanded.get("receivers")
        for name, receiver in receivers.items() if isinstance(receivers, dict) else ():
            if isinstance(receiver, dict):
                self._read_file(receiver, "urls", ("receivers", name, "urls"), many=True)
        feeds = expanded.get("feeds")
        for index, feed in enumerate(feeds) if isinstance(feeds, list) else ():
            if isinstance(feed, dict):
                self._read_file(feed, "password", ("feeds", index, "password"))
                self._read_file(feed, "cookies", ("feeds", index, "cookies"))
                self._read_cookies(feed, ("feeds", index, "cookies_file"))
        return expanded

    def _read_cookies(self, feed: dict[str, Any], at: tuple[str | int, ...]) -> None:
        """What was read of cookies_file, taken apart."""
        if isinstance(text := feed.get("cookies"), str) and "cookies_file" in feed:
            try:
                feed["cookies"] = access.read_cookies(text, str(feed.get("url")))
            except ValueError as error:
                del feed["cookies"]
                self._complain(at, f"{feed['cookies_file']}: {error}")

    def _walk(self, value: Any, at: tuple[str | int, ...]) -> Any:
        if isinstance(value, dict):
            return {key: self._walk(item, (*at, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._walk(item, (*at, index)) for index, item in enumerate(value)]
        return self._replace(value, at) if isinstance(value, str) else value

    def _replace(self, value: str, at: tuple[str | int, ...]) -> str:
        in_address = "://" in value

        def replacement(found: re.Match[str]) -> str:
            held = self.environment.get(found[1])
            if held is None:
                self._complain(
                    at,
                    f"the environment has no {found[1]}",
                    f"set it where `monitor run` is started: export {found[1]}=…",
                )
                return found[0]  # what is written there is not missing, only not known
            return quote(held, safe="") if in_address else held

        return self._NAME.sub(replacement, value)

    def _read_file(
        self, table: dict[str, Any], key: str, at: tuple[str | int, ...], *, many: bool = False
    ) -> None:
        named = table.get(f"{key}_file")
        if not isinstance(named, str):
            return
        if key in table:
            self._complain(
                (*at[:-1], f"{key}_file"), f"{key} and {key}_file are both given", "keep one of them"
            )
            return
        try:
            held = (self.path.resolve().parent / named).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", error)
            self._complain((*at[:-1], f"{key}_file"), f"{named} cannot be read: {why}")
            return
        table[key] = [line.strip() for line in held.splitlines() if line.strip()] if many else held

    def failed(self, others: Iterable[Problem]) -> ConfigError:
        """All that is wrong, in the order of the file; of a line that could not be expanded nothing else."""
        known = {problem.line for problem in self.problems if problem.line}
        found = [*self.problems, *(problem for problem in others if problem.line not in known)]
        return ConfigError(sorted(found, key=lambda problem: problem.line))

    def _complain(self, at: tuple[str | int, ...], message: str, hint: str = "") -> None:
        line, column, source = _place(self.lines, at)
        self.problems.append(Problem(str(self.path), line, column, message, hint, source))


def _syntax_problem(error: tomllib.TOMLDecodeError, text: str, path: Path) -> Problem:
    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()) or 1, 1)
    said = re.sub(r" \(at .*\)$", "", str(error))
    lines = text.splitlines()
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    table = next((above for above in reversed(lines[:line]) if above.lstrip().startswith("[")), "")
    source = _quotable(source) if _quotable(table) else ""
    message = f"this is no TOML: {said[:1].lower()}{said[1:]}"
    hint = 'text stands in quotes: key = "text"' if said == "Invalid value" else ""
    if twice := re.fullmatch(r"Cannot declare \((.*?),?\) twice", said):
        name = ".".join(re.findall("'([^']*)'", twice[1]))
        message, hint = f"the table [{name}] stands twice", "put the keys of both under one"
    return Problem(str(path), line, column, message, hint, source)


def _place(lines: KeyPlaces, at: tuple[str | int, ...]) -> tuple[int, int, str]:
    line, column, source = lines.place(at)
    # Of the heartbeat all of the address is secret, and it stands behind no word that says so.
    return line, column, "" if at[:1] == ("heartbeat",) else _quotable(source)


def _quotable(line: str) -> str:
    """A line of the file as a message may show it: not where a password may stand in it."""
    return "" if _SECRET.search(line) else line


def _problem(item: Any, path: Path, lines: KeyPlaces) -> Problem:
    at = tuple(item["loc"])
    line, column, source = _place(lines, at)
    name = ".".join(str(part) for part in at if not isinstance(part, int))
    length = len(str(at[-1])) if at and not isinstance(at[-1], int) else 1
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(at[-1]), _keys_at(at[:-1]), 1)
        message, hint = f"there is no key {name!r}", f"did you mean {near[0]!r}?" if near else ""
    elif item["type"] == "missing":
        message, hint = f"{name!r} is missing", ""
    elif kind := _KINDS.get(item["type"]):
        message = f"{name} is {kind[0]}"
        hint = f"write [[{name}]]" if isinstance(item["input"], dict) else f"write {at[-1]} = {kind[1]}"
    else:
        said = str(item["msg"]).removeprefix("Value error, ")
        message, hint = (f"{name}: {said}" if name else said), ""
    return Problem(str(path), line, column, message, hint, source, length)


def _keys_at(at: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand in the table at `at`."""
    model: Any = Settings
    for part in (part for part in at if not isinstance(part, int)):
        if model is Settings and part == "receivers":
            model = None
        elif model is None:
            model = ReceiverSettings
        else:
            model = {"feeds": FeedSettings, "routes": RouteSettings}.get(part) or model.model_fields[
                part
            ].annotation
    return [field.alias or name for name, field in model.model_fields.items()] if model is not None else []


__all__ = [
    "AlertSettings",
    "FeedSettings",
    "HeartbeatSettings",
    "LogSettings",
    "NetworkSettings",
    "PollingSettings",
    "ReceiverSettings",
    "RouteSettings",
    "Settings",
    "StorageSettings",
    "WebSubSettings",
    "WorkerSettings",
    "find_config",
    "load_config",
    "parse_config",
    "parse_duration",
]
