"""The names that make a repeated message recognisable, and a story's messages a thread."""

from __future__ import annotations

import hashlib
import re
from email.header import Header

from monitor.model import Alert
from monitor.send.excerpt import visible

_NOT_ATOM = re.compile(r"[^A-Za-z0-9-]+")


def delivery_key(alert_uid: str, receiver: str, channel_name: str) -> str:
    """What identifies an alert on one channel, the same for every attempt, also after a restart."""
    return hashlib.sha256(f"{alert_uid}\0{receiver}\0{channel_name}".encode()).hexdigest()[:40]


def mail_headers(alert: Alert, key: str, install: str) -> dict[str, str]:
    """What makes a mail recognisable (RFC 5322), sortable (List-Id, RFC 2919) and no person's (RFC 3834).

    Who is away answers no mail with a List-Id, or that was submitted automatically (RFC 5230, section 4.6);
    Exchange goes by a header of its own. A Precedence, discouraged by RFC 2076, would add nothing.

    All mails of a story answer one message that was never sent, whose id follows from the story, so
    that they are one thread whichever of them comes first. Where a person merged or split stories, they name
    the threads in which their rule told of it before as well (RFC 5322, section 3.6.4), so that these go on.
    """
    domain = ".".join(_atom(part) for part in install.split(".") if _atom(part)) or "monitor.invalid"
    headers = {
        "Message-ID": f"<{key}@{domain}>",
        "List-Id": f"{_phrase(alert.rule_title or alert.rule)} <{_atom(alert.rule) or 'rule'}.{domain}>",
        "Idempotency-Key": key,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if alert.story_uid:
        root = f"<story-{_atom(alert.story_uid)}@{domain}>"
        earlier = [f"<story-{_atom(uid)}@{domain}>" for uid in alert.earlier_threads]
        headers |= {"In-Reply-To": root, "References": " ".join(dict.fromkeys([*earlier, root]))}
    return headers


def _phrase(text: str) -> str:
    """`text` as a name before an address: quoted, or encoded where it is not ASCII (RFC 2047)."""
    name = visible(re.sub(r'[\\"<>]', " ", text), 60) or "rule"
    return f'"{name}"' if name.isascii() else Header(name, "utf-8").encode(linesep=" ").replace("  ", " ")


def _atom(text: str) -> str:
    """`text` as one atom of a domain name."""
    return _NOT_ATOM.sub("-", text).strip("-")[:60]
