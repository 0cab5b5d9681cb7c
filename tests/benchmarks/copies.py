"""Copies of earlier articles found as they arrive, beside datasketch's MinHash LSH in the same run.

Invented news (tests/benchmarks/_copies_world.py) in time order. One in ten is a copy: the same, under another
headline, with another first line, shortened to 40 to 90 %, with 10 to 40 % of its words changed in blocks or
scattered, or all that an outlet does to an agency's text. One in five only looks like a copy: a follow-up with the
background of the first report, a form filled in with other figures or names, the same text with another figure, with
another name or with a denial, a headline like another, a column that has the same one every day.

A copy should fold where at least 60 % of it (of its runs of three words, or of five characters) stands in the
original; what is changed more is reported apart. A fold is false where the two are not of one text, or another
figure or name stands in it. Ours knows when and in which outlet a column appeared; datasketch compares texts only.

Both sides read the same file in a process of their own, so that memory is its own; times are processor time.
datasketch has 128 permutations, its candidates are checked by their estimated resemblance, and its threshold is
the one with which it does best on the first part of the file.

    python -m tests.benchmarks copies [--articles 200000] [--no-peer] [--store 1000000] [--postgres | --folder DIR]

--store N fills a database of N signed articles in a folder (temporary if none is given), or in a PostgreSQL server
of its own, and measures a lookup. --articles 0 leaves the rest out.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from monitor.relate.copies.folding import (
    EACH,
    MOST,
    Filed,
    band_keys,
    candidates,
    repeated,
    shared_keys,
)
from monitor.relate.copies.signatures import Signature, signature
from tests.benchmarks._copies_world import COPIES, OTHERS, Made, World, shingles

ROOT = Path(__file__).parents[2]
SHOULD = 0.6  # the share of a copy that stands in the original, from which it is to be found
START = datetime(2026, 3, 1, tzinfo=UTC)
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
TRIAL = 40  # datasketch's threshold is chosen on one article in so many, the first ones

Folds = dict[int, int]  # article -> the earlier article that it is folded under


class Folder(Protocol):
    """Something that finds copies: first what an article is recognised by, then what it is a copy of."""

    def sign(self, made: Made) -> Any: ...
    def file(self, made: Made, signed: Any) -> int | None: ...


class Ours:
    """relate/copies with a table of band keys in memory; signatures are kept as the store keeps them."""

    def __init__(self) -> None:
        self._bands: defaultdict[int, list[int]] = defaultdict(list)
        self._signed: list[bytes] = [b""]
        self._of = [0]
        self._story = [0]
        self._origin = [(START, "")]

    def sign(self, made: Made) -> Signature:
        return signature(made.title, made.body, made.language)

    def file(self, made: Made, signed: Signature) -> int | None:
        id, keys = made.id, band_keys(signed)
        shared = Counter(chain.from_iterable(self._bands.get(key, ())[-EACH:] for key in keys))
        least = shared_keys(keys)
        near = sorted([a for a in shared if shared[a] >= least], key=lambda a: (-shared[a], -a))[:MOST]
        rows = [Filed(self._of[a], self._story[a], self._signed[a], *self._origin[self._of[a]]) for a in near]
        self._origin.append((START + timedelta(hours=made.hour), str(made.outlet or "")))
        found = repeated(signed, candidates(rows, signed), *self._origin[id])
        self._signed.append(signed.dump())
        for key in keys:
            self._bands[key].append(id)
        copy = found is not None and not found.corrects
        self._of.append(found.candidate.article if found and copy else id)
        self._story.append(found.candidate.story if found else id)
        return self._of[id] if copy else None


class Datasketch:
    """MinHashLSH; a candidate whose estimated resemblance is below the threshold is none."""

    def __init__(self, threshold: float) -> None:
        from datasketch import MinHash, MinHashLSH

        self._threshold, self._make = threshold, MinHash
        self._lsh = MinHashLSH(threshold=threshold, num_perm=128)
        self._signed: dict[int, Any] = {}

    def sign(self, made: Made) -> Any:
        signed = self._make(num_perm=128)
        signed.update_batch([run.encode() for run in shingles(made.title, made.body)])
        return signed

    def file(self, made: Made, signed: Any) -> int | None:
        found = [a for a in self._lsh.query(signed) if self._signed[a].jaccard(signed) >= self._threshold]
        self._lsh.insert(made.id, signed, check_duplication=False)
        self._signed[made.id] = signed
        return min(found, default=None)


def main(argv: list[str]) -> int:
    if argv[:1] == ["--worker"]:
        return _work(argv[1], Path(argv[2]), int(argv[3]))
    asked = _arguments(argv)
    if asked.articles:
        _compare(asked)
    if asked.store:
        from tests.benchmarks import _copies_store

        _copies_store.measure(asked.store, asked.folder, asked.postgres, _show)
    return 0


def _compare(asked: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "articles"
        _write(file, asked.articles)
        names = ["ours"] if asked.no_peer else ["ours", "datasketch"]
        results = _side_by_side(names, file, asked.articles)
        _report([(name, result) for name, result in results.items()], file)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks copies",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--no-peer", action="store_true", help="ours only")
    parser.add_argument("--store", type=int, default=0, metavar="N", help="also a database of N articles")
    parser.add_argument("--postgres", action="store_true", help="that database in PostgreSQL")
    parser.add_argument("--folder", type=Path, help="where that database is made")
    return parser.parse_args(argv)


def _show(text: str, end: str = "") -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end=end, file=sys.stderr, flush=True)


# --- the file, and the processes that read it ----------------------------------------------------------


def _write(file: Path, articles: int) -> None:
    with file.open("w", encoding="utf-8") as out:
        for made in World(articles):
            out.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")
            if made.id % 1000 == 0:
                _show(f"{made.id:,} of {articles:,} articles written")


def _read(file: Path) -> Iterator[Made]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield Made(**json.loads(line))


def _side_by_side(names: list[str], file: Path, articles: int) -> dict[str, dict[str, Any]]:
    """Both at once, a process each; what is shown is how far each is."""
    command = [sys.executable, "-m", "tests.benchmarks", "copies", "--worker"]
    running = {
        name: subprocess.Popen(
            [*command, name, str(file), str(articles)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for name in names
    }
    results = {}
    for name, process in running.items():
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                results[name] = json.loads(line)
            else:
                _show(f"{name}: {line.strip()}")
        if process.wait():
            raise SystemExit(f"{name} ended with {process.returncode}")
    _show("")
    return results


def _work(name: str, file: Path, articles: int) -> int:
    make: Callable[[], Folder] = Ours
    note = ""
    if name == "datasketch":
        threshold = _best_threshold(file, max(articles // TRIAL, 2000))
        note, make = f"threshold {threshold}", lambda: Datasketch(threshold)
    folds, signing, filing, held = _run(make(), file, articles)
    print(
        json.dumps(
            {
                "folds": folds,
                "sign": signing / articles,
                "file": filing / articles,
                "bytes": held / articles,
                "note": note,
            }
        )
    )
    return 0


def _run(folder: Folder, file: Path, articles: int) -> tuple[Folds, float, float, int]:
    """The folds; seconds for signatures and for looking up and filing; bytes by which the process grew."""
    before = _resident()
    folds: Folds = {}
    signing = filing = 0.0
    for made in _read(file):
        if made.id > articles:
            break
        started = time.process_time()
        signed = folder.sign(made)
        between = time.process_time()
        of = folder.file(made, signed)
        filing += time.process_time() - between
        signing += between - started
        if of is not None:
            folds[made.id] = of
        if made.id % 1000 == 0:
            print(f"{made.id:,} of {articles:,}", flush=True)
    return folds, signing, filing, _resident() - before


def _resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _best_threshold(file: Path, articles: int) -> float:
    """The threshold with the best F1 of found and false over the first articles."""
    first = [made for made, _ in zip(_read(file), range(articles), strict=False)]
    return max(THRESHOLDS, key=lambda threshold: _f1(first, _run(Datasketch(threshold), file, len(first))[0]))


# --- what is right ---------------------------------------------------------------------------------------


def _false(folds: Folds, by_id: dict[int, Made]) -> list[int]:
    return [id for id, of in folds.items() if id in by_id and by_id[id].family != by_id[of].family]


def _f1(articles: list[Made], folds: Folds) -> float:
    by_id = {made.id: made for made in articles}
    wrong = len(_false(folds, by_id))
    should = {made.id for made in articles if made.share >= SHOULD}
    found = len(should & folds.keys())
    return 2 * found / (len(should) + found + wrong)


def _report(results: list[tuple[str, dict[str, Any]]], file: Path) -> None:
    by_id = {made.id: made for made in _read(file)}
    for _, result in results:
        result["folds"] = {int(id): of for id, of in result["folds"].items()}
    names = "".join(f"{name:>22}" for name, _ in results)
    print(f"{len(by_id):,} articles{'':12}{'':>8}{names}")
    for label, chosen in _groups(by_id):
        shares = [len(chosen & result["folds"].keys()) / max(len(chosen), 1) for _, result in results]
        print(f"{label:26}{len(chosen):>8,}" + "".join(f"{share:>22.4f}" for share in shares))
    for kind in (*OTHERS, "news", "copy"):
        counts = [Counter(_kind(by_id[id]) for id in _false(r["folds"], by_id))[kind] for _, r in results]
        of = sum(_kind(made) == kind for made in by_id.values())
        print(f"{'false folds, ' + kind:26}{of:>8,}" + "".join(f"{count:>22,}" for count in counts))
    for label, key, scale in (
        ("signature, us", "sign", 1e6),
        ("lookup and filing, us", "file", 1e6),
        ("memory, bytes", "bytes", 1),
    ):
        print(f"{label:34}" + "".join(f"{r[key] * scale:>22,.0f}" for _, r in results))
    print(f"{'':34}" + "".join(f"{r['note']:>22}" for _, r in results))


def _kind(made: Made) -> str:
    return "copy" if made.kind in COPIES else made.kind


def _groups(by_id: dict[int, Made]) -> Iterator[tuple[str, set[int]]]:
    """Which copies are counted together: those that should be found, by kind, and what is beyond."""
    copies = [made for made in by_id.values() if made.kind in COPIES]
    for kind in COPIES:
        yield f"found, {kind}", {m.id for m in copies if m.kind == kind and m.share >= SHOULD}
    yield "found, all", {m.id for m in copies if m.share >= SHOULD}
    for low in (0.5, 0.4, 0.0):
        high = {0.5: SHOULD, 0.4: 0.5, 0.0: 0.4}[low]
        label = f"beyond: {low:.0%} to {high:.0%} shared".replace("%", " %")
        yield label, {m.id for m in copies if low <= m.share < high}
