"""What is legal in a query and probably not meant, or dear: each with its place in the text and a way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from monitor.match.language import nodes
from monitor.match.language.hints import field_meant
from monitor.match.language.lexer import QueryError, lexemes
from monitor.match.language.nodes import (
    And,
    AtLeast,
    First,
    Fuzzy,
    Near,
    Node,
    Not,
    Of,
    Or,
    Phrase,
    Regex,
    Word,
)
from monitor.match.language.query import did_you_mean
from monitor.match.lints.logic import Logic, shown


class Finding(NamedTuple):
    """`lint` is the name it is switched off by; the place is code points of the query."""

    lint: str
    start: int
    end: int
    message: str
    hint: str = ""


_LIST = re.compile(r"(?:\w+:\s*)?\$[\w-]+")
_LIST_NAME = re.compile(r"\$([\w-]+)")
_COMPARED = re.compile(rf"(?i)({'|'.join(nodes.FIELDS)})\s*([<>]=?|=)\s*\S+")
_NEAR_ITEM = re.compile(r"(?i)(?<!\S)(?:O?NEAR|PRE|W)/(?:\d+f?|[sp])(?!\S)")
_FIELD_ITEM = re.compile(r"\s*(\w+):(?=\S)")
_ESCAPES = re.compile(r"\\p\{\w+\}|\\.|\[(?:\\.|[^\]\\])*\]|\(\?[a-z:]*", re.IGNORECASE)
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_LITERAL = re.compile(r"[^\W\d_]{3}")
_ENOUGH = 50  # findings of one query
_TRUNCATED = re.compile(r"([^\W\d_]{2,})[!$]")
_LONGEST = 60  # letters; no word of the languages that are written with spaces is longer
_ALPHABETIC_BELOW = "\u1100"  # signs beyond are syllables and ideographs, of which one says much


def query_findings(text: str, node: Node, logic: Logic, lists: Collection[str] = ()) -> Iterator[Finding]:
    """At most _ENOUGH findings of a query, or of an item of a term list, and its tree; `lists` are their names."""
    reader = _Query(text, logic)
    wording = (found for part in reader.written(node) for found in _wording(text, part, lists))
    found = chain(reader.judged(node), reader.superfluous(node, in_span=False), wording, inner_fields(text))
    return islice(found, _ENOUGH)


class _Query:
    """The parts of a query that are written in it, without what its term lists hold."""

    def __init__(self, text: str, logic: Logic) -> None:
        self.text, self.logic = text, logic

    def is_list(self, node: Node) -> bool:
        return _LIST.fullmatch(self.text, *node.at) is not None

    def below(self, node: Node) -> list[Node]:
        if self.is_list(node):
            return []
        return [part for part in nodes.children(node) if part.at != node.at]

    def written(self, node: Node) -> Iterator[Node]:
        if not self.is_list(node):
            yield node
            for part in self.below(node):
                yield from self.written(part)

    def judged(self, node: Node) -> Iterator[Finding]:
        """The smallest parts that never or always hold."""
        found = [finding for part in self.below(node) for finding in self.judged(part)]
        if found:
            yield from found
        elif reason := self.logic.never(node):
            yield Finding("never", *node.at, f"no article can satisfy this: {reason}")
        elif reason := self.logic.always(node):
            yield Finding("always", *node.at, f"every article satisfies this: {reason}", "remove it")

    def superfluous(self, node: Node, in_span: bool) -> Iterator[Finding]:
        """Alternatives that others find as well, conditions that others include."""
        logic = self.logic
        if isinstance(node, Or) and not self.is_list(node):
            within = logic.covers if in_span else logic.implies
            for part, other in superfluous(node.parts, within, logic):
                yield self.needless(part, other, f"{self.shown(other)} finds all that this finds")
        elif isinstance(node, And):
            for part, other in superfluous(node.parts, lambda one, two: logic.implies(two, one), logic):
                yield self.needless(part, other, f"{self.shown(other)} says this as well")
        elif isinstance(node, Of):
            for part, other in superfluous(node.parts, lambda one, two: one == two, logic):
                yield Finding("duplicate", *part.at, f"this counts twice: {self.shown(other)} is the same")
        in_span = in_span or isinstance(node, Near | First | AtLeast)
        for part in self.below(node):
            yield from self.superfluous(part, in_span)

    def needless(self, part: Node, other: Node, message: str) -> Finding:
        if part == other:
            return Finding("duplicate", *part.at, f"this is {self.shown(other)} again", "remove it")
        return Finding("redundant", *part.at, message, "remove it")

    def shown(self, node: Node) -> str:
        written = " ".join(self.text[slice(*node.at)].split())
        return written if 0 < len(written) <= 40 else shown(node)


def superfluous(
    parts: Sequence[Node], within: Callable[[Node, Node], bool], logic: Logic
) -> Iterator[tuple[Node, Node]]:
    """Parts, each with another that makes it needless; of two that are alike the second.

    `within` asks `logic`: when its budget is spent, only equal parts are seen.
    """
    first: dict[Node, int] = {}
    for i, part in enumerate(parts):
        if first.setdefault(part, i) != i:
            yield part, parts[first[part]]
        elif (other := _wider(i, parts, within, logic)) is not None:
            yield part, other


def _wider(i: int, parts: Sequence[Node], within: Callable[[Node, Node], bool], logic: Logic) -> Node | None:
    part = parts[i]
    for j, other in enumerate(parts):
        if logic.is_spent:
            return None
        if i != j and other != part and within(part, other) and (j < i or not within(other, part)):
            return other
    return None


# --- single parts ----------------------------------------------------------------------------------


def _wording(text: str, node: Node, lists: Collection[str]) -> Iterator[Finding]:
    match node:
        case Word():
            yield from _word(node)
            yield from _truncation(text, node)
            yield from _comparison(text, node)
            yield from _field_in_item(text, node)
        case Phrase():
            yield from _comparison(text, node)
            yield from _quoted_list(text, node, lists)
            yield from _near_in_item(text, node)
            yield from _field_in_item(text, node)
        case Fuzzy(text=word, distance=distance) if len(word) < (6 if distance == 2 else 4):
            message = f"most words of {len(word)} letters are within {distance} of {word}"
            yield Finding("wide-edit", *node.at, message, "list the spellings that are meant")
        case Regex(pattern=pattern) if not pattern.isascii() and (signs := _ascii_only(pattern)):
            message = f"{signs[0]} knows the letters a to z only, and this expression has others"
            yield Finding("ascii-regex", *node.at, message, _FOR_ALL_LETTERS[signs[0]])
        case Regex(pattern=pattern) if not _LITERAL.search(_ESCAPES.sub(" ", pattern)):
            message = "this expression has no three letters that must occur, and finds nearly anything"
            yield Finding("open-regex", *node.at, message, "spell out a part of what it looks for")
        case Near():
            yield from _chain(node)


def _word(node: Word) -> Iterator[Finding]:
    word = node.text
    pieces = [piece for piece in re.split(r"[*?]+", word) if piece]
    if "*" in word or "?" in word:
        longest = max(map(len, pieces), default=0)
        alphabetic = bool(pieces) and pieces[0][0] < _ALPHABETIC_BELOW
        if word[0] == "?":
            yield Finding(
                "short-stem", *node.at, "a leading ? is as slow as a leading *", "list the words meant"
            )
        elif alphabetic and longest < (3 if word[0] == "*" else 2):
            message = f"{word} finds too many words"
            yield Finding("short-stem", *node.at, message, "at least three letters, or the words themselves")
    elif len(word) > _LONGEST and word[0] < _ALPHABETIC_BELOW:
        yield Finding("long-word", *node.at, f"no word has {len(word)} letters", "are spaces missing?")


# What RE2 means by these is ASCII: a word of another script has neither edges nor letters for it.
_FOR_ALL_LETTERS = {
    r"\b": r"words have edges by themselves outside of //; within, (^|\PL) before and (\PL|$) behind",
    r"\B": r"\pL where a letter goes on",
    r"\w": r"[\pL\pN_] is a letter, digit or underline of any script",
    r"\W": r"[^\pL\pN_] is anything else in any script",
}


def _ascii_only(pattern: str) -> list[str]:
    """The signs in `pattern` that know ASCII letters only, where it has letters of other scripts."""
    has_others = any(sign.isalpha() and not sign.isascii() for sign in pattern)
    return [sign for sign in _ESCAPED.findall(pattern) if has_others and sign in _FOR_ALL_LETTERS]


def _truncation(text: str, node: Word) -> Iterator[Finding]:
    """`troop!`, as Nexis cuts a word, and `troop$`, as Factiva does. A name such as Yahoo! has a capital."""
    written = text[slice(*node.at)]
    if (found := _TRUNCATED.fullmatch(written)) and written == written.lower():
        message = f"{written[len(found[1])]} is no wildcard: only the word {found[1]} is found"
        yield Finding("other-wildcard", *node.at, message, f"did you mean {found[1]}*?")


def _comparison(text: str, node: Word | Phrase) -> Iterator[Finding]:
    written = text[slice(*node.at)]
    if found := _COMPARED.fullmatch(written):
        meant = written[: found.end(1)].lower() + ":" + written[found.end(1) :].replace(" ", "").lstrip("=")
        yield Finding("missing-colon", *node.at, f"{written} is looked for as text", f"did you mean {meant}?")


def _quoted_list(text: str, node: Phrase, lists: Collection[str]) -> Iterator[Finding]:
    if text[node.at[0]] not in '"“„':
        return
    for found in _LIST_NAME.finditer(text, *node.at):
        if found[1] in lists:
            message = f"within quotes {found[0]} is text, not the list"
            yield Finding("list-in-quotes", *found.span(), message, f"{found[0]} ONEAR/0 word")


def _near_in_item(text: str, node: Phrase) -> Iterator[Finding]:
    if node.at == (0, len(text)) and (found := _NEAR_ITEM.search(text)):
        message = f"{found[0]} is looked for as words"
        yield Finding("lowercase-operator", *found.span(), message, f"the operator is {found[0].upper()}")


def _field_in_item(text: str, node: Word | Phrase) -> Iterator[Finding]:
    found = _FIELD_ITEM.match(text)
    if node.at == (0, len(text)) and found and found[1] not in nodes.FIELDS:
        hint = field_meant(found[1]) or did_you_mean(found[1], nodes.FIELDS, "", ":")
        if hint:
            yield Finding(
                "unknown-field", *found.span(), f"{found[0]} is no field, and looked for as text", hint
            )


def _chain(node: Near) -> Iterator[Finding]:
    if node.unit == "w" or node.ordered or node.negated:
        return
    for inner, third in ((node.left, node.right), (node.right, node.left)):
        if isinstance(inner, Near) and inner.unit != "w" and not inner.negated:
            a, b, c = (_grouped(each) for each in (inner.left, inner.right, third))
            sign = nodes.operator(node)
            message = f"{c} is found before or after, not between {a} and {b}"
            yield Finding("chain", *node.at, message, f"({a} {sign} {b}) AND ({b} {sign} {c})")
            return


def _grouped(node: Node) -> str:
    text = shown(node)
    return f"({text})" if isinstance(node, Or | Near | Not | And) else text


def inner_fields(query: str) -> Iterator[Finding]:
    """Text fields within text fields: the inner one counts, so the outer one says nothing of it."""
    try:
        found = lexemes(query)
    except QueryError:
        return
    open_fields: list[str] = []
    for i, lexeme in enumerate(found):
        if lexeme.kind == "(":
            before = found[i - 1] if i else lexeme
            open_fields.append(before.text if before.kind == "field" else "")
        elif lexeme.kind == ")" and open_fields:
            open_fields.pop()
        elif lexeme.kind == "field" and lexeme.text in nodes.TEXT_FIELDS:
            outer = next((name for name in reversed(open_fields) if name), "")
            if outer and outer != lexeme.text:
                message = f"within {outer}: this looks in the {lexeme.text} only"
                yield Finding("inner-field", lexeme.start, lexeme.end, message, "take one of the two fields")
