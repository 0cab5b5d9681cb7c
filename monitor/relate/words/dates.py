"""Days of the year that a text names, however its language writes them.

    5 March · March 5th · 5 de marzo · 5. März · 5 марта · 3월 5일 · 3月5日  ->  =3-5

A date that two reports share says more of their being one story than most words do, in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

_MOST: Final = 100  # read of a text: calendars are no news

# In English, German, French, Spanish, Portuguese, Italian, Russian, Ukrainian: as they follow or precede a day.
_NAMES: Final = (
    "january jan januar jänner janvier enero janeiro gennaio января січня",
    "february feb februar février fevrier febrero fevereiro febbraio февраля лютого",
    "march mar märz mars marzo março марта березня",
    "april apr avril abril aprile апреля квітня",
    "may mai mayo maio maggio мая травня",
    "june jun juni juin junio junho giugno июня червня",
    "july jul juli juillet julio julho luglio июля липня",
    "august aug août agosto августа серпня",
    "september sept sep septembre septiembre setembro settembre сентября вересня",
    "october oct oktober octobre octubre outubro ottobre октября жовтня",
    "november nov novembre noviembre novembro ноября листопада",
    "december dec dezember décembre diciembre dezembro dicembre декабря грудня",
)
MONTHS: Final = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ENGLISH = "|".join(
    name.capitalize() for names in _NAMES for name in names.split()[:2]
)  # March 5, but not march 5
_NAMED = re.compile(
    rf"(?<![\d.,:])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+|of\s+)?(?P<month>{_MONTH})\b"
    rf"|\b(?P<month2>(?-i:{_ENGLISH}))\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,:%]?\d)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"(?<!\d)(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]")


def dates(text: str) -> list[tuple[str, str]]:
    """The dates of a text in order: each as a key that is the same in every language, and as it is written."""
    return list(islice(_dates(text), _MOST)) if _DIGIT.search(text) else []


def _dates(text: str) -> Iterator[tuple[str, str]]:
    for found in _NAMED.finditer(text):
        month = MONTHS[(found["month"] or found["month2"]).lower()]
        yield from _dated(month, int(found["day"] or found["day2"]), found[0])
    if "月" in text or "월" in text:
        for found in _NUMBERED.finditer(text):
            yield from _dated(int(found["month"]), int(found["day"]), found[0])


def _dated(month: int, day: int, written: str) -> Iterator[tuple[str, str]]:
    if 1 <= month <= 12 and 1 <= day <= 31:
        yield f"={month}-{day}", written
