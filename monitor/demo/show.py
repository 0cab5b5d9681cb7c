"""What the terminal shows: a calm log, one line an article, one panel a mail, a table at the end.

Without a terminal the same is written as plain lines, none of them cut or wrapped. rich honours NO_COLOR
and the terminal's width.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.demo.articles import Edition, Expect, Piece, Published
from monitor.demo.mail import AlertMail
from monitor.demo.verdict import Told, Verdict
from monitor.model import Kind
from monitor.send.view import BADGES

_INDENT = 9  # the column of times


@dataclass
class Show:
    """Writes to one console. `started` is what times count from."""

    console: Console
    started: datetime
    titles: dict[str, Piece] = field(default_factory=dict)

    def opening(self, edition: Edition, folder: Path) -> None:
        """What is about to happen, before anything does."""
        self.titles = {piece.slug: piece for piece in (*edition.backlog, *edition.timetable)}
        languages = len({outlet.language for outlet in edition.outlets})
        self._print(Text("A newsroom, a daemon and a mailbox, all on this machine", "bold"))
        self._print(
            Text(
                f"{len(edition.outlets)} invented outlets publish in {languages} languages. The daemon polls "
                "their feeds, reads each article, tries the shipped rules on it, and mails what matches.",
            )
        )
        self._print(Text(f"Configuration, rules, database and log: {folder}", "dim"))
        self._print(Text())

    def step(self, now: datetime, what: str) -> None:
        """Something happened that is neither an article nor a mail."""
        self._timed(now, Text(what, "dim"))

    def published(self, item: Published) -> None:
        """An article has appeared; beneath it, what the daemon should make of it."""
        piece = item.piece
        line = Text.assemble(
            (piece.outlet.name, "cyan"), f" · {piece.outlet.language} · ", (piece.title, "default")
        )
        if self.console.is_terminal:
            line.truncate(self.console.width - _INDENT - 1, overflow="ellipsis")
        self._timed(item.updated, line)
        if hint := expectation(piece):
            self._indented(Text(hint, "dim"))

    def mail(self, mail: AlertMail, received: datetime, published: datetime | None) -> None:
        """A mail has arrived."""
        body = Text()
        for run in mail.sentence:
            body.append(run.text, "bold black on yellow" if run.marked else "")
        foot = " · ".join(
            filter(None, [mail.reason or BADGES.get(mail.kind or Kind.TEST, "").lower(), mail.url])
        )
        parts = [Text(mail.subject, "bold"), *([body] if body.plain.strip() else []), Text(foot, "dim")]
        after = f", {seconds(received - published)} after it was published" if published else ""
        self._panel(
            received, f"mail to the desk{after}", Text("\n").join(parts), _COLOURS.get(mail.kind, "red")
        )

    def summary(self, verdict: Verdict, first: datetime | None) -> None:
        """What was expected beside what arrived."""
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
        for heading in ("", "alert", "rule"):
            table.add_column(heading, no_wrap=True)
        table.add_column("article", no_wrap=True, overflow="ellipsis", ratio=1)
        for mark, told in sorted(_marked(verdict), key=self._place):
            table.add_row(*self._row(mark, told))
        self._print(Text())
        self._print(table)
        self._print(Text(closing(verdict, first - self.started if first else None), "bold"))

    def afterwards(self, folder: Path) -> None:
        """What goes on when the timetable is over."""
        self._print(Text())
        self._print(
            Text(
                "The newsroom keeps publishing. Edit a rule and the daemon takes it up at once, "
                f"or look at what it has stored: monitor -c {folder / 'monitor.toml'} matches list. "
                "Ctrl-C ends.",
                "dim",
            )
        )

    def failure(self, what: str, log: str) -> None:
        """Why the demonstration could not be played, and the end of the daemon's log."""
        self._print(Text(what, "bold red"))
        if log:
            self._print(Text("The daemon's log ends with:", "dim"))
            self._print(Text(log, "dim"))

    def _row(self, mark: str, told: Told) -> tuple[Text, str, str, Text]:
        piece = self.titles.get(told.piece)
        shown = Text(mark, "green" if mark == ARRIVED else "red")
        return shown, str(told.kind or "mail"), told.rule, Text(piece.title if piece else told.piece)

    def _place(self, row: tuple[str, Told]) -> int:
        """Where a row belongs: in the order of publication, what was never published last."""
        slugs = list(self.titles)
        return slugs.index(row[1].piece) if row[1].piece in self.titles else len(slugs)

    def _timed(self, now: datetime, line: Text) -> None:
        time = f"{seconds(now - self.started):>{_INDENT - 2}}"
        if not self.console.is_terminal:
            self._print(Text.assemble(time, "  ", line))
            return
        row = Table.grid()
        row.add_column(width=_INDENT)
        row.add_column()
        row.add_row(Text(time, "dim"), line)
        self._print(row)

    def _panel(self, now: datetime, title: str, body: Text, colour: str) -> None:
        if not self.console.is_terminal:
            self._timed(now, Text(title))
            self._indented(body)
            return
        panel = Panel(body, title=Text(title), title_align="left", border_style=colour)
        self._print(Padding(panel, (0, 0, 0, _INDENT)))

    def _indented(self, text: Text) -> None:
        if self.console.is_terminal:
            self._print(Padding(text, (0, 0, 0, _INDENT)))
            return
        for line in text.split():
            self._print(Text.assemble(" " * _INDENT, line))

    def _print(self, what: RenderableType) -> None:
        whole = not self.console.is_terminal and isinstance(what, Text)  # a file has no width
        self.console.print(what, highlight=False, markup=False, soft_wrap=whole)


ARRIVED = "arrived"


def _marked(verdict: Verdict) -> Iterator[tuple[str, Told]]:
    """Every alert of the verdict, with what became of it."""
    for told in verdict.arrived:
        yield ("twice" if told in verdict.duplicates else ARRIVED), told
    for told in verdict.missing:
        yield "missing", told
    for told in verdict.spurious:
        yield "unexpected", told


_COLOURS: dict[Kind | None, str] = {Kind.NEW: "green", Kind.UPDATE: "blue"}
_HINTS = {
    Expect.NONE: "no alert: {why}",
    Expect.BASELINE: "no alert: {why}",
    Expect.COPY: "no alert: {why}",
    Expect.NEW: "an alert, {rule}: {why}",
    Expect.UPDATE: "an update, {rule}: {why}",
}


def expectation(piece: Piece) -> str:
    """What the daemon should make of a piece, in words; empty where nobody need be told why."""
    return _HINTS[piece.expect].format(why=piece.why, rule=piece.rule) if piece.why else ""


def seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.1f} s"


def closing(verdict: Verdict, first: timedelta | None) -> str:
    """The demonstration's result in one line."""
    counts = [
        f"{len(several)} {what}"
        for what, several in (
            ("missing", verdict.missing),
            ("unexpected", verdict.spurious),
            ("twice", verdict.duplicates),
        )
        if several
    ]
    arrived = (
        f"{len(verdict.arrived)} of {len(verdict.arrived) + len(verdict.missing)} expected alerts arrived"
    )
    speed = f"; the first after {seconds(first)}" if first is not None else ""
    return f"{arrived}, {'exactly these' if verdict.exact else ', '.join(counts)}{speed}."
