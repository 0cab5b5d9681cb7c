"""Whether two words are forms of one, and how a form is written in a term list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.match.drafting.concepts import Pattern, pattern
from monitor.match.drafting.reading import is_cyrillic, is_latin
from monitor.match.drafting.stems import LEAST_STEM, stem
from monitor.text import fold, word_set

_ENDINGS = word_set("""
s n ns an ans ian ians ean eans ese e a i is ish er ern ers en isch ische ischen ischer isches ien iens
ienne iennes ain aine ains ois oise aise ais y o os as ano ana anos anas ar ars
""")
_INFLECTED = re.compile("|".join(sorted(_ENDINGS, key=len, reverse=True)))
# English names of countries whose people are called by more than an ending.
_PEOPLE = word_set("""
china:chinese france:french britain:british greece:greek spain:spanish poland:polish turkey:turkish
sweden:swedish denmark:danish finland:finnish norway:norwegian netherlands:dutch ireland:irish
scotland:scottish wales:welsh thailand:thai lebanon:lebanese portugal:portuguese cyprus:cypriot iraq:iraqi
pakistan:pakistani israel:israeli yemen:yemeni sicily:sicilian paris:parisian philippines:filipino
afghanistan:afghan uzbekistan:uzbek kazakhstan:kazakh kyrgyzstan:kyrgyz germany:german hungary:hungarian
italy:italian switzerland:swiss england:english europe:european myanmar:burmese peru:peruvian
congo:congolese vietnam:vietnamese taiwan:taiwanese
""")


def forms_of_one(a: str, b: str) -> bool:
    if a == b:
        return True
    if is_cyrillic(a) and is_cyrillic(b):
        x, y = stem(a, "ru"), stem(b, "ru")
        return x == y or (
            min(len(x), len(y)) >= LEAST_STEM
            and (x.startswith(y) or y.startswith(x))
            and abs(len(x) - len(y)) <= 3
        )
    if not (is_latin(a) and is_latin(b)):
        return False
    if f"{a}:{b}" in _PEOPLE or f"{b}:{a}" in _PEOPLE:
        return True
    shared = len(shared_front((a, b)))
    if shared < LEAST_STEM:
        return False
    tails = (a[shared:], b[shared:])
    inflected = all(not tail or _INFLECTED.fullmatch(tail) for tail in tails)
    if inflected and (shared > LEAST_STEM or "" in tails):
        return True
    return min(len(a), len(b)) >= 7 and _one_edit(a, b)


def _one_edit(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    front = len(shared_front((a, b)))
    back = len(shared_front((a[front:][::-1], b[front:][::-1])))
    return max(len(a), len(b)) - front - back <= 2


def shared_front(words: Sequence[str]) -> str:
    first, last = min(words), max(words)
    length = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    return first[:length]


def cased(part: str, shown: str) -> str:
    """A folded pattern as the name is written: korea* as Korea*."""
    bare = part.rstrip("*")
    if len(shown) >= len(bare) and fold(shown[: len(bare)]) == bare:
        return shown[: len(bare)] + part[len(bare) :]
    return part[:1].upper() + part[1:] if shown[:1].isupper() else part


def written(form: str, shown: Sequence[str]) -> Pattern | None:
    example = next((s for s in shown if fold(s).startswith(form.rstrip("*"))), "")
    for text in (cased(form, example), form):
        if (found := pattern(text, (form,))) is not None:
            return found
    return None
