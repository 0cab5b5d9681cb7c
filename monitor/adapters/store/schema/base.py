"""What all tables have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData, Table, Text

from monitor.adapters.store.columns import Id, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identity() -> Column[Any]:
    return Column("id", Id, primary_key=True)


def lease() -> list[Column[Any]]:
    """Who works on a row, and until when that is believed. `claim` is a random token, so that a worker
    whose lease ran out cannot mark what another has taken over."""
    return [Column("claim", Text), Column("lease_until", Instant)]


meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
