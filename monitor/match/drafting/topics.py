"""What the seeds are about besides names: rare words with their forms, repeated phrases, pieces of running text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from monitor.match.drafting.background import Background
from monitor.match.drafting.concepts import Concept, Finder, Pattern, pattern
from monitor.match.drafting.families import family_of, words_within
from monitor.match.drafting.reading import Reading, Sentence, Word, is_cjk, is_cyrillic, is_hangul, is_latin
from monitor.match.drafting.small_words import (
    CHINESE_JOINTS,
    COMMON_HAN,
    COMMON_KOREAN,
    MONTHS,
    OFFICES,
    REPORTERS,
)
from monitor.match.drafting.spelling import written
from monitor.match.drafting.stems import LONGEST_WORD, forms, stem

_LONGEST_PIECE = 8  # characters of running text
_LONGEST_NAME = 6
_MOST_PIECES = 200
_MOST_WORDS = 2000  # stems; the commonest of a long text
_FEW = 3  # pieces; so few make no query
_KOREAN_VERB = re.compile("(?:다|고|며|면서|지만|도록|려고|어서|아서|해서|라며|들어|걸쳐|넘은|지금)$")
_LEAST_WORD = 4  # letters, in alphabets
_ARABIC_FRONT = ("وال", "بال", "فال", "كال", "ال", "لل", "و")


def topics(
    reading: Reading, finder: Finder, background: Background, names: Sequence[Concept]
) -> list[Concept]:
    """The words and pieces of text that the seeds are about, heaviest first."""
    taken = {token for name in names for token in name.tokens}
    found = [*_words(reading, finder, background, taken), *_phrases(reading, finder, background, taken)]
    found += _pieces(reading, finder, background)
    return sorted((c for c in found if c.seeds), key=lambda c: (-c.weight, c.label))


# --- words -----------------------------------------------------------------------------------------


def _words(
    reading: Reading, finder: Finder, background: Background, taken: set[tuple[int, int]]
) -> Iterator[Concept]:
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    shown: dict[str, Counter[str]] = defaultdict(Counter)
    language: dict[tuple[str, str], str | None] = {}
    for number, sentence in enumerate(reading.sentences):
        for at, word in enumerate(sentence.words[sentence.heard :], sentence.heard):
            if (number, at) in taken or not _tells(word, background):
                continue
            spoken = reading.languages[sentence.seed]
            key = (
                ("", _arabic(word.text)) if _is_arabic(word.text) else (spoken or "", stem(word.text, spoken))
            )
            if is_hangul(key[1]) and (key[1] in COMMON_KOREAN or len(key[1]) < 2):
                continue
            seen[key][word.text] += 1
            shown[word.text][word.shown] += 1
            language[key] = spoken
    families: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in seen:
        families[family_of(min(seen[key], key=len), key[0] or None) or f"{key[0]} {key[1]}"].append(key)
    commonest = sorted(families.items(), key=lambda pair: -sum(seen[key].total() for key in pair[1]))
    for family, keys in commonest[:_MOST_WORDS]:
        keys.sort(key=lambda key: -sum(seen[key].values()))
        patterns = [p for key in keys for p in _patterns(key[1], seen[key], language[key], shown)]
        label = seen[keys[0]].most_common(1)[0][0]
        if patterns:
            family = "" if " " in family else family
            yield finder.weighed(_kind(label, family), label, patterns, family)


def _tells(word: Word, background: Background) -> bool:
    """Whether a word may say what its text is about."""
    text = word.text
    if (
        len(text) > LONGEST_WORD
        or is_cjk(text)
        or not text[0].isalpha()
        or text in MONTHS
        or text in REPORTERS
    ):
        return False
    if is_hangul(text):
        return len(text) > 1 and (_KOREAN_VERB.search(text) is None or family_of(text, "ko") != "")
    if len(text) < _LEAST_WORD or background.is_common(text) or text in OFFICES:
        return False
    return not background.is_common(stem(text, None)) and background.share(text) < 0.08


def _kind(label: str, family: str) -> Literal["name", "word"]:
    """In scripts without capitals what is no known action counts as a name."""
    cased = is_latin(label) or is_cyrillic(label) or label.upper() != label
    return "word" if cased or family else "name"


def _patterns(
    root: str, seen: Counter[str], language: str | None, shown: dict[str, Counter[str]]
) -> list[Pattern]:
    if _is_arabic(root):
        words: Sequence[str] = sorted({root, *seen})
    elif is_latin(root) or is_cyrillic(root) or is_hangul(root):
        words = forms(set(seen), language)
    else:
        words = sorted(seen)
    found = []
    for word in words:
        word = word.replace("ё", "?") if is_cyrillic(word) else word
        likeliest = max((form for form in seen if form in shown), key=lambda form: seen[form], default="")
        example = shown[likeliest].most_common(1)[0][0] if likeliest else word
        each = written(word, [example if language == "de" and not example.isupper() else example.lower()])
        found += [each] if each else []
    return found


def _is_arabic(word: str) -> bool:
    return "\u0620" <= word[:1] <= "\u06ff"


def _arabic(word: str) -> str:
    """An Arabic word without its conjunction and article, at least three letters."""
    for front in _ARABIC_FRONT:
        if word.startswith(front) and len(word) - len(front) >= 3:
            return word[len(front) :]
    return word


# --- phrases ---------------------------------------------------------------------------------------


def _phrases(
    reading: Reading, finder: Finder, background: Background, taken: set[tuple[int, int]]
) -> Iterator[Concept]:
    """Pairs of words, each of them common, that the seeds repeat: spy agency, special forces."""
    pairs: Counter[tuple[str, str]] = Counter()
    for number, sentence in enumerate(reading.sentences):
        words = sentence.words
        for at in range(sentence.heard, len(words) - 1):
            left, right = words[at], words[at + 1]
            near = (
                sentence.text[left.end : right.start] in (" ", "-")
                and not {(number, at), (number, at + 1)} & taken
            )
            if near and _pairs(left.text, background) and _pairs(right.text, background):
                pairs[left.text, right.text] += 1
    for (left_word, right_word), count in pairs.most_common(20):
        both_common = background.is_common(left_word) and background.is_common(right_word)
        if (
            count > 1
            and both_common
            and (each := pattern(f"{left_word} {right_word}", (left_word, right_word)))
        ):
            yield finder.weighed("word", f"{left_word} {right_word}", [each])


def _pairs(word: str, background: Background) -> bool:
    alphabet = is_latin(word) or is_cyrillic(word)
    return alphabet and len(word) > 2 and word not in MONTHS and not background.is_function(word)


# --- running text ----------------------------------------------------------------------------------


def _pieces(reading: Reading, finder: Finder, background: Background) -> Iterator[Concept]:
    """Pieces of Chinese and Japanese text that stand several times, or, where nothing does, a title's parts."""
    counts: Counter[str] = Counter()
    where: dict[str, set[int]] = defaultdict(set)
    opening: list[str] = []
    all_segments: set[str] = set()
    for sentence in reading.sentences:
        for segment in _segments(sentence):
            all_segments.add(segment)
            if sentence.place != "body":
                opening.append(segment)
            for start in range(len(segment) - 1):
                for end in range(start + 2, min(len(segment), start + _LONGEST_PIECE) + 1):
                    counts[segment[start:end]] += 1
                    where[segment[start:end]].add(sentence.seed)
    known = {word for segment in all_segments for word in words_within(segment)}
    wholes = sorted(_wholes(counts), key=lambda piece: (-counts[piece] * len(piece), piece))[:_MOST_PIECES]
    chosen = [*known, *(piece for piece in wholes if not any(word in piece for word in known))]
    shared = {seed for piece in chosen for seed in where[piece]}
    if len(shared) < len({seed for seeds in where.values() for seed in seeds}) or len(chosen) < _FEW:
        chosen += [rest for segment in opening for rest in _rest(segment, chosen)]
    chosen = sorted(set(chosen))
    for piece in chosen:
        if piece not in COMMON_HAN and not _made_of_common(piece) and (each := pattern(piece, tuple(piece))):
            family = family_of(piece, None)
            yield finder.weighed("word" if family else "name", piece, [each], family)


def _rest(segment: str, chosen: Sequence[str]) -> Iterator[str]:
    """What is left of a segment between the pieces that are known, where it is as short as names are."""
    between = "|".join(map(re.escape, sorted(chosen, key=len, reverse=True)))
    for rest in re.split(between, segment) if between else [segment]:
        if 2 <= len(rest) <= _LONGEST_NAME:
            yield rest


def _segments(sentence: Sentence) -> Iterator[str]:
    """Runs of ideographs or of katakana, cut at characters that only join words."""
    run: list[str] = []
    kind, last = "", -1
    for word in sentence.words[sentence.heard :]:
        now = _sign_kind(word.text)
        if run and (now != kind or word.start != last):
            yield "".join(run)
            run = []
        if now:
            run.append(word.text)
        kind, last = now, word.end
    if run:
        yield "".join(run)


def _sign_kind(sign: str) -> str:
    if not is_cjk(sign) or sign in CHINESE_JOINTS or "\u3041" <= sign <= "\u309f":
        return ""
    return "katakana" if "\u30a1" <= sign <= "\u30fc" else "ideograph"


def _wholes(counts: Counter[str]) -> Iterator[str]:
    """The pieces that stand several times, but for mere parts: those within something that stands as often."""
    longer: Counter[str] = Counter()
    for piece, count in counts.items():
        for part in (piece[1:], piece[:-1]):
            longer[part] = max(longer[part], count)
    return (piece for piece, count in counts.items() if count > 1 and longer[piece] < count)


def _made_of_common(piece: str) -> bool:
    return len(piece) > 2 and all(piece[i : i + 2] in COMMON_HAN for i in range(0, len(piece) - 1, 2))
