"""Runs in the sending worker processes: one attempt to send, through Apprise.

A process of its own because Apprise's sends cannot be stopped, only killed; and because here its HTTP
client can be given our manners (no redirects, the message's key, the answer remembered) and its
sockets a guard without touching the daemon.
"""

from __future__ import annotations

import ctypes
import difflib
import ipaddress
import json
import logging
import multiprocessing
import os
import re
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from multiprocessing.process import BaseProcess
from typing import Any

import apprise
import requests
from apprise.common import NotifyFormat
from apprise.exception import AppriseException
from apprise.manager_plugins import NotificationManager
from apprise.plugins.base import NotifyBase
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, SSLError

from monitor.adapters.guard import AddressGuard
from monitor.adapters.mail import OurMail
from monitor.adapters.send_trace import CURRENT, Trace, asked_wait, judge, scrub
from monitor.errors import AddressRefused
from monitor.model import Fault, Message, Outcome, SendResult
from monitor.send.forms import Form, Markup, form_of, scheme_of
from monitor.send.refusals import explanation, http_verdict
from monitor.send.retry import fault_of
from monitor.text import one_line

APP = "Media Monitor"
# Seconds, where an address sets none. Longer than Apprise's 4 and 15: a service that takes a message and
# answers late is asked again, so that impatience would be paid for with repeats.
CONNECT, READ, MAIL_STEP = 10.0, 25.0, 30.0
_LONGEST_ANSWER = 10_000  # bytes, of what is read for reasons
_PR_SET_PDEATHSIG = 1
_PRESENT_AS = {
    Markup.MAIL: NotifyFormat.HTML,
    Markup.MRKDWN: NotifyFormat.MARKDOWN,
    Markup.MARKDOWN: NotifyFormat.MARKDOWN,
    Markup.HTML: NotifyFormat.HTML,
}
# Receivers are the operator's own and may be anywhere; what is left to refuse is cloud metadata.
_GUARD = AddressGuard([ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")])


# --- the process -----------------------------------------------------------------------------------


def prepare() -> None:
    """Set a worker process up."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the daemon decides when it has finished
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _die_with_the_daemon()
    logging.getLogger().addHandler(logging.NullHandler())
    vars(requests.sessions)["HTTPAdapter"] = _Remembering  # what every Session mounts
    sys.addaudithook(_guard)
    schemes()  # loads every plugin now, not within the first attempt's time


def _die_with_the_daemon() -> None:
    """Be killed when the daemon is; a send that nobody waits for must not go on.

    Also where only the server dies from which we were forked (Linux): for the daemon we would be dead.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if daemon := multiprocessing.parent_process():
        threading.Thread(target=_die_after, args=[daemon], daemon=True).start()


def _die_after(daemon: BaseProcess) -> None:
    daemon.join()
    os.kill(os.getpid(), signal.SIGKILL)


def _guard(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: every connection of this process, by whichever library, is checked as it is made."""
    if (
        event in ("socket.connect", "socket.sendto")
        and isinstance(args[1], tuple)
        and is_metadata(str(args[1][0]))
    ):
        trace = CURRENT.get()
        if trace is not None:
            trace.refused = "refused to connect: the address serves cloud metadata"
        raise PermissionError("cloud metadata address")


def is_metadata(host: str) -> bool:
    """Whether `host` is the address or name of a cloud's metadata service."""
    try:
        _GUARD.check(host.strip("[]"), 80)
    except AddressRefused:
        return True
    except ValueError:  # a name: what it leads to is checked when it is connected to
        return host.lower().rstrip(".") == "metadata.google.internal"
    return False


# --- one attempt -----------------------------------------------------------------------------------


def deliver(url: str, message: Message) -> SendResult:
    """One attempt to send `message` to one channel. Never raises for what a service does.

    Where the service takes the message not as it is, it is asked to take it as plain and short text.
    """
    result = _attempt(url, message, form_of(url))
    refused = result.outcome is Outcome.PERMANENT and fault_of(result) is Fault.MESSAGE
    if not refused or not message.plain or message.plain == message.text:
        return result
    simple = _attempt(url, replace(message, text=message.plain, html=None), None)
    return replace(simple, detail=f"{simple.detail} (as plain text: {result.detail})")


def _attempt(url: str, message: Message, form: Form | None) -> SendResult:
    trace = Trace(message)
    token = CURRENT.set(trace)
    targets = 1
    try:
        with _Listening(trace):
            plugin = _open(url)
            targets = len(plugin)
            accepted = _send(plugin, form, message)
    except (AppriseException, TypeError, ValueError) as error:
        # For the operator to mend; until then, and for as long as everything else, the message waits.
        trace.note(Outcome.TRANSIENT, f"the address cannot be used: {error}", fault=Fault.SETTINGS)
        accepted = False
    finally:
        CURRENT.reset(token)
    return judge(accepted, trace, url, targets)


def _send(plugin: NotifyBase, form: Form | None, message: Message) -> bool:
    """Hand the message to the service's plugin, which must not rewrite what is written in its own markup.

    Without a form it is plain text.
    """
    _sign(plugin, message.key)
    title = message.subject if form is None or form.titled else ""
    if form is None or form.markup is Markup.TEXT:
        return bool(
            plugin.notify(body=message.text, title=title, body_format=NotifyFormat.TEXT, overflow="truncate")
        )
    presented = _PRESENT_AS[form.markup]
    return bool(plugin.send(body=message.text, title=title, body_format=presented, body_passthrough=False))


def _sign(plugin: NotifyBase, key: str) -> None:
    """Put the key into the payload of the services that let us."""
    extras = getattr(plugin, "payload_extras", None)
    if isinstance(extras, dict):
        extras["idempotency_key"] = key


@lru_cache(maxsize=512)
def _open(url: str) -> NotifyBase:
    """The one Apprise object of a channel. Raises what Apprise raises where the address is wrong."""
    if why := _unknown(url):
        raise ValueError(why)
    plugin = _instance(url)
    plugin.request_rate_per_sec = 0  # how often a channel is sent to is decided before it comes here
    given = {pair.partition("=")[0].lower() for pair in url.partition("?")[2].split("&")}
    if "cto" not in given:
        plugin.socket_connect_timeout = MAIL_STEP if isinstance(plugin, OurMail) else CONNECT
    if "rto" not in given:
        plugin.socket_read_timeout = READ
    return plugin


def _instance(url: str) -> NotifyBase:
    manager: Any = _manager()
    if manager["mailto"] is not OurMail:
        manager.add(OurMail, force=True)
    plugin = apprise.Apprise.instantiate(url, asset=_asset(), suppress_exceptions=False)
    if plugin is None:
        raise ValueError("Apprise does not understand it")
    return plugin


def _manager() -> Any:
    return NotificationManager()  # type: ignore[no-untyped-call]  # Apprise's own singleton


@lru_cache(maxsize=1)
def _asset() -> apprise.AppriseAsset:
    # No image_url_mask: no service is told to fetch pictures from elsewhere.
    return apprise.AppriseAsset(
        image_url_mask="", app_id=APP, app_desc=APP, app_url="", http_redirects=False, secure_logging=True
    )


class _Listening(logging.Handler):
    """While a message is sent, Apprise's log is heard by us alone: its warnings, for want of reasons."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(logging.WARNING)
        self._trace = trace
        self._logger = logging.getLogger("apprise")

    def emit(self, record: logging.LogRecord) -> None:
        self._trace.complaints.append(one_line(record.getMessage(), 200))

    def __enter__(self) -> None:
        self._logger.setLevel(logging.INFO)  # at DEBUG Apprise writes tokens
        self._logger.propagate = False
        self._logger.addHandler(self)

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)


class _Remembering(requests.adapters.HTTPAdapter):
    """The transport under every plugin's HTTP: adds the key, remembers the answer, follows nothing."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        trace = CURRENT.get()
        if trace is None:
            return super().send(request, *args, **kwargs)
        request.headers["Idempotency-Key"] = trace.message.key
        try:
            response = super().send(request, *args, **kwargs)
        except requests.RequestException as error:
            trace.note(*_failure(error))
            raise
        response.headers.pop("Location", None)  # what is to be followed is decided by the operator
        asked = asked_wait(response.headers.get("Retry-After"), datetime.now(UTC)) or _asked_in(response)
        body = response.content[:_LONGEST_ANSWER].decode("utf-8", "replace")
        outcome, fault = http_verdict(response.status_code, body)
        said = f"{response.status_code} {response.reason or ''}".strip()
        if outcome is not Outcome.SENT and (why := explanation(body)):
            said = f"{said}: {why}"
        trace.note(outcome, said, asked, status=response.status_code, fault=fault)
        return response


def _failure(error: requests.RequestException) -> tuple[Outcome, str]:
    """Whether a request may have arrived, by what went wrong: what failed before it left did not."""
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    if isinstance(reason, NewConnectionError):  # refused, unreachable, and (a subclass) unknown names
        said = str(reason).rpartition(": ")[2]
        return Outcome.TRANSIENT, f"could not connect: {re.sub(r'^.Errno -?[0-9]+. ', '', said)}"
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, ConnectTimeoutError):
        return Outcome.TRANSIENT, "could not connect: timed out"
    if isinstance(error, requests.exceptions.SSLError) or isinstance(reason, SSLError):
        return Outcome.TRANSIENT, f"TLS failed: {reason}"
    if isinstance(error, requests.ReadTimeout):
        return Outcome.UNKNOWN, "no answer in time"
    return Outcome.UNKNOWN, "the connection broke before an answer came"


def _asked_in(response: requests.Response) -> timedelta | None:
    """Where a 429 says in JSON how many seconds to wait (Discord; Telegram under `parameters`)."""
    if response.status_code != 429:
        return None
    try:
        said = json.loads(response.content[:_LONGEST_ANSWER])
    except ValueError:
        return None
    found = (
        said.get("retry_after") or (said.get("parameters") or {}).get("retry_after")
        if isinstance(said, dict)
        else None
    )
    return timedelta(seconds=float(found)) if isinstance(found, int | float) and 0 < found < 1e6 else None


# --- before the first attempt ----------------------------------------------------------------------


def schemes() -> list[str]:
    """Every address scheme that this Apprise knows."""
    return sorted(_manager().schemas())


_USUAL = ("mailto", "mailtos", "slack", "discord", "tgram", "msteams", "ntfy", "ntfys", "matrix", "json")


def _unknown(url: str) -> str | None:
    """What is wrong with the scheme of an address, if anything is."""
    if "://" not in url:
        return "it is not written scheme://…, as in mailtos://user:password@host?to=you@example.org"
    scheme, known = scheme_of(url), schemes()
    if scheme in known:
        return None
    close = difflib.get_close_matches(scheme, _USUAL, n=1) or difflib.get_close_matches(scheme, known, n=1)
    hint = f"; did you mean {close[0]}://?" if close else ""
    return f"Apprise knows no service {one_line(scheme, 30)!r}{hint}"


def verify(url: str) -> str | None:
    """Why an address cannot be used, in one line without secrets; None where it can. Sends nothing."""
    if why := _unknown(url):
        return why
    trace = Trace(Message("", "", None, ""))
    try:
        with _Listening(trace):
            plugin = _instance(url)
    except (AppriseException, TypeError, ValueError) as error:
        return scrub(f"{error}".removesuffix("."), url) or "it is incomplete"
    if isinstance(plugin, OurMail) and not plugin.targets:
        return "it names no recipient that is an email address"
    if is_metadata(getattr(plugin, "smtp_host", "") or plugin.host or ""):
        return "its host serves cloud metadata and is never sent to"
    return None
