"""Who wrote an article, out of what feeds and pages write there: lists in one field, roles, mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.text import word_set
from monitor.text.scraps import plain_line

_MOST = 20
_LONGEST = 100
_PLACEHOLDERS = word_set("admin administrator webmaster editor unknown none null author root staff redaktion")
_BY = re.compile(r"^(?:by|von|par|por|автор[ы]?|автори|text|текст|words by|written by)\s*:?\s+", re.I)
_FOR = re.compile(r"\s+for\s+(?:the\s+)?[^,]{3,60}$", re.I)
_TITLE = re.compile(r"\s*(?:(?:선임|인턴|수습|전문)?\s?기자|특파원|논설위원|記者|记者)(?:\s*=.*)?$")
_BRACKETS = re.compile(r"\s*[(（<\[][^()（）<>\[\]]*[)）>\]]")
_AND = re.compile(r"\s*[;|·\n]\s*|\s+(?:and|und|et|и|та|&)\s+", re.I)
_ROLE = re.compile(
    r"\b(?:correspondent|editor|reporter|writer|columnist|journalist|staff|bureau|chief|desk|producer|analyst"
    r"|redakteur\w*|korrespondent\w*|journaliste|correspondante?|redactora?|corresponsal|periodista"
    r"|редактор|корреспондент|обозреватель|журналист|кореспондент|журналіст)\b",
    re.I,
)


def names(written: tuple[str, ...], site: str = "") -> tuple[str, ...]:
    """Authors as one-line names, each once; without mail addresses, roles, placeholders and the site itself."""
    cleaned = (name for author in written[:_MOST] for name in _persons(plain_line(author, _LONGEST), site))
    return tuple(dict.fromkeys(cleaned))[:_MOST]


def _persons(written: str, site: str) -> Iterator[str]:
    written = _BY.sub("", _BRACKETS.sub("", written) or written)
    for part in _AND.split(written):
        for name in _comma_parted(part):
            name = _TITLE.sub("", _FOR.sub("", name)).strip(" ,.-–—")
            if _is_person(name, site):
                yield name


def _comma_parted(written: str) -> list[str]:
    """ "Jo Doe, Sam Roe" are two; "Jo Doe, Berlin" and "Doe, Jo" are one, "Jo Doe, Political Editor" is Jo Doe."""
    parts = [part.strip() for part in written.split(",")]
    kept = parts[:1] + [part for part in parts[1:] if not _ROLE.search(part)]
    if all(2 <= len(part.split()) <= 4 for part in kept):
        return kept
    return [", ".join(kept)]


def _is_person(name: str, site: str) -> bool:
    lower, of_site = name.casefold(), site.casefold()
    return (
        any(character.isalpha() for character in name)
        and "@" not in name
        and "://" not in name
        and lower not in _PLACEHOLDERS
        and not (of_site and (lower == of_site or lower.startswith((f"{of_site},", f"{of_site} "))))
    )
