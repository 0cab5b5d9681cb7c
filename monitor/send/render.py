"""An alert rendered for a service. Every match renders: a broken template costs looks, never the alert."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.model import Alert, Kind, Message
from monitor.send.excerpt import visible
from monitor.send.forms import Form, Markup
from monitor.send.keys import mail_headers
from monitor.send.markup import escape, link, safe_link
from monitor.send.operator import NONE, Templates
from monitor.send.sandbox import SUBJECT, candidates, place_of, said_by, sandbox
from monitor.send.view import CHAT, MAIL, Size, short_uid, view, zone_named
from monitor.send.wording import headline, mail_subject, subject

SHORTEST = Form("plain", Markup.TEXT, 500)  # what services take that take anything
LONGEST_SUBJECT = 300
LONGEST_MAIL = 1_000_000  # characters of one part
_SCALES = (1.0, 0.75, 0.5, 0.3, 0.15, 0.05)
_PLAIN_ITEMS = 20


def render(
    alert: Alert,
    form: Form,
    *,
    zone: str,
    key: str,
    install: str,
    templates: Templates = NONE,
) -> Message:
    """The message for one channel.

    `zone` names the receiver's time zone, `key` is the delivery's (`delivery_key`), `install` a domain
    name of this installation. `templates` stand before the shipped ones. Where one fails, `fallback` says
    where and why, and the text is plain.
    """
    headers = mail_headers(alert, key, install) if form.is_mail else {}
    short = _plain(alert, SHORTEST, zone)
    try:
        title = subject_for(alert, form, zone, templates)
        text, html = written(alert, form, zone, templates)
    except Exception as error:  # noqa: BLE001 - whatever a template raises, the alert goes out and says so
        return Message(
            _own_subject(alert, form, zone),
            _plain(alert, form, zone),
            None,
            key,
            headers,
            why(error, templates),
            short,
        )
    return Message(title, text, html, key, headers, plain=short)


def why(error: BaseException, templates: Templates) -> str:
    """What a template failed of, in one line: `alert.chat:3: there is no 'titel'; did you mean title?`."""
    name, line = place_of(error, templates)
    return visible(f"{name}:{line}: {said_by(error)}" if name else said_by(error), 240)


def subject_for(alert: Alert, form: Form, zone: str, templates: Templates = NONE) -> str:
    """The subject, in one line: the operator's, or what `wording` says."""
    own = _own_subject(alert, form, zone)
    if SUBJECT not in templates.names:
        return own
    return visible(rendered(alert, form, zone, templates, SUBJECT), LONGEST_SUBJECT) or own


def written(alert: Alert, form: Form, zone: str, templates: Templates = NONE) -> tuple[str, str | None]:
    """The text, and for mail the HTML. Raises whatever a template raises."""
    if not form.long:
        return rendered(alert, form, zone, templates, "chat"), None
    text = _long(alert, form, zone, templates)
    html = rendered(alert, form, zone, templates, "html") if form.is_mail else None
    if html is not None and len(html) > LONGEST_MAIL:
        raise TooLong(f"it writes {len(html):,} characters of HTML, of at most {LONGEST_MAIL:,}")
    return text, html


def rendered(alert: Alert, form: Form, zone: str, templates: Templates, part: str) -> str:
    """One part of a message as its template writes it: subject, txt, html or chat. Raises whatever it raises."""
    if part == "chat":
        return _short(alert, form, zone, templates)
    if part == SUBJECT:
        values = view(alert, zone, MAIL) | _about(form) | {"subject": _own_subject(alert, form, zone)}
        return sandbox(templates, Markup.MAIL).get_template(SUBJECT).render(values)
    return _filled(alert, form, zone, templates, part, MAIL)


def _long(alert: Alert, form: Form, zone: str, templates: Templates) -> str:
    """The whole text; with fewer items where that is over the service's limit, and cut only at last."""
    for scale in _SCALES:
        text = _filled(alert, form, zone, templates, "txt", MAIL.scaled(scale))
        if len(text) <= form.limit:
            return text
    end = f"\n…\n#{short_uid(alert)}"
    return text[: form.limit - len(end)] + end


def _own_subject(alert: Alert, form: Form, zone: str) -> str:
    local = zone_named(zone)
    return mail_subject(alert, local) if form.is_mail else subject(alert, local)


def _short(alert: Alert, form: Form, zone: str, templates: Templates) -> str:
    """The largest chat form that stays within the service's limit."""
    for scale in _SCALES:
        text = _filled(alert, form, zone, templates, "chat", CHAT.scaled(scale))
        text = text.replace("\n", "\n\n" if form.airy else "\n")
        if len(text) <= form.limit:
            return text
    raise TooLong(f"it is over the {form.limit} characters of {form.service} at its smallest")


class TooLong(ValueError):
    """A chat form that no size makes short enough."""


def _filled(alert: Alert, form: Form, zone: str, templates: Templates, extension: str, size: Size) -> str:
    markup = {"html": None, "txt": Markup.MAIL}.get(extension, form.markup)
    env = sandbox(templates, markup)
    template = env.select_template(candidates(alert.kind, form, extension))
    filled = template.render(view(alert, zone, size) | _about(form))
    return filled if extension == "html" else _lines(filled)


def _about(form: Form) -> dict[str, str | bool]:
    return {"titled": form.titled, "service": form.service}


def _plain(alert: Alert, form: Form, zone: str) -> str:
    """The form that needs no template: what it is with its links, as many as the limit takes."""
    last = escape(f"#{short_uid(alert)}", form.markup)
    room = form.limit - len(last)
    lines = []
    for line in _plain_lines(alert, form.markup, subject(alert, zone_named(zone))):
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return "\n".join([*lines, last])


def _plain_lines(alert: Alert, markup: Markup, title: str) -> Iterator[str]:
    yield escape(visible(title, 160), markup)
    if alert.kind is Kind.NOTICE:
        yield from (escape(visible(line, 200), markup) for line in alert.text.splitlines()[:_PLAIN_ITEMS])
    for item in alert.items[:_PLAIN_ITEMS]:
        url = safe_link(item.article.url)
        if len(alert.items) > 1 or headline(alert, 100) not in title:
            yield escape(visible(f"{item.article.source}: {item.article.title}", 100), markup)
        yield from [link(url, markup)] if url else []


def _lines(text: str) -> str:
    """`text` without space at line ends or more than one empty line in a row; a signature's mark keeps its space."""
    lines: list[str] = []
    for line in ("-- " if raw == "-- " else raw.rstrip() for raw in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines)
