"""stories: what is reported, as one; and what a person makes of it: split, merge, rename."""

from __future__ import annotations

import typer

stories = typer.Typer(no_args_is_help=True, help="What is reported: the articles that tell the same news.")


def register(app: typer.Typer) -> None:
    app.add_typer(stories, name="stories")
