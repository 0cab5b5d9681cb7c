"""How long items wait for their poll: our policy and others' over weeks of simulated feeds, beside the bound.

Every policy is compared at the requests it spends itself: with the least mean delay that any fixed intervals
reach with so many (the bound), and with that of equal intervals. A policy that knows the hour, or that a feed
publishes at fixed minutes, may be better than the bound. Ours is the code that runs, called as a poll calls
it, its price solved each day from what it knows by then.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np

from tests.benchmarks import _polling_world as worlds
from tests.benchmarks._polling_peers import PEERS
from tests.benchmarks._polling_run import Ours, Result, simulate

AIM = 1.06  # times the bound, on A and B
OURS = "ours"
LISTS = {"A": worlds.list_a, "B": worlds.list_b}
# Worlds that are no plain list of steady feeds.
VARIANTS: dict[str, Callable[..., worlds.World]] = {
    "day-night": worlds.day_night,
    "bursts": worlds.bursts,
    "clockwork": worlds.clockwork,
    "jumps": worlds.jumps,
    "new": worlds.new_feeds,
    "weighted": worlds.weighted,
}


@dataclass(frozen=True)
class Run:
    """One policy in one world. The world is made where it is simulated: it is too big to be sent."""

    world: str
    policy: str
    feeds: int
    days: int
    requests: float
    seed: int

    def __call__(self) -> tuple[Run, Result, float]:
        began = time.process_time()
        world = make(self.world, self.feeds, self.days, self.seed)
        peer = Ours(world, self.requests) if self.policy == OURS else PEERS[self.policy](self.feeds)
        return self, simulate(world, peer), time.process_time() - began


def make(name: str, feeds: int, days: int, seed: int) -> worlds.World:
    """A world by name: "A", "B", or a variant of one of them, as "B day-night"."""
    random = np.random.default_rng(seed)
    letter, _, variant = name.partition(" ")
    rates = LISTS[letter](feeds, random)
    if variant:
        return VARIANTS[variant](rates, days, random)
    return worlds.steady(name, rates, days, random)


def runs(options: argparse.Namespace) -> Iterator[Run]:
    """The longest first, so that the processors end together."""
    given = (options.feeds, options.days)
    for name in ("B", "A"):
        for policy in (OURS, *PEERS):
            yield Run(name, policy, *given, options.requests, options.seed)
    for variant in VARIANTS:
        for policy in (OURS, *(PEERS if options.peers else ())):
            yield Run(f"B {variant}", policy, *given, options.requests, options.seed)


def told(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(
            f"\r\033[K{done} of {of} simulations", end="" if done < of else "\n", file=sys.stderr, flush=True
        )


def show(results: dict[Run, Result], cost: dict[Run, float]) -> None:
    print(
        f"{'world':12} {'policy':26} {'requests':>9} {'delay':>9} {'/ bound':>8} {'/ uniform':>9} {'lost':>7}"
        "   (requests a feed and day, delay in minutes)"
    )
    for run in sorted(results, key=lambda run: (len(run.world) > 1, run.world, run.policy != OURS)):
        found = results[run]
        print(
            f"{run.world:12} {run.policy:26} {found.requests:9.1f} {found.delay:9.1f} "
            f"{found.delay / found.ideal:8.3f} {found.delay / found.uniform:9.3f} {share(found):>7}"
        )
    mine = [run for run in results if run.policy == OURS]
    polls = sum(results[run].requests * run.feeds * run.days for run in mine)
    print(
        f"\nours: {sum(cost[run] for run in mine) / polls * 1e6:.0f} us of processor a poll, simulation included"
    )


def share(result: Result) -> str:
    lost = result.lost / max(result.lost + result.found, 1)
    return f"{lost:.2%}" if lost >= 0.0001 else str(result.lost)


def missed(results: dict[Run, Result]) -> list[str]:
    """What ours did not reach of the aims."""
    found = {run.world: result for run, result in results.items() if run.policy == OURS}
    limits = {"A": AIM, "B": AIM, "B day-night": 1.0}
    over = [
        f"{world}: {found[world].delay / found[world].ideal:.3f} x the bound, not {limit}"
        for world, limit in limits.items()
        if world in found and found[world].delay > limit * found[world].ideal
    ]
    return over + [
        f"{world}: {found[world].lost} items lost"
        for world in ("A", "B", "B day-night")
        if world in found and found[world].lost
    ]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks polling", description=__doc__)
    parser.add_argument("--feeds", type=int, default=1500)
    parser.add_argument("--days", type=int, default=49, help="of which 21 are warm-up")
    parser.add_argument("--requests", type=float, default=24.0, help="a feed and day, for ours")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", action="store_true", help="run the others in the variants too")
    parser.add_argument("--only", default="", metavar="WORLD", help='one world: A, B, "B day-night" …')
    parser.add_argument("--policy", default="", help=f"one policy: {OURS}, {', '.join(PEERS)}")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(argv)
    wanted = [
        run for run in runs(options) if options.only in ("", run.world) and options.policy in ("", run.policy)
    ]
    results: dict[Run, Result] = {}
    cost: dict[Run, float] = {}
    told(0, len(wanted))
    with ProcessPoolExecutor(options.processes) as pool:
        futures: list[Future[tuple[Run, Result, float]]] = [pool.submit(run) for run in wanted]
        for done in as_completed(futures):
            run, result, seconds = done.result()
            results[run], cost[run] = result, seconds
            told(len(results), len(wanted))
    show(results, cost)
    over = missed(results)
    print(
        "\n".join(f"MISSED  {line}" for line in over) or f"\nwithin the aims: {AIM} x the bound, nothing lost"
    )
    return 1 if over else 0
