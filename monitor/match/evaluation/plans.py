"""What the index needs to know of a query, as a value that can be kept: which words an article must have.

A plan is worked out from the canonical query alone, so it is good for as long as the rule's version is,
and reading a plan is far faster than parsing a query. It is a text, one condition a line, all of which an
article must meet:

    a|b|c         at least one of these atoms
    !a|b          none of these
    ~-3 5 a b     some b stands from 3 words before to 5 after some a, in one text
    &             what else the query asks, which only its tree can say

An atom is something that an article has or has not:

    troops        a word of the title or the body; troop* and servicem?n are patterns
    north korea   a phrase, of words and patterns
    korea~1       a word within an edit distance
    +kpa          letters and digits as a word or a part of one ("kpa.org")
    t/troops      any of these in the title; a/ for the names of the authors
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.match.evaluation.vocabulary import pieces
from monitor.match.language import nodes
from monitor.match.language.query import parse_canonical
from monitor.text import ELIDED, word_set, words

FORMAT = 1  # of the text of plans, and of what it promises; a plan kept in another format is of no use
TREE = "&"

Clause = tuple[str, ...]

_SCOPES = {"": "", "title": "t/", "author": "a/", "body": "", "lead": ""}
_EXACT_SCOPES = ("", "title", "author")
# These part the atoms of a plan. No analysed word holds them.
_SIGNS = frozenset("|!~&+/ \n")


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one version of a rule; `text` is as the module says."""

    text: str

    @property
    def required(self) -> tuple[Clause, ...]:
        """Sets of atoms; an article that the rule matches has at least one of each."""
        return tuple(tuple(line.split("|")) for line in self._lines() if line[0] not in "!~&")

    @property
    def excluded(self) -> Clause:
        """Atoms of which an article that the rule matches has none."""
        return tuple(atom for line in self._lines() if line[0] == "!" for atom in line[1:].split("|"))

    @property
    def is_whole(self) -> bool:
        """Whether an article that meets the plan matches: there is nothing else that the query asks."""
        return TREE not in self._lines()

    def _lines(self) -> list[str]:
        return [line for line in self.text.split("\n") if line]

    def dump(self) -> str:
        """The plan as JSON can hold it; `Plan.load` gives it back."""
        return self.text

    @classmethod
    def load(cls, kept: object) -> Plan:
        """The plan that `dump` gave. Raises ValueError where `kept` is no text."""
        if not isinstance(kept, str):
            raise ValueError("a plan is a text")  # noqa: TRY004
        return cls(kept)


def plan_of(query: str) -> Plan:
    """The plan of a canonical query (Rule.query). Raises QueryError where it is none."""
    return plan_of_tree(parse_canonical(query))


def plan_of_tree(tree: nodes.Node) -> Plan:
    needs = _needs(tree)
    lines = ["|".join(clause) for clause in dict.fromkeys(needs.clauses)]
    if needs.excluded:
        lines.append("!" + "|".join(dict.fromkeys(needs.excluded)))
    lines += needs.near
    if not needs.whole:
        lines.append(TREE)
    return Plan("\n".join(lines))


def required_words(node: nodes.Node) -> Clause | None:
    """Words of which the article has one wherever `node` holds; None where that cannot be said in words."""
    for clause in sorted(_needs(node).clauses, key=cost):
        found = [_rarest_word(atom.rpartition("/")[2]) for atom in clause]
        if all(found):
            return tuple(dict.fromkeys(found))
    return None


def _rarest_word(atom: str) -> str:
    """A word that must be there for `atom`; empty where there is none that is known."""
    if atom[0] == "+" or "~" in atom:
        return ""
    plain = [word for word in atom.split() if "*" not in word and "?" not in word]
    return min(plain, key=frequency, default="")


# --- working it out --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a part of a query requires. `whole`: an article that meets this satisfies the part."""

    clauses: Sequence[Clause]
    whole: bool = False
    excluded: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def is_one_clause(self) -> bool:
        """Whether the part holds exactly where one of a set of atoms is there."""
        return self.whole and len(self.clauses) == 1 and not self.excluded and not self.near


_NOTHING = _Needs([])


def _needs(node: nodes.Node) -> _Needs:
    match node:
        case nodes.Word(text=text, field=field):
            return _of_atom((text,), text, field)
        case nodes.Fuzzy(text=text, distance=distance, field=field):
            return _of_atom((text,), f"{text}~{distance}", field)
        case nodes.Phrase(words=found, slop=slop):
            return _of_sloppy(node) if slop else _of_phrase(found, node.field)
        case nodes.Raw(text=content, field=field):
            return _of_raw(content, field)
        case nodes.Near():
            return _of_near(node)
        case nodes.First(part=part) | nodes.AtLeast(part=part):
            return _Needs(_needs(part).clauses)
        case nodes.And(parts=parts):
            return _of_all([_needs(part) for part in parts])
        case nodes.Or(parts=parts):
            return _of_some([_needs(part) for part in parts], 1)
        case nodes.Of(count=count, parts=parts):
            if count == len(parts):
                return _of_all([_needs(part) for part in parts])
            return _of_some([_needs(part) for part in parts], count)
        case nodes.Not(part=part):
            inner = _needs(part)
            return _Needs([], True, inner.clauses[0]) if inner.is_one_clause else _NOTHING
    return _NOTHING


def _of_atom(parts: Iterable[str], atom: str, field: str) -> _Needs:
    if not all(map(_is_sound, parts)):
        return _NOTHING
    return _Needs([(_SCOPES[field] + atom,)], field in _EXACT_SCOPES)


def _is_sound(word: str) -> bool:
    """Whether `word` can be an atom: it says something, and holds none of the signs that part atoms."""
    return bool(word.strip("*?")) and _SIGNS.isdisjoint(word)


_LONGEST_RUN = 16  # words of a phrase


def _of_phrase(found: tuple[str, ...], field: str) -> _Needs:
    """A phrase is an atom as a whole; where a word of it may be any, what stands between such words is.

    A very long one is cut in several, and its tree decides: the index goes through phrases word by word,
    from each word of an article.
    """
    runs = list(_runs(found))
    atoms = [(_SCOPES[field] + " ".join(run),) for run in runs]
    return _Needs(atoms, field in _EXACT_SCOPES and runs == [found])


def _runs(found: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    run: list[str] = []
    for word in (*found, ""):
        if run and (len(run) == _LONGEST_RUN or not _is_sound(word)):
            yield tuple(run)
            run = []
        if _is_sound(word):
            run.append(word)


def _of_sloppy(phrase: nodes.Phrase) -> _Needs:
    found, slop, field = phrase.words, phrase.slop, phrase.field
    clauses = [(_SCOPES[field] + word,) for word in found if _is_sound(word)]
    near = []
    if field == "":
        for left, right in pairwise(found):
            if left != right and _is_plain(left) and _is_plain(right):
                near.append(f"~{1 - slop} {1 + slop} {left} {right}")
    return _Needs(clauses, len(found) == 2 and len(near) == 1, near=tuple(near))


def _is_plain(word: str) -> bool:
    return _is_sound(word) and "*" not in word and "?" not in word


def _of_near(node: nodes.Near) -> _Needs:
    left, right = node.left, node.right
    if node.negated:
        return _Needs(_needs(left).clauses)
    clauses = (*_needs(left).clauses, *_needs(right).clauses)
    a, b = _plain_word(left), _plain_word(right)
    if node.unit == "w" and a and b and a != b:
        low, high = 1 if node.ordered else -1 - node.distance, node.distance + 1
        return _Needs(clauses, True, near=(f"~{low} {high} {a} {b}",))
    return _Needs(clauses)


def _plain_word(node: nodes.Node) -> str:
    """The word that `node` is, where it is one without wildcards in title or body; else empty."""
    return node.text if isinstance(node, nodes.Word) and node.field == "" and _is_plain(node.text) else ""


def _of_raw(content: str, field: str) -> _Needs:
    """Exact text may be part of a word ("KPA" in "KPA.org"), so its pieces are required, not its words.

    Analysis drops elided articles and possessives, so these cannot be required.
    """
    found = {piece for word in words(content) for piece in pieces(word)} - ELIDED
    return _Needs([(f"{_SCOPES[field]}+{piece}",) for piece in sorted(found)])


def _of_all(parts: list[_Needs]) -> _Needs:
    return _Needs(
        [clause for part in parts for clause in part.clauses],
        all(part.whole for part in parts),
        tuple(atom for part in parts for atom in part.excluded),
        tuple(dict.fromkeys(line for part in parts for line in part.near)),
    )


def _of_some(parts: list[_Needs], count: int) -> _Needs:
    """Where `count` of `parts` hold, one holds among any len(parts) - count + 1 of them."""
    triggers = [min(part.clauses, key=cost) for part in parts if part.clauses]
    needed = len(parts) - count + 1
    if len(triggers) < needed:
        return _NOTHING
    if needed < len(triggers):
        triggers = sorted(triggers, key=cost)[:needed]
    clause = tuple(dict.fromkeys(atom for trigger in triggers for atom in trigger))
    return _Needs([clause], count == 1 and all(part.is_one_clause for part in parts))


# --- what is rare ----------------------------------------------------------------------------------

_VERY_COMMON = word_set(
    "the of to and in a that is for on was with as he it by at from his has an be are had were been have said "
    "not they this who which their but its or after would will one all also when about than more up her out "
    "new there two into some can could other no over people first we last him time if you what year she years "
    "them against while so do between de la le les des et en du un une el los las der die das und von mit den "
    "im и в на не что с по он за из для это"
)


def cost(clause: Clause) -> float:
    """About how many of 100 articles have at least one atom of `clause`."""
    return sum(map(frequency, clause))


def frequency(atom: str) -> float:
    """A guess at how many of 100 articles have this atom; only the order matters."""
    if atom in _VERY_COMMON:
        return 60.0
    if " " in atom:
        return min(map(frequency, atom.split())) / 4
    if atom[:2] in ("t/", "a/"):
        return frequency(atom[2:]) / 10
    text, fuzzy, distance = atom.lstrip("+").partition("~")
    letters = text.replace("*", "").replace("?", "")
    if letters and letters[0] > "\u2e80":
        weight = 15.0 if len(letters) == 1 else 3.0
    else:
        weight = 12.0 / max(1, len(letters)) ** 1.3
    if fuzzy:
        return weight * 4.0 ** int(distance)
    return weight * (3 if letters != text else 1)
