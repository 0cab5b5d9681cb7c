"""A notice in every form: its lines as they are, nothing in them at work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model import Kind, Severity
from monitor.send.forms import form_of
from monitor.send.render import render
from tests.send.alerts import alert

TEXT = (
    "/r/a.yaml:3:12: error: there is no field titel\n"
    "  3 |     query: titel:x\n    |            ^^^^^^\n\nrules keep running"
)
FORMS = [
    "mailto://",
    "slack://",
    "discord://",
    "tgram://",
    "mmost://",
    "workflow://",
    "ntfy://",
    "matrix://",
    "sms://",
]


def notice(text: str = TEXT, title: str = "a.yaml is broken"):
    return replace(
        alert(), kind=Kind.NOTICE, rule="monitor.rules", rule_title="Media monitor", severity=Severity.HIGH,
        story=None, story_uid="thread", story_title=title, items=(), text=text,
    )  # fmt: skip


def rendered(made, url="mailto://"):
    return render(made, form_of(url), zone="UTC", key="0f3a", install="monitor.example")


def test_a_mail_has_the_caret_under_its_place():
    message = rendered(notice())
    assert message.fallback is None
    assert message.subject == "[Media monitor] a.yaml is broken"
    lines = message.text.splitlines()
    at = lines.index("  3 |     query: titel:x")
    assert lines[at + 1] == "    |            ^^^^^^"
    assert lines[0] == "NOTICE · Media monitor"
    assert "query: titel:x\n    |            ^^^^^^" in message.html
    assert message.headers["References"] == message.headers["In-Reply-To"]


@pytest.mark.parametrize("url", FORMS)
def test_every_service_takes_a_notice_however_long_and_hostile(url):
    hostile = "<script>alert(1)</script> *b* `c` [l](http://x.example) \x1b[31m\u202e\x00\r" + "x" * 5000
    message = rendered(notice("\n".join([hostile] * 200), hostile), url)
    assert message.fallback is None
    assert len(message.text) <= form_of(url).limit
    for text in filter(None, (message.text, message.html)):
        assert not {"\x1b", "\x00", "\u202e", "\r"} & set(text)
    assert "<script>" not in (message.html or "")
