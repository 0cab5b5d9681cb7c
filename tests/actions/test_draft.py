"""Drafts beside their seeds: which files are made, what is never overwritten, what stored articles add."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.actions.draft import Drafted, Seed, lines, make_draft, try_draft, write_draft
from monitor.actions.rules import check_folder
from monitor.actions.testing import State, run_tests
from monitor.adapters.store import Store
from monitor.errors import UsageError
from monitor.match.rulefiles.book import load_rules
from monitor.model import Article, Standing

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
BRIDGE = Article(
    "Larkmouth bridge closed",
    "Engineers closed the bridge at Larkmouth on Tuesday. Divers found cracks in two pillars at Larkmouth.\n"
    "Ferries carry the commuters of Larkmouth: the bridge is closed. Nobody complained.",
    url="https://news.example/bridge",
    language="en",
    published=datetime(2026, 3, 30, tzinfo=UTC),
)
STORED = Seed("https://news.example/bridge", BRIDGE)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder


def file_seed(path: Path) -> Seed:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{BRIDGE.title}\n\n{BRIDGE.body}\n")
    return Seed(str(path), replace(BRIDGE, url=None, published=None), path)


def seeds_of(made: Drafted) -> tuple[str, ...]:
    (rule,) = load_rules({"draft.yaml": made.draft.text}).rules
    return rule.seeds


def test_a_draft_of_a_page_is_written_with_its_seed_and_passes(rules: Path) -> None:
    made = make_draft([STORED], folder=rules, out=rules / "bridge.yaml")
    assert list(rules.iterdir()) == []
    written = write_draft(made)
    seed = rules / "seeds" / "2026-03-30-larkmouth-bridge-closed.txt"
    assert written == [seed, rules / "bridge.yaml"]
    assert sorted(path.name for path in rules.iterdir()) == ["bridge.yaml", "seeds"]
    book = check_folder(rules, None, NOW.date())
    assert [str(problem) for problem in book.problems] == []
    results = list(run_tests(book.rules))
    assert {result.kind for result in results} == {"seed", "match", "ignore"}
    assert {result.state for result in results} == {State.PASSED}


def test_seeds_beside_the_rules_are_named_and_others_are_copied(rules: Path, tmp_path: Path) -> None:
    near, far = file_seed(rules / "seeds" / "near.txt"), file_seed(tmp_path / "near.txt")
    made = make_draft([near, far], folder=rules, out=rules / "bridge.yaml")
    assert seeds_of(made) == ("seeds/near.txt", "seeds/near-2.txt")
    write_draft(made)
    assert (rules / "seeds" / "near-2.txt").read_bytes() == (tmp_path / "near.txt").read_bytes()
    assert all(
        result.state is State.PASSED for result in run_tests(check_folder(rules, None, NOW.date()).rules)
    )


def test_without_a_place_nothing_is_written_and_only_files_are_named(rules: Path, tmp_path: Path) -> None:
    far = file_seed(tmp_path / "far.txt")
    made = make_draft([STORED, far], folder=rules)
    assert seeds_of(made) == ("../far.txt",)
    assert list(rules.iterdir()) == []


def test_a_file_is_overwritten_only_on_request_and_its_seeds_never(rules: Path) -> None:
    out = rules / "bridge.yaml"
    write_draft(make_draft([STORED], folder=rules, out=out))
    first = out.read_text()
    with pytest.raises(UsageError, match="exists already"):
        make_draft([STORED], folder=rules, out=out)
    out.write_text("# mine")
    write_draft(make_draft([STORED], folder=rules, out=out, force=True))
    assert out.read_text() == first.replace("closed.txt", "closed-2.txt")
    assert len(list((rules / "seeds").iterdir())) == 2


WRONG = [
    ({"out": "bridge.txt"}, "no name for a rule file"),
    ({"out": "nowhere/bridge.yaml"}, "there is no folder"),
    ({"rule_id": "Über"}, "cannot be an id"),
    ({"rule_id": "taken"}, "there is a rule taken already"),
]


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_what_cannot_be_meant_is_refused(rules: Path, given: dict[str, str], said: str) -> None:
    (rules / "a.yaml").write_text("rules:\n  - id: taken\n    query: x\n")
    out = {"out": rules / given["out"]} if "out" in given else {}
    with pytest.raises(UsageError, match=said):
        make_draft([STORED], folder=rules, rule_id=given.get("rule_id", ""), **out)


def test_seeds_without_words_are_refused(rules: Path) -> None:
    with pytest.raises(UsageError, match="no words"):
        make_draft([Seed("a", Article("?", "- !"), rules / "a.txt")], folder=rules)


def test_an_id_that_is_taken_is_not_made(rules: Path) -> None:
    (rules / "a.yaml").write_text("rules:\n  - id: larkmouth-bridge-closed\n    query: x\n")
    assert make_draft([STORED], folder=rules).draft.id == "larkmouth-bridge-closed-2"


def test_the_schema_beside_the_rules_is_named_for_editors(rules: Path) -> None:
    assert not make_draft([STORED], folder=rules).draft.text.startswith("# yaml-language-server")
    (rules / "schema.json").write_text("{}")
    assert make_draft([STORED], folder=rules).draft.text.startswith(
        "# yaml-language-server: $schema=schema.json\n"
    )


def test_a_draft_is_weighed_and_tried_on_what_is_stored(rules: Path, store: Store) -> None:
    crowd = [
        Article(
            f"Engineers {n}",
            f"Engineers met {n} divers and spoke of commuters.",
            collected=NOW - timedelta(days=3),
        )
        for n in range(150)
    ]
    past = replace(BRIDGE, collected=NOW - timedelta(days=10))
    with store.settlement(NOW) as tx:
        tx.add_articles([(f"k:{n}", item, Standing.NEW) for n, item in enumerate([*crowd, past])])
    blank, known = make_draft([STORED], folder=rules), make_draft([STORED], folder=rules, store=store)
    asked = [
        made.draft.text.partition("about: [")[2].partition("]")[0].split(", ") for made in (blank, known)
    ]
    assert "engineer*" in asked[0]
    assert "engineer*" not in asked[1]
    report = try_draft(known, store, NOW)
    assert [found.article.title for found in report.newest] == [BRIDGE.title]
    first, second = lines(report)
    assert first.startswith("tried on 151 articles of the last 30 days: 1 would have matched")
    assert second == "  2026-03-21  Larkmouth bridge closed"


def test_an_empty_database_is_said_to_be_empty(rules: Path, store: Store) -> None:
    made = make_draft([STORED], folder=rules, store=store)
    assert list(lines(try_draft(made, store, NOW))) == [
        "there are no articles of the last 30 days to try it on"
    ]
