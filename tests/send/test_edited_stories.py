"""What messages say and carry of a story that a person named, merged or split."""

from __future__ import annotations

import pytest

from monitor.model import Kind
from monitor.send.forms import form_of
from monitor.send.keys import mail_headers
from monitor.send.render import render
from monitor.send.view import view
from tests.send.alerts import alert

NAME = "Kim's men in *Kursk* <b>"
TITLE = alert().items[0].article.title


@pytest.mark.parametrize("service", ["mailto://", "slack://", "tgram://", "ntfy://", "sms://", "workflow://"])
def test_the_name_of_a_story_is_said(service: str) -> None:
    form = form_of(service)
    plain, named = (
        render(alert(kind=Kind.UPDATE, story_name=name), form, zone="UTC", key="0f3a", install="m.example")
        for name in ("", "Kim's men in Kursk")
    )
    assert named.fallback is None
    assert "Kim's men in Kursk" in named.text.replace("&#39;", "'").replace("\\", "")
    assert plain.text != named.text
    assert named.subject == plain.subject, "a thread keeps its subject"


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        (NAME, Kind.NEW, NAME),
        (NAME, Kind.UPDATE, NAME),
        (NAME, Kind.REPEAT, NAME),
        (TITLE, Kind.UPDATE, ""),  # the headline says it
        (NAME, Kind.DIGEST, ""),
        (NAME, Kind.NOTICE, ""),
        ("", Kind.UPDATE, ""),
        ("x" * 999, Kind.UPDATE, "x" * 199 + "…"),
    ],
)
def test_a_name_is_said_where_the_headline_does_not_say_it(name: str, kind: Kind, said: str) -> None:
    assert view(alert(kind=kind, story_name=name), "UTC")["story_name"] == said


@pytest.mark.parametrize(
    ("earlier", "references"),
    [
        ((), ["a81c"]),
        (("b1",), ["b1", "a81c"]),
        (("b1", "c2"), ["b1", "c2", "a81c"]),
        (("a81c", "b1"), ["a81c", "b1"]),
        (("b\r\nX: y",), ["b-X-y", "a81c"]),
    ],
)
def test_a_mail_goes_on_with_the_threads_in_which_its_story_was_told(
    earlier: tuple[str, ...], references: list[str]
) -> None:
    headers = mail_headers(alert(earlier_threads=earlier), "0f3a", "m.example")
    assert headers["References"].split(" ") == [f"<story-{uid}@m.example>" for uid in references]
    assert headers["In-Reply-To"] == "<story-a81c@m.example>"
    assert headers["Message-ID"] == mail_headers(alert(), "0f3a", "m.example")["Message-ID"]
