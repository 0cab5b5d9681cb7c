"""An alert rendered for a service. Every match renders: a broken template costs looks, never the alert."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import BaseLoader, PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.model import Alert, Kind, Message
from monitor.send.excerpt import plain, visible
from monitor.send.forms import Form, Markup
from monitor.send.keys import mail_headers
from monitor.send.markup import bold, escape, highlight, link, safe_link
from monitor.send.view import CHAT, MAIL, headline, short_uid, subject, view

_SCALES = (1.0, 0.75, 0.5, 0.3, 0.15, 0.05)
_PLAIN_ITEMS = 20
SHORTEST = Form("plain", Markup.TEXT, 500)  # what services take that take anything
_TEMPLATES = {Kind.DIGEST: "digest", Kind.NOTICE: "notice"}  # for all others "alert"


def environment(loader: BaseLoader | None = None) -> ImmutableSandboxedEnvironment:
    """A sandbox for templates: they see strings, numbers, lists and dicts, and reach nothing else."""
    env = ImmutableSandboxedEnvironment(
        loader=loader or PackageLoader("monitor.send"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(plain=plain)
    return env


@cache
def _shipped() -> ImmutableSandboxedEnvironment:
    return environment()


def render(
    alert: Alert,
    form: Form,
    *,
    zone: str,
    key: str,
    install: str,
    templates: ImmutableSandboxedEnvironment | None = None,
) -> Message:
    """The message for one channel.

    `zone` names the receiver's time zone, `key` is the delivery's (`delivery_key`), `install` a domain
    name of this installation. Where a template fails, `fallback` says why and the text is plain.
    """
    env = templates or _shipped()
    headers = mail_headers(alert, key, install) if form.is_mail else {}
    short = _plain(alert, SHORTEST)
    try:
        text, html = _long(env, alert, zone, form) if form.long else (_short(env, alert, zone, form), None)
    except Exception as error:  # noqa: BLE001 - whatever a template raises, the alert goes out and says so
        why = visible(f"{type(error).__name__}: {error}", 200)
        return Message(subject(alert), _plain(alert, form), None, key, headers, why, short)
    return Message(subject(alert), text, html, key, headers, plain=short)


def _long(env: ImmutableSandboxedEnvironment, alert: Alert, zone: str, form: Form) -> tuple[str, str | None]:
    """Mail, and services that take as much: the whole text, and for mail the same in HTML."""
    name = _TEMPLATES.get(alert.kind, "alert")
    values = view(alert, zone, MAIL)
    text = env.get_template(f"{name}.txt").render(values | _writers(Markup.MAIL))
    html = env.get_template(f"{name}.html").render(values) if form.is_mail else None
    return _lines(text)[: form.limit], html


def _short(env: ImmutableSandboxedEnvironment, alert: Alert, zone: str, form: Form) -> str:
    """The largest chat form that stays within the service's limit."""
    template = env.get_template(f"{_TEMPLATES.get(alert.kind, 'alert')}.chat")
    for scale in _SCALES:
        values = view(alert, zone, CHAT.scaled(scale)) | _writers(form.markup) | {"titled": form.titled}
        text = _lines(template.render(values)).replace("\n", "\n\n" if form.airy else "\n")
        if len(text) <= form.limit:
            return text
    raise ValueError(f"the chat form is over {form.limit} characters at its smallest")


def _writers(markup: Markup) -> dict[str, Any]:
    """What chat and text templates write with: each takes raw text and escapes it."""
    return {
        "esc": lambda text: escape(str(text), markup),
        "link": lambda url: link(str(url), markup),
        "bold": lambda text: bold(str(text), markup),
        "marked": lambda pieces: highlight(pieces, markup),
    }


def _plain(alert: Alert, form: Form) -> str:
    """The form that needs no template: headlines with their links, as many as the limit takes."""
    last = escape(f"#{short_uid(alert)}", form.markup)
    room = form.limit - len(last)
    lines = []
    for line in _plain_lines(alert, form.markup):
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return "\n".join([*lines, last])


def _plain_lines(alert: Alert, markup: Markup) -> Iterator[str]:
    yield escape(f"{alert.kind.value}: {headline(alert, 100)}", markup)
    for item in alert.items[:_PLAIN_ITEMS]:
        url = safe_link(item.article.url)
        yield escape(visible(f"{item.article.source}: {item.article.title}", 100), markup)
        yield from [link(url, markup)] if url else []
        yield escape(visible(item.reason, 100), markup)


def _lines(text: str) -> str:
    """`text` without space at line ends or more than one empty line in a row."""
    lines: list[str] = []
    for line in (raw.rstrip() for raw in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines)
