"""What a query means, as values: the tree that the parser makes, the engine compiles and people are shown.

Words are analysed already (monitor.text); term lists are replaced by what they hold. `at` is where in
the query a node was written (code points); it plays no part in equality. `field` "" is title and body.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

At: TypeAlias = tuple[int, int]
_NOWHERE: At = (0, 0)

TEXT_FIELDS = ("title", "lead", "body", "author")
FILTER_FIELDS = ("site", "url", "feed", "tag", "lang", "words")
FIELDS = (*TEXT_FIELDS, *FILTER_FIELDS, "raw")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or a pattern of one where it holds `*` (any characters) or `?` (one character)."""

    text: str
    field: str = ""
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words (or patterns) one after another; `slop` is Lucene's: the moves that may part them."""

    words: tuple[str, ...]
    slop: int = 0
    field: str = ""
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word within `distance` (1 or 2) insertions, deletions, substitutions or swaps of neighbours."""

    text: str
    distance: int
    field: str = ""
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Raw:
    """These very characters, case and punctuation included, with no letter or digit running on."""

    text: str
    field: str = ""
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Regex:
    """An RE2 expression on the text of a field."""

    pattern: str
    field: str = ""
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Two span expressions with at most `distance` words between them, or in one sentence or paragraph.

    `unit` is "w", "s" or "p". `negated`: some `left` without any `right` that near.
    """

    left: Node
    right: Node
    distance: int = 0
    unit: str = "w"
    ordered: bool = False
    negated: bool = False
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class First:
    """`part` within the first `count` words of the body."""

    count: int
    part: Node
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`part` at `count` places or more that do not overlap, title and body together."""

    count: int
    part: Node
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """A fact about the article: `field` is one of FILTER_FIELDS; `op` is ":" or, for words, < <= > >= =."""

    field: str
    op: str
    value: str
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of `parts`. `name` is the term list's, where that is what was written; it plays no part in equality."""

    parts: tuple[Node, ...]
    at: At = dataclasses.field(default=_NOWHERE, compare=False)
    name: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Of:
    """At least `count` of `parts` hold."""

    count: int
    parts: tuple[Node, ...]
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    part: Node
    at: At = dataclasses.field(default=_NOWHERE, compare=False)


Leaf: TypeAlias = Word | Phrase | Fuzzy | Raw | Regex
Node: TypeAlias = Leaf | Near | First | AtLeast | Filter | And | Or | Of | Not


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case And(parts=parts) | Or(parts=parts) | Of(parts=parts):
            return parts
        case Not(part=part) | First(part=part) | AtLeast(part=part):
            return (part,)
        case Near(left=left, right=right):
            return (left, right)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything below it, parents first."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(children(node)))


def with_children(node: Node, parts: tuple[Node, ...]) -> Node:
    match node:
        case And() | Or() | Of():
            return replace(node, parts=parts)
        case Not() | First() | AtLeast():
            return replace(node, part=parts[0])
        case Near():
            return replace(node, left=parts[0], right=parts[1])
    return node


def depth(node: Node) -> int:
    """How many levels `node` has; 1 for a leaf."""
    return 1 + max((depth(part) for part in children(node)), default=0)


def is_span(node: Node) -> bool:
    """Whether `node` names places in a text, so that it may be an operand of proximity, FIRST, atleast."""
    return all(isinstance(part, Word | Phrase | Fuzzy | Raw | Regex | Near | Or) for part in walk(node))


def holds_on_nothing(node: Node) -> bool:
    """Whether an article without any text or address satisfies `node`."""
    match node:
        case Not(part=part):
            return not holds_on_nothing(part)
        case And(parts=parts):
            return all(holds_on_nothing(part) for part in parts)
        case Or(parts=parts):
            return any(holds_on_nothing(part) for part in parts)
        case Of(count=count, parts=parts):
            return sum(holds_on_nothing(part) for part in parts) >= count
        case Filter(field="words", op=op, value=value):
            return compare(0, op, int(value))
    return False


def compare(count: int, op: str, limit: int) -> bool:
    """`count` held against a `words:` filter."""
    match op:
        case "<":
            return count < limit
        case "<=":
            return count <= limit
        case ">":
            return count > limit
        case ">=":
            return count >= limit
    return count == limit


# --- canonical text --------------------------------------------------------------------------------

_BARE = re.compile(r"(?!atleast\d)[^\W_](?:\w|[*?])*")
_TO_ESCAPE = re.compile(r'([\\"])')


def unparse(node: Node) -> str:
    """`node` as a query in one canonical spelling: parsing it gives an equal node, without any term lists."""
    match node:
        case Word(text=text):
            bare = _BARE.fullmatch(text) is not None
            return _prefixed(node.field, text if bare else _quoted(text))
        case Phrase(words=words, slop=slop):
            return _prefixed(node.field, _quoted(" ".join(words)) + (f"~{slop}" if slop else ""))
        case Fuzzy(text=text, distance=distance):
            return _prefixed(node.field, re.sub(r"(\W)", r"\\\1", text) + f"~{distance}")
        case Raw(text=text):
            return _prefixed(node.field, f"raw:{_quoted(text)}")
        case Regex(pattern=pattern):
            return _prefixed(node.field, "/" + pattern.replace("/", r"\/") + "/")
        case Filter(field=name, op=op, value=value):
            return f"{name}:{'' if op in (':', '=') else op}{value if name == 'words' else _quoted(value)}"
        case Not(part=part):
            return f"NOT {_grouped(part)}"
        case And(parts=parts):
            return " AND ".join(_joined(part) for part in parts)
        case Or(parts=parts):
            return " OR ".join(_joined(part) for part in parts)
        case Of(count=count, parts=parts):
            return f"{count} OF ({', '.join(unparse(part) for part in parts)})"
        case First(count=count, part=part):
            return f"FIRST/{count}({unparse(part)})"
        case AtLeast(count=count, part=part):
            return f"atleast{count}({unparse(part)})"
        case Near():
            return f"{_grouped(node.left)} {operator(node)} {_grouped(node.right)}"


def operator(node: Near) -> str:
    """How the proximity of `node` is written."""
    limit = str(node.distance) if node.unit == "w" else node.unit
    name = f"{'ONEAR' if node.ordered else 'NEAR' if node.unit == 'w' else 'w'}/{limit}"
    return f"NOT {name}" if node.negated else name


def _quoted(text: str) -> str:
    return '"' + _TO_ESCAPE.sub(r"\\\1", text) + '"'


def _prefixed(name: str, text: str) -> str:
    return f"{name}:{text}" if name else text


def _joined(node: Node) -> str:
    return unparse(node) if isinstance(node, Not) else _grouped(node)


def _grouped(node: Node) -> str:
    text = unparse(node)
    return f"({text})" if isinstance(node, And | Or | Not | Near) else text
