"""An operator's templates: tried by `monitor check`, and what they are given, by `monitor schema --templates`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.adapters.template_folder import read_templates
from monitor.app import make_workers
from monitor.config import Settings
from monitor.errors import Problem, UsageError, WorkerError
from monitor.send.operator import Templates
from monitor.send.sandbox import did_you_mean, shipped_names, shipped_source
from monitor.send.variables import FUNCTIONS, ITEM, VARIABLES

_INTRODUCTION = """\
Templates are files in the folder that `templates` in monitor.toml names, under [alerts]. They are written in
Jinja. Each replaces what is shipped under its name:

  alert.txt, alert.html       mail of one story: its text, and the same as HTML
  alert.chat                  one story in a chat or a push message, as short as the service wants it
  alert.SERVICE               the same for one service: {services[0]},
                              {services[1]}
  digest.*, notice.*          a digest; a message of the monitor itself
  new.*, update.*, repeat.*,  one kind of message, before alert.*
  test.*
  subject                     the subject of mail, and the title of push messages
  base.html, parts.html       what the HTML of mail has in common
  any other name              what one of these extends, includes or imports

What a template writes of an article is escaped for where it goes; there is no need to. One that fails costs no
alert: the message goes out as shipped, and the operator is told. `monitor check` tries all of them.
`monitor schema --template alert.chat` prints what is shipped, to begin with; "shipped/alert.html" is its name
for a template that only changes a part of it: {{% extends "shipped/alert.html" %}}.
"""
_EXAMPLE = """\
An example, alert.slack:

  {{ light }} {{ bold(headline) }}
  {{ rule_title }}{% if news %} · {{ news }}{% endif %} · {{ sources }}
  {% for item in items %}
  {% for excerpt in item.excerpts %}
  > {{ marked(excerpt) }}
  {% endfor %}
  {% if item.url %}
  {{ link(item.url) }}
  {% endif %}
  {% endfor %}
  #{{ short_uid }}
"""


def check_templates(
    settings: Settings, progress: Callable[[str, int, int], object] = lambda what, done, of: None
) -> list[Problem]:
    """What is wrong with the operator's templates: each is tried on hard cases, where it can be killed.

    `progress` is told what is done, and with how many of how many.
    """
    templates, problems = read_templates(settings.alerts.templates)
    templates = replace(templates, folder=_shown(templates.folder))
    return problems + (asyncio.run(_try_all(settings, templates, progress)) if templates else [])


async def _try_all(
    settings: Settings, templates: Templates, progress: Callable[[str, int, int], object]
) -> list[Problem]:
    names, problems = sorted(templates.names), list[Problem]()
    async with make_workers(settings) as workers:
        for number, name in enumerate(names):
            progress("trying templates", number, len(names))
            try:
                problems += await workers.try_template(templates, name)
            except WorkerError as error:
                problems.append(Problem(templates.path(name), 0, 0, str(error)))
    return problems


def _shown(folder: str) -> str:
    """The folder below here by its short name, as rule files are shown."""
    path, here = Path(folder), Path.cwd()
    return str(path.relative_to(here)) if folder and path.is_relative_to(here) else folder


def template_text(name: str) -> str:
    """The text of a shipped template. Raises UsageError where there is none of that name."""
    if name not in shipped_names():
        known = ", ".join(shipped_names())
        raise UsageError(
            f"no template {name!r} is shipped{did_you_mean(name, shipped_names())}; there are: {known}"
        )
    return shipped_source(name)


def reference() -> str:
    """What templates there are, and what each is given."""
    return "\n".join(_reference())


def _reference() -> Iterator[str]:
    from monitor.send.forms import all_forms

    services = [form.service for form in all_forms() if not form.is_mail and not form.long]
    lines = [", ".join(services[:5]), ", ".join(services[5:])]
    yield _INTRODUCTION.format(services=lines)
    yield "What a template is given:\n"
    yield from _table(VARIABLES)
    yield "\nOf each of items:\n"
    yield from _table(ITEM)
    yield "\nWhat writes markup:\n"
    yield from _table(FUNCTIONS)
    yield "\n" + _EXAMPLE


def _table(entries: Mapping[str, str]) -> Iterator[str]:
    for name, said in entries.items():
        yield f"  {name:<16} {said}"


__all__ = ["check_templates", "reference", "template_text"]
