"""A folder read again gives the same book as one read afresh, and reads only what changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.adapters.files import read_rule_files
from monitor.adapters.rule_cache import RuleCache
from monitor.adapters.rule_folder import RuleFolder
from monitor.match.evaluation.plans import plan_of
from monitor.match.rulefiles.book import load_rules
from monitor.match.rules import RuleBook

RECEIVERS = frozenset({"desk"})
TESTED = "    tests: {match: [x]}\n"


def rule(rule_id: str, query: str, more: str = "") -> str:
    return f"  - id: {rule_id}\n    query: {query}\n{TESTED}{more}"


def rules(*written: str) -> str:
    return "rules:\n" + "".join(written)


TERMS = [
    "terms:\n  x: [one, two]\n  y: [$x, three]\n",
    "# said otherwise\nterms:\n  y: [$x, three]\n  x: [one,   two]\n",
    "terms:\n  x: [one, four]\n  y: [$x, three]\n",
    "terms:\n  x: [one AND]\n  y: [$x, three]\n",
    "terms:\n  x: [one, two]\n  xx: [three]\n",
    "terms:\n  x: [$y]\n  y: [$x]\n",
    "terms:\n\tx: [one]\n",
    "terms:\n  y: [five]\nrules:\n" + rule("of-terms", "$y AND six", "    alert: {to: [dsk]}\n"),
    "[]",
]
FILES = [
    rules(rule("a", "$x AND w")),
    rules(rule("a", "$y AND w"), rule("b", "q AND r")),
    rules(rule("b", "$x OR '$z'", "    alert: {to: [desk]}\n")),
    rules(rule("c", "$yy AND w"), rule("c", "twice")),
    rules(rule("d", "w", "    exclude: [$x]\n    owner: desk\n"), rule("e", "v AND", "")),
    rules(rule("a", "w AND v", "    alert: {to: [dsk, desk]}\n")),
    "terms:\n  x: [own]\n  unused: [z]\n" + rules(rule("f", "$x AND w")),
    "terms:\n  own: [$y, v]\n" + rules(rule("f", "$own AND w"), rule("F", "x")),
    "rules:\n\t- id: a\n",
    "rules: []\n",
    "",
    "ruels: []\n",
]
EDITS = st.one_of(
    st.tuples(st.sampled_from(["terms.yaml", "terms.yml"]), st.sampled_from([None, *TERMS])),
    st.tuples(st.sampled_from(["a.yaml", "b.yaml", "z.yml"]), st.sampled_from([None, "folder", *FILES])),
)


def put(folder: Path, name: str, text: str | None, turn: int) -> None:
    """Make one file what an edit makes it; even turns date it back, so that its times alone are trusted."""
    path = folder / name
    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    if text == "folder":
        path.mkdir()
    elif text is not None:
        path.write_text(text, "utf-8")
        if turn % 2 == 0:
            os.utime(path, (turn, turn))


def afresh(folder: Path, receivers: frozenset[str] | None) -> RuleBook:
    files, unreadable = read_rule_files(folder)
    return load_rules(files, receivers, unreadable)


@settings(deadline=None)  # it writes files
@given(st.lists(EDITS, min_size=1, max_size=12), st.lists(st.sampled_from([None, RECEIVERS]), min_size=12))
def test_a_book_read_again_is_the_book_read_afresh(
    edits: list[tuple[str, str | None]], receivers: list[frozenset[str] | None]
) -> None:
    with TemporaryDirectory() as place:
        folder, cache = Path(place, "rules"), RuleCache(Path(place, "cache"))
        folder.mkdir()
        watched = RuleFolder(folder)
        cached = RuleFolder(folder, cache)
        for turn, ((name, text), known) in enumerate(zip(edits, receivers, strict=False)):
            put(folder, name, text, turn)
            expected = afresh(folder, known)
            assert watched.read(known) == expected
            assert cached.read(known) == expected
            started_again = RuleFolder(folder, cache).read(known)
            assert started_again == expected
            assert all(
                started_again.plans[rule.version] == plan_of(rule.query) for rule in started_again.rules
            )


class Watched(RuleFolder):
    """A folder that says which of its files it had to read as text."""

    def read_names(self) -> list[str]:
        done: list[str] = []

        class Counting(RuleCache):
            def get(self, kind: str, data_digest: str, path: str) -> None:
                done.append(Path(path).name)

            def put(self, *_: object) -> None:
                pass

            def tidy(self, now: float | None = None) -> None:
                pass

        self.cache = Counting(self.folder)
        self.read(RECEIVERS)
        return done


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    found = tmp_path / "rules"
    found.mkdir()
    put(found, "terms.yaml", TERMS[0], 0)
    put(found, "a.yaml", rules(rule("a", "$x AND w")), 2)
    put(found, "b.yaml", rules(rule("b", "$y AND w")), 4)
    put(found, "c.yaml", rules(rule("c", "v AND w", "    alert: {to: [desk]}\n")), 6)
    yield found


def touched(folder: Path) -> None:
    os.utime(folder / "a.yaml", (99, 99))


def edited(folder: Path) -> None:
    put(folder, "b.yaml", rules(rule("b", "v")), 8)


def commented(folder: Path) -> None:
    put(folder, "terms.yaml", "# the same lists\n" + TERMS[1], 8)


def list_grown(folder: Path) -> None:
    put(folder, "terms.yaml", TERMS[0] + "  z: [new]\n", 8)


def list_changed(folder: Path) -> None:
    put(folder, "terms.yaml", TERMS[0].replace("three", "four"), 8)


def inner_list_changed(folder: Path) -> None:
    put(folder, "terms.yaml", TERMS[2], 8)


def terms_broken(folder: Path) -> None:
    put(folder, "terms.yaml", TERMS[6], 8)


def terms_gone(folder: Path) -> None:
    put(folder, "terms.yaml", None, 8)


def deleted(folder: Path) -> None:
    put(folder, "c.yaml", None, 8)


@pytest.mark.parametrize(
    ("edit", "read"),
    [
        (lambda folder: None, []),
        (touched, []),
        (edited, ["b.yaml"]),
        (commented, ["terms.yaml"]),
        (list_grown, ["terms.yaml"]),
        (list_changed, ["terms.yaml", "b.yaml"]),
        (inner_list_changed, ["terms.yaml", "a.yaml", "b.yaml"]),
        (terms_broken, ["terms.yaml", "a.yaml", "b.yaml"]),
        (terms_gone, ["a.yaml", "b.yaml"]),
        (deleted, []),
    ],
)
def test_only_what_changed_or_whose_lists_changed_is_read_again(
    folder: Path, edit: Callable[[Path], None], read: list[str]
) -> None:
    watched = Watched(folder)
    assert watched.read_names() == ["terms.yaml", "a.yaml", "b.yaml", "c.yaml"]
    edit(folder)
    assert watched.read_names() == read
    assert watched.read(RECEIVERS) == afresh(folder, RECEIVERS)


def test_rules_of_files_that_did_not_change_are_the_same_objects(folder: Path) -> None:
    watched = RuleFolder(folder)
    before = {rule.id: rule for rule in watched.read(RECEIVERS).rules}
    edited(folder)
    after = {rule.id: rule for rule in watched.read(RECEIVERS).rules}
    assert [name for name in after if after[name] is not before[name]] == ["b"]


def test_a_receiver_that_is_gone_breaks_the_rules_that_name_it_without_an_edit(folder: Path) -> None:
    watched = RuleFolder(folder)
    assert watched.read(RECEIVERS).broken == frozenset()
    gone = watched.read(frozenset({"deck"}))
    assert gone.broken == {(str(folder / "c.yaml"), "c")}
    assert "did you mean deck?" in str(gone.errors[0])
    assert watched.read(RECEIVERS).broken == frozenset()


def test_trees_that_are_asked_for_are_given_also_of_a_file_that_did_not_change(
    folder: Path, tmp_path: Path
) -> None:
    watched = RuleFolder(folder, RuleCache(tmp_path / "cache"))
    assert watched.read(RECEIVERS).trees == {}
    assert set(watched.read(RECEIVERS, keep_trees=["a"]).trees) == {"a"}
    assert watched.read(RECEIVERS).trees == {}


def test_a_file_that_vanishes_while_it_is_read_is_one_problem(folder: Path) -> None:
    """terms.yaml changed, so b.yaml is read again, which is a folder by then."""
    watched = RuleFolder(folder)
    watched.read(RECEIVERS)
    list_changed(folder)
    stamps = []

    def swap(done: int, of: int) -> None:
        if not stamps:
            put(folder, "b.yaml", "folder", 1)
        stamps.append(of)

    book = watched.read(RECEIVERS, progress=swap)
    assert [problem.path for problem in book.errors] == [str(folder / "b.yaml")]
    assert {rule.id for rule in book.rules} == {"a", "c"}
    assert book == afresh(folder, RECEIVERS)


def test_an_empty_folder_that_held_rules_is_one_that_was_lost(tmp_path: Path) -> None:
    watched = RuleFolder(tmp_path)
    assert watched.read().problems == ()
    (problem,) = watched.read(had_rules=True).problems
    assert "there is no rule file in this folder any more (to run no rules" in str(problem)
    (tmp_path / "none.yaml").write_text("rules: []\n")
    assert watched.read(had_rules=True).problems == ()


def test_times_that_may_not_tell_an_edit_apart_are_not_trusted(folder: Path) -> None:
    watched = RuleFolder(folder)
    path = folder / "a.yaml"
    path.write_text(rules(rule("a", "aa")))
    first = watched.read(RECEIVERS)
    kept = path.stat()
    path.write_text(rules(rule("a", "bb")))
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert first.get("a") != watched.read(RECEIVERS).get("a")
