"""Bars on a terminal's error output, for work of several parts whose lengths are only learnt on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic

from monitor.cli.output import console

PATIENCE = 0.3  # seconds; a bar for what takes no longer would only flicker


@contextmanager
def bars(patience: float = PATIENCE) -> Iterator[Callable[[str, int, int], None]]:
    """To be told what is done, how much of it, of how much. Nothing is shown where nobody watches."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda what, done, of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=out, transient=True)
    begun, tasks = monotonic(), dict[str, TaskID]()

    def show(what: str, done: int, of: int) -> None:
        if monotonic() - begun >= patience:
            shown.start()
        if what not in tasks:
            tasks[what] = shown.add_task(what, total=of)
        shown.update(tasks[what], completed=done, total=of)

    try:
        yield show
    finally:
        if shown.live.is_started:
            shown.stop()


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """To be told how much of one thing is done, of how much."""
    with bars() as show:
        yield partial(show, what)
