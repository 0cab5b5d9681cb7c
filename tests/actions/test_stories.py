"""A story put in the order of time: what is folded under what, what is counted, and what is said of edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.actions.stories import TimeLine, edit_in_words, moment, row, time_line
from monitor.adapters.store.additions import Addition
from monitor.adapters.store.story_lines import Edit, Judged, Report, Story
from monitor.model import Added, Article, Counted, Dated, Novelty, Origin, Standing

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def report(
    id: int,
    hours: float = 0,
    source: str = "Wire",
    copy_of: int | None = None,
    adds: Added | None = None,
    novelty: Novelty = Novelty.NOTHING,
    **article: Any,
) -> Report:
    at = NOON + hours * HOUR
    values = {"published": at, "collected": at, "language": "en", "source": source, "id": id} | article
    additions = () if adds is None else (Addition(novelty, "why", 0.4, adds),)
    return Report(Article(f"Report {id}", "", **values), Standing.NEW, copy_of, novelty, None, additions)


def line(*reports: Report, **story: Any) -> TimeLine:
    return time_line(Story(7, "Troops leave", None, NOON, reports, **story), 7, NOON)


def order(found: TimeLine) -> list[tuple[int, list[int]]]:
    return [(each.report.article.id, [copy.article.id for copy in each.copies]) for each in found.entries]


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        pytest.param([report(1), report(2, 1)], [(1, []), (2, [])], id="as they came"),
        pytest.param(
            [report(1, 1), report(2)], [(2, []), (1, [])], id="by their time, not by when they were read"
        ),
        pytest.param([report(2), report(1)], [(1, []), (2, [])], id="of one time by their id"),
        pytest.param(
            [report(1), report(2, 2, copy_of=1), report(3, 1, copy_of=1)],
            [(1, [3, 2])],
            id="copies in their order",
        ),
        pytest.param(
            [report(1), report(2, copy_of=1), report(3, copy_of=2)], [(1, [2, 3])], id="a copy of a copy"
        ),
        pytest.param([report(2, copy_of=1)], [(2, [])], id="a copy of what is elsewhere"),
        pytest.param(
            [report(1, copy_of=2), report(2, 1, copy_of=1)], [(1, []), (2, [])], id="copies of each other"
        ),
        pytest.param([], [], id="no reports"),
    ],
)
def test_the_order_of_reports(reports: list[Report], expected: list[tuple[int, list[int]]]) -> None:
    assert order(line(*reports)) == expected


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ({"published": NOON - HOUR}, NOON - HOUR),
        ({"published": NOON + HOUR}, NOON),  # a publisher's clock is fast
        ({"published": None}, NOON),
        # Of that day: it is put where it came. Of an earlier day: to the beginning of that.
        ({"published": NOON.replace(hour=0), "dated": Dated.DAY}, NOON),
        ({"published": NOON.replace(hour=0) - 24 * HOUR, "dated": Dated.DAY}, NOON - 36 * HOUR),
        ({"published": NOON - HOUR, "dated": Dated.EXACT}, NOON - HOUR),
    ],
)
def test_the_place_of_a_report_in_time(article: dict[str, Any], expected: datetime) -> None:
    assert moment(Article("t", "", collected=NOON, **article), NOON) == expected


def test_what_a_story_reached() -> None:
    reports = [
        report(1, source="Wire", agency="Agency"),
        report(2, 1, source="AGENCY", language="ko"),
        report(3, 2, source="Post", copy_of=1),
        report(4, 3, source="Post", language=None),
        report(5, -9, source="", origin=Origin.SEED),
        report(6, 4, source="Sheet", copy_of=99),
        report(8, 4, source="", origin=Origin.SEED, copy_of=1),
    ]
    found = line(*reports)
    assert [entry.report.article.id for entry in found.reports] == [1, 2, 4]
    assert [copy.article.id for copy in found.copies] == [3, 6]
    # An agency is one source, however it is written; a seed is none.
    assert (found.sources, found.languages) == (["Agency", "Post"], ["en", "ko"])
    assert [(seed.id, likeness) for seed, likeness in found.seeds] == [(5, None), (8, None)]


def test_rules_are_counted_once_an_article() -> None:
    twice = tuple(Judged(n, "troops", "alert", "new story") for n in (1, 2))
    one = replace(report(1), matches=(*twice, Judged(3, "ships", "withheld", "nothing new")))
    found = line(one, replace(report(2), matches=(Judged(4, "troops", "alert", "x"),)))
    assert found.rules == {"troops": 2, "ships": 1}


def figures(value: float, before: float | None = None) -> Added:
    return Added(figures=(Counted(value, "troops", "sent", f"{value:g} troops", before),))


def test_figures_are_in_the_order_of_reports_and_seeds_give_none() -> None:
    found = line(
        report(1, 2, source="Post", adds=figures(15000, 12000)),
        report(2, 0, source="Wire", agency="Agency", adds=figures(12000)),
        report(3, -999, origin=Origin.SEED, adds=figures(900)),
    )
    (course,) = found.courses
    assert [(point.value, point.sources) for point in course.points] == [
        (12000, ("Wire (Agency)",)),
        (15000, ("Post",)),
    ]


def test_a_report_that_was_changed_gives_its_figures_when_it_was() -> None:
    later = Addition(Novelty.FIGURE, "why", 1.0, figures(15000, 12000), at=NOON + 9 * HOUR)
    first = report(1, adds=figures(12000), novelty=Novelty.STORY)
    found = line(replace(first, additions=(*first.additions, later)), report(2, 3, adds=figures(12000)))
    assert [point.at for point in found.courses[0].points] == [NOON, NOON + 9 * HOUR]


def test_everything_is_in_the_row() -> None:
    edit = Edit(9, NOON, "kim", "rename", "clearer", {"title": "Troops leave", "before": "x"})
    copy = report(2, 1, source="Post", copy_of=1, novelty=Novelty.COPY)
    seed = Article("A seed", "", id=4, origin=Origin.SEED)
    found = row(line(report(1, adds=figures(5)), copy, merged=(9,), edits=(edit,), seeds=((seed, 0.5),)))
    assert (found["id"], found["asked"], found["reports"], found["copies"]) == (7, 7, 1, 1)
    assert (found["first"], found["first_source"], found["last"]) == (NOON, "Wire", NOON)
    assert (found["merged"], found["edits"][0]["author"]) == ([9], "kim")
    assert found["seeds"] == [{"id": 4, "title": "A seed", "in_story": False, "likeness": 0.5}]
    (entry,) = found["timeline"]
    assert (entry["article"], entry["at"], entry["novelty"]) == (1, NOON, Novelty.NOTHING)
    assert [each["article"] for each in entry["copies"]] == [2]
    assert entry["adds"][0]["figures"][0]["value"] == 5
    assert found["figures"][0]["points"][0]["articles"] == (1,)


def test_the_row_of_a_story_without_reports() -> None:
    found = row(line())
    assert (found["first"], found["first_source"], found["last"], found["timeline"]) == (None, None, None, [])


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("rename", {"title": "B", "before": "A"}, 7, ""), "kim called it “B”, it was “A”"),
        (
            ("merge", {"merged": 9, "articles": [1, 2]}, 7, "one"),
            "kim merged story 9 into it, 2 articles: one",
        ),
        (("merge", {"merged": 9, "articles": [1]}, 8, ""), "kim merged story 9 into it, 1 article (story 8)"),
        (("split", {"into": 9, "articles": [1]}, 7, ""), "kim split 1 article off to story 9"),
        (("split", {"of": 3, "articles": [1, 2]}, 7, ""), "kim split it off story 3 with 2 articles"),
        (("freeze", {}, 7, ""), "kim freeze"),
    ],
)
def test_what_people_made_of_it(edit: tuple[str, dict[str, Any], int, str], said: str) -> None:
    action, details, story, why = edit
    assert edit_in_words(Edit(story, NOON, "kim", action, why, details), 7) == said
