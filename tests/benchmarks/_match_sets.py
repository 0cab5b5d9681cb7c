"""Invented news and invented rules about it, for the benchmark of the matching engine. Seeded throughout."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from monitor.match.language import nodes
from monitor.match.rules import Rule, version_of
from monitor.model import Article, Severity
from monitor.text import words

FUNCTION_WORDS = words(
    "the of to and in a that is for on was with as he it by at from his has an be are had were been have "
    "said not they this who which their but its or after would will one all also when about than more up "
    "her out new there two into some can could other no over people first we last him time if you what "
    "year she years"
)
ONSETS = words(
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl l m n p pl pr qu r s sc sh sl sm sp st str t th tr "
    "v w z"
)
VOWELS = words("a e i o u ai ea ee ia io oa ou")
CODAS = ("", "", "n", "r", "l", "s", "t", "m", "nd", "rt", "ck")
ENDINGS = ("", "s", "ed", "ing", "er", "ion")

POOL, EVERY = 2_000, 10  # articles whose words long rules are made of, and how many lie between two

Choice = Callable[[random.Random], Any]


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody or something in the news, and how it is called."""

    full: tuple[str, ...]
    letters: str

    def aliases(self) -> list[nodes.Node]:
        return [nodes.Phrase(self.full), nodes.Word(self.full[-1]), nodes.Word(self.letters)]


class World:
    """A vocabulary with the frequencies of news: few words are half of a text, most are hardly ever used."""

    def __init__(self, seed: int = 1) -> None:
        chance = random.Random(seed)
        self.stems = _distinct(lambda: _invented(chance), 8_000)
        # A word's other forms are rarer than itself.
        ranked = [
            (i * (1 + 2 * j), stem + end)
            for i, stem in enumerate(self.stems)
            for j, end in enumerate(ENDINGS)
        ]
        self.content = [word for _, word in sorted(ranked)]
        surnames = _distinct(
            lambda: _invented(chance) + chance.choice(("ov", "son", "ez", "ard", "i")), 7_000
        )
        firsts = _distinct(lambda: _invented(chance), 1_500)
        letters = _distinct(lambda: "".join(chance.choices("bcdfgklmnprstvz", k=4)), len(surnames))
        pairs = zip(surnames, letters, strict=True)
        self.names = [Name((chance.choice(firsts), surname), short) for surname, short in pairs]
        self._names = zipf(self.names, 0.6, 30)
        self._phrases = zipf([self.pair(chance) for _ in range(12_000)], 0.7, 20)
        self._pool: dict[int, list[str]] = {}
        self._words = zipf([*FUNCTION_WORDS, *self.content], 1.0, 5)

    def name(self, chance: random.Random) -> Name:
        return self._names(chance)

    def phrase(self, chance: random.Random) -> tuple[str, str]:
        return self._phrases(chance)

    def pair(self, chance: random.Random) -> tuple[str, str]:
        first, second = self.topical(chance), self.topical(chance)
        return (first, second) if first != second else self.pair(chance)

    def topical(self, chance: random.Random) -> str:
        """A word that says what a text is about: neither the commonest nor hardly ever used."""
        return self.content[100 + int(20_000 * chance.random() ** 2)]

    def ordinary(self, chance: random.Random) -> str:
        """A word that many texts have."""
        return self.content[int(1_200 * chance.random())]

    def some_words(self, chance: random.Random) -> list[str]:
        """The different words of one of POOL articles."""
        seed = EVERY * chance.randrange(POOL)
        if seed not in self._pool:
            self._pool[seed] = sorted(set(words(self.article(seed).body)))
        return self._pool[seed]

    def article(self, seed: int) -> Article:
        """300 to 600 words about a few names, in sentences and paragraphs."""
        chance = random.Random(f"article {seed}")
        names = [self.name(chance) for _ in range(chance.randint(4, 9))]
        phrases = [self.phrase(chance) for _ in range(6)]
        topics = [self.topical(chance) for _ in range(15)]
        found: list[str] = []
        length = chance.randint(300, 600)
        while len(found) < length:
            roll = chance.random()
            if roll < 0.03:
                found += _mention(chance.choice(names), chance)
            elif roll < 0.045:
                found += chance.choice(phrases)
            elif roll < 0.12:
                found.append(chance.choice(topics))
            else:
                found.append(self._words(chance))
        title = [
            *_mention(names[0], chance),
            *(self._words(chance) for _ in range(4)),
            *phrases[0],
            topics[0],
        ]
        return Article(" ".join(title), "".join(_punctuated(found, chance)))


def zipf(items: Sequence[Any], exponent: float, offset: int) -> Choice:
    """Chooses among `items`, the first of them most often (Zipf and Mandelbrot)."""
    weights = list(accumulate(1 / (rank + offset) ** exponent for rank in range(len(items))))
    return lambda chance: chance.choices(items, cum_weights=weights)[0]


def _distinct(make: Callable[[], str], count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[make()] = None
    return list(found)


def _invented(chance: random.Random) -> str:
    syllables = chance.choices((1, 2, 3), (1, 5, 4))[0]
    start = "".join(chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(syllables))
    return start + chance.choice(CODAS)


def _mention(name: Name, chance: random.Random) -> list[str]:
    forms = ([word.title() for word in name.full], [name.full[-1].title()], [name.letters.upper()])
    return chance.choices(forms, (3, 4, 1))[0]


def _punctuated(words: list[str], chance: random.Random) -> Iterator[str]:
    starts = True
    for word in words:
        yield word[:1].upper() + word[1:] if starts else word
        roll = chance.random()
        starts = roll < 0.05
        yield ". " if starts and roll > 0.01 else ".\n" if starts else ", " if roll < 0.10 else " "


# --- rules -----------------------------------------------------------------------------------------


def realistic(world: World, chance: random.Random) -> nodes.Node:
    roll = chance.random()
    if roll < 0.45:
        return _who_and_what(world, chance)
    if roll < 0.60:
        slop = nodes.Phrase(world.pair(chance), chance.randint(2, 8))
        if roll < 0.52:
            slop = nodes.Phrase(world.phrase(chance), chance.randint(1, 5))
        return slop
    if roll < 0.70:
        parts = [nodes.Word(world.name(chance).full[-1], "title"), nodes.Word(world.topical(chance), "title")]
        return nodes.Or(tuple(parts)) if roll < 0.65 else parts[0]
    if roll < 0.87:
        names = [world.name(chance) for _ in range(chance.randint(1, 3))]
        return _any([alias for name in names for alias in name.aliases()])
    if roll < 0.995:
        return nodes.And(tuple(_words(world.ordinary, chance, chance.randint(3, 5))))
    return _any([nodes.Phrase(chance.choice(world.names[1_000:]).full) for _ in range(200)])


def _who_and_what(world: World, chance: random.Random) -> nodes.Node:
    who = _any([alias for _ in range(chance.randint(1, 2)) for alias in world.name(chance).aliases()])
    what: list[nodes.Node] = [nodes.Phrase(world.phrase(chance)) for _ in range(chance.randint(1, 3))]
    what += [nodes.Word(_stem(world, chance) + "*") for _ in range(chance.randint(1, 3))]
    what += [nodes.Word(world.topical(chance)) for _ in range(chance.randint(1, 4))]
    if chance.random() < 0.1:
        word = world.topical(chance)
        what.append(nodes.Word(word[:2] + "?" + word[3:]))
    parts = [who, _any(what)]
    if chance.random() < 0.3:
        parts.append(nodes.Not(_any(_words(world.topical, chance, chance.randint(1, 3)))))
    return nodes.And(tuple(parts))


def seven(world: World, chance: random.Random) -> nodes.Node:
    """Five words required, two excluded."""
    five, two = _words(world.ordinary, chance, 5), _words(world.topical, chance, 2)
    return nodes.And((*five, *(nodes.Not(word) for word in two if word not in five)))


def hundred_and_twenty(world: World, chance: random.Random) -> nodes.Node:
    """A hundred words of some article required, twenty others excluded."""
    own = world.some_words(chance)
    found = [nodes.Word(word) for word in chance.sample(own, min(100, len(own)))]
    others = _words(world.topical, chance, 20)
    return nodes.And((*found, *(nodes.Not(word) for word in others if word not in found)))


def twenty_wildcards(world: World, chance: random.Random) -> nodes.Node:
    """Twenty prefixes of four letters, of words of some article, all required."""
    prefixes = sorted({word[:4] + "*" for word in world.some_words(chance) if len(word) > 3})
    return nodes.And(tuple(nodes.Word(prefix) for prefix in chance.sample(prefixes, 20)))


def _words(choose: Choice, chance: random.Random, count: int) -> list[nodes.Node]:
    return [nodes.Word(word) for word in _distinct(lambda: choose(chance), count)]


def _stem(world: World, chance: random.Random) -> str:
    while True:
        stem = world.stems[int(len(world.stems) * chance.random() ** 2)]
        if len(stem) >= 4:
            return stem


def _any(parts: Sequence[nodes.Node]) -> nodes.Node:
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else nodes.Or(unique)


SHAPES: dict[str, Callable[[World, random.Random], nodes.Node]] = {
    "real": realistic,
    "seven": seven,
    "words120": hundred_and_twenty,
    "wild20": twenty_wildcards,
}


def trees(shape: str, count: int, world: World) -> Iterator[nodes.Node]:
    chance = random.Random(f"rules {shape}")
    for _ in range(count):
        yield SHAPES[shape](world, chance)


def rule(number: int, query: str) -> Rule:
    name = f"rule-{number:06}"
    path = f"rules/desk-{number // 500:03}.yaml"
    return Rule(
        name,
        f"Rule {number}",
        Severity.MEDIUM,
        query,
        version_of(query),
        source=query,
        path=path,
        line=number % 500 * 8 + 3,
    )
