"""An operator's template, tried on hard cases: what is wrong with it, before an alert needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from html.parser import HTMLParser

from jinja2 import Environment, TemplateError, TemplateSyntaxError, meta, nodes

from monitor.errors import Problem
from monitor.model import Alert, Kind
from monitor.send.forms import Form, Markup, all_forms
from monitor.send.hard_cases import cases
from monitor.send.operator import Templates
from monitor.send.render import LONGEST_MAIL, TooLong, rendered
from monitor.send.sandbox import (
    SHIPPED,
    SUBJECT,
    candidates,
    place_of,
    said_by,
    sandbox,
    shipped_names,
    unknown,
)
from monitor.send.variables import NAMES

CLIPPED = 102_000  # bytes of HTML after which Gmail shows no more of a mail
ZONE = "Asia/Seoul"
_WHERE = " ("  # before the message that a problem was seen in
_PLANTED = re.compile(r"<script>alert\('(\w+)'\)|@everyone_(\w+)|<!channel_(\w+)>")


@dataclass(frozen=True, slots=True)
class Use:
    """A message that is written with the template: its kind, its service, and which of its parts."""

    kind: Kind
    form: Form
    part: str  # subject, txt, html or chat

    def __str__(self) -> str:
        return f"{self.form.service}, {self.kind.value}"


def try_template(own: Templates, name: str) -> list[Problem]:
    """Everything that is wrong with the template `name`, each once, in the order of its lines.

    It should run where it can be killed: a template may loop for ever.
    """
    try:
        sandbox(own, None).parse(own.text(name), name, own.path(name))
    except TemplateSyntaxError as error:
        return [_problem(own, name, error.lineno, said_by(error))]
    if _comes_back_to(own, name):
        return [_problem(own, name, 0, "it includes itself, or extends what does")]
    uses = list(_uses(own, name))
    if not uses:
        return [_unused(own, name)]
    found = [*_misspelt(own, name), *_tried(own, name, uses)]
    first = {(each.line, each.message.partition(_WHERE)[0]): each for each in reversed(found)}
    return sorted(first.values(), key=lambda each: (each.level, each.line))


# --- what a template is for ------------------------------------------------------------------------


def _uses(own: Templates, name: str) -> Iterator[Use]:
    """The messages that need the template, by itself or through another."""
    env = sandbox(own, None)
    needed = cache(lambda chosen: _needed(env, own, chosen, frozenset()))
    shipped = shipped_names()
    for kind in Kind:
        for form in all_forms():
            for part in _parts(form):
                names = [SUBJECT] if part == SUBJECT else candidates(kind, form, part)
                chosen = next((each for each in names if each in own.names or each in shipped), None)
                if chosen is not None and name in needed(chosen):
                    yield Use(kind, form, part)


def _parts(form: Form) -> tuple[str, ...]:
    if form.is_mail:
        return (SUBJECT, "txt", "html")
    return (SUBJECT, "txt") if form.long else (SUBJECT, "chat") if form.titled else ("chat",)


def _needed(env: Environment, own: Templates, name: str, seen: frozenset[str]) -> frozenset[str]:
    """A template and all that it extends, includes or imports."""
    if name in seen or not (name in own.names or name.removeprefix(SHIPPED) in shipped_names()):
        return seen
    assert env.loader is not None
    try:
        tree = env.parse(env.loader.get_source(env, name)[0])
    except TemplateError:
        return seen | {name}
    seen |= {name}
    for other in meta.find_referenced_templates(tree):
        # A name that is worked out while it runs may be any.
        seen = _needed(env, own, other, seen) if other is not None else seen | own.names
    return seen


def _comes_back_to(own: Templates, name: str) -> bool:
    """Whether what a template includes leads to it again, without end."""
    env, seen, ahead = sandbox(own, None), set[str](), [name]
    while ahead:
        source = own.text(at) if (at := ahead.pop()) in own.names else ""
        try:
            others = [other for other in meta.find_referenced_templates(env.parse(source)) if other]
        except TemplateError:
            continue
        if name in others:
            return True
        ahead += [other for other in others if other not in seen]
        seen.update(others)
    return False


def _unused(own: Templates, name: str) -> Problem:
    stems, services = ("new", "update", "repeat", "test", "alert", "digest", "notice"), [
        form.service for form in all_forms()
    ]  # fmt: skip
    known = [SUBJECT, *shipped_names(), *(f"{stem}.{each}" for stem in stems for each in ("chat", *services))]
    near = get_close_matches(name, known, 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else "`monitor schema --templates` names those there are"
    return Problem(own.path(name), 0, 0, "nothing uses this template", hint, level="warning")


# --- what is wrong with it -------------------------------------------------------------------------


def _misspelt(own: Templates, name: str) -> Iterator[Problem]:
    """Names that nothing gives a template, also where no case leads to them."""
    env = sandbox(own, None)
    known = {*NAMES, *env.globals, "loop", "self", "super", "caller", "varargs", "kwargs"}
    for source in (own.text(each) for each in own.names):
        known |= _bound(env, source)
    tree = env.parse(own.text(name))
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known and not _is_asked(tree, node):
            yield _problem(own, name, node.lineno, unknown(node.name))


def _bound(env: Environment, source: str) -> set[str]:
    """The names that a template gives values to itself."""
    try:
        tree = env.parse(source)
    except TemplateError:
        return set()
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    names |= {node.name for node in tree.find_all(nodes.Macro)} | {
        n.target for n in tree.find_all(nodes.Import)
    }
    for found in tree.find_all(nodes.FromImport):
        names |= {each[1] if isinstance(each, tuple) else each for each in found.names}
    return names


def _is_asked(tree: nodes.Template, name: nodes.Name) -> bool:
    """Whether a name stands in `is defined` or before `| default`, and need not exist."""
    asked = [node for node in tree.find_all(nodes.Test) if node.name in ("defined", "undefined")]
    filters = [node for node in tree.find_all(nodes.Filter) if node.name in ("default", "d")]
    return any(node.node is name for node in (*asked, *filters))


def _tried(own: Templates, name: str, uses: Iterable[Use]) -> Iterator[Problem]:
    for use in uses:
        for said, alert in cases():
            if alert.kind is use.kind:
                yield from _try(own, name, use, said, alert)


def _try(own: Templates, name: str, use: Use, said: str, alert: Alert) -> Iterator[Problem]:
    where = f"({use}: {said})"
    try:
        text = rendered(alert, use.form, ZONE, own, use.part)
    except TooLong as error:
        yield _problem(own, name, 0, str(error), where)
        return
    except Exception as error:  # noqa: BLE001 - whatever a template raises is what is looked for
        place, line = place_of(error, own)
        if place in ("", name):  # else it is reported of that one
            yield _problem(own, name, line, said_by(error), where)
        return
    if not text.strip():
        yield _problem(own, name, 0, "it writes nothing", where)
    yield from _unescaped(own, name, use, text, where)
    if use.part in ("txt", "html") and len(text) > LONGEST_MAIL:
        much = f"it writes {len(text):,} characters, of at most {LONGEST_MAIL:,}"
        yield _problem(own, name, 0, much, where)
    elif use.part == "html" and len(text.encode("utf-8", "replace")) > CLIPPED:
        size = len(text.encode("utf-8", "replace")) // 1000
        said = f"it writes {size} kB {where}"
        yield Problem(own.path(name), 0, 0, said, "Gmail shows the first 102 kB", level="warning")


def _unescaped(own: Templates, name: str, use: Use, text: str, where: str) -> Iterator[Problem]:
    """Planted text that came out as it was."""
    if use.part == "html":
        reader = _Tags()
        reader.feed(text)
        found = reader.planted
    elif use.part == "chat" and use.form.markup is not Markup.MAIL:
        escapes = use.form.markup in (Markup.HTML, Markup.MRKDWN)
        hits = [match for match in _PLANTED.finditer(text) if escapes or match[2]]
        found = [next(filter(None, match.groups())) for match in hits]
    else:
        return
    for field in dict.fromkeys(found):
        line = _line_of(own.text(name), field)
        yield _problem(own, name, line, f"{field} is written without being escaped", where)


def _line_of(source: str, field: str) -> int:
    """Where a field is written, as far as that can be told: the first line that names it in an expression."""
    named = re.compile(r"\{[{%][^}]*\b" + re.escape(field) + r"\b")
    return next((number for number, line in enumerate(source.splitlines(), 1) if named.search(line)), 0)


class _Tags(HTMLParser):
    """Looks for planted text at work: as an element, a handler or an address."""

    def __init__(self) -> None:
        super().__init__()
        self.planted: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attrs:
            if name.startswith("on") and (value or "").startswith("go"):
                self.planted.append((value or "").partition("_")[2] or "language")
            elif name in ("href", "src", "action") and (value or "").strip().lower().startswith(
                "javascript:"
            ):
                self.planted.append("url")

    def handle_data(self, data: str) -> None:
        if self._in_script and (found := re.search(r"alert\('(\w+)'\)", data)):
            self.planted.append(found[1])
        self._in_script = False


def _problem(own: Templates, name: str, line: int, message: str, where: str = "") -> Problem:
    lines = own.text(name).splitlines()
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    said, _, near = message.partition("; did you mean ")
    hint = f"did you mean {near}" if near else ""
    return Problem(own.path(name), line, 0, f"{said} {where}".strip(), hint, source)
