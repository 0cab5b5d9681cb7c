"""Every word and word pattern that any rule asks for, numbered; and which of them a word of an article is.

A number is called an atom. What a word is, is worked out in a time that hardly depends on how many
patterns there are, and remembered (monitor.match.index.rows).
"""

from __future__ import annotations

import re

_Filed = dict[str, list[tuple[str, int]]]
_NO_GAPS: dict[int, dict[str, int]] = {}
_PIECE = re.compile(r"[^\W_]+")
_PART = 6  # characters at most by which a pattern is filed
_MANY_LETTERS = 5_000  # to compare one by one


class Vocabulary:
    """Words, patterns, edit distances and pieces with the atoms they stand for.

    It may be read while another thread adds: hence the copies of what is gone through.
    """

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._pieces: dict[str, int] = {}
        self._fuzzy: dict[int, list[tuple[str, int, int]]] = {}
        self._patterns = _Patterns()

    def __bool__(self) -> bool:
        return bool(self._words or self._pieces or self._fuzzy or self._patterns)

    def add(self, text: str, atom: int) -> None:
        """Lets `text` be `atom`: a word, `troop*`, `korea~1` or `+kpa`."""
        if text[0] == "+":
            self._pieces[text[1:]] = atom
        elif "~" in text:
            word, _, distance = text.partition("~")
            reach = int(distance)
            for length in range(max(1, len(word) - reach), len(word) + reach + 1):
                self._fuzzy.setdefault(length, []).append((word, reach, atom))
        elif "*" not in text and "?" not in text:
            self._words[text] = atom
        else:
            self._patterns.add(text, atom)

    def work_out(self, word: str) -> list[int]:
        """The atoms that `word` satisfies."""
        found = []
        exact = self._words.get(word)
        if exact is not None:
            found.append(exact)
        if self._patterns:
            found += self._patterns.matching(word)
        for text, distance, atom in self._fuzzy.get(len(word), ()):
            if is_within(text, word, distance):
                found.append(atom)
        if self._pieces:
            found += [self._pieces[piece] for piece in pieces(word) if piece in self._pieces]
        return found


class _Patterns:
    """Word patterns, each filed under the beginning of its longest piece and where in a word that stands.

    So a word of an article is held against the few patterns whose piece it has at that place, not
    against all: thousands of patterns may begin with a wildcard or with the same letter.
    """

    def __init__(self) -> None:
        self._short: dict[int, dict[str, int]] = {}  # a beginning and no more, as most are: by length
        self._long: _Filed = {}  # the same, where that is longer than a piece
        self._gaps: dict[int, dict[int, dict[str, int]]] = {}  # one ?, no *: by length, and place of the ?
        self._front: dict[tuple[int, int], _Filed] = {}  # by place and length
        self._back: dict[tuple[int, int], _Filed] = {}  # by place from the end, and length
        self._inner: dict[int, _Filed] = {}  # by length, anywhere

    def __bool__(self) -> bool:
        kinds = (self._short, self._long, self._gaps, self._front, self._back, self._inner)
        return any(kinds)

    def add(self, pattern: str, atom: int) -> None:
        stem, is_prefix = stem_of(pattern)
        if is_prefix:
            if len(stem) <= _PART:
                self._short.setdefault(len(stem), {})[stem] = atom
            else:
                self._long.setdefault(stem[:_PART], []).append((stem, atom))
            return
        head, *rest = pattern.split("*")
        if not rest and head.count("?") == 1:
            gap = head.index("?")
            places = self._gaps.setdefault(len(head), {})
            places.setdefault(gap, {})[head[:gap] + head[gap + 1 :]] = atom
            return
        tail = rest[-1] if rest else ""
        start, front = _longest_run(head)
        end, back = _longest_run(tail)
        inner = max((_longest_run(part)[1] for part in rest[:-1]), key=len, default="")
        if len(inner) > max(len(front), len(back)):
            filed, key = self._inner.setdefault(len(inner), {}), inner
        elif len(front) >= len(back):
            filed, key = self._front.setdefault((start, start + len(front)), {}), front
        else:
            filed, key = self._back.setdefault((len(tail) - end, len(back)), {}), back
        filed.setdefault(key, []).append((pattern, atom))

    def matching(self, word: str) -> list[int]:
        size = len(word)
        found: list[int] = []
        for length, stems in list(self._short.items()):
            if (piece := word[:length]) in stems:
                found.append(stems[piece])
        if size > _PART and (piece := word[:_PART]) in self._long:
            found += [atom for stem, atom in self._long[piece] if word.startswith(stem)]
        for gap, known in list(self._gaps.get(size, _NO_GAPS).items()):
            if (piece := word[:gap] + word[gap + 1 :]) in known:
                found.append(known[piece])
        candidates = [
            each
            for (start, end), filed in list(self._front.items())
            if (piece := word[start:end]) in filed
            for each in filed[piece]
        ]
        for (place, length), filed in list(self._back.items()):
            if size >= place and (piece := word[size - place : size - place + length]) in filed:
                candidates += filed[piece]
        for length, filed in list(self._inner.items()):
            for piece in {word[i : i + length] for i in range(size - length + 1)} & filed.keys():
                candidates += filed[piece]
        return found + [atom for pattern, atom in candidates if is_like(pattern, word)]


def _longest_run(text: str) -> tuple[int, str]:
    """The beginning of the longest piece of `text` between two `?`, and where it starts."""
    best, at, start = "", 0, 0
    for piece in text.split("?"):
        if len(piece) > len(best):
            best, at = piece, start
        start += len(piece) + 1
    return at, best[:_PART]


def stem_of(pattern: str) -> tuple[str, bool]:
    """What `pattern` begins with before its first wildcard, and whether it asks for nothing else."""
    stem = pattern.replace("?", "*").partition("*")[0]
    return stem, pattern == stem + "*"


def pieces(word: str) -> set[str]:
    """The runs of letters and digits in an analysed word; most words are one."""
    return {word} if word.isalnum() else set(_PIECE.findall(word))


def is_like(pattern: str, word: str) -> bool:
    """Whether `word` is what `pattern` says: `*` any characters, `?` exactly one.

    Each piece between two stars is taken at its first place, which is enough. No regular expression: to
    compile one takes a hundred times as long as this.
    """
    head, *rest = pattern.split("*")
    if not rest:
        return len(word) == len(head) and _stands(head, word, 0)
    *middle, tail = rest
    at, last = len(head), len(word) - len(tail)
    if at > last or not _stands(head, word, 0) or not _stands(tail, word, last):
        return False
    for piece in middle:
        at = _find(piece, word, at, last) + len(piece)
        if at < len(piece):
            return False
    return True


def _stands(piece: str, word: str, at: int) -> bool:
    """Whether `piece`, in which `?` is any character, stands in `word` at `at`."""
    if "?" not in piece:
        return word.startswith(piece, at)
    return all(sign in ("?", other) for sign, other in zip(piece, word[at : at + len(piece)], strict=True))


def _find(piece: str, word: str, start: int, end: int) -> int:
    """The first place of `piece` in word[start:end]; where there is none, a number below -len(piece)."""
    if "?" not in piece:
        found = word.find(piece, start, end)
    elif len(piece) * (end - start) > _MANY_LETTERS:
        found = _find_at_once(piece, word, start, end)
    else:
        places = range(start, end - len(piece) + 1)
        found = next((place for place in places if _stands(piece, word, place)), -1)
    return found if found >= 0 else -1 - len(piece)


def _find_at_once(piece: str, word: str, start: int, end: int) -> int:
    """As _find(), -1 where there is none, for a word of so many letters that trying each place takes long.

    Bit i of a number stands for place i: each letter of the piece leaves those that have it so far behind.
    """
    last = end - start - len(piece)
    if last < 0:
        return -1
    backwards = word[start:end][::-1]
    where = {
        letter: int("".join(["1" if each == letter else "0" for each in backwards]), 2)
        for letter in set(piece) - {"?"}
    }
    left = (1 << last + 1) - 1
    for i, letter in enumerate(piece):
        if letter != "?":
            left &= where[letter] >> i
    return start + (left & -left).bit_length() - 1 if left else -1


def is_within(left: str, right: str, distance: int) -> bool:
    """Whether `left` becomes `right` by at most `distance` edits: insert, delete, replace, swap neighbours.

    As in Lucene's FuzzyQuery, no pair of neighbours is edited twice (optimal string alignment), and short
    words have no rule of their own: "b" is one edit from "ab".
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
    return row[-1] <= distance
