"""What is said of stories that a person edited: how much is in them, what holds of them, what is told next."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Final

from monitor.adapters.store.story_edits import Editing
from monitor.adapters.store.story_told import Answer
from monitor.model import Origin
from monitor.relate.editing import Report
from monitor.text import one_line

_SHOWN: Final = 60  # characters of a title in what is said


def quoted(title: str) -> str:
    return f"“{one_line(title, _SHOWN)}”"


def counted(story: int, title: str, reports: Iterable[Report]) -> str:
    """`story 7 “Sappers in Kursk”: 2 reports and 1 copy`."""
    kinds = [_kind(report) for report in reports]
    said = [
        f"{kinds.count(one)} {one if kinds.count(one) == 1 else many}"
        for one, many in (("report", "reports"), ("copy", "copies"), ("seed", "seeds"))
        if one in kinds
    ]
    return f"story {story} {quoted(title)}: {listed(said)}"


def _kind(report: Report) -> str:
    if report.article.origin is Origin.SEED:
        return "seed"
    return "report" if report.copy_of is None else "copy"


def argument(text: str) -> str:
    """`text` as a shell takes it; in double quotes where that is easier to read than what shlex makes of it."""
    return f'"{text}"' if "'" in text and not set(text) & set('"$`\\!') else shlex.quote(text)


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def still_said(answer: Answer) -> str:
    if answer.said == "dismissed":
        undo = f"`monitor alerts dismiss --undo {answer.alert}` takes it back"
        return f"{answer.rule}: {answer.by} called it not relevant: no updates are told; {undo}"
    return f"{answer.rule}: {answer.by} is on it: nothing of it is repeated"


def next_told(tx: Editing, *stories: int) -> list[str]:
    """What nobody was told of is told with its next report, as a person said that it is another story."""
    untold = ((story, tx.untold_by(story)) for story in stories)
    return [
        "nobody is told of this",
        *(
            f"{listed(rules)} told nothing of story {story} yet: its next report is told as a new story"
            for story, rules in untold
            if rules
        ),
    ]
