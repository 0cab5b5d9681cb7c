from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from monitor.demo.articles import Published, load_edition
from monitor.demo.mail import AlertMail, Run
from monitor.demo.show import Show, closing
from monitor.demo.verdict import Told, Verdict, expected_of, judge
from monitor.model import Kind

EDITION = load_edition()
START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
MAIL = AlertMail(
    "[KPA in Russia] [red]Update[/red]: 정보 당국 “북한군 공병 1천 명”",
    "kpa-russia-deployment",
    Kind.UPDATE,
    "5,000 → 6,000 builders",
    "http://127.0.0.2:40123/news/builders-for-kursk.html",
    (Run("North Korea will ", False), Run("send", True), Run(" 6,000 builders [bold]now[/bold].", False)),
)


def shown(width: int, *, terminal: bool, environment: dict[str, str] | None = None) -> str:
    """A whole demonstration, as it would be written."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=terminal,
        color_system="truecolor" if terminal else None,
        _environ={"TERM": "xterm-256color"} | (environment or {}),
    )
    show = Show(console, START)
    show.opening(EDITION, Path("/tmp/demo"))
    for number, piece in enumerate(EDITION.timetable):
        show.published(Published(piece, START, START + timedelta(seconds=number)))
    show.mail(MAIL, START + timedelta(seconds=7.5), START + timedelta(seconds=5))
    show.summary(judge(expected_of(EDITION), expected_of(EDITION)[1:]), START + timedelta(seconds=4))
    show.afterwards(Path("/tmp/demo"))
    show.failure("The daemon ended by itself.", "last line [of] the log")
    return out.getvalue()


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("terminal", [True, False])
def test_it_fits_and_shows_everything(width: int, terminal: bool) -> None:
    lines = plain(shown(width, terminal=terminal)).splitlines()
    if terminal:
        assert max(cell_len(line) for line in lines) <= width
    else:
        assert [line for line in lines if EDITION.timetable[0].title in line], "a file has no width to cut to"
    text = " ".join(" ".join(lines).split())
    for piece in EDITION.timetable:
        assert piece.outlet.name in text
    for part in (
        "2.5 s after it was published",
        "[red]Update[/red]",
        "[bold]now[/bold]",
        "5,000 → 6,000 builders",
        "8 of 9 expected alerts arrived, 1 missing; the first after 4.0 s.",
        "no alert: football",
        "arrived new kpa-russia-deployment",
        "missing new kpa-russia-deployment",
        "last line [of] the log",
    ):
        assert part in text


def test_without_a_terminal_there_are_neither_colours_nor_boxes() -> None:
    text = shown(80, terminal=False)
    assert "\x1b" not in text
    assert not re.search("[\u2500-\u257f]", text)


def test_no_color_is_honoured() -> None:
    colours = r"\x1b\[[0-9;]*(?:3[0-7]|4[0-7]|[34]8;)[0-9;]*m"
    assert re.search(colours, shown(80, terminal=True))
    assert not re.search(colours, shown(80, terminal=True, environment={"NO_COLOR": "1"}))


A, B = Told("r", Kind.NEW, "a"), Told("r", Kind.NEW, "b")


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (judge([A], [A]), "1 of 1 expected alerts arrived, exactly these; the first after 2.0 s."),
        (judge([A, B], [A, A]), "1 of 2 expected alerts arrived, 1 missing, 1 twice; the first after 2.0 s."),
        (judge([A], [A, B]), "1 of 1 expected alerts arrived, 1 unexpected; the first after 2.0 s."),
    ],
)
def test_the_closing_line(verdict: Verdict, line: str) -> None:
    assert closing(verdict, timedelta(seconds=2)) == line


def test_nothing_arrived() -> None:
    assert closing(judge([A], []), None) == "0 of 1 expected alerts arrived, 1 missing."
