"""What a service answered to an attempt, and what that means for the delivery.

Apprise reports success or failure; whether another try makes sense depends on the status behind it,
so the HTTP and SMTP clients leave it here while a message is sent.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from monitor.model import Fault, Message, Outcome, SendResult
from monitor.text import one_line

_DETAIL = 300
_BASE64 = re.compile("[A-Za-z0-9+/_-]{6,}=*")
_STANDARD = str.maketrans("-_", "+/")
_SHORTEST_SECRET = 4
_PART, _PAIR, _PIECE = re.compile("[/@#]"), re.compile("[&#]"), re.compile("[:=,;/?#&@]")
_MAIL_HEAD = re.compile(r"([^:@/]*(:(?P<password>[^/]*))?@)?[^:@/]*(:\d+)?(/|$)")
_MAIL_PUBLIC = {"to", "from", "name", "cc", "bcc", "reply", "smtp", "mode", "verify", "format", "cto", "rto"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One exchange with a service: what came of it, in words that may still hold secrets."""

    outcome: Outcome
    detail: str
    retry_after: timedelta | None = None
    status: int | None = None  # of HTTP or SMTP
    fault: Fault | None = None


@dataclass(slots=True)
class Trace:
    """The message being sent and the answers to it so far; lives for one attempt."""

    message: Message
    answers: list[Answer] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)  # what Apprise logged
    refused: str = ""  # why we did not connect; whatever the client makes of that

    def note(
        self,
        outcome: Outcome,
        detail: str,
        retry_after: timedelta | None = None,
        *,
        status: int | None = None,
        fault: Fault | None = None,
    ) -> None:
        self.answers.append(Answer(outcome, detail, retry_after, status, fault))


CURRENT: ContextVar[Trace | None] = ContextVar("attempt", default=None)


def asked_wait(value: str | None, now: datetime) -> timedelta | None:
    """A Retry-After header (RFC 9110, 10.2.3): seconds (Discord adds a fraction) or a date."""
    value = (value or "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        return timedelta(seconds=float(value))
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max((date if date.tzinfo else date.replace(tzinfo=UTC)) - now, timedelta(0))


def judge(accepted: bool, trace: Trace, url: str, targets: int = 1) -> SendResult:
    """One result for an attempt, from whether the plugin was content and what was answered to it.

    Some services are asked several things in turn (log in, look a room up, send). The last answer
    decides then; but where an address names several `targets` it belongs to one of them, and the
    failure among the answers decides, or those that took the message would get it again and again.
    """
    if trace.refused:
        return SendResult(Outcome.PERMANENT, trace.refused, fault=Fault.ADDRESS)
    last = trace.answers[-1] if trace.answers else None
    if accepted:
        said = scrub(last.detail if last else "accepted", url)
        return SendResult(Outcome.SENT, said, status=last.status if last else None)
    failures = [answer for answer in trace.answers if answer.outcome is not Outcome.SENT]
    if failures and (targets > 1 or last is failures[-1]):
        why = failures[-1]
        return SendResult(why.outcome, scrub(why.detail, url), why.retry_after, why.status, why.fault)
    said = "; ".join(trace.complaints)
    return SendResult(Outcome.TRANSIENT, scrub(said or "the service did not take it", url))


def scrub(text: str, url: str) -> str:
    """`text` on one line without anything of an address that could be a secret.

    Services echo what they were sent: percent-encoded in their own way, or in base64, as passwords are sent.
    """
    secrets = sorted(_secrets(url), key=len, reverse=True)
    text = _BASE64.sub(lambda found: "***" if _holds(found[0], secrets) else found[0], text)
    for secret in secrets:
        text = re.sub("".join(map(_anyhow, secret)), "***", text)
    return one_line(text, _DETAIL)


def _anyhow(character: str) -> str:
    """A pattern for a character as it is or percent-encoded."""
    return f"(?:{re.escape(character)}|(?i:{''.join(f'%{byte:02x}' for byte in character.encode())}))"


def _holds(word: str, secrets: Sequence[str]) -> bool:
    """Whether a word is base64 of something with a secret in it, wherever in the word that begins."""
    plain = word.rstrip("=").translate(_STANDARD)
    for start in range(4):
        part = plain[start:]
        whole = part[: len(part) - (len(part) % 4 == 1)]
        decoded = b64decode(whole + "=" * (-len(whole) % 4)).decode("utf-8", "replace")
        if any(secret in decoded for secret in secrets):
            return True
    return False


def _secrets(url: str) -> set[str]:
    """Every part of an address that is not known to be public: whole and in pieces, raw and decoded.

    By hand, because a password with a slash or a bracket in it makes a parser see other parts.
    """
    scheme, _, rest = url.partition("://") if "://" in url else ("", "", url)
    head, _, query = rest.partition("?")
    pairs, public = _PAIR.split(query), _public(head)
    if scheme.lower() in ("mailto", "mailtos"):
        pairs = [pair for pair in pairs if pair.partition("=")[0].lower() not in _MAIL_PUBLIC]
        if plain := _MAIL_HEAD.match(head):  # else the password may be anywhere
            head, public = plain["password"] or "", {"localhost"}
    chunks = [head, *_PART.split(head), *pairs]
    pieces = {rest, *chunks} | {piece for chunk in chunks for piece in _PIECE.split(chunk)}
    every = pieces | {unquote(piece) for piece in pieces}
    return {piece for piece in every if len(piece) >= _SHORTEST_SECRET} - public


def _public(head: str) -> set[str]:
    """The host and its port, where they look like a host's and not like a token."""
    host = head.partition("/")[0].rpartition("@")[2]
    known = "." in host or host.startswith("[")
    return {"localhost", *((host, *host.rpartition(":")) if known else ())}
