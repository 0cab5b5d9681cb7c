"""How long items wait for their poll: our policy and others' over weeks of simulated feeds, beside the bound.

Every policy is compared at the requests it spends itself: with the least mean delay that any fixed intervals
reach with so many (the bound), with that of fixed intervals from 5 minutes to 24 hours, and with that of equal
intervals. And ours is given the requests that each of the others spent, on some of the same feeds
(`--beside`). A policy that knows the hour, or that a feed publishes at fixed minutes, may be better than the
bound. Ours is the code that runs, called as a poll calls it, its price solved each day from what it knows by
then.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace

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
    """One policy in one world. The world is made where it is simulated: it is too big to be sent. `beside`
    names the policy whose requests ours is given, on `part` of the feeds.
    """

    world: str
    policy: str
    feeds: int
    days: int
    requests: float
    seed: int
    beside: str = ""
    part: int = 0

    def __call__(self) -> tuple[Run, Result, float]:
        began = time.process_time()
        world = make(self.world, self.feeds, self.days, self.seed)
        if self.beside:
            world = worlds.part(world, self.part)
        ours = self.policy == OURS
        peer = Ours(world, self.requests) if ours else PEERS[self.policy](len(world.rates))
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
    given = (options.feeds, options.days, options.requests, options.seed)
    for policy in (OURS, *PEERS):
        for name in ("B", *(f"B {variant}" for variant in VARIANTS), "A"):
            if options.only in ("", name) and options.policy in ("", policy):
                yield Run(name, policy, *given)


def beside(run: Run, result: Result, feeds: int) -> Run | None:
    """Ours at the requests that this policy spent; None where it was ours, or where none is wanted."""
    if run.policy == OURS or run.beside or feeds <= 0:
        return None
    return replace(run, policy=OURS, requests=result.requests, beside=run.policy, part=min(feeds, run.feeds))


Found = dict[Run, tuple[Result, float]]  # with the seconds of processor that it took


def simulated(wanted: list[Run], options: argparse.Namespace) -> Found:
    """All of them, and ours beside the others as soon as it is known what those spend."""
    found: Found = {}
    count = len(wanted) + sum(run.policy != OURS for run in wanted) * (options.beside > 0)
    with ProcessPoolExecutor(options.processes) as pool:
        waiting: set[Future[tuple[Run, Result, float]]] = {pool.submit(run) for run in wanted}
        while waiting:
            told(len(found), count)
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                run, result, seconds = future.result()
                found[run] = result, seconds
                if again := beside(run, result, options.beside):
                    waiting.add(pool.submit(again))
    told(len(found), count)
    return found


def told(done: int, of: int) -> None:
    if sys.stderr.isatty():
        end = "" if done < of else "\n"
        print(f"\r\033[K{done} of {of} simulations", end=end, file=sys.stderr, flush=True)


def show(found: Found) -> None:
    print(
        f"{'world':12} {'policy':25} {'requests':>8} {'delay':>7} {'/bound':>7} {'/5min-24h':>9} {'/equal':>7}"
        f" {'lost':>7}   ours at as many"
    )
    order = [OURS, *PEERS]
    shown = [run for run in found if not run.beside]
    for run in sorted(shown, key=lambda run: (len(run.world) > 1, run.world, order.index(run.policy))):
        result, _ = found[run]
        print(
            f"{run.world:12} {run.policy:25} {result.requests:8.1f} {result.delay:7.1f}"
            f" {result.delay / result.ideal:7.3f} {result.delay / result.bounded:9.3f}"
            f" {result.delay / result.uniform:7.3f} {share(result):>7}   {ours_then(run, found)}".rstrip()
        )
    print(
        "\nrequests: a feed and day; delay: in minutes. Ours at as many: delay, items lost, and the requests"
        "\nit spent of those it was given; more where so few leave no time to read all that feeds list."
    )
    mine = [(run, *found[run]) for run in found if run.policy == OURS and not run.beside]
    if mine:
        polls = sum(result.requests * run.feeds * run.days for run, result, _ in mine)
        each = sum(seconds for _, _, seconds in mine) / polls
        print(f"\nours: {each * 1e6:.0f} us of processor a poll, simulation included", end="; ")
    print(f"{sum(seconds for _, seconds in found.values()):.0f} s of processor in all")


def ours_then(run: Run, found: Found) -> str:
    """What ours makes of the requests of this policy. Its delay on part of the feeds, beside their bound, is
    what parts have in common: the bound of all, at what it spent, times that.
    """
    for other, (result, _) in found.items():
        if (other.world, other.beside) == (run.world, run.policy):
            all_of_them = found[run][0]
            bound = all_of_them.bounded * all_of_them.requests / result.requests
            return f"{result.delay / result.bounded * bound:6.1f} {share(result):>6} {result.requests:6.1f}"
    return ""


def share(result: Result) -> str:
    lost = result.lost / max(result.lost + result.found, 1)
    return f"{lost:.2%}" if lost >= 0.0001 else str(result.lost)


def missed(found: Found) -> list[str]:
    """What ours did not reach of the aims."""
    mine = {run.world: result for run, (result, _) in found.items() if run.policy == OURS and not run.beside}
    limits = {"A": AIM, "B": AIM, "B day-night": 1.0}
    over = [
        f"{world}: {mine[world].delay / mine[world].ideal:.3f} x the bound, not {limit}"
        for world, limit in limits.items()
        if world in mine and mine[world].delay > limit * mine[world].ideal
    ]
    return over + [
        f"{world}: {result.lost:,} of {result.found + result.lost:,} items lost"
        f" ({result.unavoidable:,} where every feed is polled each 5 minutes)"
        for world, result in mine.items()
        if result.lost
    ]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks polling", description=__doc__)
    parser.add_argument("--feeds", type=int, default=1500)
    parser.add_argument("--days", type=int, default=49, help="of which 21 are warm-up")
    parser.add_argument("--requests", type=float, default=24.0, help="a feed and day, for ours")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--beside", type=int, default=100, metavar="FEEDS", help="of which ours is given others' requests"
    )
    parser.add_argument("--only", default="", metavar="WORLD", help='one world: A, B, "B day-night" …')
    parser.add_argument("--policy", default="", help=f"one policy: {OURS}, {', '.join(PEERS)}")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(argv)
    wanted = list(runs(options))
    if not wanted:
        parser.error("there is no such world or policy")
    found = simulated(wanted, options)
    show(found)
    over = missed(found)
    print(
        "\n".join(f"MISSED  {line}" for line in over) or f"\nwithin the aims: {AIM} x the bound, nothing lost"
    )
    return 1 if over else 0
