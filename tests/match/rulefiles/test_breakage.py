"""What an owner reads of a broken file."""

from __future__ import annotations

import pytest

from monitor.errors import Problem
from monitor.match.rulefiles.book import load_rules
from monitor.match.rulefiles.breakage import broken_files, mended
from monitor.match.rules import Rule, RuleBook

GOOD = "rules:\n  - id: a\n    query: one\n    owner: desk\n  - id: b\n    query: two\n"
OTHER = "rules:\n  - id: c\n    query: $t AND x\n    owner: asia\n"
TERMS = "terms:\n  t: [y, z]\n"
FILES = {"/r/a.yaml": GOOD, "/r/c.yaml": OTHER, "/r/terms.yaml": TERMS}
BEFORE: tuple[Rule, ...] = load_rules(FILES).rules


def book(unreadable: tuple[Problem, ...] = (), **edited: str | None) -> RuleBook:
    files = FILES | {f"/r/{name}.yaml": text for name, text in edited.items()}
    there = {path: text for path, text in files.items() if text is not None}
    return load_rules(there, None, unreadable).with_last_good(BEFORE)


def found(broken: RuleBook) -> list[tuple[str, list[str], tuple[str, ...], tuple[str, ...]]]:
    return [
        (each.path, [rule.id for rule in each.kept], each.lost, each.owners) for each in broken_files(broken)
    ]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (book(), []),
        (book(a=GOOD.replace("one", "one AND")), [("/r/a.yaml", ["a"], (), ("desk",))]),
        (book(a="rules:\n\t- id: a\n"), [("/r/a.yaml", ["a", "b"], (), ("desk", ""))]),
        (book(a=GOOD + "  - id: n\n    query: x AND\n"), [("/r/a.yaml", [], ("n",), ())]),
        (book(terms="terms:\n\tt: [y]\n"), [("/r/terms.yaml", ["c"], (), ("asia",))]),
        (book(terms="terms:\n  t: [y AND]\n"), [("/r/terms.yaml", ["c"], (), ("asia",))]),
        (
            book((Problem("/r/a.yaml", 0, 0, "this is a folder"),), a=None),
            [("/r/a.yaml", ["a", "b"], (), ("desk", ""))],
        ),
        (
            load_rules({}, None, [Problem("/r", 0, 0, "gone")]).with_last_good(BEFORE),
            [("/r", ["a", "b", "c"], (), ("desk", "", "asia"))],
        ),
        (
            book(a=GOOD.replace("one", "one AND"), c=OTHER.replace("x", "x AND")),
            [("/r/a.yaml", ["a"], (), ("desk",)), ("/r/c.yaml", ["c"], (), ("asia",))],
        ),
    ],
)
def test_what_a_file_breaks(
    broken: RuleBook, said: list[tuple[str, list[str], tuple[str, ...], tuple[str, ...]]]
) -> None:
    assert found(broken) == said


def test_the_words_name_the_place_the_caret_and_the_versions_that_run() -> None:
    (broken,) = broken_files(
        book(a=GOOD.replace("one", "titel:one") + "  - id: n\n    query: x AND\n    owner: desk\n")
    )
    version = next(rule.version for rule in BEFORE if rule.id == "a")
    assert broken.headline == "a.yaml is broken; 1 rule runs in its last good version; 1 rule does not run"
    lines = broken.text.splitlines()
    assert lines[0].startswith("/r/a.yaml:3:12: error: there is no field titel:")
    assert lines[1:3] == ["  3 |     query: titel:one", "    |            ^^^^^^"]
    assert f"  a (version {version})" in lines
    assert "  n" in lines


def test_a_long_list_is_cut() -> None:
    many = "rules:\n" + "".join(f"  - id: r{n:02}\n    query: x AND\n" for n in range(30))
    (broken,) = broken_files(load_rules({"/r/a.yaml": many}))
    assert broken.text.count("error:") == 10
    assert "… and 20 more problems; `monitor check` shows them" in broken.text
    assert "… and 20 more rules" in broken.text
    assert broken.headline == "a.yaml is broken; 30 rules do not run"


def test_what_is_said_when_it_is_mended() -> None:
    headline, text = mended("/r/a.yaml", BEFORE)
    assert headline == "a.yaml is mended; 2 rules run as they stand"
    assert [line.split()[0] for line in text.splitlines()[1:]] == ["a", "b"]
    assert mended("/r", BEFORE)[0] == "r is mended; 3 rules run as they stand"
    assert mended("/r/z.yaml", BEFORE)[0] == "z.yaml is no longer broken"
