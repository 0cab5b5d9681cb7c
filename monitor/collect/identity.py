"""What makes an entry the same entry, and what makes it a changed one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from monitor.model import Entry
from monitor.text.scraps import body_text

_NOT_WORDS = re.compile(r"[\W_]+")
_COUNTERS = re.compile(  # what changes though nothing was written
    r"\b\d[\d.,]*\s?k?\s(?:comments?|views?|shares?|likes?|reads?|votes?|points?|min(?:ute)?s? (?:read|ago)"
    r"|(?:hours?|days?|seconds?) ago|kommentare?|commentaires?|комментари\w*|просмотр\w*)\b"
    r"|\b(?:comments?|views?|shares?|likes?)\s?[:(]\s?\d[\d.,]*",
    re.I,
)
_EDGE = 200  # characters
_TELLING = 200  # characters of a text that no other has by chance
_SEVERAL = 3
_AT_HAND = 4096  # addresses and titles: each is asked for several times while its document is judged
_TRACKING = re.compile(
    r"(?:utm|mtm|at|pk|ns)_"
    r"|(?:fbclid|gclid|yclid|dclid|msclkid|igshid|mc_[ce]id|cmp|cmpid|ref|ref_src|rss|source|src)$"
    r"|(?:traffic_source|xtor|smid|partner|ocid|feed|from|wt_mc)$"
)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _normal(text: str) -> str:
    return _NOT_WORDS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def fingerprint(entry: Entry) -> str:
    """A hash of what the entry says: title and text without tags, spacing, case and counters.

    Counters stand at the beginning or the end of a text; what a sentence counts in its midst is news.
    """
    text = body_text(entry.text)
    if len(text) > 2 * _EDGE:
        text = _COUNTERS.sub(" ", text[:_EDGE]) + text[_EDGE:-_EDGE] + _COUNTERS.sub(" ", text[-_EDGE:])
    else:
        text = _COUNTERS.sub(" ", text)
    return _digest(_normal(entry.title) + "\n" + "".join(text.split()).casefold())


def content_identity(title: str, text: str) -> str:
    """The identity of an entry that has neither guid nor link."""
    return "hash:" + _digest(_normal(f"{title}\n{body_text(text)}"))


@lru_cache(maxsize=_AT_HAND)
def url_key(url: str | None) -> str | None:
    """The same for addresses that differ only in scheme, www, tracking parameters or a last slash."""
    if not url:
        return None
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":443").removesuffix(":80")
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, True) if not _TRACKING.match(k.lower())])
    fragment = "" if _TRACKING.match(parts.fragment.lower()) else parts.fragment
    return f"url:{host}{parts.path.rstrip('/')}" + (query and f"?{query}") + (fragment and f"#{fragment}")


@lru_cache(maxsize=_AT_HAND)
def title_key(title: str) -> str | None:
    """A key for titles of more than three words; shorter ones ("In brief") name many things."""
    normal = _normal(title)
    return "title:" + _digest(normal) if len(normal) >= 15 and normal.count(" ") >= 2 else None


def text_key(entry: Entry) -> str | None:
    """A key for what an entry says at some length, where its title names too many things."""
    return f"text:{entry.fingerprint}" if entry.fingerprint and len(entry.text) >= _TELLING else None


def page_key(url: str | None) -> str | None:
    """The same for addresses of one page, whatever part of it they point to."""
    key = url_key(url)
    return key and key.partition("#")[0]


def told_apart(entries: Iterable[Entry]) -> list[Entry]:
    """Entries with identities of their own: one guid used for several links is told apart by link.

    One guid and link of three titles or more are told apart by title (two may be an entry before and after
    a change). The same guid with the same link twice is the same entry, and so is what says the same with
    the same link, whatever its guid; the first stays.
    """
    entries = list(entries)
    links = Counter(guid for guid, _ in {(e.identity, e.url) for e in entries})
    titles = Counter(
        (guid, link) for guid, link, _ in {(e.identity, e.url, title_key(e.title)) for e in entries}
    )
    found: dict[str, Entry] = {}
    said: set[tuple[str, str]] = set()
    for entry in entries:
        identity = entry.identity
        if links[entry.identity] > 1:
            identity += f" {entry.url or ''}"
        if titles[entry.identity, entry.url] >= _SEVERAL:
            identity += f" {title_key(entry.title) or ''}"
        says = (entry.url, entry.fingerprint) if entry.url and entry.fingerprint else None
        if identity in found or says in said:
            continue
        found[identity] = entry if identity == entry.identity else replace(entry, identity=identity)
        if says:
            said.add(says)
    return list(found.values())
