"""A rule tried on 200,000 stored articles: by reading all of them, and only those that the index names.

The articles are synthetic, of 300 to 600 words of a language's frequencies (Zipf's, with an exponent of 1.05, over
150,000 words), each of one of 400 topics whose own words make an eighth of it. Both ways are timed with the same
code, in one process; that both find the same articles is checked. Reading all is one pass for all rules: each is
charged with the whole of the reading and with its own matching.

    python -m tests.benchmarks backtest [--articles 200000] [--keep FILE] [--database postgresql://…]

`--keep` stores the articles in an SQLite file that the next run takes over as it is; `--database` is for an empty
PostgreSQL database, or one that an earlier run has filled.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from monitor.actions.backtest import batches, chosen, required_by
from monitor.adapters.store import Database, Store, migrate
from monitor.adapters.store.past import Extent
from monitor.match.engine import Engine
from monitor.match.language.nodes import unparse
from monitor.match.language.query import parse
from monitor.match.rules import Rule, version_of
from monitor.model import Article, Severity
from monitor.send.keys import delivery_key

WORDS, TOPICS, TOPIC_WORDS = 150_000, 400, 120
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
COMMON = "the of to and in a that is for on was with as he it by at from his has be are said not they this"
# The first topic, one article in 250, is what the rules are about.
TOPIC = """
north korea korean pyongyang dprk russia russian kursk troops troop soldiers soldier deployed deployment dispatched
sent kpa army sappers workers moscow kim ukraine front border museum memorial opened ceremony
"""
NAMES = 200

RULES = {
    "words and proximity": '("North Korea*" OR DPRK OR Pyongyang) AND (Russia* OR Kursk) AND '
    "((troop* OR soldier* OR servicem?n) NEAR/6 (deploy* OR dispatch* OR sent))",
    "a phrase": '"North Korea" AND museum',
    "title only": "title:(Kursk AND sappers)",
    "200 names": " OR ".join(f'"name{n} surname{n}"' for n in range(NAMES)),
    "common words": "army AND border AND (said NEAR/3 ceremony)",
    "exact text": 'raw:"KPA" AND Russia*',
    "edit distance": "Pyongyang~1 AND sappers",
    "expression: all are read": r"/sapper(s|ing)/",
}


@dataclass(frozen=True)
class Spent:
    wall: float
    cpu: float


def vocabulary(rng: np.random.Generator) -> list[str]:
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    weights = 1 / np.arange(1, 27) ** 0.6
    made: dict[str, None] = dict.fromkeys(COMMON.split())
    while len(made) < WORDS:
        lengths = rng.integers(3, 12, size=10_000)
        signs = "".join(rng.choice(letters, size=lengths.sum(), p=weights / weights.sum()))
        ends = np.cumsum(lengths)
        made.update(
            dict.fromkeys(signs[end - length : end] for end, length in zip(ends, lengths, strict=True))
        )
    return list(made)[:WORDS]


def texts(count: int) -> Iterator[Article]:
    """The same articles in every run."""
    rng = np.random.default_rng(0)
    words = vocabulary(rng)
    weights = 1 / (np.arange(1, WORDS + 1) + 2.7) ** 1.05
    running = np.cumsum(weights / weights.sum())
    topics = [TOPIC.split()] + [
        [words[i] for i in rng.integers(2_000, WORDS, TOPIC_WORDS)] for _ in range(TOPICS - 1)
    ]
    for number in range(count):
        topic = topics[0] if rng.random() < 0.004 else topics[int(rng.integers(1, TOPICS))]
        size = int(rng.integers(300, 601))
        chosen_words = [words[i] for i in np.searchsorted(running, rng.random(size))]
        for place in rng.integers(0, size, size // 8):
            chosen_words[place] = topic[int(rng.integers(len(topic)))]
        if rng.random() < 0.01:
            n = int(rng.integers(NAMES * 3))
            chosen_words[10:10] = [f"name{n}", f"surname{n}"]
        if topic is topics[0] and rng.random() < 0.3:
            chosen_words[20:20] = ["North", "Korea's", "KPA"]
        yield Article(
            title=" ".join(topic[i] for i in rng.integers(len(topic), size=9)).capitalize(),
            body=body_of(chosen_words),
            url=f"https://wire{number % 50}.example/{number}",
            source=f"Wire {number % 50}",
            language="en",
            collected=FIRST + timedelta(seconds=12 * number),
        )


def body_of(words: list[str]) -> str:
    """Sentences of 18 words, five to a paragraph."""
    said = [" ".join(words[first : first + 18]) for first in range(0, len(words), 18)]
    said = [sentence[:1].upper() + sentence[1:] + "." for sentence in said]
    return "\n".join(" ".join(said[first : first + 5]) for first in range(0, len(said), 5))


def build(store: Store, count: int) -> Spent:
    """Store what is not stored yet; what that took."""
    known = store.status(FIRST)["articles"]["stored"]
    begun, cpu = time.perf_counter(), time.process_time()
    batch: list[tuple[str, Article, None]] = []
    for number, article in enumerate(texts(count) if known < count else (), 1):
        if number > known:
            batch.append((f"{number}", article, None))
        if len(batch) == 500 or (batch and number == count):
            with store.settlement(FIRST) as tx:
                tx.add_articles(batch)
            batch = []
            said("storing", number, count)
            if number % 10_000 == 0:
                store.checkpoint()
    store.checkpoint()
    return Spent(time.perf_counter() - begun, time.process_time() - cpu)


def said(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what} {done:,} of {of:,}    ", end="\n" if done >= of else "", file=sys.stderr, flush=True)


def rule_of(name: str, query: str) -> Rule:
    canonical = unparse(parse(query))
    return Rule(name, name, Severity.MEDIUM, canonical, version_of(canonical))


def read_all(store: Store, within: Extent, rules: list[Rule]) -> dict[str, tuple[Spent, list[int]]]:
    """What each rule finds, and what finding it by reading everything takes."""
    engines = {rule.id: Engine((rule,)) for rule in rules}
    found: dict[str, list[int]] = {rule.id: [] for rule in rules}
    matching = dict.fromkeys(found, (0.0, 0.0))
    begun, cpu = time.perf_counter(), time.process_time()
    for batch in batches(store, within, None, "reading", said):
        for name, engine in engines.items():
            start, start_cpu = time.perf_counter(), time.process_time()
            found[name] += [stored.article.id for stored in batch if engine.match(stored.article)]
            wall, used = matching[name]
            matching[name] = wall + time.perf_counter() - start, used + time.process_time() - start_cpu
    reading = time.perf_counter() - begun - sum(wall for wall, _ in matching.values())
    reading_cpu = time.process_time() - cpu - sum(used for _, used in matching.values())
    return {
        name: (Spent(reading + wall, reading_cpu + used), found[name])
        for name, (wall, used) in matching.items()
    }


def read_narrowed(store: Store, within: Extent, rule: Rule) -> tuple[Spent, list[int], int | None]:
    """The same by the index; also how many articles were read, None where it was all of them."""
    begun, cpu = time.perf_counter(), time.process_time()
    engine = Engine((rule,))
    ids = chosen(store, required_by(rule), within)
    if ids is None:
        return Spent(0, 0), [], None
    found = [
        stored.article.id
        for batch in batches(store, within, ids, rule.id, said)
        for stored in batch
        if engine.match(stored.article)
    ]
    return Spent(time.perf_counter() - begun, time.process_time() - cpu), found, len(ids)


@contextmanager
def opened(keep: Path | None, address: str | None) -> Iterator[tuple[Store, Path | None]]:
    with tempfile.TemporaryDirectory() as folder:
        path = None if address else keep or Path(folder) / "backtest.db"
        database = Database(address or f"sqlite:///{path}")
        migrate.upgrade(database)
        try:
            yield Store(database, delivery_key), path
        finally:
            database.close()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks backtest",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--keep", type=Path, metavar="FILE")
    parser.add_argument("--database", metavar="ADDRESS")
    options = parser.parse_args(argv)
    rules = [rule_of(name, query) for name, query in RULES.items()]
    with opened(options.keep, options.database) as (store, path):
        built = build(store, options.articles)
        within = store.extent(FIRST, FIRST + timedelta(days=3_650))
        everything = read_all(store, within, rules)
        width = max(map(len, RULES))
        stored = f"stored in {built.wall:.0f} s ({built.cpu:.0f} s of CPU)"
        print(f"{within.count:,} articles on {store.database}; {stored}")
        print(f"{'':{width}}  matches    read   all, s  narrowed, s  ratio  ratio of CPU (aim: 50)")
        report = []
        for rule in rules:
            whole, expected = everything[rule.id]
            spent, found, read = read_narrowed(store, within, rule)
            if read is None:
                print(f"{rule.id:{width}}  {len(expected):>7,}     all  {whole.wall:>7.1f}")
                continue
            assert found == expected, f"{rule.id}: the index found {len(found)}, reading all {len(expected)}"
            ratio, cpu_ratio = whole.wall / spent.wall, whole.cpu / spent.cpu
            print(
                f"{rule.id:{width}}  {len(expected):>7,} {read:>7,}  {whole.wall:>7.1f}  {spent.wall:>11.3f}"
                f"  {ratio:>5.0f}  {cpu_ratio:>5.0f}"
            )
            row = {"rule": rule.id, "matches": len(expected), "read": read, "ratio": round(ratio, 1)}
            report.append(row | {"all, s": round(whole.wall, 2), "narrowed, s": round(spent.wall, 4)})
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        whole_file = f" of {path.stat().st_size / within.count:.0f}" if path else ""
        print(f"index: {index_size(store) / within.count:.0f} bytes an article{whole_file}")
        print(f"peak memory: {memory:.0f} MB")
    print(json.dumps(report), file=sys.stderr)
    return 0


def index_size(store: Store) -> int:
    with store.database.read() as connection:
        if store.database.is_sqlite:
            return int(
                connection.exec_driver_sql("SELECT sum(length(block)) FROM article_words_data").scalar_one()
            )
        return int(connection.exec_driver_sql("SELECT pg_total_relation_size('article_words')").scalar_one())
