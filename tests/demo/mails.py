"""Alert mails as the daemon sends them, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

from monitor.model import Alert, AlertItem, Article, Kind, Severity, Span
from monitor.send.forms import form_named
from monitor.send.render import render

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
URL = "http://127.0.0.2:8080/news/builders.html"
BODY = "Nothing here.\nThey will send 5,000 builders <b>soon</b>.\nLater more are sent again."


def mail(
    kind: Kind, rule: str = "kpa-russia-deployment", reason: str = "5,000 → 6,000 builders", url: str = URL
) -> EmailMessage:
    start = BODY.index("send")
    article = Article("Builders & sappers to Kursk", BODY, url=url, source="Meridian Wire", published=NOW)
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
