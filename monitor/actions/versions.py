"""Which version of a rule is tried, and which one is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.adapters.files import decoded, rule_bytes, rule_files
from monitor.adapters.rule_folder import Progress, load_folder, unshown
from monitor.errors import InvalidInput, Problem, UsageError
from monitor.match.language import nodes
from monitor.match.language.query import QueryError, did_you_mean, parse_canonical
from monitor.match.rulefiles.book import is_shared, load_rules
from monitor.match.rules import Rule, RuleBook


@dataclass(frozen=True, slots=True)
class Versions:
    """A rule that is to be tried, and the version in force if that is another; `note` says how they are related.

    `tree` is the rule's query and `source` what that was parsed from: the query as written, where that is known.
    """

    rule: Rule
    tree: nodes.Node
    source: str
    in_force: Rule | None
    note: str


def of_folder(
    folder: Path, rule_id: str, in_force: Mapping[str, Rule], progress: Progress = unshown
) -> Versions:
    """The rule as the files of `folder` have it now.

    Where its file is broken, the version in force is tried. Raises UsageError where there is no such rule,
    RuleError where it cannot be read and is not in force either.
    """
    book = load_folder(folder, keep_trees={rule_id}, progress=progress)
    return _versions(book, rule_id, str(folder), in_force)


def of_file(path: Path, rule_id: str | None, in_force: Mapping[str, Rule]) -> Versions:
    """The rule of one file, which may use the shared term lists beside it; its only one where none is named."""
    files = {str(path): decoded(path, rule_bytes(path))}
    for beside in rule_files(path.parent)[0]:
        if is_shared(str(beside)) and not beside.samefile(path):
            files[str(beside)] = decoded(beside, rule_bytes(beside))
    if rule_id is None:
        book = load_rules(files)
        rules = [rule.id for rule in book.rules if rule.path == str(path)]
        if book.errors and not rules:
            raise InvalidInput(list(book.errors))
        if len(rules) != 1:
            named = f": {', '.join(rules[:10])}" if rules else ""
            raise UsageError(f"{path} holds {len(rules) or 'no'} rules; name the one to try{named}")
        rule_id = rules[0]
    return _versions(load_rules(files, keep_trees={rule_id}), rule_id, str(path), in_force)


def _versions(book: RuleBook, rule_id: str, where: str, in_force: Mapping[str, Rule]) -> Versions:
    rule, running = book.get(rule_id), in_force.get(rule_id)
    if rule is None and running is not None and book.errors:
        note = f"its file is broken; this tries version {running.version}, the last good, which is in force"
        return Versions(running, parse_canonical(running.query), running.query, None, note)
    if rule is None:
        raise _absent(book, rule_id, where)
    tree, source = book.trees.get(rule_id), rule.source
    if tree is None:
        tree, source = parse_canonical(rule.query), rule.query
    note, before = f"version {rule.version}", None
    if running is None:
        note += ", not in force yet"
    elif running.version == rule.version:
        note += ", in force"
    elif _is_readable(running):
        note, before = f"{note}; in force is still {running.version}", running
    else:
        note += f"; {running.version}, in force, was written by another version and cannot be compared"
    return Versions(rule, tree, source, before, note)


def _is_readable(rule: Rule) -> bool:
    try:
        parse_canonical(rule.query)
    except QueryError:
        return False
    return True


def _absent(book: RuleBook, rule_id: str, where: str) -> Exception:
    if any(found in (rule_id, "") for _, found in book.broken):
        problems: list[Problem] = list(book.errors)
        return InvalidInput(problems)
    hint = did_you_mean(rule_id, [rule.id for rule in book.rules])
    return UsageError(f"there is no rule {rule_id}" + (f" ({hint})" if hint else f" in {where}"))
