"""The cache of what rule files gave: kept faithfully, and never trusted further than it goes."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import monitor
from monitor.adapters.rule_cache import READING_CODE, RuleCache, cache_folder, code_digest
from monitor.match.evaluation.plans import plan_of
from monitor.match.rulefiles.reading import FileReading, Surroundings
from monitor.match.rulefiles.rulefile import read_rule_file

TEXT = """
terms: {x: [one, two], unused: [three]}
rules:
  - id: a
    title: "북한 – Ąę"
    severity: high
    query: $x AND y
    exclude: [$x]
    where: {lang: [ko, en]}
    seeds: [seeds/a.txt]
    alert: {to: [desk, editors], per: digest}
    owner: desk
    description: why
    tags: [wire]
    enabled_until: 2027-01-31
    tests: {match: [x, {title: t, body: b, lang: ko, url: "https://a.example/", feed: f}], known_miss: [y]}
  - id: b
    query: x OR $shared AND
  - id: c
    query: v
    alert: {to: [dsk]}
"""
PATH = "rules/a.yaml"
KNOWN = frozenset({"desk", "editors"})
KEY = "own", "0" * 64


@pytest.fixture
def cache(tmp_path: Path) -> RuleCache:
    return RuleCache(tmp_path / "cache" / "rules")


@pytest.fixture
def reading() -> FileReading:
    found = read_rule_file(PATH, TEXT, Surroundings(receivers=KNOWN))
    assert found.problems and found.unused and found.uses and found.broken
    return found


def plans(reading: FileReading) -> dict[str, object]:
    return {rule.version: plan_of(rule.query) for rule in reading.rules if rule is not None}


def entries(cache: RuleCache) -> list[Path]:
    return sorted(cache.folder.iterdir())


def test_a_reading_comes_back_as_it_was_kept(cache: RuleCache, reading: FileReading) -> None:
    rule = reading.rules[0]
    assert rule is not None
    for each in fields(rule):
        assert getattr(rule, each.name) not in ((), "", None, 0), "the example has all that a rule can have"
    whole = read_rule_file(PATH, TEXT.replace("dsk", "desk").replace(' OR"', '"'), Surroundings())
    for each in (reading, whole, FileReading(PATH, opened=False, broken=frozenset({""}))):
        cache.put(*KEY, each, plans(each))
        assert cache.get(*KEY, PATH) == (each, plans(each))
    assert cache.get("shared", KEY[1], PATH) is None
    assert cache.get("own", "1" * 64, PATH) is None


def test_what_a_file_gave_is_known_by_its_content_wherever_it_is(
    cache: RuleCache, reading: FileReading
) -> None:
    cache.put(*KEY, reading, {})
    elsewhere = cache.get(*KEY, "/etc/monitor/rules/b.yaml")
    assert elsewhere is not None
    assert elsewhere[0] == read_rule_file("/etc/monitor/rules/b.yaml", TEXT, Surroundings(receivers=KNOWN))


def damaged(data: bytes) -> Iterator[bytes]:
    yield b""
    yield data[: len(data) // 2]
    yield data[:-1]
    yield data.replace(b"high", b"low!", 1)
    yield b"\x80\x04K\x01."
    yield b"\n" + b"[" * 100_000


@pytest.mark.parametrize("index", range(6))
def test_a_damaged_entry_is_ignored_and_written_anew(
    cache: RuleCache, reading: FileReading, index: int
) -> None:
    cache.put(*KEY, reading, {})
    (entry,) = entries(cache)
    entry.write_bytes(list(damaged(entry.read_bytes()))[index])
    assert cache.get(*KEY, PATH) is None
    cache.put(*KEY, reading, {})
    assert cache.get(*KEY, PATH) == (reading, {})


@pytest.mark.parametrize(
    "foreign",
    [[], {}, {"reading": {}, "plans": {}}, {"reading": {"rules": [["a"]]}, "plans": {}}, "text", None],
)
def test_an_entry_that_another_program_wrote_is_ignored(
    cache: RuleCache, reading: FileReading, foreign: object
) -> None:
    from hashlib import blake2b

    cache.put(*KEY, reading, {})
    (entry,) = entries(cache)
    written = json.dumps(foreign).encode()
    entry.write_bytes(blake2b(written, digest_size=16).hexdigest().encode() + b"\n" + written)
    assert cache.get(*KEY, PATH) is None


def test_without_a_place_nothing_is_kept_and_nothing_fails(tmp_path: Path, reading: FileReading) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "rules", Path("/proc/monitor/rules")):
        cache = RuleCache(folder)
        cache.put(*KEY, reading, {})
        assert cache.get(*KEY, PATH) is None
        cache.tidy()


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702])
def test_a_folder_that_others_may_write_to_is_not_believed(
    cache: RuleCache, reading: FileReading, mode: int
) -> None:
    cache.put(*KEY, reading, {})
    cache.folder.chmod(mode)
    assert cache.get(*KEY, PATH) is None
    before = [(path.name, path.stat().st_mtime_ns) for path in entries(cache)]
    cache.put(*KEY, reading, {})
    assert [(path.name, path.stat().st_mtime_ns) for path in entries(cache)] == before


def test_a_link_in_place_of_the_folder_is_not_followed(tmp_path: Path, reading: FileReading) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    RuleCache(tmp_path / "link").put(*KEY, reading, {})
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_was_not_used_for_a_month_goes_and_half_written_files_go(
    cache: RuleCache, reading: FileReading
) -> None:
    now, day = 1_800_000_000.0, 86_400.0
    for number, age in enumerate((29.0, 31.0)):
        cache.put("own", str(number), reading, {})
        newest = max(entries(cache), key=lambda path: path.stat().st_ctime_ns)
        os.utime(newest, (now - age * day,) * 2)
    (cache.folder / "x.new").write_text("half")
    os.utime(cache.folder / "x.new", (now - 2 * day,) * 2)
    cache.tidy(now)
    assert [cache.get("own", str(number), PATH) is not None for number in range(2)] == [True, False]
    assert [path.suffix for path in entries(cache)] == [".json"]


def test_all_entries_together_are_bounded_and_the_last_used_stay(
    tmp_path: Path, reading: FileReading
) -> None:
    size = 3 * len(json.dumps(reading.dump()))
    cache = RuleCache(tmp_path, max_bytes=size)
    for number in range(10):
        cache.put("own", str(number), reading, {})
        newest = max(entries(cache), key=lambda path: path.stat().st_ctime_ns)
        os.utime(newest, (number, number))
    cache.tidy(10.0)
    left = [number for number in range(10) if cache.get("own", str(number), PATH) is not None]
    assert left == list(range(10 - len(left), 10))
    assert 0 < sum(path.stat().st_size for path in entries(cache)) <= size


def test_where_the_cache_is() -> None:
    assert cache_folder({"CACHE_DIRECTORY": "/var/cache/monitor:/x"}) == Path("/var/cache/monitor/rules")
    assert cache_folder({}).parts[-2:] == ("monitor", "rules")


def test_the_code_that_reads_rules_is_all_in_the_name_of_an_entry() -> None:
    """Whatever monitor.match imports decides what a file gives; a change to it must make entries useless."""
    root = Path(monitor.__file__).parent
    covered = {path for pattern in READING_CODE for path in root.glob(pattern)}
    imported, waiting = (
        set(),
        [root / "match" / "rulefiles" / "book.py", root / "match" / "evaluation" / "plans.py"],
    )
    while waiting:
        path = waiting.pop()
        if path in imported:
            continue
        imported.add(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("monitor"):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
                files = [root.parent / Path(*name.split(".")).with_suffix(".py") for name in names]
                waiting += [file for file in files if file.exists()]
    assert len(imported) > 10
    assert imported <= covered
    assert code_digest() == code_digest()
