"""Articles as commands are given them: a file, an address, the input."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from monitor.cli.context import Context
from monitor.errors import UsageError
from monitor.model import Article


def read_named(found: Context, name: str) -> Article:
    """The article in the file or at the address `name`, or in the input where it is "-".

    Raises UsageError where there is none, SeedError, FetchError, ExtractError.
    """
    from monitor.actions.rules import read_article
    from monitor.adapters.files import read_seed_file

    if name == "-":
        return read_article("-", sys.stdin.buffer.read())
    if is_address(name):
        return asyncio.run(_fetched(found, name))
    if not Path(name).exists():
        raise UsageError(
            f"there is no file {name}; give a text, Markdown or HTML file, an address, or - (the input)"
        )
    return read_article(name, read_seed_file(Path(name)))


def is_address(name: str) -> bool:
    return name.startswith(("http://", "https://"))


async def _fetched(found: Context, url: str) -> Article:
    from monitor.actions.rules import fetch_article
    from monitor.app import make_fetcher, make_workers
    from monitor.config import Settings

    settings = found.settings() if is_configured(found) else Settings()
    async with make_fetcher(settings) as fetcher, make_workers(settings) as workers:
        return await fetch_article(fetcher, workers, url)


def is_configured(found: Context) -> bool:
    """Whether there is a configuration; some commands do without one, unless one was asked for."""
    try:
        found.path()
    except UsageError:
        if found.given is not None:
            raise
        return False
    return True
