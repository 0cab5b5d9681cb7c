"""Whether a report in one language tells the story of reports in others: by what is the same in all of them.

    Dam bursts near Torlau, 3,000 flee  ·  Damm bei Torlau gebrochen: 3.000 Menschen fliehen

Names as they sound, numbers, dates and concepts are few, and a text has many that another does not mention. So it
is not asked which part of them two reports share, but how much it takes to share them by chance: each counts for as
much as it is rare.
"""

from __future__ import annotations

import math
from typing import Final

from monitor.relate.features import Features
from monitor.relate.profile import COMMON, MARKS, StoryProfile
from monitor.relate.words.vocabulary import Vocabulary

ENOUGH: Final = 5.0
"""The idf, in excess of what is common, that shared marks need together to make two reports one story.

Two names that one article in a thousand has, or a name, a number and a thing that happened. It was chosen over
headlines of six languages, where pairs that share so much are of one event twice as often as pairs with as great a
share in common; and holds for articles of any length, since what counts is not divided by how much else they say.
"""
FEWEST: Final = 2  # marks; a single one is a subject
_ROUND: Final = 3  # digits of a number that tells something; below, it may be an hour, an age, a score


def likeness(features: Features, story: StoryProfile, vocabulary: Vocabulary, asked: float) -> float:
    """How like an article is to a story that has no report in its language, 0 to 1; `asked` where it is enough."""
    return min(asked * evidence(features, story, vocabulary) / ENOUGH, 1.0)


def evidence(features: Features, story: StoryProfile, vocabulary: Vocabulary) -> float:
    """What the marks that an article shares with a story tell, as a sum of idf; 0 where concepts alone are shared.

    A mark that few of the story's reports have counts for less: by the root of its share.
    """
    shared = [term for term in features.terms if term[0] in MARKS and term in story.weights]
    if len(shared) < FEWEST or not any(map(_telling, shared)):
        return 0.0
    heaviest = max(weight for term, weight in story.weights.items() if " " not in term)
    return sum(
        max(vocabulary.idf(term) - COMMON, 0.0) * math.sqrt(story.weights[term] / heaviest) for term in shared
    )


def _telling(mark: str) -> bool:
    return mark[0] in "@=" or sum(map(str.isdigit, mark)) >= _ROUND
