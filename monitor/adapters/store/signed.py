"""Signatures of articles, and the band keys under which their copies are looked for.

A band key is a shingle, and some shingles stand in every tenth article. So of each key only the latest articles
are looked at, and of all those only the ones that share most keys are loaded: however many are stored, and
whatever they repeat, a lookup reads a few hundred rows of one index. The earliest of many copies is found
through any of them, as it is what they are folded under.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, desc, func, insert, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from monitor.adapters.store.schema import articles, bands, signatures
from monitor.relate.copies.folding import EACH, MOST, Filed, shared_keys


def sign(connection: Connection, article_id: int, signature: bytes, keys: Sequence[int]) -> None:
    """Remember an article's signature under its band keys, in place of an earlier revision's."""
    connection.execute(delete(signatures).where(signatures.c.article_id == article_id))
    connection.execute(delete(bands).where(bands.c.article_id == article_id))
    connection.execute(insert(signatures).values(article_id=article_id, signature=signature))
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [{"band": key, "article_id": article_id} for key in set(keys)]
    if rows:
        connection.execute(dialect.insert(bands).on_conflict_do_nothing(), rows)


def signature_of(connection: Connection, article_id: int) -> bytes | None:
    return connection.scalar(select(signatures.c.signature).where(signatures.c.article_id == article_id))


def signed_alike(connection: Connection, keys: Sequence[int], apart_from: int) -> list[Filed]:
    """The articles that share most band keys, `apart_from` left out, at most 16, the likest first.

    Of each: the article that a copy of it is folded under, its own story and signature, and when and by whom
    that article was published.
    """
    if not keys:
        return []
    wanted = {f"key_{number}": key for number, key in enumerate(keys)}
    wanted |= {"apart_from": apart_from, "least": shared_keys(keys)}
    return [
        Filed(
            row.id,
            row.story_id,
            row.signature,
            min(row.published or row.collected, row.collected),
            row.source,
        )
        for row in connection.execute(_alike(len(keys)), wanted)
    ]


@lru_cache(maxsize=32)
def _alike(keys: int) -> Select[Any]:
    """The question for so many keys: written once, as SQLAlchemy takes longer to write it than SQLite to answer."""
    latest = [
        select(bands.c.article_id)
        .where(bands.c.band == bindparam(f"key_{number}"), bands.c.article_id != bindparam("apart_from"))
        .order_by(bands.c.article_id.desc())
        .limit(EACH)
        .subquery()
        for number in range(keys)
    ]
    sharing = union_all(*(select(each.c.article_id) for each in latest)).subquery()
    shared = func.count().label("shared")
    near = (
        select(sharing.c.article_id, shared)
        .group_by(sharing.c.article_id)
        .having(shared >= bindparam("least"))
        .order_by(desc("shared"), sharing.c.article_id.desc())
        .limit(MOST)
        .subquery()
    )
    original = articles.alias()
    return (
        select(
            original.c.id,
            original.c.published,
            original.c.collected,
            original.c.source,
            articles.c.story_id,
            signatures.c.signature,
        )
        .join_from(near, articles, articles.c.id == near.c.article_id)
        .join(original, original.c.id == func.coalesce(articles.c.copy_of, articles.c.id))
        .join(signatures, signatures.c.article_id == articles.c.id)
        .order_by(near.c.shared.desc(), articles.c.id.desc())
    )
