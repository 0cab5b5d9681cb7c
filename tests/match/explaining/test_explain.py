from __future__ import annotations

import pytest
from hypothesis import example, given

from monitor.match.engine import Engine
from monitor.match.explaining.explain import Explained, explain, explain_tree, failures, to_change, written
from monitor.match.language import nodes
from monitor.match.language.query import TermList, parse, parse_item, unparse
from monitor.match.rulefiles.book import load_rules
from monitor.match.rules import Rule, version_of
from monitor.model import Article, Severity
from tests.match import slow
from tests.match.strategies import articles, queries

LISTS: dict[str, TermList] = {}
for _name, _items in {
    "places": ["Kursk", "Belgorod", "Donetsk", "Vladivostok", "Moscow", "Sumy", "Kyiv", "Tula"],
    "kpa": ["Korean People's Army", 'raw:"KPA"'],
    "nk": ["North Korea*", "$kpa"],
    "one": ["$kpa NEAR/2 unit"],
}.items():
    LISTS[_name] = TermList.of(_name, tuple(parse_item(item, LISTS) for item in _items))
ARTICLE = Article(
    title="KPA unit", body="The Korean People's Army sent its unit to Kursk. Kursk is near.", language="en"
)


def explained(query: str, article: Article = ARTICLE) -> Explained:
    return explain_tree(parse(query, LISTS), article, query)


def everything(found: Explained) -> list[Explained]:
    return [found, *(each for part in found.parts for each in everything(part))]


# --- what holds ------------------------------------------------------------------------------------


@given(queries, articles)
@example(nodes.Near(nodes.Word("c"), nodes.Word("b"), 0, negated=True), Article(title="", body="b"))
def test_an_explanation_and_the_engine_decide_alike(tree: nodes.Node, article: Article) -> None:
    query = unparse(tree)
    rule = Rule("r", "r", Severity.LOW, query, version_of(query))
    found = explain(query, article)
    assert found.held == bool(Engine([rule]).match(article))
    assert (to_change(found) == ()) == found.held == (failures(found) == ())
    for part in everything(found):
        assert part.held == slow.holds(part.node, article)


@given(queries, articles)
def test_what_is_shown_is_within_the_texts(tree: nodes.Node, article: Article) -> None:
    texts = {"title": article.title, "body": article.body}
    for part in everything(explain_tree(tree, article)):
        near = part.nearest.spans if part.nearest else ()
        for span in (*part.spans, *near):
            assert 0 <= span.start < span.end <= len(texts[span.field])
        assert part.held or not part.spans
        assert not (part.held and part.nearest)


@given(queries, articles)
def test_what_is_to_change_is_enough(tree: nodes.Node, article: Article) -> None:
    """With the named clauses true, whatever holds of the others, the query holds."""
    found = explain_tree(tree, article)
    assert _holds(found.node, article, [clause.node for clause in to_change(found)])


def _holds(node: nodes.Node, article: Article, true: list[nodes.Node]) -> bool:
    """Whether `node` holds where every clause of `true` does; a proximity whose operands do is taken to."""
    if node in true or slow.holds(node, article):
        return True
    parts = nodes.children(node)
    match node:
        case nodes.And():
            return all(_holds(part, article, true) for part in parts)
        case nodes.Or():
            return any(_holds(part, article, true) for part in parts)
        case nodes.Of(count=count):
            return sum(_holds(part, article, true) for part in parts) >= count
        case nodes.Near(negated=True):
            return not slow.holds(node.left, article) and _holds(node.left, article, true)
        case nodes.Near() | nodes.First() | nodes.AtLeast():
            there = all(slow.holds(part, article) for part in parts)
            return not there and all(_holds(part, article, true) for part in parts)
    return False


# --- as it was written -----------------------------------------------------------------------------


def test_clauses_are_shown_as_they_were_written() -> None:
    query = '$places AND  ("sent to"~3 OR (title:Unit PRE/2 x)) AND NOT words:[300 TO 600] AND 2 OF ($kpa, y)'
    found = explained(query)
    assert [part.clause for part in found.parts] == [
        "$places",
        '"sent to"~3 OR (title:Unit PRE/2 x)',
        "NOT words:[300 TO 600]",
        "2 OF ($kpa, y)",
    ]
    assert [part.clause for part in found.parts[1].parts] == ['"sent to"~3', "title:Unit PRE/2 x"]
    assert [part.clause for part in found.parts[2].parts[0].parts] == ["words:>=300", "words:<=600"]
    assert [part.clause for part in found.parts[3].parts] == ['"korean people army"', 'raw:"KPA"', "y"]


def test_a_list_is_folded_to_what_the_article_has() -> None:
    (places,) = explained("$places AND x").parts[:1]
    assert [(part.clause, part.held, len(part.spans)) for part in places.parts] == [("kursk", True, 2)]
    assert places.others == 7


def test_a_list_within_a_list_is_folded_into_it() -> None:
    found = explained("$nk")
    assert [part.clause for part in found.parts] == ['"korean people army"', 'raw:"KPA"']
    assert (found.clause, found.others) == ("$nk", 1)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("$nk NEAR/3 ($places OR x)", "$nk NEAR/3 ($places OR x)"),
        ("$one AND NOT $nk", "($kpa NEAR/2 unit) AND NOT $nk"),
        ("title:($nk OR x) AND $nk", "(title:$nk OR title:x) AND $nk"),
        ("atleast2($nk) OR FIRST/9($kpa)", "atleast2($nk) OR FIRST/9($kpa)"),
        ("2 OF ($kpa NEAR/1 x, y OR z, Tula)", "2 OF ($kpa NEAR/1 x, y OR z, tula)"),
    ],
)
def test_a_tree_is_written_with_the_names_of_its_lists(query: str, shown: str) -> None:
    assert written(parse(query, LISTS)) == shown


@given(queries)
def test_without_lists_it_is_written_as_in_canonical_queries(tree: nodes.Node) -> None:
    assert written(tree) == unparse(tree)


def test_exclusions_and_filters_are_told_apart_from_the_query() -> None:
    rules = """
terms: {drama: [film, drama, series]}
rules:
  - id: a
    query: Kursk AND unit
    exclude: [$drama, museum]
    where: {lang: [en, de]}
"""
    book = load_rules({"a.yaml": rules}, keep_trees={"a"})
    rule = book.rules[0]
    found = explain_tree(book.trees["a"], ARTICLE, rule.source)
    assert [(part.role, part.clause, part.held) for part in found.parts] == [
        ("", "Kursk", True),
        ("", "unit", True),
        ("exclude", "NOT $drama", True),
        ("exclude", "NOT museum", True),
        ("where", 'lang:"en" OR lang:"de"', True),
    ]
    assert load_rules({"a.yaml": rules}).trees == {}


# --- what to change --------------------------------------------------------------------------------

CHANGES = [  # query, the clauses of the smallest change
    ("Kursk AND Sumy", ["Sumy"]),
    ("(tank AND gun) OR (unit AND Sumy)", ["Sumy"]),
    ("(tank OR gun) AND Sumy", ["tank OR gun", "Sumy"]),
    ("(tank NEAR/2 gun) OR (Kursk NEAR/0 unit)", ["Kursk NEAR/0 unit"]),
    ("tank NEAR/2 (gun OR Kursk)", ["tank"]),
    ("2 OF (Kursk, tank, units, gun)", ["units"]),  # of three that fail, the one that came near
    ("3 OF (Kursk, tank, gun AND bomb)", ["tank", "gun", "bomb"]),
    ("Kursk AND NOT (unit NEAR/9 Kursk)", ["NOT (unit NEAR/9 Kursk)"]),
    ("tank NOT NEAR/2 gun", ["tank"]),
    ("Kursk NOT NEAR/2 unit", ["Kursk NOT NEAR/2 unit"]),
    ("FIRST/3(Kursk) AND atleast3(Kursk)", ["FIRST/3(Kursk)", "atleast3(Kursk)"]),
    ("FIRST/3(tank) AND lang:ko", ["tank", "lang:ko"]),
    ("Kursk", []),
]


@pytest.mark.parametrize(("query", "clauses"), CHANGES, ids=[row[0] for row in CHANGES])
def test_the_smallest_change(query: str, clauses: list[str]) -> None:
    assert [clause.clause for clause in to_change(explained(query))] == clauses


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tank", ("no tank",)),
        ("units AND tank", ("no units: the article has “unit”", "no tank")),
        ("tank OR gun", ("none of tank, gun",)),
        ("2 OF (tank, Kursk, gun)", ("1 instead of 2 of tank, Kursk, gun",)),
        ("(tank AND gun) OR (unit AND 3 OF (Kursk, gun, unit))", ("2 instead of 3 of Kursk, gun, unit",)),
        ("$places AND NOT $kpa", ("it must not hold, and does: $kpa",)),
        (
            "$places NEAR/2 $kpa",
            (
                "both are there, but not NEAR/2: $places NEAR/2 $kpa: "
                "the nearest are 4 words apart; at most 2 are allowed",
            ),
        ),
        ("lang:ko", ("the article is not lang:ko: its language is en",)),
        (
            "Kursk NEAR/0 unit",
            (
                "both are there, but not NEAR/0: Kursk NEAR/0 unit: "
                "the nearest are 1 word apart; none may stand between",
            ),
        ),
        ("title:($places OR x)", ("none of title:$places, title:x: it is in the body, not in the title",)),
    ],
)
def test_a_failure_is_a_line(query: str, said: tuple[str, ...]) -> None:
    found = failures(explained(query))
    assert found == said


def test_a_long_list_makes_no_long_line() -> None:
    items = " OR ".join(f"w{number}" for number in range(500))
    (line,) = failures(explain(unparse(parse(f"({items}) NEAR/3 ({items})")), Article("", "w1 x x x x w2")))
    assert len(line) < 400
