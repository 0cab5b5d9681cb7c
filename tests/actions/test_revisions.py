from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.actions.revisions import Difference, differences
from monitor.model import Article, Revision

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LONG = "Officials in the port said on Monday after three days of talks that 1,000 men had left for the north."


def changed(old: str, new: str) -> tuple[str, ...]:
    before = [Revision(1, "Title", old, None, NOON)]
    (only,) = differences(Article("Title", new, revision=2), before)
    return only.lines


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("It sent 1,000 men.", "It sent 1,500 men.", ("~ It sent [1,000 → 1,500] men.",)),
        (
            LONG,
            LONG.replace("1,000", "1,500"),
            ("~ … after three days of talks that [1,000 → 1,500] men had left for the north.",),
        ),
        ("It sent men.", "It sent many men.", ("~ It sent [+ many] men.",)),
        ("It sent many men.", "It sent men.", ("~ It sent [- many] men.",)),
        ("One.\nTwo.", "One.\nTwo.\nA third paragraph.", ("+ A third paragraph.",)),
        ("One.\nA second paragraph.", "One.", ("- A second paragraph.",)),
        (
            "One.\nA second paragraph.",
            "One.\nNobody knows what happened.",
            ("+ Nobody knows what happened.", "- A second paragraph."),
        ),
        ("派遣了1000名士兵到北方。", "派遣了1500名士兵到北方。", ("~ 派遣了[1000 → 1500]名士兵到北方。",)),
        ("The same.", "The same.", ()),
    ],
)
def test_what_changed_in_a_text(old: str, new: str, lines: tuple[str, ...]) -> None:
    assert changed(old, new) == lines


def test_versions_one_after_the_other() -> None:
    before = [
        Revision(1, "Men sent", "It sent 1,000 men.", None, NOON),
        Revision(3, "Men sent", "It sent 1,500 men.", None, NOON + timedelta(hours=1)),
    ]
    assert differences(Article("Men sent north", "It sent 1,500 men.", revision=4), before) == [
        Difference(3, NOON, ("~ It sent [1,000 → 1,500] men.",)),
        Difference(4, NOON + timedelta(hours=1), ("~ Men sent [+ north]",)),
    ]


def test_an_article_that_never_changed() -> None:
    assert differences(Article("Title", "Text."), []) == []


def test_very_long_paragraphs_are_shown_whole() -> None:
    old, new = "word " * 4000, "word " * 4000 + "more"
    assert [line[:6] for line in changed(old, new)] == ["+ word", "- word"]
