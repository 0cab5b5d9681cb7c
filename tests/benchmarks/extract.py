"""Extraction: pages per second and core in killable workers beside bare trafilatura, and how much text each finds.

    python -m tests.benchmarks extract [--pages 216] [--rounds 3] [--without-hard]

Ours is everything: a task for a worker process under limits, the page decoded, its text, its boilerplate cut,
metadata, language, dates, address, sent back. Bare trafilatura runs in this process, on the same bytes: with the
options that we use (fast, no comments) and metadata, and as it comes (comments, metadata). Processor time of all
processes that take part; medians of rounds that take turns. Quality is by words: precision, recall and F1 of the
multiset of words against what a reader would read, over pages of our own making.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import trafilatura

from monitor.adapters.workers import WorkerPool
from monitor.errors import MonitorError
from monitor.extract.page import extract_page
from monitor.model import Article
from monitor.text import words
from tests.benchmarks._extract_pages import Page, hard_pages, pages
from tests.benchmarks.pipeline import processor_seconds


@dataclass(frozen=True)
class Found:
    """Words of an article that were found: right, found in all, and there to be found."""

    right: int = 0
    found: int = 0
    there: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(self.right + other.right, self.found + other.found, self.there + other.there)

    def scores(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        precision, recall = self.right / max(1, self.found), self.right / max(1, self.there)
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def measured(text: str, gold: str) -> Found:
    one, other = Counter(words(text)), Counter(words(gold))
    return Found((one & other).total(), one.total(), other.total())


# --- the two that are compared --------------------------------------------------------------------------


def bare(page: Page, *, fast: bool) -> str:
    """trafilatura as a program that wants text and metadata calls it."""
    written = trafilatura.extract(
        page.html,
        url=page.url,
        fast=fast,
        include_comments=not fast,
        with_metadata=True,
        output_format="json",
    )
    return str(json.loads(written)["text"]) if written else ""


def ours_here(page: Page) -> Article | None:
    """What a worker does, in this process: for the text that it finds, and for where the time goes."""
    try:
        return extract_page(page.html, "text/html; charset=utf-8", page.url, page.entry)
    except MonitorError:
        return None


async def in_workers(pool: WorkerPool, asked: Sequence[Page]) -> None:
    """The daemon's way: as many tasks at once as the pool takes."""
    tasks = (pool.extract(p.html, "text/html; charset=utf-8", p.url, p.entry) for p in asked)
    await asyncio.gather(*tasks)


async def timed(asked: Sequence[Page], rounds: int) -> dict[str, float]:
    """Median processor seconds of a round over all pages, of each way, in turns."""
    spent: dict[str, list[float]] = defaultdict(list)
    async with WorkerPool(2, max_tasks=10**6) as pool:
        await in_workers(pool, asked[:20])
        for _ in range(rounds):
            before = sum(processor_seconds(os.getpid(), with_ended=True).values())
            await in_workers(pool, asked)
            used = sum(processor_seconds(os.getpid(), with_ended=True).values()) - before
            spent["ours, in workers"].append(used)
            for name, way in _WAYS.items():
                start = time.process_time()
                for page in asked:
                    way(page)
                spent[name].append(time.process_time() - start)
    return {name: statistics.median(each) for name, each in spent.items()}


_WAYS: dict[str, Callable[[Page], object]] = {
    "ours, in this process": ours_here,
    "bare trafilatura, our options": lambda page: bare(page, fast=True),
    "bare trafilatura, as it comes": lambda page: bare(page, fast=False),
}


# --- reports --------------------------------------------------------------------------------------------


def report_speed(asked: Sequence[Page], rounds: int) -> None:
    sizes = sorted(len(page.html) for page in asked)
    small, middle, large = (sizes[k] / 1000 for k in (0, len(sizes) // 2, -1))
    print(f"{len(asked)} pages, {small:.0f} to {large:.0f} KB, median {middle:.0f} KB")
    for page in asked[:20]:  # imports and caches
        bare(page, fast=True), bare(page, fast=False), ours_here(page)
    spent = asyncio.run(timed(asked, rounds))
    floor = spent["bare trafilatura, our options"]
    for name, seconds in spent.items():
        print(
            f"  {name:32} {len(asked) / seconds:6.0f} pages/s and core  {1000 * seconds / len(asked):6.2f} ms a page"
            f"  {floor / seconds:5.2f} x bare's rate"
        )


def report_quality(asked: Sequence[Page]) -> None:
    ours: dict[str, Found] = defaultdict(Found)
    theirs: dict[str, Found] = defaultdict(Found)
    right: Counter[str] = Counter()
    for page in asked:
        article = ours_here(page)
        for group in (page.layout, page.language, "all"):
            ours[group] += measured(article.body if article else "", page.text)
            theirs[group] += measured(bare(page, fast=True), page.text)
        if article is not None:
            right.update(name for name, good in _fields(page, article).items() if good)
    print(f"\n{'words of':24}{'ours: P':>9}{'R':>7}{'F1':>7}{'bare: P':>12}{'R':>7}{'F1':>7}")
    for group in ours:
        cells = (*ours[group].scores(), *theirs[group].scores())
        print(
            f"{group:24}{cells[0]:9.3f}{cells[1]:7.3f}{cells[2]:7.3f}{cells[3]:12.3f}{cells[4]:7.3f}{cells[5]:7.3f}"
        )
    print("right in ours: " + ", ".join(f"{name} {n / len(asked):.3f}" for name, n in right.items()))


def _fields(page: Page, article: Article) -> dict[str, bool]:
    published = article.published.isoformat() if article.published else ""
    at = time.strptime(page.published[:16], "%Y-%m-%dT%H:%M")
    hour = (at.tm_hour - 2) % 24  # it was written with +02:00
    return {
        "title": article.title == page.title,
        "site": article.source == page.outlet,
        "authors": article.authors == (page.author,),
        "language": article.language == page.language,
        "published": published[11:16] == f"{hour:02d}:{at.tm_min:02d}",
        "agency": article.agency == page.agency,
    }


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="extract", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=216, help="everyday pages that are timed and judged")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-hard", action="store_true", help="leave out what extractors lose")
    wanted = parser.parse_args(argv)
    everyday = pages(wanted.pages)
    if wanted.rounds:
        report_speed(everyday, wanted.rounds)
    report_quality(everyday)
    if not wanted.without_hard:
        print("\npages that extractors are known to lose")
        report_quality(hard_pages())
