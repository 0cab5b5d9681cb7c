"""What a service's refusal is about: this message, the address, the settings, or the service itself.

Policy. By status where that says it: 401 is the login's trouble, 403, 404 and 410 the address's, 400, 413 and 422
the message's, 429 and 5xx the service's (RFC 9110, 15.5; RFC 6585). Where services answer otherwise, their own
words decide: Telegram says "chat not found" with a 400, Slack's web API says everything with a 200. By SMTP it is
what was refused: the login, the sender, the recipient or the mail (RFC 5321, 4.2; RFC 3463 for the finer codes).
"""

from __future__ import annotations

import json
import re
from enum import StrEnum

from monitor.model import Fault, Outcome
from monitor.text import one_line

# RFC 9110 15.5 and RFC 6585: the client errors that pass by waiting. The others mean that this message,
# or this address, is not wanted as it is. 401 is the login's trouble: the operator mends the password.
_PASSING = {401, 408, 409, 421, 423, 425, 429}
_OF_MESSAGES = {400, 406, 411, 413, 415, 422}
_NOBODY_THERE = re.compile(
    # Slack
    r"channel_not_found|user_not_found|channel_is_archived|is_archived|not_in_channel|no_service|no_team"
    r"|no_active_hooks|action_prohibited|posting_to_\w+_denied|team_disabled"
    # Telegram
    r"|chat not found|user not found|bot was (?:blocked|kicked)|bot is not a member|user is deactivated"
    r"|group chat was upgraded|chat was deleted|not enough rights"
    # Discord, Pushover, Power Automate (Teams)
    r"|unknown (?:webhook|channel)|user (?:identifier|key)\b.{0,40}\binvalid|WorkflowTriggerIsNotEnabled",
    re.IGNORECASE,
)
_NOT_LET_IN = re.compile(
    r"invalid_auth|invalid_token|not_authed|token_(?:revoked|expired)|account_inactive|missing_scope"
    r"|application token is invalid|M_UNKNOWN_TOKEN|M_MISSING_TOKEN",
    re.IGNORECASE,
)
_NOT_AS_IT_IS = re.compile(
    r"msg_too_long|no_text|invalid_(?:payload|blocks|attachments)"
    r"|can't parse entities|message is too long|message text is empty|M_TOO_LARGE",
    re.IGNORECASE,
)
_SAYING = ("description", "error", "message", "errors", "error_description")


def http_outcome(status: int) -> Outcome:
    """What an HTTP status means for a message: 2xx taken, 5xx and a few 4xx not now, all else never."""
    if 200 <= status < 300:
        return Outcome.SENT
    return Outcome.TRANSIENT if status >= 500 or status in _PASSING else Outcome.PERMANENT


def http_verdict(status: int, body: str) -> tuple[Outcome, Fault | None]:
    """What came of a request, and what it failed for; `body` is the beginning of the answer."""
    outcome, said = http_outcome(status), explanation(body)
    if outcome is Outcome.SENT:
        return _despite_success(said) if _denies(body) else (outcome, None)
    if outcome is Outcome.TRANSIENT:
        return outcome, Fault.SETTINGS if status == 401 else Fault.SERVICE
    if _NOBODY_THERE.search(said):
        return outcome, Fault.ADDRESS
    if _NOT_LET_IN.search(said):
        return Outcome.TRANSIENT, Fault.SETTINGS
    return outcome, Fault.MESSAGE if status in _OF_MESSAGES or _NOT_AS_IT_IS.search(said) else Fault.ADDRESS


def _despite_success(said: str) -> tuple[Outcome, Fault]:
    if _NOBODY_THERE.search(said):
        return Outcome.PERMANENT, Fault.ADDRESS
    if _NOT_AS_IT_IS.search(said):
        return Outcome.PERMANENT, Fault.MESSAGE
    return Outcome.TRANSIENT, Fault.SETTINGS if _NOT_LET_IN.search(said) else Fault.SERVICE


def _denies(body: str) -> bool:
    """Whether a JSON answer says that it is none: Slack's {"ok": false}."""
    said = _object(body)
    return said is not None and said.get("ok") is False


def explanation(body: str) -> str:
    """Why a service says that it refuses, in one line; "" where it does not say."""
    said = _object(body)
    if said is None:
        return "" if body.lstrip()[:1] in ("<", "[", "{") else one_line(body, 120)
    words = [said[key] for key in _SAYING if said.get(key)]
    return one_line("; ".join(word if isinstance(word, str) else json.dumps(word) for word in words), 200)


def _object(body: str) -> dict[str, object] | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


# --- mail ------------------------------------------------------------------------------------------


class Stage(StrEnum):
    """What a mail server was asked when it refused."""

    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MAIL = "mail"


_FULL = re.compile(r"\b[45]\.2\.2\b|mailbox (?:is )?full|over ?quota|quota exceeded", re.IGNORECASE)
_MUST_LOG_IN = {530, 534, 535, 538}  # RFC 4954, 6


def smtp_outcome(code: int) -> Outcome:
    """What an SMTP reply means (RFC 5321, 4.2.1): 2 taken, 5 never, all else not now."""
    return {2: Outcome.SENT, 5: Outcome.PERMANENT}.get(code // 100, Outcome.TRANSIENT)


def smtp_verdict(stage: Stage, code: int, said: str) -> tuple[Outcome, Fault | None]:
    """What came of a step, and what it failed for. A full mailbox and a refused login wait: both can be mended."""
    outcome = smtp_outcome(code)
    if outcome is Outcome.SENT:
        return outcome, None
    if stage is Stage.LOGIN or code in _MUST_LOG_IN:
        return Outcome.TRANSIENT, Fault.SETTINGS if code // 100 == 5 else Fault.SERVICE
    if outcome is Outcome.TRANSIENT:
        return outcome, Fault.SERVICE
    if _FULL.search(said) or (stage is Stage.RECIPIENT and code == 552):
        return Outcome.TRANSIENT, Fault.SERVICE
    if stage is Stage.SENDER:
        return Outcome.TRANSIENT, Fault.SETTINGS
    return outcome, Fault.ADDRESS if stage is Stage.RECIPIENT else Fault.MESSAGE
