"""A story on the page: what stands in each line, what is left out of a long one, and nothing that is not text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.actions.stories import TimeLine
from monitor.actions.story_show import Line, lines
from monitor.actions.story_words import added_in_words, beyond_the_decision, one_addition, outlet
from monitor.adapters.store.additions import Addition
from monitor.adapters.store.story_lines import Judged, Report, Told
from monitor.model import Added, Article, Counted, Dated, Novelty, Origin, Standing
from tests.actions.test_stories import HOUR, NOON, figures, line, report

QUOTE = "They left Rajin on Monday."


def page(found: TimeLine, limit: int = 40) -> list[str]:
    return [
        " " * each.indent + each.text + (f"  ({each.tail})" if each.tail else "")
        for each in lines(found, limit)
    ]


def opened(id: int = 1, **more: Any) -> Report:
    return report(id, adds=figures(12000), novelty=Novelty.STORY, **more)


def test_a_page_in_whole() -> None:
    update = replace(
        report(2, 1, source="Post", agency="Agency", adds=figures(15000, 12000), novelty=Novelty.FIGURE),
        matches=(Judged(1, "troops", "alert", "12,000 → 15,000 troops", (4,)),),
    )
    copy = report(3, 2, source="Sheet", copy_of=2, novelty=Novelty.COPY)
    idle = report(5, 13, source="Wire", adds=Added())
    told = Told(4, "update", "troops", NOON + HOUR, (("desk", "mail", "sent"), ("night", "chat", "failed")))
    found = line(opened(), update, copy, idle, told=(told,))
    assert page(found) == [
        "story 7 · Troops leave",
        "first report  2026-03-10 12:00 UTC, Wire",
        "last report   2026-03-11 01:00 UTC, Wire",
        "reach         3 reports by 2 sources in en; 1 copy besides: Wire, Agency",
        "rules         troops (1)",
        "told          2026-03-10 13:00 UTC: an update by troops to desk, night (under way)  (alert 4)",
        "time line (UTC)",
        "  Tue 2026-03-10",
        "  12:00  Wire: Report 1",
        "         the first report: 12,000 troops sent  (article 1)",
        "  13:00  Post (Agency): Report 2",
        "         15,000 troops sent (12,000 before)  (article 2 · told: alert 4)",
        "         + 1 copy: Sheet",
        "  Wed 2026-03-11",
        "  01:00  Wire: Report 5",
        "         nothing new  (article 5)",
        "figures over time",
        "  troops sent: 12,000 → 15,000",
        "    2026-03-10 12:00  12,000  Wire",
        "    2026-03-10 13:00  15,000  Post (Agency)",
    ]


def test_the_language_is_named_where_there_are_several() -> None:
    found = page(line(opened(), report(2, 1, source="Ilbo", language="ko", adds=Added())))
    assert "  12:00  Wire, en: Report 1" in found and "  13:00  Ilbo, ko: Report 2" in found


def test_marks() -> None:
    marked = replace(opened(degraded="no page", revision=2), standing=Standing.BASELINE, placed_by="kim")
    old = replace(report(2, adds=Added(), origin=Origin.IMPORT), standing=Standing.OLD)
    found = page(line(marked, old))
    assert any(
        each.endswith("(baseline · put here by kim · only what the feed gave · changed since · article 1)")
        for each in found
    )
    assert any(each.endswith("(old · imported · article 2)") for each in found)


@pytest.mark.parametrize(
    ("verdict", "mark"), [("held", "told later"), ("silenced", "silenced"), ("withheld", "article 1)")]
)
def test_what_is_told_later_or_never(verdict: str, mark: str) -> None:
    found = page(line(replace(opened(), matches=(Judged(1, "troops", verdict, "why"),))))
    assert any(
        each.removesuffix(")").endswith(mark.removesuffix(")")) for each in found if "first report:" in each
    )


def test_a_day_without_a_time_and_a_seed_without_a_day() -> None:
    day = opened(published=NOON.replace(hour=0) - 24 * HOUR, dated=Dated.DAY)
    seed = report(2, source="", origin=Origin.SEED, published=None, adds=figures(3))
    found = page(line(day, seed))
    assert found[found.index("  undated") + 1] == "    ·    a seed: Report 2"
    assert found[found.index("  Mon 2026-03-09") + 1] == "    ·    Wire: Report 1"
    assert "first report  2026-03-09, Wire" in found
    assert "         a seed: the example a rule was written from  (article 2)" in found
    assert "seeds         Report 2  (article 2, in the story)" in found


def test_a_story_of_a_seed_has_no_report_yet() -> None:
    assert "reach         no report yet" in page(line(report(1, source="", origin=Origin.SEED)))


def test_a_story_that_another_number_led_to_says_so() -> None:
    assert page(replace(line(opened()), asked=3))[1] == "story 3 was merged into it"


def test_a_report_that_was_changed_says_what_it_added_then() -> None:
    later = Addition(Novelty.FIGURE, "why", 1.0, figures(15000, 12000), at=NOON + 9 * HOUR)
    first = opened()
    found = page(line(replace(first, novelty=Novelty.FIGURE, additions=(*first.additions, later))))
    place = found.index("         the first report: 12,000 troops sent  (article 1)")
    assert found[place + 1] == "         changed 2026-03-10 21:00 UTC: 15,000 troops sent (12,000 before)"


def test_a_copy_of_what_is_elsewhere() -> None:
    found = page(line(report(2, copy_of=1, novelty=Novelty.COPY), originals={1: 5}))
    assert "         a copy of article 1, which is in story 5  (article 2)" in found
    assert "told          nobody was told of it" in found


def test_copies_are_one_line_however_many_and_a_seed_among_them_is_named() -> None:
    copies = [report(n, n, source=f"Outlet {n}", copy_of=1) for n in range(2, 14)]
    seed = report(14, source="", origin=Origin.SEED, copy_of=1)
    found = page(line(opened(), *copies, seed))
    assert (
        "         + 12 copies: Outlet 2, Outlet 3, Outlet 4, Outlet 5, Outlet 6, Outlet 7 and 6 more" in found
    )
    assert "         + the same text is a seed (article 14)" in found


def test_of_a_long_story_both_ends_are_shown_and_it_says_so() -> None:
    found = page(line(*(report(n, n, adds=Added()) for n in range(1, 1001))), limit=8)
    shown = [each[9:] for each in found if each[4:5] == ":"]
    assert shown == [f"Wire: Report {n}" for n in (1, 2, 995, 996, 997, 998, 999, 1000)]
    assert "  … 992 reports between; --limit 1000 shows all" in found


def test_nothing_is_left_out_of_one_that_is_just_as_long_as_the_limit() -> None:
    assert not any("between" in each for each in page(line(*(report(n, n) for n in range(1, 9))), limit=8))


def test_many_alerts_edits_and_figures_are_cut_short() -> None:
    told = tuple(Told(n, "update", "troops", NOON + timedelta(hours=n)) for n in range(1, 30))
    rising = [report(n, n, adds=figures(n, before=n - 1 if n > 1 else None)) for n in range(1, 100)]
    found = page(line(*rising, told=told), limit=4)
    assert sum("an update by troops to nobody" in each for each in found) == 6
    assert f"{'':14}… 23 alerts between" in found
    (course,) = [each for each in found if each.startswith("  troops sent: ")]
    assert course.startswith("  troops sent: 1 → 2 → … → ") and course.endswith(" → 98 → 99")
    assert "    … 88 between" in found


HOSTILE = "[red]x[/] \x1b[31m\x1b]0;title\x07\n\t\u202eevil\u2066 \x00" + "long " * 500


def test_what_outlets_write_is_text_on_one_line() -> None:
    bad = Article(
        HOSTILE, "", source=HOSTILE, agency=HOSTILE, language="en", published=NOON, collected=NOON, id=1
    )
    added = Added(
        figures=(Counted(3, "troops", "sent", HOSTILE, 2), Counted(3, HOSTILE, HOSTILE, HOSTILE, 2)),
        statements=(HOSTILE,),
        names=(HOSTILE,),
        dates=(HOSTILE,),
    )
    addition = Addition(Novelty.FIGURE, HOSTILE, 1.0, added)
    worst = Report(bad, Standing.NEW, None, Novelty.FIGURE, HOSTILE, (addition, replace(addition, at=NOON)))
    story = replace(line(worst).story, title=HOSTILE, named_by=HOSTILE)
    for each in lines(replace(line(worst), story=story), 40):
        assert_plain(each)


def assert_plain(found: Line) -> None:
    for text in (found.text, found.tail):
        assert text.isprintable(), text
        assert len(text) < 1500
        assert not set("\x1b\x07\n\u202e\u2066") & set(text)


# --- in words --------------------------------------------------------------------------------------


def addition(novelty: Novelty | None, reason: str = "", **added: Any) -> Addition:
    return Addition(novelty, reason, 0.4, Added(**added))


CHANGED = (Counted(15000, "troops", "sent", "15,000 troops", 12000),)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (addition(Novelty.STORY), "the first report"),
        (addition(Novelty.STORY, figures=(Counted(2, "ships", "", "2 ships"),)), "the first report: 2 ships"),
        (
            addition(Novelty.FIGURE, "why", figures=CHANGED, names=("Kim",), statements=(QUOTE, "x", "y")),
            f"15,000 troops sent (12,000 before); names: Kim; “{QUOTE}” and 2 more",
        ),
        (
            addition(Novelty.FIGURE, "x", figures=(Counted(600, "troops", "dead", "600 men", first=True),)),
            "first figure: 600 troops dead",
        ),
        (
            addition(Novelty.NOTHING, "x", uncompared="the first report in Korean"),
            "no figure changed in the first report in Korean",
        ),
        (addition(Novelty.FIGURE, "new in the text of article 3: 15"), "new in the text of article 3: 15"),
        (addition(Novelty.SOURCE, "second source: Post after Wire"), "second source: Post after Wire"),
        (addition(Novelty.STATEMENT, dates=("a", "b", "c")), "dates: a, b and 1 more"),
        (addition(Novelty.NOTHING, "no figure changed"), "nothing new"),
        (addition(Novelty.COPY, "94 % the same text"), "a copy: 94 % the same text"),
        (addition(Novelty.COPY), "a copy"),
        (addition(None, names=("Kim",)), "names: Kim"),
    ],
)
def test_what_was_added_at_once(found: Addition, said: str) -> None:
    assert one_addition(found) == said


@pytest.mark.parametrize(
    ("novelty", "said"),
    [
        (Novelty.STORY, "the first report"),
        (Novelty.FIGURE, "a figure changed"),
        (Novelty.NOTHING, "nothing new"),
        (None, "what it added is not known"),
    ],
)
def test_of_what_an_older_release_stored_no_more_is_said_than_is_known(
    novelty: Novelty | None, said: str
) -> None:
    assert added_in_words((), novelty) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (addition(Novelty.COPY, "94 %"), ""),
        (addition(Novelty.NOTHING, "no figure changed"), ""),
        (
            addition(Novelty.NOTHING, nearest=(QUOTE, 0.456)),
            f"nearest to a new statement came “{QUOTE}”, 46 % unseen",
        ),
        (addition(Novelty.NOTHING, names=("Kim",)), "names: Kim"),
    ],
)
def test_what_is_known_beyond_a_decision(found: Addition, said: str) -> None:
    assert beyond_the_decision(found) == said


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ({"source": "Post", "agency": "Wire"}, "Post (Wire)"),
        ({"source": "Wire", "agency": "WIRE"}, "Wire"),
        ({"source": ""}, "unknown source"),
        ({"source": "", "agency": "Wire"}, "unknown source (Wire)"),
        ({"source": "", "origin": Origin.SEED}, "a seed"),
        ({"source": "Wire", "origin": Origin.SEED}, "Wire"),
    ],
)
def test_whose_report_it_is(article: dict[str, Any], said: str) -> None:
    assert outlet(Article("t", "", **article)) == said
