"""A mailbox on loopback: the smallest SMTP receiver (RFC 5321) that keeps what arrives.

Bounded in every direction, because a demonstration should not fall over either: connections, line length,
message size, recipients, idle time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from monitor.demo.newsroom import utc_now

MAX_BYTES = 10 * 1024 * 1024
MAX_LINE = 64 * 1024  # well over RFC 5321's 1,000: real senders exceed it
MAX_RECIPIENTS = 100
MAX_SESSIONS = 32
IDLE_SECONDS = 60.0

_PATH = re.compile(r"^(?:FROM|TO):\s*<(?P<address>[^<>\s]*)>(?P<parameters>(?:\s+\S+)*)\s*$", re.IGNORECASE)
_SIZE = re.compile(r"\bSIZE=(\d{1,12})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that arrived, the envelope it came in, and when."""

    message: EmailMessage
    sender: str
    recipients: tuple[str, ...]
    at: datetime


@dataclass
class Mailbox:
    """The messages received so far, oldest first. `on_receipt` is called before the sender is told 250."""

    on_receipt: Callable[[Receipt], None]
    now: Callable[[], datetime] = utc_now
    idle_seconds: float = IDLE_SECONDS
    max_bytes: int = MAX_BYTES
    port: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    _sessions: set[asyncio.Task[None]] = field(default_factory=set)

    async def session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one sender until it quits, is silent for too long, or breaks the protocol."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._sessions.add(task)
        try:
            await _Session(self, reader, writer).run(busy=len(self._sessions) > MAX_SESSIONS)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, _LineTooLongError):
            pass  # the sender has gone, or was told why; what it completed is kept
        finally:
            self._sessions.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def receive(self, sender: str, recipients: tuple[str, ...], data: bytes) -> None:
        message = message_from_bytes(data, policy=default)
        receipt = Receipt(message, sender, recipients, self.now())
        self.receipts.append(receipt)
        self.on_receipt(receipt)

    async def end_sessions(self) -> None:
        for task in self._sessions:
            task.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)


@asynccontextmanager
async def open_mailbox(mailbox: Mailbox) -> AsyncIterator[Mailbox]:
    """Listen on 127.0.0.1 on a port that the system chooses, until the block ends."""
    server = await asyncio.start_server(mailbox.session, "127.0.0.1", 0, limit=MAX_LINE)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        await mailbox.end_sessions()
        await server.wait_closed()


class _LineTooLongError(Exception):
    """A line was longer than MAX_LINE: where the next one starts is not known any more."""


class _Session:
    """One connection: replies are (code, text); the envelope is what MAIL and RCPT have said so far."""

    def __init__(self, mailbox: Mailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._mailbox = mailbox
        self._reader = reader
        self._writer = writer
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def run(self, *, busy: bool) -> None:
        if busy:
            await self._reply("421 too many connections")
            return
        await self._reply("220 newsroom.example demonstration mailbox")
        while line := await self._line():
            if not await self._command(line.decode("utf-8", "replace").strip()):
                return

    async def _command(self, line: str) -> bool:
        """Answer one command; False ends the session."""
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "EHLO":
                self._reset()
                await self._reply(
                    "250-newsroom.example",
                    f"250-SIZE {self._mailbox.max_bytes}",
                    "250-8BITMIME",
                    "250 SMTPUTF8",
                )
            case "HELO":
                self._reset()
                await self._reply("250 newsroom.example")
            case "MAIL":
                await self._reply(self._mail(rest))
            case "RCPT":
                await self._reply(self._rcpt(rest))
            case "DATA":
                return await self._data()
            case "RSET":
                self._reset()
                await self._reply("250 forgotten")
            case "NOOP":
                await self._reply("250 fine")
            case "VRFY":
                await self._reply("252 send it and see")
            case "QUIT":
                await self._reply("221 goodbye")
                return False
            case _:
                await self._reply("500 unknown command")
        return True

    def _reset(self) -> None:
        self._sender, self._recipients = None, []

    def _mail(self, rest: str) -> str:
        path = _PATH.match(rest)
        if self._sender is not None:
            return "503 one sender at a time"
        if path is None:
            return "501 write MAIL FROM:<address>"
        size = _SIZE.search(path["parameters"])
        if size and int(size[1]) > self._mailbox.max_bytes:
            return "552 too big"
        self._sender = path["address"]
        return "250 sender noted"

    def _rcpt(self, rest: str) -> str:
        path = _PATH.match(rest)
        if self._sender is None:
            return "503 MAIL first"
        if path is None or not path["address"]:
            return "501 write RCPT TO:<address>"
        if len(self._recipients) >= MAX_RECIPIENTS:
            return "452 too many recipients"
        self._recipients.append(path["address"])
        return "250 recipient noted"

    async def _data(self) -> bool:
        if self._sender is None or not self._recipients:
            await self._reply("503 MAIL and RCPT first")
            return True
        await self._reply("354 end with a dot on a line of its own")
        data = await self._read_data()
        if data is None:
            await self._reply("552 too big")
        else:
            self._mailbox.receive(self._sender, tuple(self._recipients), data)
            await self._reply("250 received")
        self._reset()
        return True

    async def _read_data(self) -> bytes | None:
        """The message without dot-stuffing; None where it was too big (and was read to its end).

        Only CRLF.CRLF ends it: a dot between bare line feeds is text, or one message could smuggle another.
        """
        lines: list[bytes] = []
        size, after_crlf = 0, True
        while True:
            line = await self._line()
            if not line:
                raise asyncio.IncompleteReadError(b"", None)
            if after_crlf and line == b".\r\n":
                return b"".join(lines) if size <= self._mailbox.max_bytes else None
            if after_crlf and line.startswith(b"."):
                line = line[1:]
            after_crlf = line.endswith(b"\r\n")
            size += len(line)
            if size <= self._mailbox.max_bytes:
                lines.append(line)

    async def _line(self) -> bytes:
        """The next line with its end; empty where the sender closed the connection."""
        try:
            async with asyncio.timeout(self._mailbox.idle_seconds):
                return await self._reader.readline()
        except TimeoutError:
            await self._reply("421 silent for too long")
            raise
        except ValueError as error:
            await self._reply("500 line too long")
            raise _LineTooLongError from error

    async def _reply(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()
