"""Worker processes for hostile bytes: feeds are parsed and pages read where they can be killed.

Forked from a server that has imported the parsers once, so that a new worker costs milliseconds and
shares their memory. A worker's time limit is a timer of the kernel's, which no stuck library can hold up.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

from monitor.adapters.starting import ForkedProcess, forking_server
from monitor.collect.discover import Page
from monitor.collect.opml import Subscriptions
from monitor.collect.robots import RobotsVerdict, robots_address
from monitor.errors import MonitorError, Problem, WorkerError
from monitor.extract.decode import MAX_HEAD
from monitor.model import Alert, Article, Entry, Message, ParsedFeed, Response
from monitor.send.forms import Form
from monitor.send.operator import Templates
from monitor.text import one_line

_PARSERS = ["monitor.collect.parse", "monitor.collect.robots", "monitor.extract.page"]
_KEPT_ENVIRONMENT = frozenset({"PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "HOME", "PYTHONPATH"})
_QUEUED_PER_WORKER = 2  # enough that a worker never waits for the event loop
_GRACE = 2.0  # seconds beyond a task's time until the pool itself is taken for broken

# What libraries raise on bytes that they did not expect; their defect, and one document's trouble only.
_ODD = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class _PoolGone(Exception):
    """The pool, not the task, came to an end."""


class _ParserFailed(RuntimeError):
    """What a parser raised, in words."""


class _Process(ForkedProcess):
    server = forking_server(*_PARSERS, __name__)


class _Context(ForkServerContext):
    Process = _Process


class WorkerPool:
    """Implements ports.Workers with a pool of `workers` processes (default: one a CPU).

    `time_limit` is seconds a task, `memory_limit` bytes of address space a worker; a worker is
    replaced after `max_tasks`, so that what libraries leak does not add up.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        time_limit: float = 10.0,
        memory_limit: int = 1 << 30,
        max_tasks: int = 500,
    ) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._max_tasks = max_tasks
        self._turns = asyncio.Semaphore(self._workers * _QUEUED_PER_WORKER)
        self._pool: asyncio.Task[ProcessPool] | None = None
        self._futures: dict[Future[Any], ProcessPool] = {}
        self._closed = False

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def start(self) -> None:
        """Begin to start the workers; returns at once, and tasks may be given at once. Needs a running loop."""
        self._starting_pool()

    async def close(self) -> None:
        """End all workers at once, also those that hang. What they were doing ends as WorkerError."""
        self._closed = True
        starting, self._pool = self._pool, None
        if starting is not None:
            with contextlib.suppress(BrokenProcessPool, OSError):  # it never came to be
                await self._end(await starting)

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        """collect.parse.parse_feed in a worker. Raises FeedError; WorkerError where it had to be killed."""
        result: ParsedFeed = await self._run(url, _parse_feed, body, content_type, url)
        return result

    async def read_opml(self, data: bytes, name: str) -> Subscriptions:
        """collect.opml.read_subscriptions in a worker. Raises InvalidInput; WorkerError as above."""
        result: Subscriptions = await self._run(name, _read_opml, data, name)
        return result

    async def read_links(self, body: bytes, content_type: str, url: str) -> Page:
        """collect.discover.read_page in a worker. Raises WorkerError as above."""
        result: Page = await self._run(url, _read_links, body, content_type, url)
        return result

    async def extract(self, body: bytes, content_type: str, url: str, entry: Entry) -> Article:
        """extract.page.extract_page in a worker. Raises ExtractError; WorkerError as above."""
        result: Article = await self._run(url, _extract_page, body, content_type, url, entry)
        return result

    async def from_feed(self, entry: Entry, degraded: str, page: Response | None = None) -> Article:
        """extract.feed_content.from_entry in a worker, with what the head of `page` says. Raises WorkerError."""
        head = replace(page, body=page.body[:MAX_HEAD]) if page else None
        result: Article = await self._run(entry.url or entry.identity, _from_entry, entry, degraded, head)
        return result

    async def judge_robots(self, text: bytes, url: str) -> RobotsVerdict:
        """collect.robots.judge in a worker. Raises WorkerError as above."""
        result: RobotsVerdict = await self._run(robots_address(url), _judge_robots, text, url)
        return result

    async def read_seed(self, name: str, data: bytes) -> Article:
        """extract.seed.read_seed in a worker. Raises SeedError; WorkerError as above."""
        result: Article = await self._run(name, _read_seed, name, data)
        return result

    async def render(
        self, alert: Alert, form: Form, templates: Templates, *, zone: str, key: str, install: str
    ) -> Message:
        """send.render.render with an operator's templates, in a worker. Raises WorkerError as above."""
        task = partial(_render, zone=zone, key=key, install=install)
        message: Message = await self._of_templates(templates.folder, task, alert, form, templates)
        return message

    async def try_template(self, templates: Templates, name: str) -> list[Problem]:
        """send.trial.try_template in a worker: what is wrong with one. Raises WorkerError as above."""
        problems: list[Problem] = await self._of_templates(
            templates.path(name), _try_template, templates, name
        )
        return problems

    async def _of_templates(self, where: str, function: Callable[..., Any], *args: Any) -> Any:
        try:
            return await self._run(where, function, *args)
        except WorkerError as error:
            words = {
                "timeout": f"it took more than {self._time_limit:g} s",
                "memory": "it needs more memory than a worker has",
            }
            raise WorkerError(error.kind, words.get(error.kind, str(error))) from error

    async def _run(self, url: str, function: Callable[..., Any], *args: Any) -> Any:
        async with self._turns:
            for _ in range(2):
                pool = await self._started_pool()
                try:
                    return await self._attempt(pool, function, *args)
                except (ProcessExpired, MemoryError, *_ODD) as error:
                    raise self._verdict(url, error) from error
                except _PoolGone:
                    await self._discard(pool)
            raise WorkerError("crash", f"{url} was not read: its worker was ended from outside, twice")

    async def _attempt(self, pool: ProcessPool, function: Callable[..., Any], *args: Any) -> Any:
        try:
            future = pool.schedule(_limited, args=(self._time_limit, function, *args))
        except RuntimeError as error:
            raise _PoolGone from error
        self._futures[future] = pool
        try:
            # The worker's own timer comes first; this one is for a pool that has lost its way.
            async with asyncio.timeout((_QUEUED_PER_WORKER + 1) * self._time_limit + _GRACE):
                return await asyncio.wrap_future(future)
        except (BrokenProcessPool, TimeoutError) as error:
            raise _PoolGone from error
        finally:
            del self._futures[future]

    def _verdict(self, url: str, error: BaseException) -> WorkerError:
        if isinstance(error, MemoryError):
            return WorkerError("memory", f"{url} needs too much memory to be read")
        if not isinstance(error, ProcessExpired):
            said = str(error) if isinstance(error, _ParserFailed) else f"{type(error).__name__}: {error}"
            return WorkerError("crash", one_line(f"{url} made its parser fail: {said}"))
        if error.exitcode == -signal.SIGALRM:
            return WorkerError("timeout", f"{url} took more than {self._time_limit:g} s to read")
        return WorkerError("crash", f"{url} ended its worker (exit status {error.exitcode})")

    def _starting_pool(self) -> asyncio.Task[ProcessPool]:
        if self._closed:
            raise WorkerError("crash", "the workers have been ended")
        if self._pool is None:
            # In a thread: until the parsers are imported, starting a process blocks.
            self._pool = asyncio.create_task(asyncio.to_thread(self._start_pool))
        return self._pool

    async def _started_pool(self) -> ProcessPool:
        try:
            return await asyncio.shield(self._starting_pool())
        except (BrokenProcessPool, OSError) as error:
            self._pool = None
            raise WorkerError("crash", one_line(f"no worker process can be started: {error}")) from error

    def _start_pool(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=self._workers,
            max_tasks=self._max_tasks,
            initializer=_confine,
            initargs=(self._memory_limit,),
            context=_Context(),
        )
        for _ in range(self._workers):
            pool.schedule(_warm_up)
        return pool

    async def _discard(self, pool: ProcessPool) -> None:
        if self._pool is not None and self._pool.done() and self._pool.result() is pool:
            self._pool = None
            await self._end(pool)

    async def _end(self, pool: ProcessPool) -> None:
        await asyncio.to_thread(_stop, pool)
        for future, owner in list(self._futures.items()):
            if owner is pool and not future.done():
                future.set_exception(BrokenProcessPool("the workers were ended"))


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _confine(memory_limit: int) -> None:
    """In a worker: bounded memory, no secrets, and no part in the terminal's signals.

    A process group of its own keeps Ctrl-C and a hang-up away from it; SIGTERM, which only the parent
    sends then, ends it at once, also where Python code would not get to run.
    """
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in set(os.environ) - _KEPT_ENVIRONMENT:
        del os.environ[name]


def _limited(seconds: float, function: Callable[..., Any], *args: Any) -> Any:
    """In a worker: a task under a timer whose signal, left to the kernel, ends the process."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return function(*args)
    except (MonitorError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - reported as a WorkerError, whatever it was
        # As text: not every error can be pickled, lxml's cannot.
        said = f"{type(error).__name__}: {error}"
        raise (MemoryError(said) if "memory" in said.lower() else _ParserFailed(said)) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _warm_up() -> None:
    """In a worker: what it will need, imported before the first task needs it."""
    for name in _PARSERS:
        importlib.import_module(name)


def _parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    from monitor.collect.parse import parse_feed

    return parse_feed(body, content_type, url)


def _read_opml(data: bytes, name: str) -> Subscriptions:
    from monitor.collect.opml import read_subscriptions

    return read_subscriptions(data, name)


def _read_links(body: bytes, content_type: str, url: str) -> Page:
    from monitor.collect.discover import read_page

    return read_page(body, content_type, url)


def _from_entry(entry: Entry, degraded: str, page: Response | None) -> Article:
    from monitor.extract.feed_content import from_entry
    from monitor.extract.head import enriched

    if page is not None:
        entry = enriched(entry, page.body, page.content_type, page.url)
    return from_entry(entry, degraded)


def _judge_robots(text: bytes, url: str) -> RobotsVerdict:
    from monitor.collect.robots import judge

    return judge(text, url)


def _read_seed(name: str, data: bytes) -> Article:
    from monitor.extract.seed import read_seed

    return read_seed(name, data)


def _extract_page(body: bytes, content_type: str, url: str, entry: Entry) -> Article:
    from monitor.extract.page import extract_page

    return extract_page(body, content_type, url, entry)


def _render(alert: Alert, form: Form, templates: Templates, *, zone: str, key: str, install: str) -> Message:
    from monitor.send.render import render

    return render(alert, form, zone=zone, key=key, install=install, templates=templates)


def _try_template(templates: Templates, name: str) -> list[Problem]:
    from monitor.send.trial import try_template

    return try_template(templates, name)
