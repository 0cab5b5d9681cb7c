"""What the seeds are about besides names: rare words with their forms, repeated phrases, pieces of running text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from monitor.match.drafting.background import Background
from monitor.match.drafting.concepts import Concept, Finder, Pattern, pattern
from monitor.match.drafting.families import family_of
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
    for family, keys in families.items():
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
        return len(text) > 1
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
        words: Sequence[str] = sorted({root, f"ال{root}", *seen})
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
    segments: Counter[str] = Counter()
    for sentence in reading.sentences:
        for segment in _segments(sentence):
            if sentence.place != "body" and 2 <= len(segment) <= 6:
                segments[segment] += 1
            for start in range(len(segment) - 1):
                for end in range(start + 2, min(len(segment), start + _LONGEST_PIECE) + 1):
                    counts[segment[start:end]] += 1
                    where[segment[start:end]].add(sentence.seed)
    chosen = [piece for piece, count in counts.items() if count > 1 and _is_whole(piece, counts)]
    shared = {seed for piece in chosen for seed in where[piece]}
    if len(shared) < len({seed for seeds in where.values() for seed in seeds}) or len(chosen) < 3:
        chosen += [segment for segment in segments if segment not in chosen]
    for piece in chosen:
        if piece not in COMMON_HAN and not _made_of_common(piece) and (each := pattern(piece, tuple(piece))):
            family = family_of(piece, None)
            yield finder.weighed("word" if family else "name", piece, [each], family)


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


def _is_whole(piece: str, counts: Counter[str]) -> bool:
    """Whether nothing longer stands as often: the piece is no mere part."""
    count = counts[piece]
    return not any(
        piece in other and len(other) == len(piece) + 1 and counts[other] >= count
        for other in _around(piece, counts)
    )


def _around(piece: str, counts: Counter[str]) -> Iterator[str]:
    yield from (other for other in counts if len(other) == len(piece) + 1 and piece in other)


def _made_of_common(piece: str) -> bool:
    return len(piece) > 2 and all(piece[i : i + 2] in COMMON_HAN for i in range(0, len(piece) - 1, 2))
