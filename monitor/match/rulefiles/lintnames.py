"""The lints by name, and which of them a file or a rule switches off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.errors import Problem
from monitor.match.language.hints import key_meant
from monitor.match.language.query import did_you_mean
from monitor.match.rulefiles.yamltree import Source, Tree

# name -> what is warned of
LINTS = {
    "never": "a query, or a part of one, that no article can satisfy",
    "always": "a part that every article satisfies",
    "redundant": "an alternative that another one finds as well, or a condition that another one includes",
    "duplicate": "the same term twice in a list",
    "unused-list": "a term list that no rule uses",
    "shadowed-list": "a term list that hides the one of the same name in terms.yaml",
    "no-tests": "a rule with neither tests nor seeds",
    "contradicting-tests": "a text that a rule shall match and ignore",
    "known-failures": "cases that a rule is known to fail",
    "lowercase-operator": "and, or, not or near in small letters, looked for as a word",
    "list-in-quotes": "$name within quotes, where it is text",
    "missing-colon": "a field without its colon, looked for as a phrase",
    "unknown-field": "a field's name misspelt in a list, where it is looked for as text",
    "inner-field": "a field within another one, of which only the inner counts",
    "short-stem": "a wildcard after fewer than two letters, which finds too many words",
    "other-wildcard": "the wildcard of another product, ! or $ after a word, which finds nothing more here",
    "wide-edit": "an edit distance that makes most short words alike",
    "open-regex": "an expression without three letters in a row that must occur",
    "ascii-regex": "\\b or \\w in an expression with letters beyond a to z, which they do not know",
    "costly": "a rule that asks for no certain word, and so is evaluated for every article",
    "long-word": "a term without spaces that is longer than any word",
    "chain": "a chain of w/s or w/p, which misses what stands between the first two",
    "expired": "a rule whose enabled_until is past",
}
LINT_KEYS = ("ignore",)


def ignored_in(source: Source, tree: Tree, problems: list[Problem]) -> frozenset[str]:
    """The lints that `lint: {ignore: [...]}` of a file or a rule switches off; errors go to `problems`."""
    given = tree.get("lint")
    if given is None or given.empty:
        return frozenset()
    if given.kind != "map":
        problems.append(source.at(given, "lint: names what is not to be warned of", _EXAMPLE))
        return frozenset()
    for key in given.keys:
        if key.text not in LINT_KEYS:
            hint = key_meant("lint:", key.text) or _EXAMPLE
            problems.append(source.at(key, f"lint: has no key {key.text}", hint))
    return frozenset(_names(source, given.get("ignore"), problems))


_EXAMPLE = "lint: {ignore: [unused-list]}"


def _names(source: Source, tree: Tree | None, problems: list[Problem]) -> Iterator[str]:
    for item in _each(tree):
        if item.text in LINTS:
            yield item.text
        elif not item.empty:
            shown = item.text if item.kind == "scalar" else "this"
            hint = did_you_mean(shown, LINTS) or f"lints are {', '.join(LINTS)}"
            problems.append(source.at(item, f"there is no lint {shown}", hint))


def _each(tree: Tree | None) -> Iterable[Tree]:
    return () if tree is None else tree.items if tree.kind == "list" else (tree,)
