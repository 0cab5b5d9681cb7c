"""Apprise's mail plugin, adapted so that a mail is ours: recognisable, threaded, text and HTML.

Left alone, the plugin gives every attempt a new Message-ID, makes the text from the HTML, and reports
a refusal, a full mailbox and a dead line alike. This is the only place that knows.
"""

from __future__ import annotations

import email
import smtplib
from email.header import Header
from email.message import Message as Mime
from typing import Any

from apprise.common import NotifyFormat
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.common import AppriseEmailException
from apprise.plugins.email.smtp import AppriseSMTPController

from monitor.adapters.send_trace import CURRENT, Trace
from monitor.model import Fault, Message, Outcome
from monitor.send.refusals import Stage, smtp_verdict
from monitor.text import one_line

_LONGEST_REPLY = 10_000  # cut when it has been searched for secrets: half of one would not be found
_LONGEST_WORD = 60  # of a subject that can stand in a header line unencoded


class OurMail(NotifyEmail):  # type: ignore[no-untyped-call]  # its __init_subclass__
    """mailto:// and mailtos://. Sends the message of the current attempt, and notes what the server said."""

    def send(self, body: str, title: str = "", *_: Any, **__: Any) -> bool:
        trace = CURRENT.get()
        assert trace is not None, "mail is sent within an attempt"
        if not self.targets:
            nobody = "the address names no recipient that is an email address"
            trace.note(Outcome.PERMANENT, nobody, fault=Fault.ADDRESS)
            return False
        try:
            return self._deliver(trace, body, title)
        except _Refused as error:
            error.note(trace)
        except smtplib.SMTPResponseException as error:  # before anything was asked for the mail: the login
            _Refused(Stage.LOGIN, error.smtp_code, error.smtp_error).note(trace)
        except AppriseEmailException as error:
            trace.note(Outcome.PERMANENT, str(error))
        except UnicodeError:
            trace.note(Outcome.PERMANENT, "the server takes no addresses beyond ASCII", fault=Fault.ADDRESS)
        except (OSError, smtplib.SMTPException) as error:
            trace.note(Outcome.TRANSIENT, f"{self.smtp_host}:{self.port}: {_why(error)}")
        return False

    def _deliver(self, trace: Trace, body: str, title: str) -> bool:
        prepared = self._prepared(trace.message, body, title)
        session = self._connection()
        with session:
            for recipients, text in prepared:
                if not session.transfer(str(self.from_addr[1]), recipients, text, trace):
                    return False
        return True

    def _connection(self) -> _Session:
        return _Session(
            host=self.smtp_host,
            port=int(self.port or 0),
            secure_mode=str(self.secure_mode),
            user=self.user,
            password=self.password,
            verify_certificate=self.verify_certificate,
            socket_connect_timeout=self.socket_connect_timeout,
        )

    def _prepared(self, message: Message, body: str, title: str) -> list[tuple[list[str], str]]:
        """Recipients and text of each mail, as the plugin prepares them, with our headers and text."""
        prepared = NotifyEmail.prepare_emails(
            subject=one_line(title),
            body=message.html or body,
            notify_format=NotifyFormat.HTML if message.html else NotifyFormat.TEXT,
            from_addr=self.from_addr,
            to=self.targets,
            cc=self.cc,
            bcc=self.bcc,
            reply_to=self.reply_to,
            smtp_host=self.smtp_host,
            headers=self.headers,
            names=self.names,
            pgp=self.pgp,
            pgp_mode=self.pgp_mode,
            tzinfo=self.tzinfo,
        )
        return [(mail.to_addrs, dress(mail.body, message)) for mail in prepared]


def dress(prepared: str, message: Message) -> str:
    """The plugin's mail with our headers, each once, our subject in lines of legal length, and our text."""
    mail = email.message_from_string(prepared)
    for name, value in {**message.headers, "Subject": message.subject}.items():
        del mail[name]
        mail[name] = _header(name, one_line(value, 900))
    if mail.get_content_type() == "multipart/alternative":
        text = mail.get_payload(0)
        assert isinstance(text, Mime)
        del text["Content-Transfer-Encoding"]
        text.set_payload(message.text, "utf-8")
    return mail.as_string()


def _header(name: str, value: str) -> Any:
    if name != "Subject":
        return value
    plain = value.isascii() and all(len(word) <= _LONGEST_WORD for word in value.split())
    return Header(value, "us-ascii" if plain else "utf-8", header_name=name)


class _Session(AppriseSMTPController):
    """One connection, which tells a refusal from a line that died when the mail was on its way."""

    def transfer(self, sender: str, recipients: list[str], text: str, trace: Trace) -> bool:
        """Hand over one mail. The first recipient decides; a refused copy is only noted."""
        smtp: Any = self._socket
        smtp.ehlo_or_helo_if_needed()
        _expect(Stage.SENDER, *smtp.mail(sender))
        _expect(Stage.RECIPIENT, *smtp.rcpt(recipients[0]))
        for copy in recipients[1:]:
            code, reply = smtp.rcpt(copy)
            if code // 100 != 2:
                trace.complaints.append(f"{copy} was refused: {_reply(code, reply)}")
        try:
            code, reply = smtp.data(text)
        except smtplib.SMTPDataError as error:  # DATA itself was refused: nothing was handed over
            raise _Refused(Stage.MAIL, error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            trace.note(Outcome.UNKNOWN, f"no answer after the mail was sent: {_why(error)}")
            return False
        if code // 100 != 2:
            raise _Refused(Stage.MAIL, code, reply)
        trace.note(Outcome.SENT, _reply(code, reply), status=code)
        return True


class _Refused(smtplib.SMTPResponseException):
    """What the server refused, and how."""

    def __init__(self, stage: Stage, code: int, reply: bytes | str) -> None:
        super().__init__(code, reply)
        self.stage = stage

    def note(self, trace: Trace) -> None:
        said = _reply(self.smtp_code, self.smtp_error)
        outcome, fault = smtp_verdict(self.stage, self.smtp_code, said)
        trace.note(outcome, said, status=self.smtp_code if self.smtp_code > 0 else None, fault=fault)


def _expect(stage: Stage, code: int, reply: bytes) -> None:
    if code // 100 != 2:
        raise _Refused(stage, code, reply)


def _reply(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return one_line(f"{code} {text}", _LONGEST_REPLY)


def _why(error: Exception) -> str:
    said = getattr(error, "strerror", None) or str(error)
    return one_line(said, _LONGEST_REPLY) or type(error).__name__
