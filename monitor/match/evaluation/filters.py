"""What the fields site:, url:, feed:, tag:, lang: and words: ask of an article."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from monitor.match.language.nodes import Filter, compare
from monitor.model import Article
from monitor.text import fold


def holds(asked: Filter, article: Article, word_count: int) -> bool:
    """Whether `article`, whose body has `word_count` words, is what `asked` asks for.

    site: a host or a domain above it (`site:example.org` is also news.example.org), or the outlet's name;
    url:, feed: a part of the address; tag: a tag of the article or its feed; lang: the language.
    Case does not matter, and `*` stands for anything.
    """
    match asked.field:
        case "words":
            return compare(word_count, asked.op, int(asked.value))
        case "lang":
            return bool(article.language) and _language(article.language or "") == _language(asked.value)
        case "site":
            return _on_site(asked.value, article)
        case "url":
            return _part_of(asked.value, article.url or "")
        case "feed":
            return _part_of(asked.value, article.feed_url or "")
    pattern = _glob(fold(asked.value))
    return any(pattern.fullmatch(fold(tag)) for tag in (*article.tags, *article.feed_tags))


def _language(code: str) -> str:
    return code.lower().replace("_", "-").partition("-")[0]


def _on_site(value: str, article: Article) -> bool:
    pattern = _glob(fold(value))
    host = _host(article.url or "")
    if pattern.fullmatch(fold(article.source)):
        return True
    parts = host.split(".") if host else []
    return any(pattern.fullmatch(".".join(parts[i:])) for i in range(len(parts)))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _part_of(value: str, address: str) -> bool:
    return bool(address) and _glob(fold(value)).search(fold(address)) is not None


@lru_cache(maxsize=4096)
def _glob(value: str) -> re.Pattern[str]:
    return re.compile(".*?".join(re.escape(part) for part in re.split(r"\*+", value)[:20]), re.DOTALL)
