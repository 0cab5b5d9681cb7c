"""why-not: what is stored of an address, what the rules say of it today, and how far it therefore came."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from monitor.actions.explain import explain_rule, find_rule, lacking
from monitor.actions.journey import Journey, RuleState, Step, added, decided, follow
from monitor.adapters.rule_folder import Progress, load_folder, unshown
from monitor.adapters.store.database import Database
from monitor.adapters.store.journey import Names, read_trail
from monitor.collect.identity import url_key
from monitor.errors import UsageError
from monitor.extract.address import canonical, page_address
from monitor.match.engine import Engine
from monitor.match.language.nodes import Node
from monitor.match.rules import Rule
from monitor.model import Article
from monitor.text import one_line, words

RECENT = timedelta(days=30)  # how old the articles may be whose titles are compared
FEW_RULES = 10  # so few are explained without being asked for


def why_not(
    database: Database,
    folder: Path,
    in_force: Mapping[str, Rule],
    name: str,
    now: datetime,
    *,
    only: str,
    keep: str,
    progress: Progress = unshown,
) -> Journey:
    """How far the article with the address or id `name` came. Raises UsageError, StoreError.

    `folder` holds the rule files, `in_force` are the rules that the daemon runs; `only` is the id of the one
    rule that is asked about, or empty.
    """
    trail = read_trail(database, names_of(name), now - RECENT)
    if trail.article is None and name.isdecimal():
        raise UsageError(f"no stored article has the id {name}; `monitor articles list` shows them")
    states: tuple[RuleState, ...] = ()
    if only:
        states = (_state_of(folder, only, in_force, trail.article, now, progress),)
    elif trail.article is not None:
        states = _states(folder, trail.article, now, progress)
    return follow(trail, name, now, states, only=only, keep=keep)


def followed(database: Database, article: int, rule: str, now: datetime) -> tuple[Step, ...]:
    """What followed from the matches of a rule with a stored article, as far as it came."""
    trail = read_trail(database, Names(id=article), now)
    found = [match for match in trail.matches if match.rule == rule]
    story = added(trail) if found else ()
    return (*story, *(step for match in found for step in decided(trail, match, now)))


def _state_of(
    folder: Path,
    rule_id: str,
    in_force: Mapping[str, Rule],
    article: Article | None,
    now: datetime,
    progress: Progress,
) -> RuleState:
    rule, tree, notes = find_rule(folder, rule_id, in_force, now.date(), progress)
    return _explained(rule, tree, article or Article("", ""), now, notes)


def _explained(
    rule: Rule, tree: Node | None, article: Article, now: datetime, notes: Sequence[str] = ()
) -> RuleState:
    found = explain_rule(rule, tree, article, notes)
    missing = tuple(lacking(clause) for clause in found.changes)
    return RuleState(rule.id, rule.version, found.tree.held, rule.enabled(now.date()), missing)


def _states(folder: Path, article: Article, now: datetime, progress: Progress) -> tuple[RuleState, ...]:
    """What every rule of the files that can be read says of `article`; of few, also what it lacks."""
    book = load_folder(folder, progress=progress)
    rules = book.rules
    if len(rules) <= FEW_RULES:
        trees = load_folder(folder, keep_trees={rule.id for rule in rules}).trees
        return tuple(_explained(rule, trees.get(rule.id), article, now) for rule in rules)
    matched = {match.rule for match in Engine(rules, book.plans).match(article)}
    return tuple(RuleState(r.id, r.version, r.id in matched, r.enabled(now.date())) for r in rules)


# --- what it may be known by -----------------------------------------------------------------------

_NO_NEWS = frozenset(("html", "htm", "php", "news", "article", "articles", "story", "index", "www", "amp"))


def names_of(name: str) -> Names:
    """The keys under which the article with this address or id may be stored. Raises UsageError."""
    if name.isdecimal() and len(name) < 19:
        return Names(id=int(name))
    page = page_address(name)
    if page is None:
        raise UsageError(f"{one_line(name, 200)} is no web address and no article's id")
    forms = tuple(dict.fromkeys((name, canonical(name), page, canonical(page), _other_scheme(page))))
    parts = urlsplit(page)
    aliases = [key for form in forms if (key := url_key(form))]
    found = [word for word in words(unquote(parts.path)) if len(word) > 2 and not word[0].isdigit()]
    return Names(
        articles=forms,
        entries=tuple(dict.fromkeys((*forms, *aliases))),
        host=(parts.hostname or "").removeprefix("www."),
        path=parts.path if parts.path.strip("/") else "",
        words=tuple(word for word in dict.fromkeys(found) if word not in _NO_NEWS)[:6],
    )


def _other_scheme(url: str) -> str:
    return re.sub(r"^http(s?):", lambda found: "http:" if found[1] else "https:", url)
