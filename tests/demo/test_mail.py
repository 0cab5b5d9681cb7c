"""Mails are read back as the send stage renders them, so that neither changes without the other."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from monitor.demo.mail import Run, read_alert
from monitor.model import Kind
from tests.demo.mails import URL, mail


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
