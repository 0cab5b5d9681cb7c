"""What is kept of what a report adds: words, and figures with what they were before."""

from __future__ import annotations

from dataclasses import replace

from monitor.model import Added, Article, Counted, Span
from monitor.relate.adding import LONGEST, MOST_FIGURES, by_a_later, by_the_first
from monitor.relate.features import Features, features
from monitor.relate.figures.comparing import Change
from monitor.relate.figures.reading import Figure
from monitor.relate.novelty import News

TEXT = "North Korea has sent 15,000 troops to Russia aboard two ships. They left Rajin on Monday."
ARTICLE = Article("Troops leave", TEXT, language="en", source="Wire")


def figure(value: float, unit: str, role: str = "", text: str = "", aside: str = "") -> Figure:
    return Figure(value, unit, role, text or f"{value:g} {unit}", 0, 1, (0, 1), aside=aside)


def with_figures(*found: Figure) -> Features:
    return replace(features(ARTICLE), figures=found)


def test_of_the_first_report_the_figures_are_kept() -> None:
    added = by_the_first(features(ARTICLE))
    assert added == Added(
        figures=(Counted(15000, "troops", "sent", "15,000 troops"), Counted(2, "ships", "", "two ships"))
    )


def test_of_a_later_report_all_that_is_new_is_kept_in_words() -> None:
    old, new = figure(12000, "troops", "sent"), figure(15000, "troops", "sent", "15,000 troops")
    told = News(
        changes=(Change(old, new),),
        statements=(Span("body", 63, 89),),
        names=("Rajin",),
        dates=("Monday",),
        source="Wire",
    )
    added = by_a_later(ARTICLE, with_figures(figure(2, "ships"), new), told)
    # What changed comes first, with what it was.
    assert added.figures == (
        Counted(15000, "troops", "sent", "15,000 troops", before=12000),
        Counted(2, "ships", "", "2 ships"),
    )
    assert added.statements == ("They left Rajin on Monday.",)
    assert (added.names, added.dates, added.source) == (("Rajin",), ("Monday",), "Wire")


def test_the_first_figure_of_its_kind_is_marked_and_comes_before_what_is_known() -> None:
    dead = figure(600, "troops", "dead")
    added = by_a_later(ARTICLE, with_figures(figure(2, "ships"), dead), News(first=(dead,)))
    assert added.figures == (
        Counted(600, "troops", "dead", "600 troops", first=True),
        Counted(2, "ships", "", "2 ships"),
    )


def test_why_sentences_were_not_compared_is_kept() -> None:
    added = by_a_later(ARTICLE, with_figures(), News(uncompared="the first report in Korean"))
    assert added == Added(uncompared="the first report in Korean")


def test_what_came_nearest_is_kept_where_nothing_is_new() -> None:
    added = by_a_later(ARTICLE, with_figures(), News(nearest=(Span("body", 63, 89), 0.5)))
    assert added == Added(nearest=("They left Rajin on Monday.", 0.5))


def test_figures_that_count_nothing_or_nothing_of_now_are_left_out() -> None:
    rest = (figure(7, ""), figure(900, "troops", "dead", aside="past"), figure(3, "people", aside="part"))
    assert by_the_first(with_figures(*rest, figure(2, "ships"))).figures == (
        Counted(2, "ships", "", "2 ships"),
    )


def test_a_figure_is_kept_once_known_things_before_others_and_not_too_many() -> None:
    many = [figure(number, "thing") for number in range(1, 2 * MOST_FIGURES)]
    added = by_the_first(with_figures(*many, figure(2, "ships"), figure(2, "ships", text="a pair of ships")))
    assert added.figures[:2] == (Counted(2, "ships", "", "2 ships"), Counted(1, "thing", "", "1 thing"))
    assert len(added.figures) == MOST_FIGURES


def test_what_a_title_counts_and_the_text_says_more_of_is_kept_once() -> None:
    titled, said = figure(1500, "troops"), figure(1500, "troops", "sent")
    assert by_the_first(with_figures(titled, said)).figures == (
        Counted(1500, "troops", "sent", "1500 troops"),
    )


def test_a_statement_is_cut_and_one_line() -> None:
    article = replace(ARTICLE, body="word\n" * 200)
    (statement,) = by_a_later(article, with_figures(), News(statements=(Span("body", 0, 1000),))).statements
    assert len(statement) <= LONGEST and statement.startswith("word word") and "\n" not in statement
