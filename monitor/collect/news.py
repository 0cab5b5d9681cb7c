"""What is news in a feed's document: how entries are known again, whatever their publisher changes.

An entry has one identity (guid, else link, else a hash of its text) and up to two aliases: `url:…` (its link
without scheme, www and tracking parameters) and `title:…` (a hash of a title of three words or more; of the
text, where the title is shorter). The caller asks the store for all of `identity_keys(parsed)`, and `known` is
what it found. The store remembers identity and aliases of every entry it is given. An entry is known

- by its identity, unless link and title are both of another entry, or of none: then its feed uses a guid again;
- by its link, where it says the same or has the same title: any other at that address is news (a live page);
- by link or title, where the publisher changed its scheme: three entries or more, next to none known by
  identity, at least half by an alias. By its title only where it says the same or is older than the last poll.
  Its new keys are remembered then, or it would be unknown as soon as others are known by the new scheme.

What is not known is news, with two exceptions, both for many at once. Where nothing of a document is
known, its feed began anew: what was published before the last poll, or before the first, was there then. And a
backlog without believable dates is told in a digest (Standing.BULK): withheld it could be lost, at once a flood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor.collect.identity import fingerprint, page_key, text_key, title_key, url_key
from monitor.collect.rhythm import load, rate_per_day
from monitor.model import Entry, Feed, Known, NewEntry, ParsedFeed, Standing

OLD_AFTER = timedelta(days=7)
LISTED_LAG = timedelta(days=7)  # how far behind the store may be with when a feed listed an entry last
KNOWN_FOR = timedelta(days=30)  # at least: what leaves its feed and comes back sooner is no news
BULK = 30  # entries at once that say nothing of when they were published
_MANY = 3  # entries; fewer say nothing about a change of scheme
_FEW = 0.1  # the share of a document that may be known in another way than the rest
_LATE = timedelta(hours=14)  # by which a date may be too early, since some give local time as UTC
_USUAL = 4  # times what a feed would have brought since its last poll is no backlog


@dataclass(frozen=True, slots=True)
class _Item:
    """An entry of a document with its aliases, and what it says."""

    entry: Entry
    aliases: tuple[str, ...]
    says: str
    has_page: bool  # its link is not another entry's too

    @property
    def dated(self) -> datetime | None:
        return self.entry.published or self.entry.updated


def identity_keys(parsed: ParsedFeed) -> list[str]:
    """Every key under which the store may know one of the entries."""
    keys = [key for item in _items(parsed) for key in (item.entry.identity, *item.aliases)]
    return list(dict.fromkeys(keys))


def _items(parsed: ParsedFeed) -> list[_Item]:
    """Entries with their aliases. A link or title that stands twice in the document names nothing."""
    keys = [_aliases(entry) for entry in parsed.entries]
    often = Counter(key for some in keys for key in some)
    pages = Counter(page_key(entry.url) for entry in parsed.entries)
    return [
        _Item(
            entry,
            tuple(key for key in some if often[key] == 1),
            entry.fingerprint or fingerprint(entry),
            pages[page_key(entry.url)] == 1,
        )
        for entry, some in zip(parsed.entries, keys, strict=True)
    ]


def _aliases(entry: Entry) -> list[str]:
    says = title_key(entry.title) or text_key(entry)
    return [key for key in (url_key(entry.url), says) if key]


class News(NamedTuple):
    """The entries that are to be queued, as new or as changed; and of known ones under other keys, which."""

    entries: tuple[NewEntry, ...]
    renamed: tuple[tuple[int, tuple[str, ...]], ...]


def news(
    feed: Feed, parsed: ParsedFeed, known: Mapping[str, Known], now: datetime, since: timedelta | None
) -> News:
    """What is news in a document. `since`: see poll.judge."""
    recognised = _Recognised(feed, _items(parsed), known)
    found, renamed = [], []
    for item in recognised.items:
        key = recognised.key_of(item)
        if key is not None and (keys := recognised.new_keys(item)):
            renamed.append((known[key].entry, keys))
        if key is None or known[key].fingerprint != item.says:
            standing = _standing(feed, item.dated, now, since)
            entry = recognised.told_apart(item) if key is None else item.entry
            if not item.has_page or (key is None and recognised.shares_link(item)):
                entry = replace(entry, has_page=False)
            found.append(NewEntry(entry, item.says, standing, key is not None, item.aliases, key))
    if feed.baseline_at is not None:
        found = _with_backlog(feed, _begun_anew(feed, recognised, found), now)
    return News(tuple(found), tuple(renamed))


class _Recognised:
    """What the entries of a document are known as."""

    def __init__(self, feed: Feed, items: Sequence[_Item], known: Mapping[str, Known]) -> None:
        self.items, self._known = items, known
        self._last = feed.good_at or feed.baseline_at
        by_identity = sum(self._is_named(item) for item in items)
        by_alias = sum(any(alias in known for alias in item.aliases) for item in items)
        many = feed.baseline_at is not None and len(items) >= _MANY
        few = max(1, _FEW * len(items))  # one that is pinned to the top may have kept its guid
        self._renamed = many and by_identity <= few and 2 * by_alias >= len(items)
        self.unknown = many and not by_alias and not any(item.entry.identity in known for item in items)
        reused = sum(self._is_reused(item) for item in items)
        self._rewritten = reused >= _MANY and 2 * reused > len(items)

    def key_of(self, item: _Item) -> str | None:
        """The key under which an entry is known; None where it is not."""
        identity, known = item.entry.identity, self._known
        there = [alias for alias in item.aliases if alias in known]
        if identity not in known:
            return self._by_alias(item, there)
        named = known[identity]
        if named.fingerprint == item.says or any(known[alias].entry == named.entry for alias in there):
            return identity
        if there:
            return there[0]
        return None if self._is_reused(item) and self._is_later(item) else identity

    def _is_named(self, item: _Item) -> bool:
        """Whether an entry's guid is known, and not as that of another entry than its link and title are of."""
        named = self._known.get(item.entry.identity)
        there = [self._known[alias].entry for alias in item.aliases if alias in self._known]
        return named is not None and (named.fingerprint == item.says or not there or named.entry in there)

    def new_keys(self, item: _Item) -> tuple[str, ...]:
        """The keys of a known entry that are to be remembered, where it goes by another guid."""
        if item.entry.identity in self._known:
            return ()
        return tuple(key for key in (item.entry.identity, *item.aliases) if key not in self._known)

    def _by_alias(self, item: _Item, there: Sequence[str]) -> str | None:
        known = self._known
        same = len(there) == 2 and known[there[0]].entry == known[there[1]].entry
        for alias in there:
            says_the_same = known[alias].fingerprint == item.says
            if alias.startswith("url:"):
                if same or says_the_same or self._renamed:
                    return alias
            elif self._renamed and (says_the_same or (item.dated and not self._is_after(item))):
                return alias
        return None

    def _is_reused(self, item: _Item) -> bool:
        """Whether an entry's guid is known, and its link and what it says are both of no entry that is."""
        named = self._known.get(item.entry.identity)
        return (
            named is not None
            and named.fingerprint != item.says
            and len(item.aliases) == 2
            and not any(alias in self._known for alias in item.aliases)
        )

    def _is_later(self, item: _Item) -> bool:
        """Where all links and titles change at once, only what is dated after the last poll is another entry."""
        return not self._rewritten or self._is_after(item)

    def _is_after(self, item: _Item) -> bool:
        return item.dated is not None and self._last is not None and item.dated > self._last

    def told_apart(self, item: _Item) -> Entry:
        """The entry with an identity of its own, where its feed uses a guid again."""
        if item.entry.identity not in self._known:
            return item.entry
        return replace(item.entry, identity=f"{item.entry.identity} {item.entry.url or item.says}")

    def shares_link(self, item: _Item) -> bool:
        """Whether another entry is known at its link."""
        return any(alias.startswith("url:") and alias in self._known for alias in item.aliases)


def _standing(feed: Feed, dated: datetime | None, now: datetime, since: timedelta | None) -> Standing:
    """Whether an entry may alert. A future date is taken for now; an entry without a date is news."""
    age = max(now - dated, timedelta()) if dated else None
    if feed.baseline_at is None:
        return Standing.NEW if since and age is not None and age <= since else Standing.BASELINE
    return Standing.OLD if age is not None and age > OLD_AFTER else Standing.NEW


def _begun_anew(feed: Feed, recognised: _Recognised, found: Sequence[NewEntry]) -> list[NewEntry]:
    """What is of before the last poll is baseline, in a document of which nothing is known.

    Before the first, where that one was empty.
    """
    last = feed.good_at or feed.baseline_at
    if not recognised.unknown or last is None or feed.baseline_at is None:
        return list(found)
    before = feed.baseline_at if feed.new_at is None and _was_empty(feed) else last - _LATE
    return [
        replace(item, standing=Standing.BASELINE)
        if item.standing is Standing.NEW and (dated := _dated(item)) and dated < before
        else item
        for item in found
    ]


def _was_empty(feed: Feed) -> bool:
    """Whether its last document listed nothing."""
    rhythm = load(feed.rhythm)
    return rhythm is not None and rhythm.document.listed == 0


def _with_backlog(feed: Feed, found: Sequence[NewEntry], now: datetime) -> list[NewEntry]:
    """Many new entries without a date, or all of the same minute, and more than the feed's rate explains."""
    new = [item for item in found if item.standing is Standing.NEW and not item.changed]
    often = Counter(_minute(item) for item in new)
    rate = rate_per_day(feed.rhythm) or 0.0
    gap = now - (feed.good_at or now)
    least = max(BULK, _USUAL * rate * gap / timedelta(days=1))
    return [
        replace(item, standing=Standing.BULK)
        if item.standing is Standing.NEW and not item.changed and often[_minute(item)] >= least
        else item
        for item in found
    ]


def _dated(item: NewEntry) -> datetime | None:
    return item.entry.published or item.entry.updated


def _minute(item: NewEntry) -> datetime | None:
    dated = _dated(item)
    return dated.replace(second=0, microsecond=0) if dated else None


def seen_again(known: Mapping[str, Known], now: datetime) -> tuple[int, ...]:
    """The entries of which the store is to know that their feed lists them still: once a week is enough."""
    late = {one.entry for one in known.values() if one.listed_at is None or now - one.listed_at > LISTED_LAG}
    return tuple(sorted(late))
