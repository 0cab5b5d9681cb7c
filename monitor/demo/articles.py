"""The demonstration's outlets and articles as values, read from edition.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from monitor.model import Kind

EDITION = Path(__file__).with_name("edition.toml")
_HOURS = "h"


class Format(StrEnum):
    """How an outlet serves its feed."""

    RSS = "rss"
    RDF = "rdf"
    ATOM = "atom"
    JSON = "json"
    BROKEN = "broken"  # the address answers with a web page


class Expect(StrEnum):
    """What the daemon must make of an article."""

    NONE = "none"
    BASELINE = "baseline"
    COPY = "copy"
    NEW = "new"
    UPDATE = "update"

    @property
    def kind(self) -> Kind | None:
        """The kind of alert that is expected, None where nobody is to be told."""
        return {Expect.NEW: Kind.NEW, Expect.UPDATE: Kind.UPDATE}.get(self)


@dataclass(frozen=True, slots=True)
class Outlet:
    """A publisher of the newsroom: its own address, one feed."""

    key: str
    name: str
    language: str
    format: Format
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Piece:
    """One article as the edition plans it.

    `ago` (backlog) and `at` (timetable, counted from the first poll) exclude each other. `slug` names
    the piece; `page` is the last part of its address, which a correction shares with what it corrects.
    """

    slug: str
    outlet: Outlet
    title: str
    body: tuple[str, ...]
    expect: Expect
    rule: str | None = None
    why: str = ""
    ago: timedelta | None = None
    at: timedelta | None = None
    revises: str | None = None
    follows: str | None = None  # the slug of a piece that is told first
    read_also: tuple[str, ...] = ()
    fails: bool = False  # its page answers 500

    @property
    def page(self) -> str:
        return self.revises or self.slug

    @property
    def summary(self) -> str:
        return self.body[0]


@dataclass(frozen=True, slots=True)
class Published:
    """A piece in the world: `published` is when its address appeared, `updated` when this text did."""

    piece: Piece
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything that the newsroom publishes. `timetable` is in order of time; `bulletins` are templates."""

    outlets: tuple[Outlet, ...]
    backlog: tuple[Piece, ...]
    timetable: tuple[Piece, ...]
    bulletins: tuple[Piece, ...]

    def bulletin(self, number: int) -> Piece:
        """The bulletin that is published as the `number`th (from 0) after the timetable: each in turn."""
        template = self.bulletins[number % len(self.bulletins)]
        shown = str(3 + number % 37)
        return replace(
            template,
            slug=f"{template.slug}-{number}",
            title=template.title.replace("{n}", shown),
            body=tuple(line.replace("{n}", shown) for line in template.body),
        )


def load_edition(path: Path = EDITION) -> Edition:
    """The edition in the file. KeyError or ValueError where the file, which is shipped, is wrong."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    outlets = {row["key"]: _outlet(row) for row in data["outlets"]}
    pieces = [_piece(row, outlets) for row in data["articles"]]
    timed = sorted((piece for piece in pieces if piece.at is not None), key=_time)
    return Edition(
        outlets=tuple(outlets.values()),
        backlog=tuple(piece for piece in pieces if piece.ago is not None),
        timetable=tuple(timed),
        bulletins=tuple(_piece(row | {"expect": "none"}, outlets) for row in data["bulletins"]),
    )


def _time(piece: Piece) -> timedelta:
    return piece.at or timedelta()


def _outlet(row: dict[str, Any]) -> Outlet:
    return Outlet(
        row["key"], row["name"], row["language"], Format(row["format"]), row.get("encoding", "utf-8")
    )


def _piece(row: dict[str, Any], outlets: dict[str, Outlet]) -> Piece:
    expect, _, rule = row["expect"].partition(" ")
    return Piece(
        slug=row["slug"],
        outlet=outlets[row["outlet"]],
        title=row["title"],
        body=tuple(row["body"].strip().splitlines()),
        expect=Expect(expect),
        rule=rule or None,
        why=row.get("why", ""),
        ago=timedelta(hours=float(row["ago"].removesuffix(_HOURS))) if "ago" in row else None,
        at=timedelta(seconds=row["at"]) if "at" in row else None,
        revises=row.get("revises"),
        follows=row.get("follows"),
        read_also=tuple(row.get("read_also", ())),
        fails=row.get("page") == "fails",
    )
