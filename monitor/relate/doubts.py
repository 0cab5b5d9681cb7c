"""What speaks against taking two reports for one story, however many words they share.

    A wildfire near Almora has destroyed forty houses.  ·  A wildfire near Redding has destroyed twelve houses.

Reports of one kind of event are written alike; what tells the events apart is whom and which places they name.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from monitor.relate.features import Features
from monitor.relate.profile import StoryProfile

FEWEST_WORDS: Final = 2  # that two reports in one language must share: one word is a subject, and no event
OTHERS: Final = 0.3
"""What is left of a likeness between reports that each name somebody or some place, and none of the other's.

Not nothing: the second report of an event often names the ministry where the first named the town.
"""


def trust(features: Features, unit: Mapping[str, float], story: StoryProfile) -> float:
    """How far the likeness of an article (its features and its vector()) to a story is to be believed, 0 to 1.

    Doubts are about words, within one language; across languages marks are all there is.
    """
    language = features.language or ""
    if language not in story.norms:
        return 1.0
    if not _share_words(unit, story, f"{language} @"):
        return 0.0
    return OTHERS if _name_others(features, unit, story, language) else 1.0


def mentioned(features: Features) -> list[str]:
    """The names that an article mentions, keyed as its words are; in one order, whatever the order of a set."""
    return sorted(f"{features.language or ''} {name}" for name in features.mentions)


def _share_words(unit: Mapping[str, float], story: StoryProfile, name: str) -> bool:
    """Whether they share enough; a name counts by its letters, and not by its sound again."""
    shared = (key for key in unit if " " in key and key in story.weights and not key.startswith(name))
    return len(list(islice(shared, FEWEST_WORDS))) == FEWEST_WORDS


def _name_others(features: Features, unit: Mapping[str, float], story: StoryProfile, language: str) -> bool:
    """Whether each names somebody or some place inside a sentence and the other has none of these at all."""
    theirs = [key for key in story.mentions if key.startswith(f"{language} ")]
    if not features.mentions or not theirs:
        return False
    return not any(key in story.weights for key in mentioned(features)) and not any(
        key in unit for key in theirs
    )
