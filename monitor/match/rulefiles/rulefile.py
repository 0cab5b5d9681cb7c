"""A rule file: from its text to rules, with every problem found in one go.

`read_rule_file` is the whole of it; monitor.match.rulefiles.book puts files together. Each problem says where, what
is wrong and what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from monitor.durations import parse_duration
from monitor.errors import Problem
from monitor.match.language import nodes
from monitor.match.language.canonical import MAX_EXPANDED, canonical_text
from monitor.match.language.hints import key_meant, language_meant
from monitor.match.language.query import LANGUAGES, QueryError, did_you_mean, parse
from monitor.match.language.survey import further_errors
from monitor.match.rulefiles.lintnames import ignored_in
from monitor.match.rulefiles.reading import LIST, RECEIVER, FileReading, Place, Surroundings
from monitor.match.rulefiles.termlists import BrokenListError, Terms, placed
from monitor.match.rulefiles.yamltree import Source, Tree, read
from monitor.match.rules import Rule, TestCase, version_of
from monitor.model import AlertPolicy, Per, Severity

FILE_KEYS = ("terms", "rules", "lint")
RULE_KEYS = (
    *("id", "title", "severity", "query", "exclude", "where", "seeds", "alert", "tests"),
    *("owner", "tags", "description", "enabled_until", "leading_wildcard", "lint"),
)
ALERT_KEYS = ("to", "per", "repeat", "expect")
WHERE_KEYS = ("lang", "site", "feed", "tag")
TEST_KEYS = ("match", "ignore", "known_miss", "known_false")
CASE_KEYS = ("title", "body", "lang", "url", "feed")
ID_PATTERN = "[a-z0-9][a-z0-9._-]{0,79}"
_ID = re.compile(ID_PATTERN)
MAX_PROBLEMS = 200  # of one file; warnings do not count
_DAY = re.compile(r"([0-3]?\d)[./]([01]?\d)[./](2\d{3})")
_CASELESS_OPERATORS = ("and", "or", "not")


def read_rule_file(
    path: str,
    text: str,
    surroundings: Surroundings,
    shared: Terms | None = None,
    keep_trees: Collection[str] = (),
) -> FileReading:
    """What the rule file `text` gives beside `surroundings`, whose shared term lists are `shared`.

    `keep_trees` are the ids of rules whose trees are wanted beside their canonical queries.
    """
    book = _Book([], set(), keep_trees)
    file = _open(path, text, shared, book)
    if file is None:
        return FileReading(path, opened=False, problems=tuple(book.problems), broken=frozenset(book.broken))
    file.terms.check()
    _Reader(file, book, surroundings.receivers).rules()
    lists = {LIST + name for name in file.terms.asked}
    return FileReading(
        path=path,
        ids=tuple(book.ids),
        places=tuple(book.places),
        rules=tuple(book.rules),
        problems=tuple(book.problems),
        broken=frozenset(book.broken),
        lists=file.terms.digests(),
        unused=tuple(_unused(file)),
        uses={key: surroundings.state(key) for key in sorted(lists | book.receivers)},
        trees=book.trees,
    )


def read_terms(path: str, text: str) -> Terms:
    """The term lists of a file that can be read, for other files to use."""
    file = _open(path, text, None, _Book([], set()))
    if file is None:
        return Terms.lost()
    file.terms.check()
    return file.terms


@dataclass(slots=True)
class _Book:
    """What is found while reading."""

    problems: list[Problem]
    broken: set[str]
    keep_trees: Collection[str] = ()
    trees: dict[str, nodes.Node] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    rules: list[Rule | None] = field(default_factory=list)
    receivers: set[str] = field(default_factory=set)  # keys of Surroundings


@dataclass(slots=True)
class _File:
    source: Source
    tree: Tree
    terms: Terms
    tainted: bool  # a key is given twice: nobody knows which is meant, so none of its rules is new
    ignored: frozenset[str] = frozenset()  # lints


def _open(path: str, text: str, shared: Terms | None, book: _Book) -> _File | None:
    source = Source(path, text)
    tree, problems = read(source)
    book.problems += problems
    if tree is not None and tree.kind != "map" and not tree.empty:
        book.problems.append(source.at(tree, "a rule file holds terms: and rules:"))
        tree = None
    elif tree is None and not problems:
        tree = Tree("map", 0, 0)  # nothing but comments
    if tree is None:
        book.broken.add("")
        return None
    if tree.kind != "map":
        tree = Tree("map", 0, 0)
    unknown = _unknown_keys(source, tree, FILE_KEYS, "a rule file")
    ignored = ignored_in(source, tree, unknown)
    if problems or unknown:
        book.broken.add("")
    book.problems += unknown
    terms = Terms(source, tree.get("terms"), book.problems, shared)
    return _File(source, tree, terms, bool(problems), ignored)


def _unknown_keys(source: Source, tree: Tree, known: Sequence[str], what: str) -> list[Problem]:
    return [
        source.at(
            key,
            f"{what} has no key {key.text}",
            key_meant(what, key.text) or did_you_mean(key.text, known) or f"keys are {', '.join(known)}",
        )
        for key in tree.keys
        if key.text not in known
    ]


# --- rules -----------------------------------------------------------------------------------------


class _Reader:
    """Reads the rules of one file."""

    def __init__(self, file: _File, book: _Book, receivers: frozenset[str] | None) -> None:
        self.file, self.book, self.receivers = file, book, receivers
        self.source = file.source
        self.failed = False

    def error(self, tree: Tree, message: str, hint: str = "") -> None:
        self.failed = True
        self.book.problems.append(self.source.at(tree, message, hint))

    def rules(self) -> None:
        tree = self.file.tree.get("rules")
        if tree is None or tree.empty:
            return
        if tree.kind != "list":
            self.error(tree, "rules: is a list", "begin each rule with `- id:`")
            self.book.broken.add("")
            return
        for item in tree.items:
            if self.errors() > MAX_PROBLEMS:
                self.error(item, f"more than {MAX_PROBLEMS} problems: the rest of this file is not looked at")
                self.book.broken.add("")
                return
            self.failed = False
            rule_id, rule = self.rule(item)
            if rule is None or self.failed or self.file.tainted:
                rule = None
                self.book.broken.add(rule_id)
            self.book.rules.append(rule)

    def errors(self) -> int:
        """How many errors were found so far; counted only once there are many problems, most may be warnings."""
        if len(self.book.problems) <= MAX_PROBLEMS or not self.book.broken:
            return 0
        return sum(problem.level == "error" for problem in self.book.problems)

    def rule(self, tree: Tree) -> tuple[str, Rule | None]:
        if tree.kind != "map":
            self.error(tree, "a rule holds at least id: and query:", "begin each rule with `- id:`")
            self.name("", tree)
            return "", None
        unknown = _unknown_keys(self.source, tree, RULE_KEYS, "a rule")
        ignored = self.file.ignored | ignored_in(self.source, tree, unknown)
        self.failed = bool(unknown)
        self.book.problems += unknown
        rule_id = self.rule_id(tree)
        node = self.query(tree)
        rule = Rule(
            id=rule_id,
            title=self.line_of(tree, "title") or rule_id,
            severity=Severity(self.choice(tree, "severity", [str(each) for each in Severity], "medium")),
            query="",
            version="",
            policy=self.policy(tree.get("alert")),
            seeds=tuple(self.texts(tree, "seeds")),
            tests=tuple(self.tests(tree.get("tests"))),
            owner=self.line_of(tree, "owner"),
            tags=tuple(self.texts(tree, "tags")),
            description=self.line_of(tree, "description"),
            enabled_until=self.day(tree),
            source=query.text if (query := tree.get("query")) is not None else "",
            path=self.source.path,
            line=self.source.line(tree.start),
        )
        if node is None or self.failed:
            return rule_id, None
        self.book.problems += [each for each in self.lint(tree, node, rule) if each.lint not in ignored]
        canonical = canonical_text(node)
        if canonical is None:
            where = tree.get("query") or tree
            message = f"with its term lists in place this query is over {MAX_EXPANDED:,} characters long"
            self.error(
                where, message, "shorten the lists, or name each of them once: a long list counts anew"
            )
            return rule_id, None
        if rule_id in self.book.keep_trees:
            self.book.trees[rule_id] = node
        return rule_id, _with_query(rule, canonical)

    def rule_id(self, tree: Tree) -> str:
        value = tree.get("id")
        if value is None or value.kind != "scalar" or value.empty:
            self.error(value or tree, "a rule needs an id", "id: a-short-name")
            self.name("", value or tree)
            return ""
        usable = _ID.fullmatch(value.text) is not None
        if not usable:
            usual = re.sub(r"[^a-z0-9._-]+", "-", value.text.lower()).strip("-._")[:80]
            hint = f"did you mean {usual}?" if _ID.fullmatch(usual) and usual.isascii() else ""
            self.error(value, f"{value.text[:80]!r} cannot be an id: small letters, digits, - and _", hint)
        self.name(value.text if usable else "", value)
        return value.text

    def name(self, rule_id: str, tree: Tree) -> None:
        """Note the id of a rule, which no other may have, and its place."""
        place = self.source.at(tree, "")
        self.book.ids.append(rule_id)
        self.book.places.append((place.line, place.column, place.length))

    # --- the query with what is joined to it

    def query(self, tree: Tree) -> nodes.Node | None:
        value = tree.get("query")
        if value is None or value.empty:
            self.error(value or tree, "a rule needs a query", "query: word AND (other OR another)")
            return None
        if value.kind != "scalar":
            self.error(value, "query: is one text, not a list", "query: word OR another")
            return None
        leading = self.flag(tree, "leading_wildcard")
        main = self.parsed(value, leading)
        excluded = tree.get("exclude")
        exclusions = (
            [] if excluded is None else [self.parsed(each, leading, True) for each in _each(excluded)]
        )
        filters = self.filters(tree.get("where"))
        if main is None or None in exclusions:
            return None
        parts = [main, *(nodes.Not(each) for each in exclusions if each is not None), *filters]
        return main if len(parts) == 1 else nodes.And(tuple(parts))

    def parsed(self, tree: Tree, leading_wildcard: bool, exclusion: bool = False) -> nodes.Node | None:
        if tree.kind != "scalar" or tree.empty:
            self.error(tree, "a query is text here", "exclude: [$list, word OR word]")
            return None
        try:
            node = parse(
                tree.text, self.file.terms, leading_wildcard=leading_wildcard, may_hold_on_nothing=exclusion
            )
            if not leading_wildcard:
                self.refuse_leading_wildcards(tree, node)
        except QueryError as error:
            problem = placed(self.source, tree, error)
            if error.start >= len(tree.text.rstrip()) - len("AND") and self.comment_follows(tree):
                problem = replace(problem, hint="what follows # is a comment to YAML: quote the query")
            self.book.problems.append(problem)
            further = further_errors(tree.text, error, self.missing_list)
            self.book.problems += [placed(self.source, tree, each) for each in further]
        except BrokenListError:
            pass  # reported where the list stands
        else:
            return node
        self.failed = True
        return None

    def comment_follows(self, tree: Tree) -> bool:
        """Whether YAML took the end of an unquoted text for a comment."""
        return not tree.style and self.source.text[tree.end :].lstrip(" ").startswith("#")

    def missing_list(self, name: str) -> str:
        """The hint for a term list that there is not, " " where there is none to give; empty for one that is."""
        try:
            known = name in self.file.terms
        except BrokenListError:
            known = True
        return "" if known else did_you_mean(name, self.file.terms, "$") or " "

    def refuse_leading_wildcards(self, tree: Tree, node: nodes.Node) -> None:
        """Term lists may hold `*word`, for the rules that allow it."""
        for part in nodes.walk(node):
            words = (
                (part.text,)
                if isinstance(part, nodes.Word)
                else part.words
                if isinstance(part, nodes.Phrase)
                else ()
            )
            slow = next((word for word in words if word[0] == "*" and word != "*"), None)
            if slow is not None:
                message = f"this list holds {slow}, and a leading * is slow"
                raise QueryError(
                    tree.text, *part.at, message, "set leading_wildcard: true on the rule if it is meant"
                )

    def filters(self, tree: Tree | None) -> list[nodes.Node]:
        if tree is None or tree.empty:
            return []
        if tree.kind != "map":
            self.error(tree, "where: names fields", "where: {lang: [en, ko]}")
            return []
        unknown = _unknown_keys(self.source, tree, WHERE_KEYS, "where:")
        self.failed |= bool(unknown)
        self.book.problems += unknown
        found: list[nodes.Node] = []
        for key, value in tree.pairs():
            if key.text in WHERE_KEYS:
                parts = [part for each in _each(value) if (part := self.filter(key.text, each)) is not None]
                found += parts if len(parts) < 2 else [nodes.Or(tuple(parts))]
        return found

    def filter(self, name: str, tree: Tree) -> nodes.Node | None:
        if tree.kind != "scalar" or tree.empty:
            self.error(tree, f"{name} in where: is a text or a list of texts")
            return None
        quoted = tree.text.replace("\\", "\\\\").replace('"', '\\"')
        try:
            return parse(f'{name}:"{quoted}"')
        except QueryError as error:
            self.error(tree, error.message, error.hint)
            return None

    # --- plain values

    def line_of(self, tree: Tree, key: str) -> str:
        value = tree.get(key)
        if value is None or value.empty:
            return ""
        if value.kind != "scalar":
            self.error(value, f"{key}: is one line of text")
            return ""
        return " ".join(value.text.split())

    def texts(self, tree: Tree, key: str) -> list[str]:
        value = tree.get(key)
        if value is None or value.empty:
            return []
        found = []
        for item in _each(value):
            if item.kind != "scalar" or item.empty:
                self.error(item, f"{key}: is a list of texts")
            else:
                found.append(item.text.strip())
        return found

    def choice(self, tree: Tree, key: str, known: Sequence[str], default: str) -> str:
        value = tree.get(key)
        if value is None or value.empty:
            return default
        if value.kind == "scalar" and value.text in known:
            return value.text
        shown = value.text if value.kind == "scalar" else "this"
        self.error(value, f"{shown} is no {key}", did_you_mean(shown, known) or f"one of {', '.join(known)}")
        return default

    def flag(self, tree: Tree, key: str) -> bool:
        return self.choice(tree, key, ["true", "false"], "false") == "true"

    def day(self, tree: Tree) -> date | None:
        value = tree.get("enabled_until")
        if value is None or value.empty:
            return None
        try:
            return date.fromisoformat(value.text)
        except ValueError:
            parts = _DAY.fullmatch(value.text.strip())
            hint = f"did you mean {parts[3]}-{parts[2]:0>2}-{parts[1]:0>2}?" if parts else "2027-01-31"
            self.error(value, "enabled_until: is the last day on which the rule runs, year first", hint)
            return None

    def policy(self, tree: Tree | None) -> AlertPolicy:
        if tree is None or tree.empty:
            return AlertPolicy()
        if tree.kind != "map":
            self.error(tree, "alert: says to whom and how", "alert: {to: [desk], per: story}")
            return AlertPolicy()
        unknown = _unknown_keys(self.source, tree, ALERT_KEYS, "alert:")
        self.failed |= bool(unknown)
        self.book.problems += unknown
        to = self.texts(tree, "to")
        self.check_receivers(tree)
        return AlertPolicy(
            tuple(to),
            Per(self.choice(tree, "per", [str(each) for each in Per], "story")),
            self.duration(tree, "repeat"),
            timedelta() if self.is_usual(tree) else self.duration(tree, "expect"),
        )

    def is_usual(self, tree: Tree) -> bool:
        value = tree.get("expect")
        return value is not None and value.kind == "scalar" and value.text == "usual"

    def duration(self, tree: Tree, key: str) -> timedelta | None:
        """A duration that is some time, or nothing where the key is not there."""
        value = tree.get(key)
        if value is None or value.empty:
            return None
        hint = "write usual, or 14d, say" if key == "expect" else "write 4h, say"
        try:
            length = parse_duration(value.text if value.kind == "scalar" else "this")
        except ValueError as error:
            self.error(value, f"{key}: {error}".partition("; write")[0], hint)
            return None
        if length < timedelta(minutes=1):
            self.error(value, f"{key}: {value.text} is too short, less than 1m", hint)
            return None
        return length

    def check_receivers(self, tree: Tree) -> None:
        value = tree.get("to")
        for item in _each(value) if value is not None and not value.empty else ():
            if item.kind != "scalar":
                continue
            name = item.text.strip()
            self.book.receivers.add(RECEIVER + name)
            if self.receivers is not None and name not in self.receivers:
                self.book.receivers.add(RECEIVER)
                hint = did_you_mean(name, sorted(self.receivers))
                if "," in name:
                    hint = "several are a list: to: [desk, ops]"
                hint = hint or "receivers are named in monitor.toml: [receivers.name]"
                self.error(item, f"there is no receiver {name}", hint)

    # --- tests

    def tests(self, tree: Tree | None) -> list[TestCase]:
        if tree is None or tree.empty:
            return []
        if tree.kind != "map":
            self.error(tree, "tests: holds match: and ignore:", 'tests: {match: ["…"], ignore: ["…"]}')
            return []
        unknown = _unknown_keys(self.source, tree, TEST_KEYS, "tests:")
        self.failed |= bool(unknown)
        self.book.problems += unknown
        return [
            case
            for key, value in tree.pairs()
            if key.text in TEST_KEYS and not value.empty
            for item in _each(value)
            if (case := self.case(key.text, item)) is not None
        ]

    def case(self, expect: str, tree: Tree) -> TestCase | None:
        line = self.source.line(tree.start)
        if tree.kind == "scalar" and not tree.empty:
            return TestCase(expect, tree.text, line=line)
        if tree.kind != "map":
            self.error(tree, "a test is a text", 'or {title: "…", body: "…", lang: ko}')
            return None
        unknown = _unknown_keys(self.source, tree, CASE_KEYS, "a test")
        self.failed |= bool(unknown)
        self.book.problems += unknown
        value = tree.get("body")
        if value is not None and value.kind != "scalar":
            self.error(value, "body: is a text")
        body = "" if value is None or value.empty else value.text
        title, lang, url, feed = (self.line_of(tree, key) for key in ("title", "lang", "url", "feed"))
        if lang and lang.lower().replace("_", "-").partition("-")[0] not in LANGUAGES:
            hint = language_meant(lang) or "two letters, as in en, ko, zh"
            self.error(tree.get("lang") or tree, f"{lang} is no language code", hint)
        if not unknown and not (body.strip() or title):
            self.error(tree, "there is no text in this test", 'body: "…", or title: "…"')
        return TestCase(expect, body, title, lang or None, url or None, feed or None, line)

    # --- what is legal and probably not meant

    def lint(self, tree: Tree, node: nodes.Node, rule: Rule) -> Iterator[Problem]:
        """The few lints that cost nothing; monitor.match.lints.lint has the others."""
        query = tree.get("query")
        assert query is not None, "a rule without a query is refused before"
        if not rule.tests and not rule.seeds:
            problem = self.source.at(tree.get("id") or tree, f"{rule.id} has neither tests nor seeds")
            hint = "seeds: […] or tests: {match: […]}"
            yield replace(problem, level="warning", hint=hint, lint="no-tests")
        for part in nodes.walk(node):
            if isinstance(part, nodes.Word) and query.text[slice(*part.at)] in _CASELESS_OPERATORS:
                place = self.source.within(query, part.at[0], f"{part.text} is looked for as a word")
                hint = f"the operator is {part.text.upper()}"
                length = len(part.text)
                yield replace(place, level="warning", hint=hint, length=length, lint="lowercase-operator")


def _with_query(rule: Rule, canonical: str) -> Rule:
    return replace(rule, query=canonical, version=version_of(canonical))


def _each(tree: Tree) -> list[Tree]:
    return tree.items if tree.kind == "list" else [tree]


def _unused(file: _File) -> list[tuple[str, Problem]]:
    if "unused-list" in file.ignored:
        return []
    return [
        (name, _unused_list(file.source.at(tree, f"no rule uses the term list ${name}")))
        for name, tree in file.terms.trees.items()
        if name not in file.terms.used
    ]


def _unused_list(problem: Problem) -> Problem:
    return replace(problem, level="warning", lint="unused-list")
