from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.demo import mailbox as module
from monitor.demo.mailbox import Mailbox, Receipt, open_mailbox

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
T = TypeVar("T")


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    seen: list[Receipt] = []
    async with open_mailbox(Mailbox(seen.append, now=lambda: AT, idle_seconds=5)) as mailbox:
        yield mailbox
        assert seen == mailbox.receipts


async def with_client(box: Mailbox, talk: Callable[[smtplib.SMTP], T]) -> T:
    def session() -> T:
        with smtplib.SMTP("127.0.0.1", box.port, timeout=5) as client:
            return talk(client)

    return await asyncio.to_thread(session)


async def dialogue(box: Mailbox, sent: bytes) -> list[str]:
    """Everything that the mailbox answers to the bytes, line by line, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", box.port)
    writer.write(sent)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer.decode().splitlines()


async def test_a_message_arrives_as_it_was_sent(box: Mailbox) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "monitor@newsroom.example", "desk@newsroom.example"
    message["Subject"] = "북한군 → Курск"
    message.set_content("first\n.dotted\n..twice\n")
    message.add_alternative("<p><b>first</b></p>", subtype="html")

    await with_client(box, lambda client: client.send_message(message))

    (receipt,) = box.receipts
    assert receipt.at == AT
    assert (receipt.sender, receipt.recipients) == ("monitor@newsroom.example", ("desk@newsroom.example",))
    assert receipt.message["Subject"] == "북한군 → Курск"
    text, html = (receipt.message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert text.get_content().splitlines() == ["first", ".dotted", "..twice"]
    assert html is not None
    assert "<b>first</b>" in html.get_content()


async def test_one_connection_may_bring_several_messages(box: Mailbox) -> None:
    def talk(client: smtplib.SMTP) -> None:
        for name in "ab":
            client.sendmail("a@x.example", [f"{name}@x.example", "c@x.example"], f"Subject: {name}\r\n\r\n")

    await with_client(box, talk)
    assert [r.message["Subject"] for r in box.receipts] == ["a", "b"]
    assert [r.recipients for r in box.receipts] == [
        ("a@x.example", "c@x.example"),
        ("b@x.example", "c@x.example"),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.text(st.sampled_from(".ab \t"), max_size=5), max_size=8))
async def test_dot_stuffing_round_trips(lines: list[str]) -> None:
    body = "\r\n".join(["Subject: x", "", *lines, ""]).encode()
    async with open_mailbox(Mailbox(lambda _: None, idle_seconds=5)) as box:
        await with_client(box, lambda client: client.sendmail("a@x.example", ["b@x.example"], body))
    assert box.receipts[0].message.get_payload() == "".join(line + "\r\n" for line in lines)


@pytest.mark.parametrize(
    ("commands", "codes"),
    [
        (["NOOP", "RSET", "VRFY x", "QUIT"], [220, 250, 250, 252, 221]),
        (["HELO me", "QUIT"], [220, 250, 221]),
        (["noop", "quit"], [220, 250, 221]),
        (["RCPT TO:<a@x.example>"], [220, 503]),
        (["DATA"], [220, 503]),
        (["MAIL FROM:<a@x.example>", "DATA"], [220, 250, 503]),
        (["MAIL FROM:<a@x.example>", "MAIL FROM:<a@x.example>"], [220, 250, 503]),
        (["MAIL FROM:<>", "RCPT TO:<a@x.example>"], [220, 250, 250]),
        (["MAIL FROM:<>", "RCPT TO:<>"], [220, 250, 501]),
        (["MAIL a@x.example"], [220, 501]),
        (["MAIL FROM:<a@x.example> SIZE=100 BODY=8BITMIME"], [220, 250]),
        (["MAIL FROM:<a@x.example> SIZE=99999999999"], [220, 552]),
        (["MAIL FROM:<a@x.example>", "RSET", "RCPT TO:<b@x.example>"], [220, 250, 250, 503]),
        (["STARTTLS", "\x00\xff", "NOOP"], [220, 500, 500, 250]),
    ],
)
async def test_replies(box: Mailbox, commands: list[str], codes: list[int]) -> None:
    answers = await dialogue(box, "".join(f"{line}\r\n" for line in commands).encode())
    assert [int(line[:3]) for line in answers] == codes
    assert box.receipts == []


ENVELOPE = b"MAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n"


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n"])
async def test_a_dot_between_bare_line_feeds_ends_nothing(box: Mailbox, end: bytes) -> None:
    smuggled = b"MAIL FROM:<evil@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\nSubject: evil\r\n"
    await dialogue(box, ENVELOPE + b"Subject: one\r\n\r\ntext" + end + smuggled + b"\r\n.\r\nQUIT\r\n")
    assert [r.message["Subject"] for r in box.receipts] == ["one"]


async def test_what_is_cut_off_in_the_middle_is_not_received(box: Mailbox) -> None:
    assert [line[:3] for line in await dialogue(box, ENVELOPE + b"Subject: x\r\n\r\nhalf")] == [
        "220",
        "250",
        "250",
        "354",
    ]
    assert box.receipts == []


async def test_a_message_over_the_limit_is_refused_and_the_next_one_taken() -> None:
    async with open_mailbox(Mailbox(lambda _: None, max_bytes=1000, idle_seconds=5)) as box:
        big = ENVELOPE + b"Subject: big\r\n\r\n" + b"x" * 2000 + b"\r\n.\r\n"
        small = ENVELOPE + b"Subject: small\r\n\r\n\r\n.\r\n"
        answers = await dialogue(box, big + small)
        assert [int(line[:3]) for line in answers] == [220, 250, 250, 354, 552, 250, 250, 354, 250]
        assert [r.message["Subject"] for r in box.receipts] == ["small"]


async def test_an_endless_line_is_refused(box: Mailbox) -> None:
    answers = await dialogue(box, b"x" * (module.MAX_LINE + 1))
    assert [line[:3] for line in answers] == ["220", "500"]


async def test_too_many_recipients(box: Mailbox) -> None:
    lines = b"MAIL FROM:<a@x.example>\r\n" + b"RCPT TO:<b@x.example>\r\n" * (module.MAX_RECIPIENTS + 1)
    assert (await dialogue(box, lines))[-1].startswith("452")


async def test_a_silent_sender_is_sent_away() -> None:
    async with open_mailbox(Mailbox(lambda _: None, idle_seconds=0.05)) as box:
        reader, writer = await asyncio.open_connection("127.0.0.1", box.port)
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert [line[:3] for line in answer.decode().splitlines()] == ["220", "421"]


async def test_closing_the_mailbox_ends_its_sessions() -> None:
    async with open_mailbox(Mailbox(lambda _: None)) as box:
        reader, writer = await asyncio.open_connection("127.0.0.1", box.port)
        await reader.readline()
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_more_sessions_than_it_bears_are_turned_away(box: Mailbox) -> None:
    held = [await asyncio.open_connection("127.0.0.1", box.port) for _ in range(module.MAX_SESSIONS)]
    for reader, _ in held:
        assert (await reader.readline()).startswith(b"220")
    assert (await dialogue(box, b""))[0].startswith("421")
    for _, writer in held:
        writer.close()
