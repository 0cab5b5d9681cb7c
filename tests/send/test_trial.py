"""An operator's templates, tried before an alert needs them."""

from __future__ import annotations

import time

import pytest

from monitor.errors import Problem
from monitor.model import Kind
from monitor.send.hard_cases import cases
from monitor.send.operator import Templates
from monitor.send.sandbox import shipped_names, shipped_source
from monitor.send.trial import try_template


def problems(name: str, text: str, **others: str) -> list[Problem]:
    sources = {name: text, **{key.replace("_", "."): value for key, value in others.items()}}
    return try_template(Templates(tuple(sources.items()), "/etc/templates"), name)


def said(name: str, text: str, **others: str) -> list[str]:
    return [str(problem) for problem in problems(name, text, **others)]


def test_there_are_cases_of_every_kind():
    assert {alert.kind for _, alert in cases()} == set(Kind)
    names = [name for name, _ in cases()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", shipped_names())
def test_what_is_shipped_stands_every_case(name):
    assert said(name, shipped_source(name)) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("alert.chat", "{{ titel }}", 1, "there is no 'titel' (did you mean items[0].title?"),
        ("alert.chat", "a\n{{ headlin }}", 2, "there is no 'headlin' (did you mean headline?)"),
        (
            "alert.chat",
            "a\n\n{{ items[0].sorce }}",
            3,
            "there is no 'sorce' (slack, new: a plain story) (did you mean source?)",
        ),
        ("alert.chat", "a{% if severity == 'none' %}\n{{ nowhere }}{% endif %}", 2, "there is no 'nowhere'"),
        ("alert.chat", "a\n{% for x in items %}", 2, "Unexpected end of template"),
        ("alert.chat", "a\n{{ rule | shout }}", 2, "No filter named 'shout'"),
        ("alert.html", "<p>\n{{ headline | safe }}", 2, "there is no filter 'safe'"),
        ("alert.html", "{% autoescape false %}{{ headline }}{% endautoescape %}", 1, "autoescape cannot be"),
        ("alert.html", "{% include 'footer.html' %}", 1, "there is no template 'footer.html'"),
        ("alert.chat", "{{ items[0].title.nothing }}", 1, "'str object' has no attribute 'nothing'"),
        ("alert.chat", "{{ ''.__class__ }}", 1, "access to attribute '__class__' of 'str' object is unsafe"),
        ("alert.chat", "x\n{{ 1 / 0 }}", 2, "ZeroDivisionError: division by zero"),
        ("alert.chat", "{{ items.append(1) }}", 1, "access to attribute 'append'"),
        ("digest.slack", "{{ groups[7].count }}", 1, "list object has no element 7"),
        ("repeat.chat", "{{ remainder }}", 1, "there is no 'remainder' (did you mean reminder?"),
        ("subject", "{{ rul }}", 1, "there is no 'rul' (did you mean rule?"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(name, text, line, message):
    found = problems(name, text)
    assert len({problem.line for problem in found}) == 1
    assert all(problem.level == "error" for problem in found)
    first = found[0]
    assert (first.path, first.line) == (f"/etc/templates/{name}", line)
    assert message in str(first).partition(": error: ")[2]
    assert first.source == text.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("alert.chat", "{{ 'W' * 2000 }}", "it is over the 900 characters of "),
        ("alert.slack", "{% for i in range(99) %}{{ headline }}{% endfor %}", "900 characters of slack"),
        ("alert.txt", "{{ 'W' * 2000000 }}", "it writes 2,000,000 characters, of at most 1,000,000"),
        ("alert.chat", "{# nothing #}", "it writes nothing (slack, new: a plain story)"),
        ("notice.chat", "{{ lines | first | default('') }}", "it writes nothing"),
        ("digest.html", "{% for item in items %}{{ item.title }}{% endfor %}", "it writes nothing"),
    ],
)
def test_too_much_and_nothing_are_named_with_the_case(name, text, message):
    assert any(message in line for line in said(name, text))


def test_html_that_a_mail_service_cuts_is_a_warning():
    (found,) = problems("digest.html", "{% for item in items %}{{ 'x' * 2000 }}{% endfor %}.")
    assert found.level == "warning"
    assert "it writes 120 kB (mail, digest: a digest of 60 stories)" in found.message


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("alert.html", "<p>\n<a href={{ items[0].title }}>x</a>", "title"),
        ("alert.html", "<p>\n<b title={{ items[0].source }}>x</b>", "source"),
        ("notice.html", "<p>\n<b title={{ headline }}>x</b>", "headline"),
    ],
)
def test_what_comes_out_unescaped_is_named(name, text, field):
    assert any(
        problem.line == 2 and f"{field} is written without being escaped" in problem.message
        for problem in problems(name, text)
    )


@pytest.mark.parametrize(
    "name", ["alert.chat", "alert.slack", "alert.telegram", "alert.discord", "alert.html"]
)
def test_nothing_a_template_writes_by_itself_can_be_unescaped(name):
    text = "{% set x %}{{ items[0].title if items }}{% endset %}{{ x }}{{ headline ~ rule_title }}{{ news | upper }}."
    assert said(name, text) == []


def test_an_unused_template_is_a_warning_that_names_what_was_meant():
    (found,) = problems("alrt.chat", "x")
    assert str(found).startswith(
        "/etc/templates/alrt.chat: warning: nothing uses this template (did you mean alert.chat?)"
    )
    assert problems("foot.html", "{{ rule }}", alert_html="{% include 'foot.html' %}") == []
    assert problems("foot.html", "{{ rule }}", alert_html="{% include ['foot' ~ '.html'][0] %}") == []


def test_a_template_may_extend_the_shipped_one_of_its_name():
    own = '{% extends "shipped/alert.html" %}{% block preheader %}Desk: {{ rule }}{% endblock %}'
    assert said("alert.html", own) == []
    assert said("base.html", '{% extends "shipped/base.html" %}') == []


def test_what_a_template_asks_for_before_it_uses_it_may_be_missing():
    assert said("alert.chat", "{{ desk | default('desk') }} {% if other is defined %}x{% endif %}") == []


def test_a_trial_is_quick():
    """Counted in processor time: it runs in a worker, within the time a worker has."""
    began = time.process_time()
    assert said("parts.html", shipped_source("parts.html")) == []
    assert time.process_time() - began < 5
