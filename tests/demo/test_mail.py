"""Mails are read back as the send stage renders them, so that neither changes without the other."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from monitor.demo.mail import Run, read_alert
from monitor.model import Alert, AlertItem, Article, Kind, Severity, Span
from monitor.send.forms import form_named
from monitor.send.render import render

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
URL = "http://127.0.0.2:8080/news/builders.html"
BODY = "Nothing here.\nThey will send 5,000 builders <b>soon</b>.\nLater more are sent again."


def mail(
    kind: Kind, rule: str = "kpa-russia-deployment", reason: str = "5,000 → 6,000 builders"
) -> EmailMessage:
    start = BODY.index("send")
    article = Article("Builders & sappers to Kursk", BODY, url=URL, source="Meridian Wire", published=NOW)
    item = AlertItem(article, (Span("body", start, start + 4),), reason)
    alert = Alert(
        "f00d" * 8, kind, rule, "KPA in Russia", Severity.HIGH, 1, "s1", article.title, (item,), NOW
    )
    rendered = render(alert, form_named("mail"), zone="UTC", key="k1", install="news.example")
    message = EmailMessage()
    message["Subject"] = rendered.subject
    for name, value in rendered.headers.items():
        message[name] = value
    message.set_content(rendered.text)
    message.add_alternative(rendered.html or "", subtype="html")
    return message_from_bytes(message.as_bytes(policy=SMTP), policy=default)  # type: ignore[return-value]


@pytest.mark.parametrize("kind", [Kind.NEW, Kind.UPDATE])
def test_an_alert_is_read_back(kind: Kind) -> None:
    found = read_alert(mail(kind))
    assert (found.rule, found.kind, found.url) == ("kpa-russia-deployment", kind, URL)
    assert found.reason == "5,000 → 6,000 builders"
    assert "Builders & sappers to Kursk" in found.subject
    assert Run("send", marked=True) in found.sentence
    assert "They will send 5,000 builders <b>soon</b>." in "".join(run.text for run in found.sentence)


@pytest.mark.parametrize("rule", ["kpa-memorial", "a", "x9-y"])
def test_the_rule_is_the_first_label_of_the_list(rule: str) -> None:
    assert read_alert(mail(Kind.NEW, rule)).rule == rule


def test_any_other_mail_is_no_alert() -> None:
    message = EmailMessage()
    message["Subject"] = "Lunch"
    message.set_content("At one?\n")
    found = read_alert(message)
    assert (found.subject, found.rule, found.kind, found.url, found.sentence) == ("Lunch", "", None, "", ())


def test_an_empty_mail_is_no_alert() -> None:
    found = read_alert(message_from_bytes(b"", policy=default))
    assert (found.subject, found.rule, found.kind, found.sentence) == ("", "", None, ())
