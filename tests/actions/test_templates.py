"""What `check` says of templates, and what `schema --templates` tells those who write them."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from monitor.actions.templates import check_templates, reference, template_text
from monitor.config import load_config
from monitor.errors import UsageError
from monitor.model import Kind
from monitor.send.forms import form_named
from monitor.send.operator import Templates
from monitor.send.render import render
from monitor.send.trial import try_template
from monitor.send.variables import FUNCTIONS, ITEM, VARIABLES
from monitor.send.view import view
from tests.send.alerts import alert


def check(tmp_path: Path, **files: str) -> list[str]:
    (tmp_path / "templates").mkdir()
    (tmp_path / "monitor.toml").write_text(
        '[alerts]\ntemplates = "templates"\n[workers]\nprocesses = 1\ntimeout = "3s"\n'
    )
    for name, text in files.items():
        (tmp_path / "templates" / name.replace("_", ".")).write_text(text)
    return [str(problem) for problem in check_templates(load_config(tmp_path / "monitor.toml"))]


def test_what_is_wrong_is_found_in_all_of_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}"
    found = check(
        tmp_path, digest_chat=endless, notice_txt="{{ badge }}", test_slack="\n{{ headlin }}", alrt_html="x"
    )
    assert found[0] == ("templates/alrt.html: warning: nothing uses this template (did you mean alert.html?)")
    assert found[1] == "templates/digest.chat: error: it took more than 3 s"
    assert found[2].startswith(
        "templates/test.slack:2: error: there is no 'headlin' (did you mean headline?)"
    )
    assert len(found) == 3


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    (tmp_path / "monitor.toml").write_text('[alerts]\ntemplates = "nowhere"\n')
    (problem,) = check_templates(load_config(tmp_path / "monitor.toml"))
    assert problem.level == "error"
    assert "there is no such folder" in problem.message


def test_every_value_is_documented_and_nothing_else():
    values = view(alert(), "UTC")
    assert [*values, "service", "titled"] == list(VARIABLES)
    assert set(values["items"][0]) == set(ITEM)
    for name in (*VARIABLES, *ITEM, *FUNCTIONS):
        assert re.search(rf"^  {re.escape(name)} +\S", reference(), re.MULTILINE), name


def test_the_example_in_the_reference_stands_every_case():
    text = reference().partition("An example, alert.slack:\n")[2]
    own = Templates((("alert.slack", dedent(text)),))
    assert try_template(own, "alert.slack") == []
    message = render(alert(), form_named("slack"), zone="UTC", key="k", install="i", templates=own)
    assert message.text.split("\n") == [
        "🟠 *Museum for those who fought in Kursk opens in Pyongyang*",
        "Memorials · Example Wire",
        "> Officials said that 15,000 *troops* had been *sent to Russia* since October.",
        "https://news.example/museum?id=3&amp;lang=en",
        "#5e0f6f1c",
    ]


def test_an_excerpt_shows_its_marks_in_html_too():
    own = Templates((("update.html", "<p>{{ items[0].excerpts[1] }}</p>"),))
    html = render(
        alert(kind=Kind.UPDATE), form_named("mail"), zone="UTC", key="k", install="i", templates=own
    ).html
    assert "15,000 <mark>troops</mark> had been <mark>sent to Russia</mark> since" in html


def test_shipped_templates_can_be_printed():
    assert template_text("alert.chat").startswith("{% set item")
    with pytest.raises(UsageError, match=r"did you mean alert\.chat"):
        template_text("alert.cat")
