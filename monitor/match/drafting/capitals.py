"""Where the capitals are: the runs of words that are names, and the abbreviations that are given for them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from monitor.match.drafting.background import Background
from monitor.match.drafting.common_words import COMMON
from monitor.match.drafting.reading import Reading, Sentence, Word, is_cyrillic
from monitor.match.drafting.small_words import AMBIGUOUS, CONNECTORS, FIRST_PARTS, MONTHS, OFFICES, REPORTERS
from monitor.match.drafting.spelling import forms_of_one
from monitor.match.drafting.stems import LONGEST_WORD, transcribed

Name = tuple[str, ...]  # folded words
_BEFORE_PLACES = ("in", "nach", "aus", "bei", "von", "fur")  # without an article, in German
_COUNTRY = re.compile(
    "(?!(?:aus|in|um|vater|fest|heimat|hinter|nieder|brach|acker|bundes)land)"
    ".*(?:land|stan|korea|amerika|afrika|asien|europa|china|japan|ukraine|israel|iran|irak|turkei|syrien|indien)s?"
)
_SPEAKS = re.compile(r"\s?:\s")
_LONGEST = 7  # words of a name


class Capitals:
    """The names of the seeds as they are written, and how often; abbreviations with the name they stand for."""

    def __init__(self, reading: Reading, background: Background) -> None:
        self.reading, self.background = reading, background
        self.shown: dict[Name, Counter[str]] = defaultdict(Counter)
        self.abbreviations: dict[str, tuple[Name, str]] = {}
        self.doubtful: list[tuple[Name, str]] = []
        found = [(sentence, run) for sentence in reading.sentences for run in self._runs(sentence)]
        whole = Counter(tuple(word.text for word in sentence.words[slice(*run)]) for sentence, run in found)
        for sentence, run in found:
            for start, end in _split(sentence, run, whole):
                self._add(sentence, start, end)
        self._settle()
        for sentence in reading.sentences:
            self._abbreviated(sentence)

    def _runs(self, sentence: Sentence) -> Iterator[tuple[int, int]]:
        """Runs of words that have a capital, joined by nothing but spaces, hyphens and connectors."""
        words = sentence.words
        at = sentence.heard
        while at < len(words):
            if not words[at].capital:
                at += 1
                continue
            end = at + 1
            while end < len(words):
                if (words[end].capital or _hyphened(sentence, end)) and _adjoins(sentence, end):
                    end += 1
                elif (ahead := self._connected(sentence, end)) is not None:
                    end = ahead
                else:
                    break
            yield from self._parts(words, at, end)
            at = end

    def _connected(self, sentence: Sentence, at: int) -> int | None:
        """Where a name goes on that has small words at `at`: Ejército Popular de Corea."""
        words = sentence.words
        if sentence.nouns:
            return None
        for ahead in (at + 1, at + 2):
            if ahead >= len(words) or words[ahead - 1].text not in CONNECTORS or words[ahead - 1].capital:
                break
            if not _adjoins(sentence, ahead - 1):
                break
            if words[ahead].capital and _adjoins(sentence, ahead):
                before = words[at - 1]
                plain = before.text in OFFICES or self.background.is_function(before.text)
                # "Statue of Korea" at a sentence's start may be a statue; "Corée du Nord" is none.
                doubtful = before.first and not self.reading.upper[before.text]
                plain |= doubtful and (words[at].text == "of" or self._small_elsewhere(before.text))
                return None if plain else ahead + 1
        return None

    def _parts(self, words: Sequence[Word], start: int, end: int) -> Iterator[tuple[int, int]]:
        """A run without what is no name at its ends, cut at offices: President Kim -> Kim."""
        cuts: list[int] = []
        for i in range(start, end):
            at_start = i == start or i - 1 in cuts
            before_office = (
                i + 1 < end and words[i + 1].text in OFFICES and words[i + 1].text not in AMBIGUOUS
            )
            if words[i].text in MONTHS or (
                words[i].text in OFFICES and (words[i].text not in AMBIGUOUS or at_start or before_office)
            ):
                cuts.append(i)
        for first, last in zip([start, *(cut + 1 for cut in cuts)], [*cuts, end], strict=True):
            while first < last and self._is_plain(words, first, last):
                first += 1
            while last > first and self._ends_plain(words[last - 1]):
                last -= 1
            if first < last <= first + _LONGEST:
                yield first, last

    def _is_plain(self, words: Sequence[Word], at: int, end: int) -> bool:
        """Whether a capital at a name's start is only the sentence's, or a connector's."""
        word = words[at]
        if word.text in FIRST_PARTS and at + 1 < end:
            return False
        if word.text in CONNECTORS or word.text.isdigit():
            return True
        if self.background.is_function(word.text) and (word.first or self.reading.lower[word.text]):
            return True
        return word.first and self._small_elsewhere(word.text)

    def _small_elsewhere(self, word: str) -> bool:
        reading = self.reading
        return reading.lower[word] > reading.upper[word] or (
            not reading.upper[word] and (word in _common(self.background, word))
        )

    def _ends_plain(self, word: Word) -> bool:
        small = word.capital and self.background.is_function(word.text) and self.reading.lower[word.text]
        return bool(word.text in CONNECTORS or word.text.isdigit() or small)

    def _add(self, sentence: Sentence, start: int, end: int) -> None:
        words = sentence.words[start:end]
        name = tuple(word.text for word in words)
        if len(name) == 1 and not self._is_name(sentence, start):
            if words[0].first and not self._small_elsewhere(words[0].text):
                self.doubtful.append((name, _as_written(sentence, start, end)))
            return
        if any(part in REPORTERS or len(part) > LONGEST_WORD for part in name):
            return
        self.shown[name][_as_written(sentence, start, end)] += 1

    def _is_name(self, sentence: Sentence, at: int) -> bool:
        """Whether a single word with a capital is a name, as far as its place tells."""
        word = sentence.words[at]
        if len(word.text) < 3 and not word.shown.isupper():
            return False
        if self.background.is_common(word.text) and not word.shown.isupper():
            return False
        if word.shown.isupper():
            return not word.first or self.reading.upper[word.text] > 0 or len(word.text) > 1
        if sentence.nouns:
            return _is_german_place(sentence.folded, at)
        # At a sentence's start it is the sentence's capital, for all that is known, but for "Moscow: the Kremlin says".
        return (
            not word.first
            or self.reading.upper[word.text] > 0
            or _SPEAKS.match(sentence.text, word.end) is not None
        )

    def _settle(self) -> None:
        """A sentence's first word is a name where another form of it is: Russia's, with Russian."""
        known = [name[0] for name in self.shown if len(name) == 1]
        for name, written in self.doubtful:
            if any(forms_of_one(name[0], other) for other in known):
                self.shown[name][written] += 1

    def _abbreviated(self, sentence: Sentence) -> None:
        """`Korean People's Army (KPA)`: the abbreviation with the name whose letters it is."""
        words = sentence.words
        for at in range(1, len(words)):
            short = words[at].shown
            if not (2 <= len(short) <= 6 and short.isupper() and short.isalpha()):
                continue
            if (
                sentence.text[words[at].start - 1 : words[at].start] != "("
                or sentence.text[words[at].end :][:1] != ")"
            ):
                continue
            name = _long_form(words[:at], short)
            if name and words[at].text not in REPORTERS:
                key = tuple(word.text for word in name)
                self.abbreviations[short] = (key, short)
                self.shown[key][_as_written(sentence, at - len(name), at)] += 1


def _is_german_place(folded: Sequence[str], at: int) -> bool:
    """Where every noun has a capital: whether this one stands as places do, or ends as countries do."""
    return (at > 0 and folded[at - 1] in _BEFORE_PLACES) or _COUNTRY.fullmatch(folded[at]) is not None


def _split(sentence: Sentence, run: tuple[int, int], whole: Counter[Name]) -> Iterator[tuple[int, int]]:
    """A run of capitals as the names that the seeds have elsewhere too: Russia's Kursk, North Korea Alexandr M."""
    start, end = run
    folded = sentence.folded
    hyphens = sentence.text[sentence.words[start].start : sentence.words[end - 1].end].count("-")
    for at in range(start + 1, end):
        front, back = folded[start:at], folded[at:end]
        gap = sentence.text[sentence.words[at - 1].end : sentence.words[at].start]
        known = whole[front] > 1 and len(front) > 1 and len(back) > 1
        before = sentence.words[at - 1].shown
        known |= (
            is_cyrillic(front[0]) and at == start + 1 and before.isupper() and len(back) > 1
        )  # РФ Владимир Путин
        known |= gap == "-" and hyphens > 1  # US-Japan-South Korea
        known |= sentence.nouns and (whole[front] > 0 or whole[back] > 0)  # in Kursk Minen räumen
        owner = "s" in gap and front[-1] not in COMMON
        if known or owner or (gap != " " and (whole[front] or whole[back])):
            yield from _split(sentence, (start, at), whole)
            yield from _split(sentence, (at, end), whole)
            return
    yield run


def _as_written(sentence: Sentence, start: int, end: int) -> str:
    return " ".join(sentence.text[sentence.words[start].start : sentence.words[end - 1].end].split())


def _common(background: Background, word: str) -> tuple[str, ...]:
    return (word,) if background.is_common(word) or background.share(word) > 0.04 else ()


def _hyphened(sentence: Sentence, at: int) -> bool:
    """Kim Jong-un: the small last part of a name; not Moscow-based."""
    gap = sentence.text[sentence.words[at - 1].end : sentence.words[at].start]
    return (
        gap == "-"
        and len(sentence.words[at].text) <= 4
        and sentence.words[at - 2 : at - 1] != ()
        and sentence.words[at - 2].capital
    )


def _adjoins(sentence: Sentence, at: int) -> bool:
    before, word = sentence.words[at - 1], sentence.words[at]
    gap = sentence.text[before.end : word.start]
    return gap in (" ", "-", "‑", "–", " ", "'", "’s ", "'s ", "’ ", "' ", "") or (
        gap == ". " and len(before.text) == 1
    )


def _long_form(before: Sequence[Word], short: str) -> list[Word]:
    """The words before an abbreviation whose first letters it is; small connectors may stand among them."""
    letters = list(short.casefold())
    found: list[Word] = []
    for word in reversed(before[-10:]):
        if (
            letters
            and transcribed(word.text)[:1]
            and word.text[0] == letters[-1]
            and word.shown[:1].isupper()
        ):
            letters.pop()
        elif word.text not in CONNECTORS and word.text != "the":
            break
        found.insert(0, word)
        if not letters:
            return found
    return []
