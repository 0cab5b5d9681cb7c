"""One article against 1,000 to 100,000 rules, beside the mokaccino package and beside a plain loop.

Invented news of 300 to 600 words with the frequencies of real news, and sets of rules in four shapes: `real`
(names with phrases, wildcards and words, some NOT; slop; titles; lists of names), `seven` (five words
required, two excluded), `words120` (100 and 20) and `wild20` (20 required prefixes). Everything is seeded.

Each engine runs by itself in a process of its own, so that memory is its own. Times are processor time of
one thread, one article at a time, after 1,000 other articles; `decide` says which rules match, as mokaccino
does, `match` also where (the same articles a second time). mokaccino is given articles cut into words
already, which is not timed; the rules that it cannot express are given to it as what it can (too much, never
too little). The plain loop asks the tree of every rule, without any index. What mean the same is compared,
pair by pair.

    python -m tests.benchmarks match [--sets real seven words120 wild20] [--sizes 1000 10000 100000]
                                     [--articles 1000] [--plain 3] [--no-peer] [--cold]
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any

from monitor.match.engine import Engine
from monitor.match.evaluation.compiler import Compiler
from monitor.match.evaluation.plans import Plan, plan_of_tree
from monitor.match.evaluation.view import View
from monitor.match.language.nodes import unparse
from monitor.match.language.query import parse_canonical
from monitor.match.rules import Rule
from monitor.model import Article
from tests.benchmarks import _match_peer as peers
from tests.benchmarks import _match_sets as sets

ROOT = Path(__file__).parents[2]
WARM_UP = 1_000  # articles: what a monitor has seen of the world's words by noon
LONGEST = 60  # seconds of processor time for the articles of one engine
AT_ONCE = 2_000  # trees kept by the plain loop
REPLACED = 1_000  # edits, one after another
# What mokaccino does in the time in which a well-tuned Lucene Monitor 8.7 does one article, both measured
# on the same real news and the same rules, in the shape `real`; and how many times Lucene's rate is aimed at.
TO_LUCENE = {1_000: (675 / 1328, 2), 10_000: (739 / 585, 5), 100_000: (141 / 100, 15.5)}

Row = dict[str, Any]


def main(argv: list[str]) -> int:
    if argv[:1] == ["--worker"]:
        return _work(argv[1], Path(argv[2]), json.loads(argv[3]))
    asked = _arguments(argv)
    with tempfile.TemporaryDirectory() as folder:
        return _run(asked, Path(folder))


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks match", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--sets", nargs="+", choices=list(sets.SHAPES), default=list(sets.SHAPES))
    parser.add_argument(
        "--sizes", nargs="+", type=int, help="rules; by default 1000 10000 100000, words120 up to 10000"
    )
    parser.add_argument("--articles", type=int, default=1000, help="that are timed")
    parser.add_argument("--plain", type=int, default=3, metavar="N", help="articles for the plain loop")
    parser.add_argument("--no-peer", action="store_true", help="leave mokaccino out")
    parser.add_argument(
        "--cold", action="store_true", help="also load without plans, which parses every query"
    )
    return parser.parse_args(argv)


def _run(asked: argparse.Namespace, folder: Path) -> int:
    _say(f"making {WARM_UP + asked.articles} articles")
    world = sets.World()
    articles = [world.article(number) for number in range(WARM_UP + asked.articles)]
    _write(folder / "articles", ([article.title, article.body] for article in articles))
    workers = ["ours"] + ["cold"] * asked.cold + ["plain"] * bool(asked.plain)
    if not asked.no_peer and peers.load() is None:
        print("mokaccino is not installed (pip install media-monitor[benchmark]); going on without it\n")
    elif not asked.no_peer:
        workers.append("peer")
    unequal = 0
    print(HEAD)
    for shape in asked.sets:
        for size in asked.sizes or [1_000, 10_000, 100_000][: 2 if shape == "words120" else 3]:
            _say(f"{shape}: making {size:,} rules")
            _write(folder / "rules", _queries(shape, size, world))
            results = {}
            for worker in workers:
                _say(f"{shape}, {size:,} rules: {worker}")
                results[worker] = _started(worker, folder, {"articles": asked.articles, "plain": asked.plain})
            _say("")
            unequal += _report(shape, size, results)
    return 1 if unequal else 0


def _queries(shape: str, size: int, world: sets.World) -> Iterator[list[str]]:
    for tree in sets.trees(shape, size, world):
        yield [unparse(tree), plan_of_tree(tree).dump()]


# --- the report ------------------------------------------------------------------------------------

HEAD = (
    f"{'rules':>16}  {'engine':<10} {'load s':>7} {'MB':>5} {'articles/CPU-s':>14} "
    f"{'p50 ms':>7} {'p99 ms':>7} {'pairs':>8}"
)


def _report(shape: str, size: int, results: dict[str, Row]) -> int:
    """Print the rows of one set of rules; how many comparisons found a difference."""
    ours, peer = results["ours"], results.get("peer")
    title = f"{shape} {size:,}"
    for name, row in _rows(results):
        print(
            f"{title:>16}  {name:<10} {row.get('load', ''):>7} {row.get('memory', ''):>5} {row['rate']:>14,.0f} "
            f"{row['p50']:>7.2f} {row['p99']:>7.2f} {row['pairs']:>8,}"
        )
        title = ""
    share = 100 * ours["decide"]["pairs"] / size / ours["count"]
    notes = [f"an article matches {share:.2f} % of the rules", f"replacing one rule, ms: {ours['replace']}"]
    if "cold" in results:
        notes.append(f"load without plans {results['cold']['load']} s")
    if peer:
        notes.append(_beside_peers(shape, size, ours["decide"]["rate"] / peer["rate"]))
    differences = []
    if "plain" in results:
        found = results["plain"]["found"]
        same = found == ours["found"][: len(found)]
        notes.append(
            f"all pairs {'equal' if same else 'NOT EQUAL'} to the plain loop's in {len(found)} articles"
        )
        differences.append(not same)
    if peer:
        same, pairs = _agree(peer, ours)
        notes.append(
            f"{pairs:,} pairs of {len(peer['same']):,} rules {'equal' if same else 'NOT EQUAL'} to mokaccino's"
        )
        differences.append(not same)
    print("".join(f"{'':18}{note}\n" for note in notes), flush=True)
    return sum(differences)


def _beside_peers(shape: str, size: int, times: float) -> str:
    said = f"decide is {times:.1f} x mokaccino"
    if shape != "real" or size not in TO_LUCENE:
        return said
    share, aim = TO_LUCENE[size]
    wanted = f"(aim: {aim:g} x, so {aim / share:.1f} x mokaccino)"
    return f"{said}, which makes {times * share:.1f} x Lucene Monitor {wanted}"


def _rows(results: dict[str, Row]) -> Iterator[tuple[str, Row]]:
    ours = results["ours"]
    yield "decide", {**ours["decide"], "load": ours["load"], "memory": ours["memory"]}
    yield "match", ours["match"]
    if "peer" in results:
        yield "mokaccino", results["peer"]
    if "plain" in results:
        yield "plain loop", results["plain"]


def _agree(peer: Row, ours: Row) -> tuple[bool, int]:
    """Whether both found the same of the rules that mean the same; and nothing is missing of the others."""
    alike = set(peer["same"])
    same, pairs = True, 0
    for theirs, own in zip(peer["found"], ours["found"], strict=False):
        same = same and alike.intersection(theirs) == alike.intersection(own) and set(theirs).issuperset(own)
        pairs += len(alike.intersection(own))
    return same, pairs


def _say(text: str) -> None:
    """Progress, where somebody looks on."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


# --- workers, each a process of its own -------------------------------------------------------------


def _started(worker: str, folder: Path, options: Row) -> Row:
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks",
        "match",
        "--worker",
        worker,
        str(folder),
        json.dumps(options),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    return json.loads((folder / worker).read_text())


def _work(worker: str, folder: Path, options: Row) -> int:
    articles = [Article(*own) for own in _read(folder / "articles")]
    result = {"ours": _ours, "cold": _cold, "peer": _peer, "plain": _plain}[worker](folder, articles, options)
    (folder / worker).write_text(json.dumps(result))
    return 0


def _ours(folder: Path, articles: list[Article], options: Row) -> Row:
    before = _memory()
    with _timed() as load:
        rules, plans = [], {}
        for number, (query, plan) in enumerate(_read(folder / "rules")):
            rules.append(sets.rule(number, query))
            plans[rules[-1].version] = Plan.load(plan)
        engine = Engine(rules, plans)
        del plans
    _settle()
    warm, timed = articles[:WARM_UP], articles[WARM_UP:]
    for article in warm:
        engine.match(article)
    memory = _memory() - before
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    decided, decide = _each(engine.matching, timed)
    matched, match = _each(engine.match, timed)
    found = [[numbers[rule.id] for rule in own] for own in decided]
    assert found == [[numbers[each.rule] for each in own] for own in matched]
    return {
        "load": f"{load():.2f}",
        "memory": f"{memory:.0f}",
        "count": len(found),
        "decide": decide,
        "match": match,
        "found": found,
        "replace": _replacing(engine, rules, timed),
    }


def _replacing(engine: Engine, rules: list[Rule], articles: list[Article]) -> str:
    """Milliseconds for which matching waits while one rule is replaced by another with another query.

    Edits of one rule, then of as many different ones; what may follow, while matching goes on, by itself.
    """
    one, many, tidying = [], [], []
    for edit in range(2 * REPLACED):
        number = edit * len(rules) // REPLACED % len(rules) if edit >= REPLACED else len(rules) // 2
        article = articles[edit % len(articles)]
        first = article.body.split()[0].strip(".,").lower()
        new = sets.rule(number, f"{first} AND NOT unheard{edit}")
        with _timed() as spent:
            engine.change([new])
        (many if edit >= REPLACED else one).append(1000 * spent())
        with _timed() as spent:
            engine.tidy()
        tidying.append(1000 * spent())
        assert new in engine.matching(article)
        assert rules[number] not in engine.matching(article)
    return f"one over and over {_spread(one)}, many {_spread(many)}; filing them with the others {max(tidying):.0f}"


def _spread(times: list[float]) -> str:
    ordered = sorted(times)
    middle, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"p50 {middle:.1f} p99 {high:.1f} max {ordered[-1]:.1f}"


def _cold(folder: Path, articles: list[Article], options: Row) -> Row:
    rules = [sets.rule(number, query) for number, (query, _) in enumerate(_read(folder / "rules"))]
    with _timed() as load:
        Engine(rules)
    return {"load": f"{load():.1f}"}


def _peer(folder: Path, articles: list[Article], options: Row) -> Row:
    before = _memory()
    with _timed() as load:
        peer = peers.Peer(parse_canonical(query) for query, _ in _read(folder / "rules"))
    _settle()
    memory = _memory() - before
    documents = [peer.document(article) for article in articles[WARM_UP:]]
    for document in documents[:10]:
        peer.matching(document)
    found, row = _each(peer.matching, documents)
    return {
        **row,
        "load": f"{load():.2f}",
        "memory": f"{memory:.0f}",
        "found": found,
        "same": sorted(peer.same),
    }


def _plain(folder: Path, articles: list[Article], options: Row) -> Row:
    views = [View(article) for article in articles[WARM_UP:][: options["plain"]]]
    found: list[list[int]] = [[] for _ in views]
    spent = [0.0] * len(views)
    queries, numbers = (query for query, _ in _read(folder / "rules")), count()
    first = 0
    while some := list(islice(queries, AT_ONCE)):
        compiler = Compiler(numbers)
        operators = [compiler.operator(parse_canonical(query)) for query in some]
        for index, view in enumerate(views):
            with _timed() as took:
                found[index] += [first + i for i, operator in enumerate(operators) if operator.holds(view)]
            spent[index] += took()
            view.cache.clear()
        first += len(some)
    return {**_figures(spent, found), "found": found}


def _each(match: Callable[[Any], Any], texts: list[Any]) -> tuple[list[Any], Row]:
    """What `match` finds in each text, as many as there is time for, and how long it takes."""
    found, times = [], []
    until = time.thread_time() + LONGEST
    for text in texts:
        start = time.thread_time()
        found.append(match(text))
        end = time.thread_time()
        times.append(end - start)
        if end > until:
            break
    return found, _figures(times, found)


def _figures(times: list[float], found: list[Any]) -> Row:
    ordered = sorted(times)
    return {
        "rate": len(times) / sum(times),
        "p50": 1000 * ordered[len(times) // 2],
        "p99": 1000 * ordered[int(len(times) * 0.99)],
        "pairs": sum(map(len, found)),
    }


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    """Seconds of processor time from here to the end of the block, to be asked for after it."""
    end = None
    start = time.process_time()
    yield lambda: (end or time.process_time()) - start
    end = time.process_time()


def _settle() -> None:
    """What was loaded stays: it need not be looked at again when garbage is collected."""
    gc.collect()
    gc.freeze()


def _memory() -> float:
    """Megabytes that this process has in memory."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1e6


def _write(path: Path, rows: Any) -> None:
    with path.open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _read(path: Path) -> Iterator[Any]:
    with path.open() as file:
        yield from map(json.loads, file)
