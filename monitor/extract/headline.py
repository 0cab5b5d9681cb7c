"""A headline for a text that came without one."""

from __future__ import annotations

import re

from monitor.extract import agency
from monitor.text import one_line, sentences

_LIMIT = 180
# ", state media reported Friday": who says it is no part of a headline.
_SAYING = (
    r"(?:said|says|reported|reports|announced|told|according to|citing"
    r"|сообщил[аио]?|сообщает|передает|передаёт|заявил[аио]?|пишет|по данным"
    r"|повідомив|повідомила|повідомляє|повідомили|заявив|передає|пише"
    r"|wie|teilte|meldete|berichtete|sagte|erklärte"
    r"|a annoncé|a rapporté|a déclaré|a indiqué|selon|ont rapporté"
    r"|informó|según|dijo|anunció|reportó|informaron)"
)
_ATTRIBUTION = re.compile(rf"[,，]\s+(?:[^,]{{1,60}}\s)?{_SAYING}\b[^,]{{0,80}}[.。]?$", re.I)
_CLAUSE = re.compile(r"[,;:—–，；、](?=\s|$)|[，；、]|\s[-–—]\s")
_WORD = re.compile(r"\w")
_FINAL = re.compile(r"(?<![A-Z.])[.。…]+$")


def from_text(text: str) -> str:
    """The first sentence of `text` as a headline: no dateline, not who said it, cut at a clause if long.

    Empty only where no line of the text holds a word.
    """
    lines = (line for line in text[:20_000].split("\n") if line.strip())
    return next((title for line in lines if (title := _from_line(line[:2000]))), "")


def _from_line(line: str) -> str:
    line = agency.without_dateline(line)
    found = sentences(line)
    sentence = one_line(line[slice(*found[0])] if found else line, 2000)
    sentence = _FINAL.sub("", _ATTRIBUTION.sub("", sentence)).rstrip(" ,;:，")
    if len(sentence) <= _LIMIT:
        return sentence if _WORD.search(sentence) else ""
    clauses = [match.start() for match in _CLAUSE.finditer(sentence, _LIMIT // 4, _LIMIT)]
    if clauses:
        return sentence[: clauses[-1]].rstrip()
    end = sentence.rfind(" ", _LIMIT // 2, _LIMIT)
    return sentence[: end if end > 0 else _LIMIT - 1] + "…"
