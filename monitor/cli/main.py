"""`monitor`: the commands, and what their ends mean.

0 fine · 1 the answer is no · 2 usage · 3 invalid configuration or rule · 130 interrupted.
Commands import what they need when they run, so that the small ones start at once.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from monitor import __version__
from monitor.cli import (
    alerts,
    backtest,
    draft,
    explain,
    feeds,
    listings,
    operate,
    rules,
    running,
    seeds,
    silence,
    stories,
)
from monitor.cli.context import Context
from monitor.cli.output import report
from monitor.errors import MonitorError, UsageError


class _Commands(TyperGroup):
    """The whole program: turns expected errors into a line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except MonitorError as error:
            raise _ended(error) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except BrokenPipeError:
            # The reader of our output has seen enough (`| head`).
            raise typer.Exit(0) from None
        except OSError as error:
            # A file that cannot be written where the user said, or a full disk; others are defects.
            if error.filename is None and error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            what = "the output" if error.filename is None else error.filename
            raise _ended(MonitorError(f"{what} cannot be opened or written: {error.strerror}")) from None
        except Exception as error:
            if getattr(error, "option_name", None) not in ("-c", "--config"):
                raise
            raise _ended(UsageError("-c FILE stands before the command: monitor -c FILE status")) from None


def _ended(error: MonitorError) -> typer.Exit:
    report(error)
    return typer.Exit(error.exit_code)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables, which may hold secrets
    help="Watches news feeds and tells people, once per story, what they described in a rule file.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"monitor {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "-c", "--config", help="The configuration file.", show_default="$MONITOR_CONFIG, ./monitor.toml"
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and exit.")
    ] = False,
) -> None:
    ctx.obj = Context(config)


_PARTS = (
    running,
    rules,
    explain,
    backtest,
    draft,
    feeds,
    seeds,
    listings,
    stories,
    alerts,
    silence,
    operate,
)
for part in _PARTS:
    part.register(app)


def main() -> None:
    """The entry point of `monitor` and `python -m monitor`."""
    app(prog_name="monitor")
