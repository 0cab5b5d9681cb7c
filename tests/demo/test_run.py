from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from monitor.demo.articles import Piece, load_edition
from monitor.demo.mail import AlertMail
from monitor.demo.mailbox import Receipt
from monitor.demo.newsroom import Newsroom, serve
from monitor.demo.run import Play, find_piece, tail
from monitor.demo.show import Show
from monitor.demo.verdict import Told
from monitor.model import Kind
from tests.demo.mails import mail

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with serve(Newsroom(load_edition(), START)) as newsroom:
        yield newsroom


def read(kind: Kind | None, url: str) -> AlertMail:
    return AlertMail("subject", "rule", kind, "reason", url, ())


async def test_a_mail_is_about_the_article_that_it_links_to(room: Newsroom) -> None:
    for piece in (*room.edition.backlog, *room.edition.timetable):
        if piece.page == "builders-for-kursk":
            continue
        for kind in (Kind.NEW, Kind.UPDATE):
            assert find_piece(room, read(kind, room.locate(piece))) == piece


async def test_of_an_article_and_its_correction_an_update_means_the_correction(room: Newsroom) -> None:
    url = f"{room.bases['wire']}/news/builders-for-kursk.html"
    found = [find_piece(room, read(kind, url)) for kind in (Kind.NEW, Kind.UPDATE)]
    assert [piece.slug for piece in found if piece] == ["builders-for-kursk", "builders-for-kursk-corrected"]


@pytest.mark.parametrize("url", ["", "http://127.0.0.2:1/news/none.html"])
async def test_a_mail_about_nothing_that_was_published(room: Newsroom, url: str) -> None:
    assert find_piece(room, read(Kind.NEW, url)) is None


def test_the_end_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "daemon.log"
    assert tail(log) == ""
    log.write_bytes(b"one\ntwo\nthr\xffee\n")
    assert tail(log, 2) == "two\nthr\ufffdee"
    log.write_text("x" * 1000)
    assert len(tail(log)) == 300


# --- what arrives ----------------------------------------------------------------------------------


def receipt(kind: Kind, rule: str, url: str, after: float) -> Receipt:
    message = mail(kind, rule, "5,000 → 6,000 builders", url)
    return Receipt(message, "monitor@news.example", ("desk@news.example",), START + timedelta(seconds=after))


@pytest.fixture
def play(room: Newsroom) -> Play:
    return Play(room, Show(Console(file=StringIO(), width=100), START))


def piece_named(play: Play, slug: str) -> Piece:
    return next(piece for piece in play.room.edition.timetable if piece.slug == slug)


async def test_a_mail_is_remembered_and_shown_with_how_long_it_took(play: Play) -> None:
    piece = piece_named(play, "museum-of-the-fallen")
    play.room.publish(piece, START + timedelta(seconds=2))
    play.on_receipt(receipt(Kind.NEW, "kpa-memorial", play.room.locate(piece), 5.25))
    assert play.received == [Told("kpa-memorial", Kind.NEW, "museum-of-the-fallen")]
    assert play.first_at == START + timedelta(seconds=5.25)
    assert "3.2 s after it was published" in play.show.console.file.getvalue()  # type: ignore[attr-defined]
    verdict = play.verdict()
    assert verdict.arrived == tuple(play.received)
    assert len(verdict.missing) == 8


async def test_a_mail_about_something_else_counts_against_the_daemon(play: Play) -> None:
    play.on_receipt(receipt(Kind.NEW, "kpa-memorial", "http://127.0.0.9/other.html", 5))
    (spurious,) = play.verdict().spurious
    assert (spurious.rule, spurious.kind) == ("kpa-memorial", Kind.NEW)


async def test_the_first_mail_is_what_counts_as_first(play: Play) -> None:
    url = play.room.locate(piece_named(play, "sappers-arrive"))
    for after in (4.0, 6.0):
        play.on_receipt(receipt(Kind.NEW, "kpa-russia-deployment", url, after))
    assert play.first_at == START + timedelta(seconds=4)
    assert len(play.verdict().duplicates) == 1


async def test_a_piece_waits_for_the_one_it_follows(play: Play) -> None:
    copy = piece_named(play, "pyongyang-bound-for-kursk")
    waiting = asyncio.create_task(play.told_before(copy))
    url = f"{play.room.bases['wire']}/news/builders-for-kursk.html"
    play.on_receipt(receipt(Kind.NEW, "kpa-memorial", play.room.locate(copy), 1))
    await asyncio.sleep(0)
    assert not waiting.done()
    play.on_receipt(receipt(Kind.NEW, "kpa-russia-deployment", url, 2))
    await asyncio.wait_for(waiting, 5)


async def test_a_piece_that_follows_none_does_not_wait(play: Play) -> None:
    await asyncio.wait_for(play.told_before(piece_named(play, "compressor-pressure")), 5)
