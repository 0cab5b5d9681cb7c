"""A database of many signed articles for `benchmarks copies`, and what a lookup in it takes.

The rows are written past the store, in the order of their keys, as a million of them one by one would take an
hour. Keys are spread as those of real texts are; of each article two are shingles that many others have. One in
ten fills in the same form, and has all its keys in common with the others that do.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from monitor.adapters.store import Database, Store, migrate
from monitor.relate.copies.folding import band_keys, candidates, repeated
from monitor.relate.copies.signatures import KEYS, Signature, signature
from monitor.send.keys import delivery_key
from tests import postgres
from tests.benchmarks._copies_world import World

SHINGLES = 250  # of a text, as many as the invented ones have
PHRASES = 2_000  # shingles that stand in many texts, by Zipf's law: the commonest in one text of eight
FORM = 10  # one article of so many fills in the form
POOL = 1_000  # different signatures, repeated: only their keys are looked up
LOOKUPS = 2_000
AT_ONCE = 100_000  # articles written in one go
NOW = datetime(2026, 3, 11, tzinfo=UTC)

Keys = NDArray[np.int64]
Rows = Iterable[tuple[Any, ...]]


def measure(articles: int, folder: Path | None, on_postgres: bool, show: Callable[[str], None]) -> None:
    """Fill a database and print what lookups in it take. In `folder` it stays; a temporary one is removed."""
    if on_postgres:
        with postgres.server() as address:
            _measure(articles, address, show)
        return
    with tempfile.TemporaryDirectory() as temporary:
        _measure(articles, f"sqlite:///{(folder or Path(temporary)) / 'copies.db'}", show)


def _measure(articles: int, address: str, show: Callable[[str], None]) -> None:
    with closing(Database(address)) as database:
        migrate.upgrade(database)
    texts = [made for made in islice(World(POOL * 2), POOL * 2) if made.kind == "news"][:POOL]
    signed = [signature(made.title, made.body, made.language) for made in texts]
    keys = _keys(articles)
    started = time.monotonic()
    dumps = [one.dump() for one in signed]
    fill = _fill_sqlite if address.startswith("sqlite") else _fill_postgres
    size = fill(address, lambda: _tables(articles, keys, dumps, show))
    show("")
    print(f"\n{articles:,} signed articles in {address.partition(':')[0]}, {size / articles:,.0f} bytes each")
    print(f"filled in {time.monotonic() - started:.0f} s")
    with closing(Database(address)) as database:
        _look_up(Store(database, delivery_key), articles, keys, signed)


def _look_up(store: Store, articles: int, keys: Keys, signed: list[Signature]) -> None:
    rng = np.random.default_rng(5)
    chosen = rng.integers(0, articles // FORM, LOOKUPS) * FORM + 1
    strange = np.delete(_keys(LOOKUPS * 2, seed=77), np.s_[::FORM], axis=0)[:LOOKUPS]
    like = [_like(keys[i], strange[n]) for n, i in enumerate(chosen)]
    _timed(store, like[:100])  # what is read for the first time is the disk's time
    _print("a copy's lookup", _timed(store, like))
    _print("of something new", _timed(store, [row.tolist() for row in strange]))
    _print(f"of one in {articles // FORM:,}", _timed(store, [keys[0].tolist()] * 300))
    _print("and compared", _timed(store, like, signed[0]))
    _print("filing", _filing(store, articles, [list(band_keys(one)) for one in signed[:LOOKUPS]]))


def _keys(articles: int, seed: int = 3) -> Keys:
    """The band keys of so many texts: the smallest hashes of each, two of them common shingles'."""
    rng = np.random.default_rng(seed)
    spread = (1 << 48) * KEYS // SHINGLES
    keys = rng.integers(0, spread, (articles, KEYS))
    common = np.random.default_rng(1).integers(0, spread, PHRASES)
    rank = np.minimum(rng.zipf(1.15, (articles, 2)) - 1, PHRASES - 1)
    keys[:, :2] = common[rank]
    keys[::FORM] = np.random.default_rng(2).integers(0, spread, KEYS)
    return keys


def _like(keys: Keys, others: Keys) -> list[int]:
    """Keys of a copy: ten of the original's and six others."""
    return [*keys[:10].tolist(), *others[10:].tolist()]


# --- filling -------------------------------------------------------------------------------------------------


def _tables(
    articles: int, keys: Keys, dumps: list[bytes], show: Callable[[str], None]
) -> Iterator[tuple[str, str, Rows]]:
    """Each table with its columns and rows, in the order in which they are to be written."""
    now = NOW.replace(tzinfo=None)
    columns = "id, key, title, body, source, authors, collected, origin, feed_tags, tags, revision, story_id, novelty"
    rest = ("feed", "[]", "[]", 1, 1, "story")
    yield "stories", "id, uid, title, profile, revision, first_at, last_at", [(1, "s", "s", b"", 1, now, now)]
    ids = range(1, articles + 1)
    yield "articles", columns, ((id, f"k{id}", "t", "text " * 20, "", "[]", now, *rest) for id in ids)
    show("articles written")
    yield "signatures", "article_id, signature", ((id, dumps[id % len(dumps)]) for id in ids)
    yield "bands", "band, article_id", _bands(keys, show)


def _fill_sqlite(address: str, tables: Callable[[], Iterator[tuple[str, str, Rows]]]) -> int:
    """Write them, and say how many bytes the database has."""
    file = Path(address.removeprefix("sqlite:///"))
    pragmas = "synchronous = OFF", "journal_mode = MEMORY", "foreign_keys = OFF", "cache_size = -400000"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        connection.execute("DROP INDEX ix_bands_article_id")
        for table, columns, rows in tables():
            places = ", ".join("?" for _ in columns.split(","))
            sql = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})"
            connection.executemany(sql, ([_written(value) for value in row] for row in rows))
        connection.execute("CREATE INDEX ix_bands_article_id ON bands (article_id)")
        connection.execute("COMMIT")
    return file.stat().st_size


def _written(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def _fill_postgres(address: str, tables: Callable[[], Iterator[tuple[str, str, Rows]]]) -> int:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # looks at no foreign keys
        for table, columns, rows in tables():
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        connection.execute("ANALYZE")
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(size[0]) if size else 0


def _bands(keys: Keys, show: Callable[[str], None]) -> Iterator[tuple[int, int]]:
    """Every key with its article, in order of the keys; a key that an article has twice once."""
    order = np.argsort(keys, axis=None, kind="stable")
    flat = keys.ravel()
    last = (0, 0)
    for start in range(0, len(order), AT_ONCE * KEYS):
        show(f"{start // KEYS:,} of {len(keys):,} articles filed")
        part = order[start : start + AT_ONCE * KEYS]
        for row in zip(flat[part].tolist(), (part // KEYS + 1).tolist(), strict=True):
            if row != last:
                yield row
            last = row


# --- measuring -----------------------------------------------------------------------------------------------


def _timed(store: Store, lookups: list[list[int]], compare: Signature | None = None) -> list[float]:
    """Seconds of each, on the wall: a server's time is spent elsewhere."""
    took = []
    with store.settlement(NOW) as tx:
        for keys in lookups:
            started = time.perf_counter()
            rows = tx.signed_alike(keys, 0)
            if compare is not None:
                repeated(compare, candidates(rows, compare))
            took.append(time.perf_counter() - started)
    return took


def _filing(store: Store, articles: int, keys: list[list[int]]) -> list[float]:
    took = []
    with store.settlement(NOW) as tx:
        for number, own in enumerate(keys):
            started = time.perf_counter()
            tx.sign(articles - number, b"signature", own)
            took.append(time.perf_counter() - started)
    return took


def _print(what: str, took: list[float]) -> None:
    p50, p99 = np.percentile(np.array(took) * 1e6, [50, 99])
    print(f"{what:18}{np.mean(took) * 1e6:>10,.0f} us on average, p50 {p50:,.0f}, p99 {p99:,.0f}")
