"""What each report adds to its story, as a JSON document: `articles.adds`.

Short names and no empty values: there is one for every article that ever matched. What cannot be read, because
an older release did not write it or a newer one wrote it otherwise, is taken for not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.adapters.store.documents import storable
from monitor.model import Added, Counted, Novelty, Relation

_MOST_EARLIER = 8  # of an article that is changed again and again: the first, and the newest others


@dataclass(frozen=True, slots=True)
class Addition:
    """What an article added, and why that was said. `at` is when it was changed to say so, None for at first.

    `likeness` is to its story, or to the text that it is a copy of, from 0 to 1.
    """

    novelty: Novelty | None
    reason: str
    likeness: float
    added: Added
    at: datetime | None = None


def to_document(relation: Relation) -> dict[str, Any]:
    """As `articles.adds` holds it."""
    added = relation.added
    document = {
        "novelty": relation.novelty.value,
        "reason": storable(relation.reason),
        "like": round(relation.similarity, 4),
        "figures": [_row(figure) for figure in added.figures],
        "statements": [storable(text) for text in added.statements],
        "names": [storable(text) for text in added.names],
        "dates": [storable(text) for text in added.dates],
        "source": storable(added.source),
        "nearest": [storable(added.nearest[0]), round(added.nearest[1], 2)] if added.nearest else None,
        "uncompared": storable(added.uncompared),
        "seeds": [[id, round(like, 4)] for id, like in added.seeds],
    }
    return {name: value for name, value in document.items() if value}


def _row(figure: Counted) -> list[Any]:
    """Behind what was counted, what it was before; true where nothing of the kind was counted."""
    new = [True] if figure.first else [figure.before] if figure.before is not None else []
    return [figure.value, storable(figure.unit), figure.role, storable(figure.text), *new]


def revised(before: Mapping[str, Any] | None, relation: Relation, now: datetime) -> dict[str, Any]:
    """The document of an article whose publisher changed it so that it added something; what it added
    `before` is kept in it."""
    earlier = _earlier(before)
    if before:
        earlier = [*earlier, {name: value for name, value in before.items() if name != "earlier"}]
    kept = [*earlier[:1], *earlier[1:][1 - _MOST_EARLIER :]]
    return to_document(relation) | {"at": now.isoformat()} | ({"earlier": kept} if kept else {})


def additions(document: object) -> tuple[Addition, ...]:
    """What an article added, the newest last; nothing where that is not known."""
    if not isinstance(document, Mapping):
        return ()
    found = (_addition(one) for one in [*_earlier(document), document])
    return tuple(one for one in found if one is not None)


def _earlier(document: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    earlier = (document or {}).get("earlier")
    return [one for one in earlier if isinstance(one, dict)] if isinstance(earlier, list) else []


def _addition(document: Mapping[str, Any]) -> Addition | None:
    try:
        at = document.get("at")
        return Addition(
            Novelty(document["novelty"]) if "novelty" in document else None,
            str(document.get("reason", "")),
            float(document.get("like", 0.0)),
            Added(
                figures=tuple(_figures(document.get("figures", ()))),
                statements=_texts(document.get("statements", ())),
                names=_texts(document.get("names", ())),
                dates=_texts(document.get("dates", ())),
                source=str(document.get("source", "")),
                nearest=_nearest(document.get("nearest")),
                uncompared=str(document.get("uncompared", "")),
                seeds=tuple((int(id), float(like)) for id, like in document.get("seeds", ())),
            ),
            datetime.fromisoformat(at) if at else None,
        )
    except (ValueError, TypeError):
        return None


def _figures(rows: Any) -> Iterator[Counted]:
    for value, unit, role, text, *new in rows:
        first = new[:1] == [True] and isinstance(new[0], bool)
        before = float(new[0]) if new and not first else None
        yield Counted(float(value), str(unit), str(role), str(text), before, first)


def _nearest(pair: Any) -> tuple[str, float] | None:
    if pair is None:
        return None
    text, share = pair
    return str(text), float(share)


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
