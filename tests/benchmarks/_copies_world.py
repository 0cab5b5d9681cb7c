"""Invented news with planted copies, for `benchmarks copies`: every article a line of JSON, all seeded.

Words are drawn by Zipf's law from vocabularies of eight languages in five ways of writing. Articles share what
real ones share: set phrases, an outlet's standing lines, the background paragraph of an event that is
reported again, forms that an outlet fills in every day with other figures or other names, and columns that have
the same headline every day. A thousand are a day. What is planted says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from monitor.text import words

Sentence = list[str]
T = TypeVar("T")

# What is a copy, and what only looks like one.
COPIES: Final = ("same", "headline", "first line", "shortened", "blocks", "scattered", "wire")
OTHERS: Final = ("follow-up", "form", "report", "correction", "renamed", "denied", "namesake", "column")
_SHARES = {
    "news": 0.70, "copy": 0.10, "follow-up": 0.06, "form": 0.04, "report": 0.02, "correction": 0.02, "renamed": 0.015,
    "denied": 0.015, "namesake": 0.015, "column": 0.015,
}  # fmt: skip
_FUNCTION = {
    "en": "the of and to in a for that on is with was as by it from at has he said after its are not be",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es hat",
    "fr": "de la le et les des en un une du que est pour dans par au sur plus qui ne se pas avec ce son",
    "es": "de la que el en y a los se del las un por con una su para es al lo como más sus fue este",
    "ru": "в и на что с по не из за к от о для его как это до после он во об также при но они",
    "ko": "이 그 및 등 또 한 더 수 것 위해 대한 대해 있다 밝혔다 전했다 말했다 했다 지난 오는 이날 통해 함께",
}
_SYLLABLES = {
    "en": "an ber con der el for gar hol in jor ken lam mor ness or pel ris ston ter ul ven wic yor ing ed tion",
    "de": "ab bau chen dorf ein feld gen haus ig keit lich mann nach ober platz recht schaft stein tag ung vor",
    "fr": "ance bel cour deau eur fon gne ier jou lin mont nal ois pré que ran sance tion ure ville",
    "es": "ado bra ción del es fuer gas hor ilo jar lla men nue or paz que ron sol tar uz ver",
    "ru": "ар бо ва го де жен за ин ко ла мо ни об пре раз ско то уд фон хо цы шен",
    "ko": "가 나 다 라 마 바 사 아 자 차 카 타 파 하 강 남 동 북 서 중 정 부 군 시 장 관 제 주 도 회 경 국 민 법 원",
}
_PARTICLES = ("은", "는", "이", "가", "을", "를", "에", "에서", "의", "으로", "")
_NO_SPACES = ("zh", "ja")
_CASED = ("en", "fr", "es", "ru")  # a capital tells a name; German writes all nouns so
_DENIALS = {"en": "not", "fr": "jamais", "es": "no", "ru": "не"}
_LANGUAGES = ("en", "en", "en", "de", "fr", "es", "ru", "ru", "ko", "ko", "zh", "ja")
_VOCABULARY = 30_000
_OUTLETS = 240
_ASIDE = 500  # a copy, a follow-up or a correction comes within the next so many articles
_A_DAY = 1000  # articles


@dataclass(frozen=True, slots=True)
class Made:
    """An article. `family` is the article that it was copied from, or itself; `kind` says how it was made.

    `share` is how much of a copy stands in the original: of its runs of three words, or of five characters.
    """

    id: int
    family: int
    kind: str
    language: str
    title: str
    body: str
    share: float = 0.0
    outlet: int = 0  # where it is known and matters
    hour: float = 0.0  # when it was published, from the first one's


class Language:
    """Words, set phrases and how they are written."""

    def __init__(self, code: str, rng: np.random.Generator) -> None:
        self.code, self._rng = code, rng
        self._words = self._vocabulary()
        weights = 1 / (np.arange(len(self._words)) + 2.7) ** 1.05  # Zipf and Mandelbrot
        self._cumulated = np.cumsum(weights / weights.sum())
        self._drawn: list[str] = []
        self._next = 0
        self.phrases = [self.draw(int(n)) for n in rng.integers(4, 11, 1500)]
        self.names = [f"{word.capitalize()}{word[:2]}" for word in self.draw(4000) if len(word) > 4][:400]

    def _vocabulary(self) -> list[str]:
        rng = self._rng
        if self.code in _NO_SPACES:
            common = rng.permutation(np.arange(0x4E00, 0x4E00 + 3000))
            rank = np.minimum((rng.pareto(0.8, (_VOCABULARY, 3)) * 60).astype(int), 2999)
            lengths = rng.choice([1, 2, 3], _VOCABULARY, p=[0.15, 0.65, 0.2])
            found = ["".join(chr(common[r]) for r in row[:n]) for row, n in zip(rank, lengths, strict=True)]
            kana = [chr(c) for c in range(0x3042, 0x3080)] if self.code == "ja" else []
            return [*kana, *found]
        syllables, most = _SYLLABLES[self.code].split(), 3 if self.code == "ko" else 4
        picked = rng.integers(0, len(syllables), (_VOCABULARY, most))
        lengths = rng.integers(2, most + 1, _VOCABULARY)
        found = ["".join(syllables[i] for i in row[:n]) for row, n in zip(picked, lengths, strict=True)]
        if self.code == "ko":
            found = [word + _PARTICLES[i % len(_PARTICLES)] for i, word in enumerate(found)]
        return [*_FUNCTION[self.code].split(), *found]

    def draw(self, count: int) -> list[str]:
        if self._next + count > len(self._drawn):
            places = np.searchsorted(self._cumulated, self._rng.random(100_000))
            last = len(self._words) - 1
            self._drawn, self._next = [self._words[min(i, last)] for i in places.tolist()], 0
        self._next += count
        return self._drawn[self._next - count : self._next]

    def text(self, sentences: Sequence[Sentence]) -> str:
        if self.code in _NO_SPACES:
            return "".join(f"{''.join(sentence)}。" for sentence in sentences)
        said = (" ".join(sentence) for sentence in sentences)
        return " ".join(f"{each[:1].upper()}{each[1:]}." for each in said).strip()


@dataclass(slots=True)
class _Draft:
    """An article as its words, from which copies are made."""

    family: int
    language: Language
    title: Sentence
    body: list[Sentence]
    background: list[Sentence]


class World:
    """The newsroom of newsrooms. Ids are the order of arrival, from 1."""

    def __init__(self, articles: int, seed: int = 11) -> None:
        self._articles = articles
        self._rng = np.random.default_rng(seed)
        codes = sorted(set(_LANGUAGES))
        self._languages = {
            code: Language(code, np.random.default_rng(seed + i)) for i, code in enumerate(codes)
        }
        outlets = [self._languages[self._one(_LANGUAGES)] for _ in range(_OUTLETS)]
        self._outlets = [(language, self._standing_lines(language)) for language in outlets]
        self._forms = [
            (language, [self._sentence(language, 0.0) for _ in range(int(self._rng.integers(3, 8)))])
            for language, _ in self._outlets[:60]
        ]
        self._reports = [
            (language, [self._sentence(language, 0.0) for _ in range(int(self._rng.integers(4, 9)))])
            for language, _ in self._outlets
            if language.code in _CASED
        ]
        self._columns = [
            (n, language, language.draw(8)) for n, (language, _) in enumerate(self._outlets[:60], 1)
        ]
        self._shown: dict[int, int] = {}
        self._recent: list[_Draft] = []

    def __iter__(self) -> Iterator[Made]:
        """Seven in ten are news, one in ten is a copy, the rest only looks like one."""
        makers: dict[str, Callable[[int], Made]] = {
            "news": self._news,
            "copy": self._copy,
            "follow-up": self._follow_up,
            "form": self._form,
            "report": self._report,
            "correction": self._correction,
            "renamed": self._renamed,
            "denied": self._denied,
            "namesake": self._namesake,
            "column": self._column,
        }
        kinds = self._rng.choice(list(_SHARES), self._articles, p=list(_SHARES.values()))
        for id, kind in enumerate(kinds.tolist(), 1):
            made = makers[kind if self._recent else "news"](id)
            yield replace(made, hour=id * 24 / _A_DAY)

    # --- what is news ------------------------------------------------------------------------------

    def _news(self, id: int) -> Made:
        language, lines = self._one(self._outlets)
        count = 0 if self._rng.random() < 0.05 else 2 + int(self._rng.gamma(2.2, 4.5))
        event = language.draw(8)
        background = (
            [self._sentence(language, 0.0, event) for _ in range(max(count // 4, 1))] if count else []
        )
        body = [self._sentence(language, 0.25, event) for _ in range(count)] + background
        if count and self._rng.random() < 0.4:
            body = body + lines
        draft = _Draft(id, language, self._headline(language, event), body, background)
        if count > 2:
            self._recent = [*self._recent[-_ASIDE:], draft]
        return self._made(id, id, "news", language, draft.title, body)

    def _follow_up(self, id: int) -> Made:
        """The next day's report: the background again, and a quote; the rest is new."""
        draft = self._one(self._recent)
        fresh = sum(map(len, draft.background)) * 2
        body = [self._sentence(draft.language, 0.25) for _ in range(fresh // 16 + 2)]
        return self._made(id, id, "follow-up", draft.language, draft.title, body + draft.background)

    def _form(self, id: int) -> Made:
        """Weather and markets: the same sentences every day with other figures in them."""
        language, form = self._one(self._forms)
        body = [self._with_figure(sentence) for sentence in form]
        return self._made(id, id, "form", language, form[0][:6], body)

    def _correction(self, id: int) -> Made:
        """The same text with another figure."""
        draft = self._one(self._recent)
        figured = [i for i, s in enumerate(draft.body) if any(map(_is_figure, s))]
        if not figured:
            return self._news(id)
        body = list(draft.body)
        at = self._one(figured)
        body[at] = [self._figure() if _is_figure(word) else word for word in body[at]]
        if body[at] == draft.body[at]:
            return self._news(id)
        return self._made(id, id, "correction", draft.language, draft.title, body)

    def _report(self, id: int) -> Made:
        """Obituaries and results: the same sentences with other names in them, and a figure or two."""
        language, form = self._one(self._reports)
        body = [
            [*said[:3], self._one(language.names), *said[3:6], self._one(language.names), *said[6:]]
            for said in form
        ]
        body[0] = self._with_figure(body[0])
        return self._made(id, id, "report", language, form[0][:6], body)

    def _renamed(self, id: int) -> Made:
        """The same text with another name in one sentence."""
        draft = self._one(self._recent)
        named = [
            (i, k) for i, s in enumerate(draft.body) for k, word in enumerate(s) if k and word[:1].isupper()
        ]
        if not named or draft.language.code not in _CASED:
            return self._news(id)
        at, place = self._one(named)
        body = [list(sentence) for sentence in draft.body]
        body[at][place] = self._one([name for name in draft.language.names if name != body[at][place]])
        return self._made(id, id, "renamed", draft.language, draft.title, body)

    def _denied(self, id: int) -> Made:
        """The same text with a sentence denied."""
        draft = self._one(self._recent)
        if draft.language.code not in _DENIALS:
            return self._news(id)
        body = list(draft.body)
        at = int(self._rng.integers(0, len(body)))
        place = int(self._rng.integers(2, len(body[at])))
        body[at] = [*body[at][:place], _DENIALS[draft.language.code], *body[at][place:]]
        return self._made(id, id, "denied", draft.language, draft.title, body)

    def _column(self, id: int) -> Made:
        """The same headline, without a text, in the same outlet on another day."""
        outlet, language, title = self._one(self._columns)
        if id - self._shown.get(outlet, -_A_DAY) < _A_DAY:
            return self._news(id)
        self._shown[outlet] = id
        return replace(self._made(id, id, "column", language, title, []), outlet=outlet)

    def _namesake(self, id: int) -> Made:
        """A headline alone that shares half its words with another one's."""
        draft = self._one(self._recent)
        half = len(draft.title) // 2
        title = draft.title[:half] + draft.language.draw(len(draft.title) - half)
        return self._made(id, id, "namesake", draft.language, title, [])

    # --- copies ------------------------------------------------------------------------------------

    def _copy(self, id: int) -> Made:
        draft, kind = self._one(self._recent), self._one(COPIES)
        title, body, language = draft.title, draft.body, draft.language
        if kind in ("headline", "wire"):
            title = self._headline(language, language.draw(4))
        if kind in ("first line", "wire"):
            body = [self._sentence(language, 0.0), *body[1:]]
        if kind == "wire":
            body = body + self._one([lines for other, lines in self._outlets if other is language])
        if kind == "shortened":
            kept = float(self._rng.uniform(0.4, 0.9))
            body = body[: max(round(len(body) * kept), 1)]
        if kind in ("blocks", "scattered"):
            degree = float(self._rng.choice([0.1, 0.2, 0.3, 0.4]))
            body = self._reworded(language, body, degree, block=6 if kind == "blocks" else 1)
        made = self._made(id, draft.family, kind, language, title, body)
        original = self._made(0, 0, "", language, draft.title, draft.body)
        runs = shingles(made.title, made.body)
        share = len(runs & shingles(original.title, original.body)) / len(runs)
        return replace(made, share=share)

    def _reworded(
        self, language: Language, body: Sequence[Sentence], share: float, block: int
    ) -> list[Sentence]:
        """`share` of the words replaced, in runs of `block` sentences' words or one by one; figures stay."""
        total = sum(map(len, body))
        hit = np.zeros(total, bool)
        if block == 1:
            hit = self._rng.random(total) < share
        else:
            size = max(total // block, 1)
            for start in self._rng.choice(total, block, replace=False).tolist():
                hit[start : start + round(size * share)] = True
        flags = iter(hit.tolist())
        fresh = iter(language.draw(total))
        return [
            [next(fresh) if next(flags) and not _is_figure(word) else word for word in sentence]
            for sentence in body
        ]

    # --- parts -------------------------------------------------------------------------------------

    def _headline(self, language: Language, event: Sequence[str]) -> Sentence:
        return [*language.draw(int(self._rng.integers(4, 9))), *event[:3]]

    def _sentence(self, language: Language, figures: float, event: Sequence[str] = ()) -> Sentence:
        rng = self._rng
        made = language.draw(int(rng.integers(7, 24)))
        if rng.random() < 0.25:  # a set phrase, the most common in one article of twenty
            made[3:3] = language.phrases[min(int(rng.pareto(0.7) * 40), len(language.phrases) - 1)]
        for word in event[: int(rng.integers(0, 3))]:
            made[int(rng.integers(0, len(made)))] = word
        if self._named(language):
            made[min(4, len(made)) : min(4, len(made))] = [self._one(language.names)]
        if rng.random() < figures:
            made[len(made) // 2 : len(made) // 2] = [self._figure()]
        return made

    def _named(self, language: Language) -> bool:
        return language.code in _CASED and self._rng.random() < 0.6

    def _with_figure(self, sentence: Sentence) -> Sentence:
        return [*sentence[:5], self._figure(), *sentence[5:]]

    def _figure(self) -> str:
        """A number that could be no year: another year is no other figure."""
        value = int(self._rng.integers(2, 1900)) * int(self._rng.choice([1, 10]))
        return str(value + 200 if 1900 <= value < 2100 else value)

    def _standing_lines(self, language: Language) -> list[Sentence]:
        return [self._sentence(language, 0.0) for _ in range(int(self._rng.integers(1, 4)))]

    def _one(self, of: Sequence[T]) -> T:
        return of[int(self._rng.integers(0, len(of)))]

    @staticmethod
    def _made(
        id: int, family: int, kind: str, language: Language, title: Sentence, body: Sequence[Sentence]
    ) -> Made:
        line = ("" if language.code in _NO_SPACES else " ").join(title)
        return Made(id, family, kind, language.code, line, language.text(body))


def _is_figure(word: str) -> bool:
    return word.isdecimal()


def shingles(title: str, body: str) -> set[str]:
    """The runs of three words, or of five characters, of a text: what both sides are given."""
    found = set()
    for text in (words(title), words(body)):
        size = 5 if sum(len(word) == 1 and word > "\u2e7f" for word in text) * 2 > len(text) else 3
        found.update(
            " ".join(text[i : i + size]) for i in range(max(len(text) - size + 1, min(len(text), 1)))
        )
    return found
