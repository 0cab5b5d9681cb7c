from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from monitor.actions.rules import chosen, fetch_article, load_folder, match_article
from monitor.actions.schema import schema
from monitor.actions.testing import State, run_tests
from monitor.collect.access import FeedAccess
from monitor.errors import FetchError, Problem, SeedError, UsageError
from monitor.match.engine import Engine
from monitor.match.rulefiles import rulefile
from monitor.match.rulefiles.book import load_rules
from monitor.model import Article, Entry, ParsedFeed, Response

RULES = """\
terms:
  who: [DPRK, North Korea*]
rules:
  - id: troops
    severity: high
    query: ($who NEAR/4 troop*) AND Russia NOT football
    seeds: [seeds/one.txt, seeds/two.txt]
    tests:
      match: [DPRK troops in Russia, DPRK troops, {title: Russia, body: DPRK and troops}]
      ignore: [DPRK troops in Russia watch football, DPRK troops in Russia]
      known_miss: [Soldiers of the North, DPRK troops in Russia]
      known_false: [DPRK troops in Russia]
  - id: other
    query: x
"""
SEEDS = {
    "seeds/one.txt": b"Headline\n\nDPRK sends troops to Russia.\n",
    "seeds/two.txt": b"Headline\n\nDPRK troops.\n",
}


def seed(path: Path) -> bytes:
    found = SEEDS.get(path.relative_to("rules").as_posix())
    if found is None:
        raise SeedError(Problem(str(path), 0, 0, "this file cannot be read"))
    return found


def test_every_seed_and_case_is_tried_and_failures_say_why() -> None:
    book = load_rules({"rules/a.yaml": RULES})
    results = list(run_tests(book.rules, seed))
    assert [(result.kind, result.state) for result in results] == [
        ("seed", State.PASSED),
        ("seed", State.FAILED),
        ("match", State.PASSED),
        ("match", State.FAILED),
        ("match", State.PASSED),
        ("ignore", State.PASSED),
        ("ignore", State.FAILED),
        ("known_miss", State.KNOWN),
        ("known_miss", State.MENDED),
        ("known_false", State.KNOWN),
    ]
    why = {result.row()["id"]: result.why for result in results if result.why}
    assert why == {
        "troops:seed:2": ("no russia",),
        "troops:match:2": ("no russia",),
        "troops:ignore:5": ("it matched on “DPRK”, “troops”, “Russia”",),
        "troops:known_miss:7": ("it is right now: move it to match:",),
    }


WHY = [
    ("a AND b", "a", ("no b",)),
    ("a AND (b OR c)", "x", ("no a", "none of b, c")),
    ("a NOT b", "a b", ("it must not hold, and does: b",)),
    (
        "a NEAR/1 b",
        "a x x b",
        ("both are there, but not NEAR/1: a NEAR/1 b: the nearest are 2 words apart; at most 1 is allowed",),
    ),
    ("a NEAR/1 b", "a", ("no b",)),
    ("2 OF (a, b, c)", "a", ("1 instead of 2 of a, b, c",)),
    ("a AND lang:ko", "a", ('the article is not lang:"ko": its language is not known',)),
    ("OR".join(f" w{i} " for i in range(9)), "x", ("none of w0, w1, w2, w3, w4, w5 … (9 alternatives)",)),
]


@pytest.mark.parametrize(("query", "body", "why"), WHY)
def test_a_miss_names_the_clauses_that_failed(query: str, body: str, why: tuple[str, ...]) -> None:
    book = load_rules({"a.yaml": f"rules:\n  - id: r\n    query: {query}\n    tests: {{match: [{body}]}}\n"})
    assert [result.why for result in run_tests(book.rules)] == [why]


def test_a_seed_that_cannot_be_read_fails_its_rule() -> None:
    book = load_rules({"rules/a.yaml": "rules:\n  - id: r\n    query: x\n    seeds: [seeds/gone.txt]\n"})
    (result,) = run_tests(book.rules, seed)
    assert (result.state, result.why) == (State.FAILED, ("this file cannot be read",))


def test_rules_are_chosen_by_id() -> None:
    book = load_rules({"rules/a.yaml": RULES + "  - id: broken\n    query: x AND\n"})
    assert [rule.id for rule in chosen(book, ["other", "other"])] == ["other"]
    assert chosen(book, []) == book.rules
    assert chosen(book, ["broken"]) == ()
    with pytest.raises(UsageError, match="did you mean troops"):
        chosen(book, ["trops"])


def test_a_match_is_shown_with_its_spans() -> None:
    book = load_rules({"rules/a.yaml": RULES})
    found = match_article(Engine(book.rules), "f.txt", Article("Łódź, Russia", "The DPRK’s troops."))
    assert found.row() == {
        "file": "f.txt",
        "title": "Łódź, Russia",
        "published": None,
        "language": None,
        "matches": [
            {
                "rule": "troops",
                "severity": "high",
                "spans": [
                    {"field": "title", "start": 6, "end": 12, "text": "Russia"},
                    {"field": "body", "start": 4, "end": 8, "text": "DPRK"},
                    {"field": "body", "start": 11, "end": 17, "text": "troops"},
                ],
            }
        ],
    }


class Answers:
    """A fetcher and workers that know one page."""

    async def fetch(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        max_bytes: int | None = None,
        access: FeedAccess | None = None,
        permit: Callable[[str], Awaitable[None]] | None = None,
    ) -> Response:
        return Response(200 if url.endswith("/page") else 404, url, {"content-type": "text/html"}, b"<p>x")

    async def extract(self, body: bytes, content_type: str, url: str, entry: Entry) -> Article:
        return Article(content_type, body.decode(), url=url)

    async def parse_feed(self, body: bytes, content_type: str, url: str) -> ParsedFeed:
        raise AssertionError("no feed is asked for")


async def test_an_article_is_read_from_its_address() -> None:
    article = await fetch_article(Answers(), Answers(), "https://x.example/page")
    assert article == Article("text/html", "<p>x", url="https://x.example/page")
    with pytest.raises(FetchError, match="answered 404"):
        await fetch_article(Answers(), Answers(), "https://x.example/gone")
    with pytest.raises(UsageError, match="no web address"):
        await fetch_article(Answers(), Answers(), "https://")


def test_the_schema_knows_exactly_the_keys_that_the_reader_knows() -> None:
    described = schema()
    rule = described["properties"]["rules"]["items"]
    assert tuple(described["properties"]) == rulefile.FILE_KEYS
    assert set(rule["properties"]) == set(rulefile.RULE_KEYS)
    assert set(rule["properties"]["alert"]["properties"]) == set(rulefile.ALERT_KEYS)
    assert set(rule["properties"]["where"]["properties"]) == set(rulefile.WHERE_KEYS)
    assert set(rule["properties"]["tests"]["properties"]) == set(rulefile.TEST_KEYS)
    case = rule["properties"]["tests"]["properties"]["match"]["items"]["anyOf"][1]
    assert set(case["properties"]) == set(rulefile.CASE_KEYS)


def test_a_folder_is_read_with_its_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rules:\n  - id: r\n    query: x\n    seeds: [s]\n")
    (tmp_path / "b.yaml").mkdir()
    book = load_folder(tmp_path)
    assert [rule.id for rule in book.rules] == ["r"]
    assert [problem.path for problem in book.errors] == [str(tmp_path / "b.yaml")]
