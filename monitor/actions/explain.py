"""explain: one rule against one article, as rows for people and as an object for programs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from monitor.actions.listings import span_row
from monitor.adapters.rule_folder import Progress, load_folder, unshown
from monitor.errors import InvalidInput, UsageError
from monitor.match.explaining.explain import Explained, alternatives, explain_tree, to_change
from monitor.match.explaining.nearest import times
from monitor.match.language import nodes
from monitor.match.language.query import did_you_mean, parse_canonical
from monitor.match.rules import Rule
from monitor.model import Article, Span

_KINDS = {nodes.AtLeast: "atleast", nodes.Fuzzy: "edit distance"}
_NAMED = 5  # alternatives that held, named before "..."


class Rules(Protocol):
    def last_good_rules(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule's decision on an article with all that led to it. `notes` are what else should be known of it."""

    rule: Rule
    article: Article
    tree: Explained
    notes: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Explained, ...]:
        """The fewest clauses that would have to be otherwise for the rule to match."""
        return to_change(self.tree)

    def row(self) -> dict[str, Any]:
        """As `explain --json` gives it; spans count code points in title and body."""
        article = self.article
        return {
            "id": self.rule.id,
            "rule": self.rule.id,
            "rule_version": self.rule.version,
            "place": f"{self.rule.path}:{self.rule.line}",
            "article": {
                "id": article.id or None,
                "url": article.url,
                "title": article.title,
                "language": article.language,
                "published": article.published,
            },
            "held": self.tree.held,
            "notes": list(self.notes),
            "change": [_clause_row(part, article) for part in self.changes],
            "tree": _tree_row(self.tree, article),
        }


def explain_rule(rule: Rule, tree: nodes.Node | None, article: Article, notes: Sequence[str]) -> Explanation:
    """Why `rule` matches `article` or does not; `tree` is its query as written, where the file could be read."""
    if tree is None:
        explained = explain_tree(parse_canonical(rule.query), article, rule.query)
    else:
        explained = explain_tree(tree, article, rule.source)
    return Explanation(rule, article, explained, tuple(notes))


# --- which rule ------------------------------------------------------------------------------------


def find_rule(
    folder: Path,
    rule_id: str,
    in_force: Mapping[str, Rule],
    today: date,
    progress: Progress = unshown,
) -> tuple[Rule, nodes.Node | None, tuple[str, ...]]:
    """The rule as the files have it, its tree as written, and what should be known of it.

    `in_force` are the rules that the daemon runs, where that is known: the last good version of a rule
    whose file is broken is explained in its place. Raises UsageError where there is no such rule,
    InvalidInput where it cannot be read and never could.
    """
    book = load_folder(folder, keep_trees={rule_id}, progress=progress)
    rule, running = book.get(rule_id), in_force.get(rule_id)
    if rule is not None:
        notes = []
        if running is not None and running.version != rule.version:
            notes.append(
                f"this explains the file's version {rule.version}; in force is still {running.version}, "
                "until the daemon has read the file"
            )
        if not rule.enabled(today):
            notes.append(f"the rule is not in force: it was enabled until {rule.enabled_until}")
        return rule, book.trees.get(rule_id), tuple(notes)
    if running is not None and book.errors:
        return running, None, (f"its file is broken; this explains version {running.version}, the last good",)
    if _is_broken(rule_id, book.broken):
        raise InvalidInput(list(book.errors))
    hint = did_you_mean(rule_id, [rule.id for rule in book.rules])
    raise UsageError(f"there is no rule {rule_id}" + (f" ({hint})" if hint else f" in {folder}"))


def _is_broken(rule_id: str, broken: frozenset[tuple[str, str]]) -> bool:
    """Whether the rule was found and could not be read, or may be in a file that could not."""
    return any(found in (rule_id, "") for _, found in broken)


# --- for people ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A clause as it is shown: `depth` says below which it stands, `said` what was found of it or was near.

    `spans` are what to show of the article. `matters` is False for what failed and did not have to hold.
    """

    depth: int
    held: bool
    clause: str
    said: str = ""
    spans: tuple[Span, ...] = ()
    matters: bool = True


def lines(explained: Explained) -> Iterator[Line]:
    """The tree in lines, parents first; of lists and proximities only what explains them."""
    if isinstance(explained.node, nodes.And):
        for part in explained.parts:
            yield from _lines(part, 0, matters=True)
    else:
        yield from _lines(explained, 0, matters=True)


def _lines(explained: Explained, depth: int, *, matters: bool) -> Iterator[Line]:
    matters = matters or explained.held
    prefix = f"{explained.role}: " if explained.role else ""
    if explained.is_clause:
        yield Line(depth, explained.held, prefix + explained.clause, *_found(explained, matters), matters)
        yield from _missing(explained, depth + 1, matters)
        return
    inner = explained.parts[0]
    if isinstance(explained.node, nodes.Not) and inner.is_clause:
        said, spans = _found(inner, matters) if inner.held else ("", ())
        said = f"it is there {said}".strip() if inner.held else ""
        yield Line(depth, explained.held, prefix + f"NOT {_grouped(inner)}", said, spans, matters)
        return
    yield Line(depth, explained.held, prefix + _joins(explained), matters=matters)
    needed = matters and not explained.held
    for part in explained.parts:
        yield from _lines(part, depth + 1, matters=needed)


def _grouped(explained: Explained) -> str:
    joins = isinstance(explained.node, nodes.Or | nodes.Near) and " " in explained.clause
    return f"({explained.clause})" if joins else explained.clause


def _joins(explained: Explained) -> str:
    match explained.node:
        case nodes.And():
            return "all of"
        case nodes.Of(count=count):
            return f"{count} of"
        case nodes.Not():
            return "not"
    return "any of"


def _missing(explained: Explained, depth: int, matters: bool) -> Iterator[Line]:
    """The operands of a clause that failed because one of them did."""
    joins = isinstance(explained.node, nodes.Near | nodes.First | nodes.AtLeast)
    if joins and matters and not explained.held and explained.missing:
        for part in explained.parts:
            if part.held or part in explained.missing:
                yield from _lines(part, depth, matters=True)


def _found(explained: Explained, matters: bool) -> tuple[str, tuple[Span, ...]]:
    """What a clause found, or came near to."""
    node = explained.node
    if explained.held:
        by = _alternatives(explained) if isinstance(node, nodes.Or) else ""
        return by or _how_often(explained), explained.spans
    if explained.nearest is not None and matters:
        prefix = "none is there; " if isinstance(node, nodes.Or) else ""
        return prefix + explained.nearest.said, explained.nearest.spans
    if isinstance(node, nodes.Or) and matters:
        return f"none of its {sum(1 for _ in alternatives(node)):,} is there", ()
    return ("not there" if matters and not explained.parts else ""), ()


def _how_often(explained: Explained) -> str:
    return times(len(explained.spans)) if isinstance(explained.node, nodes.Word | nodes.Fuzzy) else ""


def _alternatives(explained: Explained) -> str:
    """Which alternatives held, and how many did not."""
    there = [part for part in explained.parts if part.held]
    others = explained.others + len(explained.parts) - len(there)
    shown = [_short(part.clause) for part in there[:_NAMED]]
    more = len(there) - len(shown)
    named = f"by {', '.join(shown)}" + (f" and {more} more" if more else "")
    return named + (f"; {others:,} not there" if others else "")


def _short(clause: str, limit: int = 60) -> str:
    return clause if len(clause) <= limit else clause[: limit - 1].rstrip() + "…"


def _shown(path: str) -> str:
    """`path` as one would type it here."""
    return min(path, os.path.relpath(path), key=len)


def lacking(clause: Explained) -> str:
    """What would have to be otherwise, on one line: a clause and how near the article came to it."""
    near = f" ({clause.nearest.said})" if clause.nearest else ""
    return _short(f"{clause.role}: {clause.clause}" if clause.role else clause.clause, 200) + near


# --- for programs ----------------------------------------------------------------------------------


def _tree_row(explained: Explained, article: Article) -> dict[str, Any]:
    """`others` counts alternatives that failed and are left out of `parts`; `role` is exclude, where or null."""
    return {
        **_clause_row(explained, article),
        "kind": kind(explained.node),
        "held": explained.held,
        "role": explained.role or None,
        "spans": _spans(explained.spans, article),
        "others": explained.others,
        "parts": [_tree_row(part, article) for part in explained.parts],
    }


def _clause_row(explained: Explained, article: Article) -> dict[str, Any]:
    miss = explained.nearest
    near = miss and {"kind": miss.kind, "said": miss.said, "spans": _spans(miss.spans, article)}
    return {"clause": explained.clause, "nearest": near}


def _spans(spans: Sequence[Span], article: Article) -> list[dict[str, Any]]:
    texts = {"title": article.title, "body": article.body}
    return [span_row(span, texts[span.field]) for span in spans]


def kind(node: nodes.Node) -> str:
    """What a part is, in a word: and, or, of, not, list, near, first, atleast, word, phrase, filter …"""
    if isinstance(node, nodes.Or) and node.name:
        return "list"
    return _KINDS.get(type(node), type(node).__name__.lower())


def rules_in_force(store: Rules) -> dict[str, Rule]:
    """The rules that the daemon put in force last; those left out that another version wrote otherwise."""
    found: dict[str, Rule] = {}
    for document in store.last_good_rules():
        with suppress(KeyError, ValueError, TypeError):
            rule = Rule.load(document)
            found[rule.id] = rule
    return found


def about(explanation: Explanation) -> str:
    """What was explained, on one line: the article and the rule."""
    article, rule = explanation.article, explanation.rule
    facts = (
        f"article {article.id}" if article.id else "",
        article.url or "",
        f"{article.published:%Y-%m-%d}" if article.published else "",
        article.language or "",
        f"{_shown(rule.path)}:{rule.line}",
        f"version {rule.version}",
    )
    return " · ".join(fact for fact in facts if fact)
