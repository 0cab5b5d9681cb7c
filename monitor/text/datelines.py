"""Where a report says where it was written, when and for whom: what stands there is not what it tells."""

from __future__ import annotations

import re
from typing import Final

_WORD = r"[^\W\d_a-zß-öø-ÿа-яё][\w.'’-]*"  # begins with a capital, or is of a script without
_DAY = r"(?:,?\s(?:\d{1,2}\.?\s[^\W\d_]{3,12}\.?|[^\W\d_]{3,12}\.?\s\d{1,2})(?:,?\s\d{4})?)"
_DASH = r"(?:--?|[–—])"
_PLACE = rf"{_WORD}(?:[ ,/]{{1,2}}{_WORD}){{0,4}}{_DAY}?"
_CAPITALS = r"[^\W\d_a-zß-öø-ÿа-яё]{3,}"
_LONGEST: Final = 150  # characters of a dateline
_DATELINE: Final = re.compile(
    "|".join(
        (
            rf"{_PLACE},?\s?\([^()\n]{{2,40}}\)\s?(?:{_DASH}|[:=])\s",  # SEOUL, Oct. 24 (Yonhap) --
            # GOMA, Congo —
            rf"{_CAPITALS}(?:[ -]{_CAPITALS}){{0,3}}(?:, {_WORD}(?: {_WORD})?)?{_DAY}?,?\s?{_DASH}\s",
            rf"{_PLACE}\.?,?\s/[^/\n]{{2,20}}/\.?\s?(?:{_DASH}\s)?",  # МОСКВА, 24 окт. /ТАСС/.
            # (서울=연합뉴스) 김철수 기자 =
            r"[(\[][^()\[\]\n]{2,40}=[^()\[\]\n]{2,30}[)\]]\s?(?:[가-힣· ]{2,24}(?:기자|특파원)\s?=\s?)?",
            r"【[^【】\n]{2,30}】\s?",
            r"[\u4e00-\u9fff]{1,5}社[\u4e00-\u9fff]{2,12}(?:\d{1,2}月)?\d{1,2}日[电電](?:\s?[（(][^（）()\n]{2,30}[）)])?\s?",
        )
    )
)


def after_dateline(text: str) -> str:
    """`text` without the dateline it begins with: "SEOUL, Oct. 24 (Yonhap) -- ", "МОСКВА, 24 окт. /ТАСС/. ".

    All of it where nothing stands behind that.
    """
    found = _DATELINE.match(text[:_LONGEST])
    return (text[found.end() :].strip() if found else "") or text
