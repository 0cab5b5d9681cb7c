"""What every command is given: where the configuration is, and what follows from it, read when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from monitor.adapters.store import Store
    from monitor.config import Settings


# The option of every command that reads rule files; Context.rules_folder says what it leads to.
Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        help="The folder of rule files.",
        show_default="the configuration's, or ./rules",
    ),
]


@dataclass(frozen=True, slots=True)
class Context:
    """The `--config` option, and what it leads to."""

    given: Path | None = None

    def path(self) -> Path:
        """The configuration file. Raises UsageError where there is none."""
        from monitor.config import find_config

        return find_config(self.given)

    def settings(self) -> Settings:
        """Raises ConfigError, UsageError."""
        from monitor.config import load_config

        return load_config(self.path())

    def rules_folder(self, given: Path | None) -> Path:
        """The folder of rule files: as given, else the configuration's, else ./rules where there is none."""
        from monitor.errors import UsageError

        if given is not None:
            return given
        try:
            path = self.path()
        except UsageError:
            if self.given is not None:
                raise
            return Path("rules")
        from monitor.config import load_config

        return load_config(path).rules

    @contextmanager
    def store(self, *, create: bool = False) -> Iterator[Store]:
        """The store, closed when the block ends; `create` makes a new database. Raises StoreError."""
        from monitor.adapters.store.opening import open_store

        store = open_store(self.settings().database, create=create)
        try:
            yield store
        finally:
            store.close()


def of(ctx: typer.Context) -> Context:
    """The context that the program's callback made."""
    found = ctx.find_root().obj
    assert isinstance(found, Context)
    return found
