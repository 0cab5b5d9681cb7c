"""Seeds as they are read for a draft: sentences of words, each with how it was written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from monitor.model import Article
from monitor.text import CJK_SIGN, paragraphs, sentences, tokenize

MOST_CHARACTERS = 40_000  # of a body; a report's subject is said by then
_LEAD = 450  # characters
_HANGUL = re.compile("[\uac00-\ud7a3]")
_DATELINE = re.compile(r"^[^.!?。]{2,70}?(?:\s[—–-]{1,2}\s|\)\s*[-—–=]?\s*|\.\s+/[^/]{2,20}/\.\s+)")
_CAPITAL_SHARE = 0.45  # of the words inside sentences; more is a headline's style
_NOUN_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Word:
    """A word: folded, as it was written, and where. `capital` only where a capital says something."""

    text: str
    shown: str
    start: int
    end: int
    capital: bool
    first: bool  # of its sentence, where every word has a capital


@dataclass(frozen=True)
class Sentence:
    """A sentence of a seed, or its title. `heard` words name who reports or whence, not the subject."""

    seed: int
    place: str  # title | lead | body
    text: str
    words: tuple[Word, ...]
    heard: int = 0  # how many words at the start are a dateline
    nouns: bool = False  # every noun has a capital

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words)


@dataclass(frozen=True)
class Reading:
    """All seeds, read."""

    sentences: tuple[Sentence, ...]
    seeds: int
    languages: tuple[str | None, ...]

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(word.text for sentence in self.sentences for word in sentence.words)

    @cached_property
    def lower(self) -> Counter[str]:
        """How often each word is written without a capital."""
        return Counter(
            word.text
            for sentence in self.sentences
            for word in sentence.words
            if word.shown[:1].islower() and not word.capital
        )

    @cached_property
    def upper(self) -> Counter[str]:
        """How often each word has a capital that its place in the sentence does not explain."""
        return Counter(
            word.text
            for sentence in self.sentences
            for word in sentence.words
            if word.capital and not word.first
        )


def opening(article: Article) -> Article:
    """`article` as far as MOST_CHARACTERS of its body: what a query without NOT finds there, it finds in the whole."""
    if len(article.body) <= MOST_CHARACTERS:
        return article
    cut = max(article.body.rfind(" ", 0, MOST_CHARACTERS), article.body.rfind("\n", 0, MOST_CHARACTERS), 0)
    return replace(article, body=article.body[: cut or MOST_CHARACTERS])


def read_seeds(articles: Sequence[Article]) -> Reading:
    """Every sentence of the titles and bodies of `articles`."""
    return Reading(
        tuple(sentence for number, article in enumerate(articles) for sentence in _read(number, article)),
        len(articles),
        tuple(article.language for article in articles),
    )


def _read(seed: int, article: Article) -> Iterator[Sentence]:
    body = article.body
    nouns = article.language == "de"
    cased = _capitals_tell(body, nouns)
    if article.title:
        yield _sentence(seed, "title", article.title, _capitals_tell(article.title, nouns), 0, nouns)
    lead = max(_LEAD, paragraphs(body)[0][1]) if body.strip() else 0
    lead = min(lead, 2 * _LEAD)
    dateline = _DATELINE.match(body)
    for start, end in sentences(body):
        place = "lead" if start < lead else "body"
        heard = 0
        if dateline and start < dateline.end() and any(w.isupper() for w in dateline[0].split()):
            heard = len(tokenize(body[start : min(end, dateline.end())]))
        yield _sentence(seed, place, body[start:end], cased, heard, nouns)


def _capitals_tell(text: str, nouns: bool = False) -> bool:
    """Whether most words of `text` are written small, so that a capital marks a name."""
    inner = [
        w
        for a, b in sentences(text)
        for w in re.findall(r"[^\W\d_]{2,}", text[a:b])[1:]
        if w.upper() != w.lower()
    ]
    capital = sum(not word[0].islower() for word in inner)
    return bool(inner) and capital < len(inner) * (_NOUN_SHARE if nouns else _CAPITAL_SHARE)


def _sentence(seed: int, place: str, text: str, cased: bool, heard: int, nouns: bool) -> Sentence:
    words = []
    fresh = True
    for token in tokenize(text):
        shown = text[token.start : token.end]
        if token.start and text[token.start - 1] in '"“«„‘:(' and cased:
            fresh = fresh or text[token.start - 1] == ":"
        capital = cased and shown[:1].isupper()
        words.append(Word(token.text, shown, token.start, token.end, capital, fresh))
        fresh = False
    return Sentence(seed, place, text, tuple(words), heard, nouns)


def is_cjk(text: str) -> bool:
    return CJK_SIGN.match(text) is not None


def is_hangul(text: str) -> bool:
    return _HANGUL.match(text) is not None


def is_cyrillic(text: str) -> bool:
    return "\u0400" <= text[:1] <= "\u052f"


def is_latin(text: str) -> bool:
    return "a" <= text[:1] <= "z"


def runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers as ranges [start, end)."""
    start = last = None
    for place in places:
        if start is not None and last is not None and place == last + 1:
            last = place
            continue
        if start is not None and last is not None:
            yield start, last + 1
        start = last = place
    if start is not None and last is not None:
        yield start, last + 1
