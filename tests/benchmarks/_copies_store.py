"""A database of many signed articles for `benchmarks copies`, and what a lookup in it takes.

The rows are written past the store, in the order of their keys, as a million of them one by one would take an
hour. Keys are spread as those of real texts are; of each article two are shingles that many others have.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.adapters.store import Database, Store, migrate
from monitor.relate.copies import band_keys, candidates, repeated
from monitor.relate.signatures import KEYS, signature
from monitor.send.keys import delivery_key
from tests.benchmarks._copies_world import World

SHINGLES = 250  # of a text, as many as the invented ones have
PHRASES = 2_000  # shingles that stand in many texts, by Zipf's law: the commonest in one text of eight
POOL = 1_000  # different signatures, repeated: only their keys are looked up
LOOKUPS = 2_000
AT_ONCE = 100_000  # articles written in one go

Keys = NDArray[np.int64]


def measure(articles: int, folder: Path | None, show: Callable[[str], None]) -> None:
    """Fill a database and print what lookups in it take. In `folder` it stays; a temporary one is removed."""
    with tempfile.TemporaryDirectory() as temporary:
        file = (folder or Path(temporary)) / "copies.db"
        database = Database(f"sqlite:///{file}")
        migrate.upgrade(database)
        database.close()
        texts = [made for made in islice(World(POOL * 2), POOL * 2) if made.kind == "news"][:POOL]
        signed = [signature(made.title, made.body, made.language) for made in texts]
        keys = _keys(articles)
        started = time.monotonic()
        _fill(file, keys, [one.dump() for one in signed], show)
        size = file.stat().st_size
        show("")
        print(f"\n{articles:,} signed articles in SQLite, {size / articles:,.0f} bytes each")
        print(f"filled in {time.monotonic() - started:.0f} s")
        database = Database(f"sqlite:///{file}")
        store = Store(database, delivery_key)
        rng = np.random.default_rng(5)
        chosen = rng.integers(0, articles, LOOKUPS)
        strange = _keys(LOOKUPS, seed=77)
        _print("a copy's lookup", _timed(store, [_like(keys[i], strange[n]) for n, i in enumerate(chosen)]))
        _print("of something new", _timed(store, [row.tolist() for row in strange]))
        real = [list(band_keys(one)) for one in signed[:LOOKUPS]]
        _print(
            "and compared",
            _timed(store, [_like(keys[i], strange[n]) for n, i in enumerate(chosen)], signed[0]),
        )
        _print("filing", _filing(store, articles, real))
        database.close()


def _keys(articles: int, seed: int = 3) -> Keys:
    """The band keys of so many texts: the smallest hashes of each, two of them common shingles'."""
    rng = np.random.default_rng(seed)
    spread = (1 << 48) * KEYS // SHINGLES
    keys = rng.integers(0, spread, (articles, KEYS))
    common = np.random.default_rng(1).integers(0, spread, PHRASES)
    rank = np.minimum(rng.zipf(1.15, (articles, 2)) - 1, PHRASES - 1)
    keys[:, :2] = common[rank]
    return keys


def _like(keys: Keys, others: Keys) -> list[int]:
    """Keys of a copy: ten of the original's and six others."""
    return [*keys[:10].tolist(), *others[10:].tolist()]


def _fill(file: Path, keys: Keys, dumps: list[bytes], show: Callable[[str], None]) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in (
        "synchronous = OFF",
        "journal_mode = MEMORY",
        "foreign_keys = OFF",
        "cache_size = -400000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    now = datetime(2026, 3, 10, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    connection.execute("BEGIN")
    connection.execute(
        "INSERT INTO stories (id, uid, title, profile, revision, first_at, last_at) VALUES (1, 's', 's', x'', 1, ?, ?)",
        (now, now),
    )
    connection.executemany(
        "INSERT INTO articles (id, key, title, body, source, authors, collected, origin, feed_tags, tags, revision,"
        " story_id, novelty) VALUES (?, ?, 't', ?, '', '[]', ?, 'feed', '[]', '[]', 1, 1, 'story')",
        ((id, f"k{id}", "text " * 20, now) for id in range(1, len(keys) + 1)),
    )
    show("articles written")
    connection.executemany(
        "INSERT INTO signatures (article_id, signature) VALUES (?, ?)",
        ((id, dumps[id % len(dumps)]) for id in range(1, len(keys) + 1)),
    )
    connection.execute("DROP INDEX ix_bands_article_id")
    connection.executemany("INSERT OR IGNORE INTO bands (band, article_id) VALUES (?, ?)", _bands(keys, show))
    connection.execute("CREATE INDEX ix_bands_article_id ON bands (article_id)")
    connection.execute("COMMIT")
    connection.close()


def _bands(keys: Keys, show: Callable[[str], None]) -> Iterator[tuple[int, int]]:
    """Every key with its article, in order of the keys."""
    order = np.argsort(keys, axis=None, kind="stable")
    flat = keys.ravel()
    for start in range(0, len(order), AT_ONCE * KEYS):
        show(f"{start // KEYS:,} of {len(keys):,} articles filed")
        part = order[start : start + AT_ONCE * KEYS]
        yield from zip(flat[part].tolist(), (part // KEYS + 1).tolist(), strict=True)


def _timed(store: Store, lookups: list[list[int]], compare: object = None) -> list[float]:
    took = []
    with store.settlement(datetime(2026, 3, 11, tzinfo=UTC)) as tx:
        for keys in lookups:
            started = time.thread_time()
            rows = tx.signed_alike(keys, 0)
            if compare is not None:
                repeated(compare, candidates(rows))  # type: ignore[arg-type]
            took.append(time.thread_time() - started)
    return took


def _filing(store: Store, articles: int, keys: list[list[int]]) -> list[float]:
    took = []
    with store.settlement(datetime(2026, 3, 11, tzinfo=UTC)) as tx:
        for number, own in enumerate(keys):
            started = time.thread_time()
            tx.sign(articles - number, b"signature", own)
            took.append(time.thread_time() - started)
    return took


def _print(what: str, took: list[float]) -> None:
    p50, p99 = np.percentile(np.array(took) * 1e6, [50, 99])
    print(
        f"{what:18}{np.mean(took) * 1e6:>10,.0f} us on average, p50 {p50:,.0f}, p99 {p99:,.0f} (processor time)"
    )
