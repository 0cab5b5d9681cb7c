from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.demo.articles import load_edition
from monitor.demo.mail import AlertMail
from monitor.demo.newsroom import Newsroom, serve
from monitor.demo.run import find_piece, tail
from monitor.model import Kind

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with serve(Newsroom(load_edition(), START)) as newsroom:
        yield newsroom


def mail(kind: Kind | None, url: str) -> AlertMail:
    return AlertMail("subject", "rule", kind, "reason", url, ())


async def test_a_mail_is_about_the_article_that_it_links_to(room: Newsroom) -> None:
    for piece in (*room.edition.backlog, *room.edition.timetable):
        if piece.page == "builders-for-kursk":
            continue
        for kind in (Kind.NEW, Kind.UPDATE):
            assert find_piece(room, mail(kind, room.locate(piece))) == piece


async def test_of_an_article_and_its_correction_an_update_means_the_correction(room: Newsroom) -> None:
    url = f"{room.bases['wire']}/news/builders-for-kursk.html"
    found = [find_piece(room, mail(kind, url)) for kind in (Kind.NEW, Kind.UPDATE)]
    assert [piece.slug for piece in found if piece] == ["builders-for-kursk", "builders-for-kursk-corrected"]


@pytest.mark.parametrize("url", ["", "http://127.0.0.2:1/news/none.html"])
async def test_a_mail_about_nothing_that_was_published(room: Newsroom, url: str) -> None:
    assert find_piece(room, mail(Kind.NEW, url)) is None


def test_the_end_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "daemon.log"
    assert tail(log) == ""
    log.write_bytes(b"one\ntwo\nthr\xffee\n")
    assert tail(log, 2) == "two\nthr\ufffdee"
