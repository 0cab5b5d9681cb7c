"""The schema says what the reader says: the shipped files pass both, and what one refuses the other does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from monitor.actions.init import init
from monitor.actions.schema import schema, schema_text
from monitor.match.rulefiles.book import load_rules
from monitor.match.rulefiles.lintnames import LINTS
from tests.match.rulefiles.test_rulefile import GOOD, SHARED

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "rules").glob("*.yaml"))
CHECKER = jsonschema.Draft7Validator(schema())


def wrong(text: str) -> list[str]:
    """What an editor says of a rule file; YAML 1.2, as editors read it, with dates as text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    document = json.loads(json.dumps(yaml.load(text), default=str))
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in CHECKER.iter_errors(document)]


def test_the_schema_is_one_and_is_shipped_as_it_is_printed() -> None:
    CHECKER.check_schema(schema())
    assert (ROOT / "rules" / "schema.json").read_text("utf-8") == schema_text(), (
        "write it anew: monitor schema > rules/schema.json"
    )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_files_name_the_schema_and_agree_with_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=schema.json\n")
    assert wrong(text) == []


@pytest.mark.parametrize("text", [GOOD, SHARED])
def test_good_files_pass(text: str) -> None:
    assert wrong(text) == []


RULE = "rules:\n  - id: a\n    query: x\n"
BAD = [
    "ruels: []\n",
    "rules: {id: a}\n",
    "rules:\n  - id: a\n",
    "rules:\n  - query: x\n",
    "rules:\n  - id: A B\n    query: x\n",
    "terms: [a]\n",
    "terms: {'a b': [x]}\n",
    "terms: {t: [[x]]}\n",
    RULE + "    sevrity: high\n",
    RULE + "    severity: urgent\n",
    RULE + "    alert: {per: stories}\n",
    RULE + "    alert: [desk]\n",
    RULE + "    where: {lang: english}\n",
    RULE + "    where: {source: x}\n",
    RULE + "    tests: [x]\n",
    RULE + "    tests: {match: [{text: x}]}\n",
    RULE + "    tests: {match: [{body: x, lang: korean}]}\n",
    RULE + "    enabled_until: 31.1.2027\n",
    RULE + "    leading_wildcard: maybe\n",
    RULE + "    lint: {ignore: [unused]}\n",
    RULE + "    lint: [no-tests]\n",
]


@pytest.mark.parametrize("text", BAD)
def test_what_the_schema_refuses_the_reader_refuses_too(text: str) -> None:
    assert wrong(text)
    assert load_rules({"a.yaml": text}).errors


NUMBERS = "terms:\n  t: [NO, yes, 2024, 1.5, true]\n  북한: [x]\nrules:\n  - id: a\n    query: $t OR $북한\n"


def test_words_that_look_like_numbers_are_words_to_both() -> None:
    assert wrong(NUMBERS) == []
    assert load_rules({"a.yaml": NUMBERS}).errors == ()


def walk(node: Any) -> list[dict[str, Any]]:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return ([node] if isinstance(node, dict) else []) + [each for part in below for each in walk(part)]


def test_every_key_is_described() -> None:
    keys = [item for node in walk(schema()) for item in node.get("properties", {}).items()]
    assert len(keys) > 40
    assert [
        name for name, described in keys if not described.get("description") and "$ref" not in described
    ] == []
    assert {each["const"] for each in schema()["definitions"]["lint"]["oneOf"]} == set(LINTS)


def test_a_new_folder_has_the_schema_beside_its_rules(tmp_path: Path) -> None:
    init(tmp_path / "new", ROOT / "rules")
    assert (tmp_path / "new" / "rules" / "schema.json").read_text("utf-8") == schema_text()
    for path in (tmp_path / "new" / "rules").glob("*.yaml"):
        assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=schema.json\n")
