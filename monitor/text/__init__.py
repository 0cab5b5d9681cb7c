"""Text as every stage sees it: cleaned lines, words, sentences, paragraphs. Pure; knows no article."""

from __future__ import annotations

from monitor.text.analysis import ELIDED, fold, pattern_words, plainer, tokenize, word_places, words
from monitor.text.lines import clean, duration, one_line, word_set
from monitor.text.passages import paragraphs, sentences
from monitor.text.wordbreak import CJK_SIGN

__all__ = [
    "CJK_SIGN",
    "ELIDED",
    "clean",
    "duration",
    "fold",
    "one_line",
    "paragraphs",
    "pattern_words",
    "plainer",
    "sentences",
    "tokenize",
    "word_places",
    "word_set",
    "words",
]
