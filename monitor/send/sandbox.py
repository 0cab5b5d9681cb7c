"""Templates: those that are shipped, an operator's over them, and the sandbox in which both run.

A template sees plain values and cannot do harm by mistake: whatever it writes is escaped for where it goes
(HTML, or the markup of the service) unless one of the functions that write markup wrote it, and neither
`safe` nor an autoescape block switches that off. What a template can still do is not to end, or to need all
the memory there is: an operator's is rendered where it can be killed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jinja2 import (
    FunctionLoader,
    PackageLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup as Written

from monitor.model import Kind
from monitor.send.forms import Form, Markup
from monitor.send.markup import bold, escape, highlight, link
from monitor.send.operator import Templates
from monitor.send.variables import ITEM, NAMES

SHIPPED = "shipped/"  # before a name: the template of that name as it is shipped, for one that extends it
SUBJECT = "subject"
# Without a template of its own, a kind takes the next one.
_STEMS: Mapping[Kind, tuple[str, ...]] = {
    Kind.NEW: ("new", "alert"),
    Kind.UPDATE: ("update", "alert"),
    Kind.REPEAT: ("repeat", "alert"),
    Kind.TEST: ("test", "alert"),
    Kind.DIGEST: ("digest",),
    Kind.NOTICE: ("notice",),
}
_shipped = PackageLoader("monitor.send")


def shipped_names() -> list[str]:
    return _shipped.list_templates()


def shipped_source(name: str) -> str:
    """The text of a shipped template. Raises TemplateNotFound."""
    return _shipped.get_source(_loading, name)[0]


def candidates(kind: Kind, form: Form, extension: str) -> list[str]:
    """The names under which a template is looked for, best first: `alert.slack` before `alert.chat`.

    `extension` is txt, html or chat: what is taken where there is none for the service itself.
    """
    extensions = ("html",) if extension == "html" else (form.service, extension)
    return [f"{stem}.{each}" for stem in _STEMS[kind] for each in extensions]


@lru_cache(maxsize=24)
def sandbox(own: Templates, markup: Markup | None) -> ImmutableSandboxedEnvironment:
    """Where templates run that write for services of this markup; None is for HTML."""
    env = _Sandbox(
        loader=FunctionLoader(_source_of(own)),
        autoescape=True,  # what `finalize` has written is left alone; so is what macros give
        undefined=Unknown,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalizer(markup),
    )
    del env.filters["safe"]
    env.filters["plain"] = plain
    if markup is not None:
        env.globals.update(writers(markup))
        env.filters.update(e=_escaper(markup), escape=_escaper(markup), forceescape=_escaper(markup))
    return env


def plain(pieces: list[dict[str, Any]]) -> str:
    """An excerpt without its marks."""
    return "".join(str(piece["text"]) for piece in pieces)


def writers(markup: Markup) -> dict[str, Callable[[Any], Written]]:
    """What chat and text templates write markup with. Each takes raw text and escapes it, once."""
    return {
        "esc": _escaper(markup),
        "link": lambda url: _as_it_is(link(str(url), markup)),
        "bold": lambda text: text if isinstance(text, Written) else _as_it_is(bold(str(text), markup)),
        "marked": lambda pieces: _as_it_is(highlight(pieces, markup)),
    }


def _as_it_is(text: str) -> Written:
    """Text that is escaped for its service, and needs no more of it."""
    return Written(text)  # noqa: S704 - this is the one place where that is said


def _escaper(markup: Markup) -> Callable[[Any], Written]:
    def written(text: Any) -> Written:
        return text if isinstance(text, Written) else _as_it_is(escape(str(text), markup))

    return written


def _finalizer(markup: Markup | None) -> Callable[[Any], Any]:
    """What becomes of a value that a template writes: nothing is left out, pieces show their marks."""
    write = None if markup is None else _escaper(markup)

    def finalize(value: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, list) and value and isinstance(value[0], dict) and "marked" in value[0]:
            return _html(value) if markup is None else _as_it_is(highlight(value, markup))
        return value if write is None else write(value)

    return finalize


def _html(pieces: list[dict[str, Any]]) -> Written:
    marked = Written("<mark>{}</mark>")
    return Written("").join(marked.format(p["text"]) if p["marked"] else p["text"] for p in pieces)


class Unknown(StrictUndefined):
    """What is not there: an error that names what was probably meant."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, owner = self._undefined_name, self._undefined_obj
        if (
            self._undefined_hint
            or not isinstance(name, str)
            or not (owner is missing or isinstance(owner, dict))
        ):
            return str(super()._undefined_message)
        return unknown(name, () if owner is missing else owner)


def unknown(name: str, known: Iterable[str] = ()) -> str:
    """That there is no `name`, with what is nearest to it among `known`, or among what every template has."""
    meant = {each: each for each in known} or {each: f"items[0].{each}" for each in ITEM} | {
        n: n for n in NAMES
    }
    near = get_close_matches(name, meant, 1, 0.6)
    return f"there is no {name!r}" + (f"; did you mean {meant[near[0]]}?" if near else "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), 1, 0.6)
    return f" (did you mean {near[0]}?)" if near else ""


class _Sandbox(ImmutableSandboxedEnvironment):
    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.ScopedEvalContextModifier):
            said = "autoescape cannot be switched off: what feeds say is escaped for where it goes"
            raise TemplateSyntaxError(said, node.lineno, name, filename)
        return tree


_loading = ImmutableSandboxedEnvironment()


def _source_of(own: Templates) -> Callable[[str], tuple[str, str, None] | None]:
    sources = dict(own.sources)

    def source_of(name: str) -> tuple[str, str, None] | None:
        if name in sources:
            return sources[name], own.path(name), None
        try:
            return shipped_source(name.removeprefix(SHIPPED)), SHIPPED + name.removeprefix(SHIPPED), None
        except TemplateNotFound:
            return None

    return source_of


def place_of(error: BaseException, own: Templates) -> tuple[str, int]:
    """The operator's template, and its line, in which something went wrong; "" and 0 where in none of them."""
    if isinstance(error, TemplateSyntaxError):
        return (error.name or "", error.lineno) if error.name in own.names else ("", 0)
    paths = {own.path(name): name for name in own.names}
    frames = [frame for frame in _frames(error) if frame[0] in paths]
    return (paths[frames[-1][0]], frames[-1][1]) if frames else ("", 0)


def _frames(error: BaseException) -> Iterator[tuple[str, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def said_by(error: BaseException) -> str:
    """What went wrong, in one line, as who wrote the template can understand it."""
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name!r}"
    if isinstance(error, MemoryError):
        return "it needs more memory than a worker has"
    said = (error.message or "") if isinstance(error, TemplateSyntaxError) else str(error)
    if "No filter named 'safe'" in said:
        return "there is no filter 'safe': what feeds say is always escaped for where it goes"
    known = ("UndefinedError", "TemplateSyntaxError", "TemplateAssertionError", "SecurityError")
    kind = type(error).__name__
    return said if said and kind in known else f"{kind}: {said}" if said else kind
