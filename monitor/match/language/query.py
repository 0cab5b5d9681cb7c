"""The query language: from what a person writes to a tree (monitor.match.language.nodes), or to a QueryError.

    expression  = unary { (AND | OR | [AND] NOT) unary }        AND and OR do not mix without parentheses
    unary       = (NOT | ! | -) unary | proximity
    proximity   = primary [ [NOT] (NEAR/n | ONEAR/n | w/s | w/p) primary ]
    primary     = ( expression ) | word | word~n | "phrase" | "phrase"~n | /re2/ | $list | field: primary
                | n OF (expression, ...) | atleastN(span) | FIRST/n(span)

Fields are pushed down to the words below them; an inner field wins. Term lists are replaced by what
they hold. Limits: MAX_LENGTH characters, MAX_DEPTH levels, MAX_SIZE nodes once term lists are in place.
They guard what a person writes; canonical text, which is made from what has passed them, has none. A
phrase with slop has at most MAX_SLOPPY words: its words are tried at many places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType

from monitor import text
from monitor.match.language import nodes
from monitor.match.language.hints import NO_COMMENT, field_meant, language_meant, operator_meant
from monitor.match.language.lexer import Lexeme, QueryError, lexemes
from monitor.match.language.nodes import (
    And,
    AtLeast,
    Filter,
    First,
    Fuzzy,
    Near,
    Node,
    Not,
    Of,
    Or,
    Phrase,
    Raw,
    Regex,
    Word,
    unparse,
)

__all__ = ["QueryError", "TermList", "parse", "parse_canonical", "parse_item", "unparse"]

MAX_LENGTH = 200_000
MAX_DEPTH = 60
MAX_SIZE = 100_000
MAX_DISTANCE = 10_000
MAX_SLOPPY = 100

_LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz
ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik
io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml
mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd
se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi
vo wa wo xh yi yo za zh zu
"""
LANGUAGES = frozenset(_LANGUAGES.split())  # ISO 639-1


@dataclass(frozen=True, slots=True)
class TermList:
    """A term list, parsed. `size` and `depth` are of its tree, to bound what queries expand to."""

    name: str
    items: tuple[Node, ...]
    size: int
    depth: int

    @classmethod
    def of(cls, name: str, items: tuple[Node, ...]) -> TermList:
        size = sum(1 for item in items for _ in nodes.walk(item))
        return cls(name, items, size, max((nodes.depth(item) for item in items), default=0) + 1)


_NO_TERMS: Mapping[str, TermList] = MappingProxyType({})


def parse(
    query: str,
    terms: Mapping[str, TermList] = _NO_TERMS,
    *,
    leading_wildcard: bool = False,
    may_hold_on_nothing: bool = False,
) -> Node:
    """The tree of `query`. Raises QueryError with the place of the first thing that cannot be meant.

    `leading_wildcard` permits `*word`. `may_hold_on_nothing` is for exclusions; a rule's own query must
    ask for something, or it would match every article.
    """
    node = _Parser(query, terms, leading_wildcard).whole()
    if not may_hold_on_nothing and nodes.holds_on_nothing(node):
        raise QueryError(
            query, *node.at, "an empty article would satisfy this", "add what must be there: x AND NOT y"
        )
    return node


def parse_canonical(query: str) -> Node:
    """The tree of a canonical query, as `unparse` writes it: lists expanded, exclusions and filters joined.

    Its length and depth were bounded when the rule was read, so the limits for what people write are not
    applied: lists make a short query long, and what is joined to it makes it deeper.
    """
    return _Parser(query, _NO_TERMS, leading_wildcard=True, limited=False).whole()


_EXPRESSION = re.compile(
    r"""["“”„(]|&&|\|\||(?:^|\s)(?:AND|OR|NOT)(?:\s|$)|(?:^|\s)(?:O?NEAR|PRE|w)/(?:[0-9]+[fF]?|[sp])(?=[\s"“$]|$)|^/.*/$|~[0-9]"""
    rf"|(?:^|\s)(?:{'|'.join(nodes.FIELDS)}):|(?:^|\s)\$\w",
    re.VERBOSE,
)


def parse_item(
    item: str, terms: Mapping[str, TermList] = _NO_TERMS, *, leading_wildcard: bool = False
) -> Node:
    """The tree of one item of a term list: an expression where it looks like one, else a word or a phrase."""
    if _EXPRESSION.search(item):
        return parse(item, terms, leading_wildcard=leading_wildcard, may_hold_on_nothing=True)
    return _Parser(item, terms, leading_wildcard).plain()


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_WORDS_FILTER = re.compile(r"(<=|>=|<|>|=)?(\d{1,9})")
_WORDS_RANGE = re.compile(r"\[?\s*(\d{1,9})\s*(?:\.\.|\s[Tt][Oo]\s)\s*(\d{1,9})\s*\]?")
_STARTS_OPERAND = frozenset(("word", "phrase", "regex", "list", "field", "filter", "(", "range"))


class _Parser:
    """Recursive descent over the lexemes of one query. Methods only: closures would leave cycles behind."""

    __slots__ = ("at", "deepest", "depth", "field", "leading_wildcard", "lexemes", "query", "size", "terms")

    def __init__(
        self, query: str, terms: Mapping[str, TermList], leading_wildcard: bool, limited: bool = True
    ) -> None:
        self.query = query
        self.deepest = MAX_DEPTH if limited else 2 * MAX_DEPTH
        self.terms = terms
        self.leading_wildcard = leading_wildcard
        self.field = ""
        self.depth = self.size = self.at = 0
        if limited and len(query) > MAX_LENGTH:
            raise QueryError(
                query, 0, 1, f"a query has at most {MAX_LENGTH:,} characters; this one has {len(query):,}"
            )
        self.lexemes = lexemes(query)

    # --- moving and failing

    @property
    def now(self) -> Lexeme:
        return self.lexemes[self.at]

    def next(self) -> Lexeme:
        lexeme = self.lexemes[self.at]
        self.at += 1
        return lexeme

    def peek(self, ahead: int = 1) -> Lexeme:
        return self.lexemes[min(self.at + ahead, len(self.lexemes) - 1)]

    def fail(self, where: Lexeme | Node | tuple[int, int], message: str, hint: str = "") -> QueryError:
        if isinstance(where, Lexeme):
            start, end = where.start, where.end
        else:
            start, end = where if isinstance(where, tuple) else where.at
        return QueryError(self.query, start, end, message, hint)

    # --- boolean level

    def whole(self) -> Node:
        if self.now.kind == "end":
            raise self.fail(self.now, "the query is empty")
        node = self.expression()
        if self.now.kind == ",":
            raise self.fail(self.now, "a comma cannot stand here", 'quote what is text: "Kursk, Russia"')
        if self.now.kind != "end":
            raise self.fail(self.now, f"nothing is open that this {self.now.text} could close")
        return node

    def plain(self) -> Node:
        end = len(self.query)
        return self.words(_unescaped(self.query, keep_wildcards=True), 0, end)

    def expression(self) -> Node:
        start = self.now.start
        parts = [self.unary()]
        joined = ""
        while (kind := self.now.kind) not in (")", ",", "end"):
            operator = self.now
            if kind in ("and", "or"):
                self.next()
                if self.now.kind in ("end", ")", ",", "and", "or"):
                    raise self.fail(operator, f"something must follow {operator.text}")
            elif kind not in ("not", "minus"):
                raise self.side_by_side(parts[-1])
            word = "OR" if kind == "or" else "AND"
            if joined and joined != word:
                raise self.fail(
                    operator, "AND and OR are mixed", "say with parentheses which belong together"
                )
            joined = word
            parts.append(self.unary())
        if not joined:
            return parts[0]
        at = (start, self.lexemes[self.at - 1].end)
        return And(tuple(parts), at) if joined == "AND" else Or(tuple(parts), at)

    def side_by_side(self, left: Node) -> QueryError:
        here = self.now
        if here.kind == "near":
            return self.fail(here, "proximity chains need parentheses", "(a NEAR/3 b) NEAR/3 c")
        if here.kind == "boost":
            return self.fail(here, "weights have no meaning here", f"remove ^{here.text}")
        if here.kind == "slop":
            return self.fail(
                here, "~ follows a word or a phrase directly", '"sent to"~3, or NEAR/3 between groups'
            )
        if here.kind == "plus":
            return self.fail(here, "a leading + is not needed", "join with AND what must be there")
        found = self.query[left.at[0] : left.at[1]]
        for back in (0, 1):
            lexeme = self.peek(-back)
            if lexeme.text in ("and", "or", "not"):
                return self.fail(lexeme, "operators are written in capitals", f"{lexeme.text.upper()}")
            if lexeme.kind in ("word", "field") and (
                meant := operator_meant(lexeme.text, self.peek(1 - back).text)
            ):
                return self.fail(lexeme, *meant)
        if here.kind not in _STARTS_OPERAND:
            return self.fail(here, f"{here.text} cannot stand here")
        shown = f'"{found} {here.text}"' if here.kind == "word" and found.isalnum() else "AND, OR or NEAR/5"
        return self.fail(
            here,
            "an operator is missing before this",
            f"write {shown}, or quote a phrase"
            if shown[0] != '"'
            else f"a phrase is quoted: {shown}; else AND or OR",
        )

    def unary(self) -> Node:
        self.depth += 1
        if self.depth > self.deepest:
            raise self.fail(self.now, f"nested more than {MAX_DEPTH} deep", "move parts into term lists")
        here = self.now
        if here.kind in ("not", "minus"):
            self.next()
            if self.now.kind in ("end", ")", ",", "and", "or"):
                raise self.fail(here, f"something must follow {here.text}")
            part = self.unary()
            node: Node = Not(part, (here.start, part.at[1]))
        else:
            node = self.proximity()
        self.depth -= 1
        return node

    # --- proximity

    def proximity(self) -> Node:
        left = self.primary()
        negated = self.now.kind == "not" and self.peek().kind == "near"
        if not negated and self.now.kind != "near":
            return left
        if negated:
            self.next()
        operator = self.next()
        if self.now.kind in ("end", ")", ",", "and", "or"):
            raise self.fail(operator, f"something must follow {operator.text}")
        right = self.primary()
        for operand in (left, right):
            self.require_span(operand, operator.text)
        if self.now.kind == "near" or (self.now.kind == "not" and self.peek().kind == "near"):
            raise self.fail(self.now, "proximity chains need parentheses", "(a NEAR/3 b) NEAR/3 c")
        return self.near(left, right, operator, negated)

    def near(self, left: Node, right: Node, operator: Lexeme, negated: bool) -> Near:
        name, _, limit = operator.text.partition("/")
        ordered = name.upper() in ("ONEAR", "PRE") or limit[-1] in "fF"
        at = (left.at[0], right.at[1])
        if limit in "sSpP":
            return Near(left, right, 0, limit.lower(), ordered, negated, at)
        return Near(left, right, self.number(operator, limit.rstrip("fF")), "w", ordered, negated, at)

    def number(self, lexeme: Lexeme, digits: str) -> int:
        if len(digits) > 6 or int(digits) > MAX_DISTANCE:
            raise self.fail(lexeme, f"{digits[:20]} is too large", f"at most {MAX_DISTANCE:,}")
        return int(digits)

    def require_span(self, node: Node, user: str) -> None:
        if nodes.is_span(node):
            return
        raise self.fail(
            node,
            f"{user} joins words, phrases, term lists of these, and ORs of them; this is none",
            "move AND, NOT and filters outside",
        )

    # --- primaries

    def primary(self) -> Node:
        here = self.next()
        match here.kind:
            case "word":
                return self.word(here)
            case "phrase":
                return self.phrase(here)
            case "list":
                return self.term_list(here)
            case "(":
                return self.group(here)
            case "field":
                return self.fielded(here)
            case "filter":
                name, _, value = here.text.partition(":")
                return self.filter(name, _unescaped(value), here)
            case "regex":
                return self.regex(here)
        raise self.misplaced(here)

    def misplaced(self, here: Lexeme) -> QueryError:
        match here.kind:
            case "end":
                return self.fail(here, "the query ends where a word was expected")
            case ")":
                opened = self.at > 1 and self.lexemes[self.at - 2].kind == "("
                message = (
                    "nothing stands between these parentheses"
                    if opened
                    else "nothing is open that this ) could close"
                )
                return self.fail(here, message)
            case "and" | "or" | "near":
                return self.fail(here, f"something must stand before {here.text}")
            case "plus":
                return self.fail(here, "a leading + is not needed", "join with AND what must be there")
            case "range":
                return self.fail(here, "a range belongs to a field", "words:[300 TO 600]")
            case "not" | "minus":
                return self.fail(here, f"{here.text} cannot stand here", "a NOT NEAR/3 b, or a AND NOT b")
        return self.fail(
            here, f"{here.text or self.query[here.start]} cannot stand here", "quote what is text"
        )

    def group(self, opened: Lexeme) -> Node:
        if self.now.kind == ")":
            raise self.fail(self.now, "nothing stands between these parentheses")
        node = self.expression()
        if self.now.kind == ",":
            raise self.fail(self.now, "a comma cannot stand here", "alternatives are joined with OR")
        if self.now.kind != ")":
            raise self.fail(opened, "this parenthesis is never closed")
        closed = self.next()
        return replace(node, at=(opened.start, closed.end))

    def word(self, here: Lexeme) -> Node:
        following = self.now
        if following.kind == "(" and (call := self.call(here)) is not None:
            return call
        if following.text == "OF" and here.text.isascii() and here.text.isdigit() and self.peek().kind == "(":
            return self.of(here)
        if here.text in ("NEAR", "ONEAR", "PRE", "OF"):
            example = "2 OF (a, b, c)" if here.text == "OF" else f"a {here.text}/5 b"
            raise self.fail(here, f"{here.text} is an operator and lacks its number", example)
        if self.field in nodes.FILTER_FIELDS:
            return self.filter(self.field, _unescaped(here.text), here)
        if following.kind == "slop" and following.start == here.end:
            return self.fuzzy(here, self.next())
        self.refuse_weight()
        return self.words(_unescaped(here.text, keep_wildcards=True), here.start, here.end)

    def refuse_weight(self) -> None:
        if self.now.kind == "boost":
            raise self.fail(self.now, "weights have no meaning here", f"remove ^{self.now.text}")

    def words(self, content: str, start: int, end: int, slop: int = 0) -> Node:
        found = self.analysed(content, start, end)
        if len(found) == 1:
            return Word(found[0], self.field, (start, end))
        if slop and len(found) > MAX_SLOPPY:
            message = f"a phrase with slop has at most {MAX_SLOPPY} words; this one has {len(found):,}"
            raise self.fail((start, end), message, "NEAR/n between the words that matter")
        return Phrase(found, slop, self.field, (start, end))

    def analysed(self, content: str, start: int, end: int) -> tuple[str, ...]:
        """The words and patterns of `content`."""
        found = _patterns(content) if "*" in content or "?" in content else text.words(content)
        at = (start, end)
        if not found:
            hint = 'punctuation is found by raw:"..." only'
            raise self.fail(at, "there is no word in this", NO_COMMENT if content == "#" else hint)
        for word in found:
            if _inner_star_in_cjk(word, found):
                raise self.fail(at, "* cannot stand inside Chinese or Japanese text", "use ? or NEAR/n")
            if len(found) == 1 and not word.strip("*?"):
                raise self.fail(at, f"{word} would match every article", "say which words")
            if word[0] == "*" and not self.leading_wildcard and word != "*":
                raise self.fail(
                    at, "a leading * is slow", "set leading_wildcard: true on the rule if it is meant"
                )
        return tuple(found)

    def fuzzy(self, here: Lexeme, sign: Lexeme) -> Node:
        if sign.text not in ("", "0", "1", "2"):
            raise self.fail(sign, "an edit distance is 1 or 2", f"{here.text}~1")
        found = text.words(_unescaped(here.text))
        if len(found) != 1 or "*" in here.text or "?" in here.text:
            raise self.fail(here, "an edit distance belongs to one plain word", "Matsegora~1")
        if sign.text == "0":
            return Word(found[0], self.field, (here.start, here.end))
        return Fuzzy(found[0], int(sign.text or 2), self.field, (here.start, sign.end))

    def phrase(self, here: Lexeme) -> Node:
        slop = 0
        end = here.end
        if self.now.kind == "slop" and self.now.start == here.end:
            sign = self.next()
            if not sign.text.isdigit():
                raise self.fail(sign, "a slop is a whole number", f'"{here.text}"~3')
            slop, end = self.number(sign, sign.text), sign.end
        self.refuse_weight()
        if self.field in nodes.FILTER_FIELDS:
            return self.filter(self.field, _unescaped(here.text), here)
        return self.words(_unescaped(here.text, keep_wildcards=True), here.start, end, slop)

    def regex(self, here: Lexeme) -> Node:
        if self.field in nodes.FILTER_FIELDS:
            raise self.fail(here, f"{self.field}: takes no regular expression")
        pattern = here.text.replace(r"\/", "/")
        problem = _regex_problem(pattern)
        if problem:
            raise self.fail(here, problem, "RE2 syntax: no look-around, no back-references")
        return Regex(pattern, self.field, (here.start, here.end))

    def term_list(self, here: Lexeme) -> Node:
        found = self.listed(here)
        parts = found.items
        if self.field in nodes.FILTER_FIELDS:
            raise self.fail(here, f"{self.field}: takes no term list", f"{self.field}:(a OR b)")
        at = (here.start, here.end)
        items = tuple(_placed(part, self.field, at) for part in parts)
        return items[0] if len(items) == 1 else Or(items, at, here.text)

    def listed(self, here: Lexeme) -> TermList:
        found = self.terms.get(here.text)
        if found is None:
            raise self.fail(
                here, f"there is no term list ${here.text}", did_you_mean(here.text, self.terms, "$")
            )
        self.size += found.size
        if self.size > MAX_SIZE:
            raise self.fail(here, f"with this list the query has more than {MAX_SIZE:,} parts")
        if self.depth + found.depth > MAX_DEPTH:
            raise self.fail(here, f"nested more than {MAX_DEPTH} deep with this list")
        return found

    # --- fields and filters

    def fielded(self, here: Lexeme) -> Node:
        name = here.text
        if name == "raw":
            return self.raw(here)
        if name not in nodes.FIELDS:
            raise self.fail(here, *unknown_field(name))
        if self.now.kind not in _STARTS_OPERAND or (self.now.kind == "field" and self.now.text != "raw"):
            raise self.fail(here, f"something must follow {name}:", f"{name}:word, {name}:(a OR b)")
        outer, self.field = self.field, name
        node = self.word_count(here) if name == "words" else self.primary()
        self.field = outer
        return replace(node, at=(here.start, node.at[1]))

    def raw(self, here: Lexeme) -> Node:
        value = self.next()
        if value.kind not in ("word", "phrase") or self.field in nodes.FILTER_FIELDS:
            raise self.fail(here, "raw: takes a quoted text", 'raw:"KPA"')
        content = _unescaped(value.text)
        if not content.strip():
            raise self.fail(value, "there is nothing in this")
        if self.now.kind == "slop":
            raise self.fail(self.now, "raw: takes neither slop nor edit distance")
        return Raw(text.clean(content), self.field, (here.start, value.end))

    def word_count(self, field: Lexeme) -> Node:
        here = self.next()
        at = (field.start, here.end)
        if here.kind in ("word", "range"):
            if one := _WORDS_FILTER.fullmatch(here.text):
                return Filter("words", one[1] or "=", str(int(one[2])), at)
            if both := _WORDS_RANGE.fullmatch(here.text):
                low, high = (
                    Filter("words", op, str(int(n)), at) for op, n in ((">=", both[1]), ("<=", both[2]))
                )
                return And((low, high), at)
        raise self.fail(here, "words: takes a number", "words:>300, words:<=900, words:[300 TO 600]")

    def filter(self, name: str, value: str, here: Lexeme) -> Node:
        at = (here.start, here.end)
        value = text.one_line(value, MAX_LENGTH)
        if not value:
            raise self.fail(here, f"{name}: needs a value")
        if name == "lang":
            value = value.lower()
            if value.replace("_", "-").partition("-")[0] not in LANGUAGES:
                hint = language_meant(value) or "two letters, as in en, ko, zh"
                raise self.fail(here, f"{value} is no language code", hint)
        return Filter(name, ":", value, at)

    # --- calls

    def call(self, here: Lexeme) -> Node | None:
        """`atleastN(x)` and `FIRST/n(x)`."""
        atleast = re.fullmatch(r"(?i)atleast(\d{1,6})", here.text)
        first = re.fullmatch(r"(?i)FIRST/(\d{1,6})", here.text)
        if not atleast and not first:
            return None
        count = int((atleast or first)[1])  # type: ignore[index]
        if not count:
            raise self.fail(here, "this number must be 1 or more")
        part = self.group(self.next())
        self.require_span(part, here.text)
        at = (here.start, part.at[1])
        return AtLeast(count, part, at) if atleast else First(count, part, at)

    def of(self, here: Lexeme) -> Node:
        self.next()
        opened = self.next()
        parts: list[Node] = []
        while True:
            if self.now.kind == "list" and self.peek().kind in (",", ")"):
                lexeme = self.next()
                at = (lexeme.start, lexeme.end)
                parts += [_placed(item, self.field, at) for item in self.listed(lexeme).items]
            else:
                parts.append(self.expression())
            if self.now.kind != ",":
                break
            self.next()
        if self.now.kind != ")":
            raise self.fail(opened, "this parenthesis is never closed")
        at = (here.start, self.next().end)
        count = int(here.text[:9])
        if not 0 < count <= len(parts):
            raise self.fail(
                here,
                f"{here.text[:9]} of {len(parts)} alternatives can never hold"
                if count
                else "0 of anything always holds",
                "alternatives are parted by commas: 2 OF (a, b, c)" if len(parts) == 1 else "",
            )
        return Of(count, tuple(parts), at)


def _unescaped(content: str, keep_wildcards: bool = False) -> str:
    r"""`content` without its backslashes, `\u00e9` made a character.

    An escaped wildcard becomes a space where wildcards count.
    """
    if "\\" not in content:
        return content
    meant = _ESCAPE.sub(_without_wildcards if keep_wildcards else _escaped_character, content)
    # Two halves of one character, as Java writes those beyond its 16 bits.
    return meant.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped_character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else found[2]


def _without_wildcards(found: re.Match[str]) -> str:
    character = _escaped_character(found)
    return " " if character in "*?" else character


def _patterns(content: str) -> list[str]:
    """The words of `content`, in which `*` and `?` count as letters.

    A `*` at the edge of Chinese or Japanese text says no more than the text itself and goes.
    """
    tokens = text.pattern_words(content)
    found = []
    for i, token in enumerate(tokens):
        word = re.sub(r"\*+", "*", token.text)
        if word == "*":
            before = i > 0 and tokens[i - 1].end == token.start
            after = i + 1 < len(tokens) and tokens[i + 1].start == token.end
            if before != after:
                continue
            word = "**" if before else word
        found.append(word)
    return found


def _inner_star_in_cjk(word: str, found: list[str]) -> bool:
    return word == "**" and len(found) > 1


def _placed(node: Node, name: str, at: tuple[int, int]) -> Node:
    """`node` of a term list as it stands in a query: at the list's place, in the query's field."""
    parts = nodes.children(node)
    if parts:
        node = nodes.with_children(node, tuple(_placed(part, name, at) for part in parts))
    if name and isinstance(node, Word | Phrase | Fuzzy | Raw | Regex) and not node.field:
        return replace(node, field=name, at=at)
    return replace(node, at=at)


def _regex_problem(pattern: str) -> str:
    """Why `pattern` cannot be used; empty where it can."""
    from monitor.match.language.regex import RegexError, TooLargeError, compiled

    try:
        expression = compiled(pattern)
    except TooLargeError as error:
        return f"this expression is too slow: {error}"
    except RegexError as error:
        return f"this is no RE2 expression: {error}"
    return "this expression matches the empty text, and so every article" if expression.search("") else ""


def unknown_field(name: str) -> tuple[str, str]:
    """What is wrong with a field of this name, and what was probably meant."""
    hint = (
        field_meant(name)
        or did_you_mean(name, nodes.FIELDS, "", ":")
        or rf"fields are {', '.join(nodes.FIELDS)}; write {name}\: for text"
    )
    return f"there is no field {name}:", hint


def did_you_mean(word: str, known: Iterable[str], before: str = "", after: str = "") -> str:
    """A hint naming what is nearest to `word` among `known`; empty where nothing is."""
    names = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), names, 1, 0.6)
    return f"did you mean {before}{names[near[0]]}{after}?" if near else ""
