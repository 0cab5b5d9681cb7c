"""Where the words of a text stand, found for the whole text at once."""

from __future__ import annotations

from typing import cast

import numpy as np

from monitor.text import plainer, word_places

# What an ASCII character is to the words around it (monitor.text.wordbreak.ASCII_WORD). A sign that joins letters
# or digits has the same bits as they, further up.
_LETTER, _DIGIT, _TIE, _SHIFT = 1, 2, 4, 3


def _kinds() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    kinds = np.zeros(256, np.uint8)
    for code in range(128):
        sign = chr(code)
        kinds[code] = _LETTER * sign.isalpha() | _DIGIT * sign.isdigit() | _TIE * (sign == "_")
    for joined, signs in ((_LETTER, ".:'"), (_DIGIT, ".,;'")):
        for sign in signs:
            kinds[ord(sign)] |= joined << _SHIFT
    return kinds


_KINDS = _kinds()


def starts_and_ends(text: str) -> tuple[list[int], list[int]]:
    """Where each word starts and where it ends: as word_places(), several times faster for most texts."""
    text = plainer(text)
    if not text.isascii():
        places = word_places(text)
        return [start for start, _ in places], [end for _, end in places]
    # A place more at each end, so that every word has something before and after it.
    kinds = np.zeros(len(text) + 2, np.uint8)
    kinds[1:-1] = _KINDS.take(np.frombuffer(text.encode(), np.uint8))
    inside = (kinds & (_LETTER | _DIGIT | _TIE)).astype(bool)
    inside[1:-1] |= (kinds[:-2] & kinds[2:] & kinds[1:-1] >> _SHIFT).astype(bool)
    edges = cast(list[int], (inside[1:] != inside[:-1]).nonzero()[0].tolist())
    starts, ends = edges[::2], edges[1::2]
    if "_" in text:  # by itself it is no word
        words = [place for place in zip(starts, ends, strict=True) if text[slice(*place)].strip("_")]
        starts, ends = [start for start, _ in words], [end for _, end in words]
    if "'" in text:
        # Elided articles and possessives are no part of the word.
        for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if "'" in (word := text[start:end]):
                ((front, back),) = word_places(word)
                starts[index], ends[index] = start + front, start + back
    return starts, ends
