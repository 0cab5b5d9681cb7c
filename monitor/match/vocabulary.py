"""Every word and word pattern that any rule asks for, numbered; and which of them a word of an article is.

A number is called an atom. What a word is, is worked out once and remembered, so that matching an
article costs one dictionary look-up a word, however many patterns there are.
"""

from __future__ import annotations

import re
from collections import defaultdict

_PIECE = re.compile(r"[^\W_]+")
_LONGEST = 80  # characters; longer words are not remembered, they are most likely an attack
_MEMORY = 200_000  # words remembered; news has about as many different ones in a month


class Vocabulary:
    """Atoms for words, patterns and edit distances, and the atoms that a word satisfies."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._patterns: dict[str, int] = {}
        self._fuzzy: dict[tuple[str, int], int] = {}
        self._pieces: dict[str, int] = {}
        self._by_stem: dict[str, list[tuple[re.Pattern[str] | None, int]]] = defaultdict(list)
        self._stem_lengths: tuple[int, ...] = ()
        self._fuzzy_by_length: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
        self._known: dict[str, tuple[int, ...]] = {}
        self.size = 0

    def word(self, text: str) -> int:
        """The atom of a word, or of a pattern where `text` holds `*` or `?`."""
        table = self._patterns if "*" in text or "?" in text else self._words
        atom = table.get(text)
        if atom is None:
            atom = table[text] = self._new()
            if table is self._patterns:
                self._add_pattern(text, atom)
        return atom

    def fuzzy(self, text: str, distance: int) -> int:
        atom = self._fuzzy.get((text, distance))
        if atom is None:
            atom = self._fuzzy[text, distance] = self._new()
            for length in range(max(1, len(text) - distance), len(text) + distance + 1):
                self._fuzzy_by_length[length].append((text, distance, atom))
        return atom

    def piece(self, text: str) -> int:
        """The atom of a run of letters and digits, within a word ("kpa" in "kpa.org") or as a whole one."""
        atom = self._pieces.get(text)
        if atom is None:
            atom = self._pieces[text] = self._new()
        return atom

    def _new(self) -> int:
        self.size += 1
        self._known.clear()
        return self.size - 1

    def _add_pattern(self, pattern: str, atom: int) -> None:
        stem = re.split(r"[*?]", pattern, maxsplit=1)[0]
        plain_prefix = pattern == stem + "*"
        self._by_stem[stem].append((None if plain_prefix else pattern_regex(pattern), atom))
        self._stem_lengths = tuple(sorted({len(stem) for stem in self._by_stem}))

    def atoms(self, word: str) -> tuple[int, ...]:
        """The atoms that `word` of an article satisfies."""
        known = self._known.get(word)
        if known is None:
            known = self._work_out(word)
            if len(word) <= _LONGEST:
                if len(self._known) >= _MEMORY:
                    self._known.clear()
                self._known[word] = known
        return known

    def _work_out(self, word: str) -> tuple[int, ...]:
        found = []
        exact = self._words.get(word)
        if exact is not None:
            found.append(exact)
        for length in self._stem_lengths:
            if length > len(word):
                break
            for regex, atom in self._by_stem.get(word[:length], ()):
                if regex is None or regex.fullmatch(word):
                    found.append(atom)
        for text, distance, atom in self._fuzzy_by_length.get(len(word), ()):
            if is_within(text, word, distance):
                found.append(atom)
        if self._pieces:
            found += [self._pieces[piece] for piece in pieces(word) if piece in self._pieces]
        return tuple(found)


def pieces(word: str) -> set[str]:
    """The runs of letters and digits in an analysed word; most words are one."""
    return {word} if word.isalnum() else set(_PIECE.findall(word))


def pattern_regex(pattern: str) -> re.Pattern[str]:
    """A word pattern as an expression: `*` any characters, `?` exactly one.

    Stars are matched lazily and each piece between two stars at its first place only (an atomic group),
    which is enough for a glob and keeps it from trying every split of a long word.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return re.compile(_piece(first), re.DOTALL)
    *middle, last = rest
    body = "".join(f"(?>.*?{_piece(piece)})" for piece in middle if piece)
    return re.compile(f"{_piece(first)}{body}.*{_piece(last)}", re.DOTALL)


def _piece(text: str) -> str:
    return ".".join(re.escape(part) for part in text.split("?"))


def is_within(left: str, right: str, distance: int) -> bool:
    """Whether `left` becomes `right` by at most `distance` edits: insert, delete, replace, swap neighbours.

    As in Lucene's FuzzyQuery, no pair of neighbours is edited twice (optimal string alignment), and the
    edits must be fewer than the characters of the shorter word.
    """
    if left == right:
        return True
    if abs(len(left) - len(right)) > distance:
        return False
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row = row, [i]
        for j, b in enumerate(right, 1):
            cost = min(row[j - 1] + 1, above[j] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > distance and min(above) > distance:
            return False
        before = above
    return row[-1] <= distance and row[-1] < min(len(left), len(right))
