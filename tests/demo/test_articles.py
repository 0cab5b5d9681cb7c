"""The edition keeps what the demonstration promises of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from monitor.demo.articles import Edition, Expect, Format, load_edition
from monitor.demo.verdict import expected_of
from monitor.model import Kind

EDITION = load_edition()
PIECES = (*EDITION.backlog, *EDITION.timetable)


@pytest.fixture
def edition() -> Edition:
    return EDITION


def test_it_speaks_nine_languages_in_every_shape_of_feed(edition: Edition) -> None:
    assert {o.language for o in edition.outlets} == {"en", "ko", "ru", "uk", "ja", "de", "fr", "es", "zh"}
    assert {o.format for o in edition.outlets} == set(Format)


def test_slugs_are_unique_and_every_readable_outlet_has_a_backlog(edition: Edition) -> None:
    assert Counter(p.slug for p in PIECES).most_common(1)[0][1] == 1
    assert {p.outlet for p in edition.backlog} == {
        o for o in edition.outlets if o.format is not Format.BROKEN
    }


@pytest.mark.parametrize("piece", PIECES, ids=lambda p: p.slug)
def test_each_article_says_when_it_appears_and_what_follows(piece) -> None:  # type: ignore[no-untyped-def]
    assert (piece.ago is None) != (piece.at is None)
    assert (piece.rule is not None) == (piece.expect in (Expect.NEW, Expect.UPDATE))
    assert (piece.expect.kind is not None) == (piece.rule is not None)
    assert piece.title
    assert all(piece.body)
    assert piece.why or piece.ago, "a watcher is told what to expect of every article that appears"


def test_the_backlog_holds_a_report_that_would_alert(edition: Edition) -> None:
    assert [p.slug for p in edition.backlog if p.expect is Expect.BASELINE] == ["gunners-in-villages"]
    assert all(p.expect in (Expect.NONE, Expect.BASELINE) for p in edition.backlog)


def test_the_timetable_begins_with_an_alert_and_ends_with_one(edition: Edition) -> None:
    """At its end, so that everything before it was decided when the last expected alert arrives."""
    first, last = edition.timetable[0], edition.timetable[-1]
    assert first.expect is Expect.NEW
    assert first.at is not None
    assert first.at <= timedelta(seconds=2)
    assert last.expect is Expect.UPDATE
    assert [p.at for p in edition.timetable] == sorted({p.at for p in edition.timetable if p.at})


def test_a_correction_changes_one_figure_of_what_was_published_before(edition: Edition) -> None:
    (correction,) = [p for p in PIECES if p.revises]
    original = next(p for p in PIECES if p.slug == correction.revises)
    assert correction.at is not None
    assert original.at is not None
    assert original.at < correction.at
    assert (original.outlet, original.page) == (correction.outlet, correction.page)
    assert correction.title == original.title.replace("5,000", "6,000")
    assert correction.body[0] == original.body[0].replace("5,000", "6,000")


def test_what_is_followed_comes_before_and_is_told(edition: Edition) -> None:
    """A copy, a second source and a correction are what they are only after the first report."""
    slugs = [p.slug for p in edition.timetable]
    followed = {p.slug: p.follows for p in edition.timetable if p.follows}
    for later, earlier in followed.items():
        assert slugs.index(earlier) < slugs.index(later)
        assert edition.timetable[slugs.index(earlier)].expect.kind is not None
    dependent = {p.slug for p in edition.timetable if p.expect in (Expect.COPY, Expect.UPDATE)}
    assert dependent == followed.keys()


def test_a_copy_is_another_outlets_text_under_its_own_headline(edition: Edition) -> None:
    (copy,) = [p for p in PIECES if p.expect is Expect.COPY]
    (original,) = [p for p in PIECES if p.body[1:] == copy.body[2:-1] and p.outlet != copy.outlet]
    assert copy.title != original.title
    assert copy.body[0] != original.body[0]
    assert copy.body[-1] == original.outlet.name


def test_what_is_expected_follows_from_the_articles(edition: Edition) -> None:
    expected = expected_of(edition)
    assert Counter((told.rule, told.kind) for told in expected) == {
        ("kpa-russia-deployment", Kind.NEW): 5,
        ("kpa-russia-deployment", Kind.UPDATE): 2,
        ("kpa-memorial", Kind.NEW): 2,
    }
    assert len(set(expected)) == len(expected)


def test_bulletins_take_turns_and_never_repeat(edition: Edition) -> None:
    several = [edition.bulletin(number) for number in range(30)]
    assert len({p.slug for p in several}) == 30
    assert len({(p.title, p.body) for p in several}) == 30
    assert {p.outlet for p in several[:3]} == {p.outlet for p in edition.bulletins}
    assert not any("{n}" in p.title + "".join(p.body) for p in several)
