"""The canonical text of a query, which is stored and hashed: whole, with its term lists written out, and bounded."""

from __future__ import annotations

from monitor.match.language import nodes

MAX_EXPANDED = 2_000_000  # characters of a rule's canonical query


def canonical_text(node: nodes.Node) -> str | None:
    """The canonical text of `node`; None where it would be longer than MAX_EXPANDED.

    Its words are counted first: lists within lists could make a text that no memory holds.
    """
    if sum(len(word) for part in nodes.walk(node) for word in _written(part)) > MAX_EXPANDED:
        return None
    canonical = nodes.unparse(node)
    return canonical if len(canonical) <= MAX_EXPANDED else None


def _written(node: nodes.Node) -> tuple[str, ...]:
    match node:
        case nodes.Word(text=text) | nodes.Fuzzy(text=text) | nodes.Raw(text=text):
            return (text,)
        case nodes.Phrase(words=words):
            return words
        case nodes.Regex(pattern=pattern):
            return (pattern,)
        case nodes.Filter(value=value):
            return (value,)
    return ()
