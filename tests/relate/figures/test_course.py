"""The figures of a story over time: which values are of one thing, and who gave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Counted
from monitor.relate.figures.course import Course, Given, courses, in_words, thing

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)


def troops(value: float, before: float | None = None, role: str = "sent") -> Counted:
    return Counted(value, "troops", role, f"{value:,.0f} troops", before)


def given(*reports: tuple[str, Counted]) -> tuple[Course, ...]:
    """The courses of reports an hour apart, each of a source that gives one figure or more."""
    return courses(
        Given(NINE + timedelta(hours=n), source, n + 1, (figure,))
        for n, (source, figure) in enumerate(reports)
    )


def values(course: Course) -> list[float]:
    return [point.value for point in course.points]


def test_a_figure_that_rises_is_one_course_with_who_gave_it_when() -> None:
    (course,) = given(
        ("Wire", troops(12_000)),
        ("Post", troops(15_000, before=12_000)),
        ("Daily", troops(15_000)),
        ("Wire", troops(20_000, before=15_000)),
    )
    assert (course.name, course.reports, values(course)) == ("troops sent", 4, [12_000, 15_000, 20_000])
    second = course.points[1]
    assert (second.at, second.sources, second.articles) == (
        NINE + timedelta(hours=1),
        ("Post", "Daily"),
        (2, 3),
    )


def test_a_value_that_comes_back_is_shown_again() -> None:
    (course,) = given(
        ("Wire", troops(12_000)), ("Post", troops(15_000, before=12_000)), ("Late Sheet", troops(12_000))
    )
    assert values(course) == [12_000, 15_000, 12_000]


def test_a_rounded_value_is_the_same() -> None:
    (course,) = given(("Wire", troops(14_900)), ("Post", troops(15_000)))
    assert (values(course), course.points[0].sources) == ([14_900], ("Wire", "Post"))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(troops(3_000), id="that changed nothing"),
        pytest.param(troops(12_000, role="dead"), id="to whom something else happened"),
        pytest.param(Counted(12_000, "shells", "sent", "12,000 shells"), id="of another thing"),
        pytest.param(troops(3_000, before=2_000), id="that changed what no report before gave"),
    ],
)
def test_what_is_another_thing_has_its_own_course(other: Counted) -> None:
    assert len(given(("Wire", troops(12_000)), ("Post", other))) == 2


def test_a_report_moves_a_course_once_and_what_changed_goes_first() -> None:
    """ "15,000 troops, up from 12,000": the old value beside the new one does not bring it back."""
    both = (troops(12_000), troops(15_000, before=12_000))
    (course,) = courses([Given(NINE, "Wire", 1, (troops(12_000),)), Given(NINE, "Post", 2, both)])
    assert values(course) == [12_000, 15_000]


def test_a_toll_is_one_whatever_the_word_for_those_it_counts() -> None:
    people = Counted(5, "people", "dead", "five dead")
    (course,) = given(("Wire", people), ("Post", Counted(8, "worke", "dead", "8 workers", before=5)))
    assert (course.name, values(course)) == ("people dead", [5, 8])


def test_other_things_of_two_kinds_are_not_joined() -> None:
    tanks = Counted(12_000, "tanks", "sent", "12,000 tanks", before=12_000)
    assert len(given(("Wire", troops(12_000)), ("Post", tanks))) == 2


def test_what_moved_comes_first_then_what_most_reports_give() -> None:
    ships, planes = Counted(2, "ships", "", "two ships"), Counted(3, "aircraft", "", "3 planes")
    found = courses(
        [
            Given(NINE, "Wire", 1, (planes, ships, troops(12_000))),
            Given(NINE, "Post", 2, (ships,)),
            Given(NINE, "Daily", 3, (ships, troops(15_000, before=12_000))),
        ]
    )
    assert [(course.unit, course.reports) for course in found] == [
        ("troops", 2),
        ("ships", 3),
        ("aircraft", 1),
    ]


def test_no_figures_no_courses() -> None:
    assert courses([]) == () and courses([Given(NINE, "Wire", 1, ())]) == ()


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (troops(20_000, before=15_000), "20,000 troops sent (15,000 before)"),
        (Counted(6.25e6, "usd", "", "$6.25 million"), "6.25 million USD"),
        (Counted(70, "kayak", "", "70 kayakers", before=69), "70 kayakers (69 before)"),
        (Counted(3, "people", "dead", "three people"), "3 people dead"),
    ],
)
def test_a_figure_in_words(figure: Counted, words: str) -> None:
    assert in_words(figure) == words


@pytest.mark.parametrize(
    ("unit", "text", "name"),
    [
        ("troops", "1만 5천 명의 병력", "troops"),
        ("eur", "€3m", "EUR"),
        ("kayak", "70 kayakers", "kayakers"),
        ("kayak", "70", "kayak"),
        ("kayak", "", "kayak"),
    ],
)
def test_what_a_thing_is_called(unit: str, text: str, name: str) -> None:
    assert thing(unit, text) == name
