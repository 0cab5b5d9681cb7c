from __future__ import annotations

import gc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.match.language import nodes
from monitor.match.language.nodes import And, Filter, Near, Not, Or, Phrase, Raw, Word
from monitor.match.language.query import MAX_LENGTH, QueryError, TermList, parse, parse_item, unparse
from monitor.text import words
from tests.match.strategies import queries


def terms(**lists: list[str]) -> dict[str, TermList]:
    made: dict[str, TermList] = {}
    for name, items in lists.items():
        made[name] = TermList.of(name, tuple(parse_item(item, made) for item in items))
    return made


LISTS = terms(
    dprk=["North Korea*", "DPRK"], arms=["gun*", 'raw:"KPA"'], both=["$dprk", "$arms"], one=["solo"]
)

a, b, c = Word("a"), Word("b"), Word("c")
MEANS = [
    ("a AND b", And((a, b))),
    ("a && b", And((a, b))),
    ("a || b OR c", Or((a, b, c))),
    ("a NOT b", And((a, Not(b)))),
    ("a -b", And((a, Not(b)))),
    ("a !b", And((a, Not(b)))),
    ("a AND NOT b AND c", And((a, Not(b), c))),
    ("a AND b NEAR/3 c", And((a, Near(b, c, 3)))),
    ("a NOT b NEAR/3 c", And((a, Not(Near(b, c, 3))))),
    ("a NOT NEAR/3 b", Near(a, b, 3, negated=True)),
    ("a PRE/2 b", Near(a, b, 2, ordered=True)),
    ("a NEAR/2f b", Near(a, b, 2, ordered=True)),
    ("a w/2 b", Near(a, b, 2)),
    ("a W/S b", Near(a, b, unit="s")),
    ("a w/p b", Near(a, b, unit="p")),
    ("title:(a OR body:b)", Or((Word("a", "title"), Word("b", "body")))),
    ("title:a AND b", And((Word("a", "title"), b))),
    ("title: a", Word("a", "title")),
    ("title:(a NEAR/1 b)", Near(Word("a", "title"), Word("b", "title"), 1)),
    ('"Sent to"~3', Phrase(("sent", "to"), 3)),
    ("“Sent to”", Phrase(("sent", "to"))),
    ("foo-bar", Phrase(("foo", "bar"))),
    ("AT&T", Phrase(("at", "t"))),
    ('"one"~4', Word("one")),
    (r'"a \* b"', Phrase(("a", "b"))),
    (r"\$dprk", Word("dprk")),
    (r"\u00c9t\u00e9", Word("ete")),
    (r'"\ud83d\ude00 \u002a a"', Phrase(("😀", "a"))),
    (r"a\*b*", Phrase(("a", "b*"))),
    ('"$dprk raw:x"', Phrase(("dprk", "raw:x"))),
    ("북한군*", Word("북한군*")),
    ("金正恩*", Phrase(("金", "正", "恩"))),
    ("U.S.*", Word("u.s.*")),
    ("12,000", Word("12,000")),
    ("$dprk", Or((Phrase(("north", "korea*")), Word("dprk")))),
    ("$one", Word("solo")),
    ("title:$arms", Or((Word("gun*", "title"), Raw("KPA", "title")))),
    ("$both", Or((Or((Phrase(("north", "korea*")), Word("dprk"))), Or((Word("gun*"), Raw("KPA")))))),
    ("$one NEAR/2 a", Near(Word("solo"), a, 2)),
    ("2 OF ($dprk, a)", nodes.Of(2, (Phrase(("north", "korea*")), Word("dprk"), a))),
    ("atleast3($one)", nodes.AtLeast(3, Word("solo"))),
    ("FIRST/20(a)", nodes.First(20, a)),
    ("a~", nodes.Fuzzy("a", 2)),
    ("/x.y/", nodes.Regex("x.y")),
    ("a AND words:[300 TO 600]", And((a, And((Filter("words", ">=", "300"), Filter("words", "<=", "600")))))),
    ("a AND lang:(en OR ko)", And((a, Or((Filter("lang", ":", "en"), Filter("lang", ":", "ko")))))),
    ("a AND url:https://x.example/y?z=1", And((a, Filter("url", ":", "https://x.example/y?z=1")))),
]  # fmt: skip


@pytest.mark.parametrize(("query", "tree"), MEANS)
def test_what_is_written_and_what_it_means(query: str, tree: nodes.Node) -> None:
    assert parse(query, LISTS) == tree


def test_a_term_list_keeps_its_name_also_within_another() -> None:
    tree = parse("x AND $both", LISTS)
    named = [node.name for node in nodes.walk(tree) if isinstance(node, Or)]
    assert named == ["both", "dprk", "arms"]
    assert parse("title:$dprk", LISTS) == parse('title:("North Korea*" OR DPRK)'), "a name is no meaning"


def test_nodes_know_where_they_were_written() -> None:
    query = "a AND (troop* NEAR/3 $dprk)"
    tree = parse(query, LISTS)
    places = {query[slice(*node.at)] for node in nodes.walk(tree)}
    assert places == {query, "a", "(troop* NEAR/3 $dprk)", "troop*", "$dprk"}


ITEMS = [
    ("North Korea*", Phrase(("north", "korea*"))),
    ("Kim Jong-un", Phrase(("kim", "jong", "un"))),
    ("Росси*", Word("росси*")),
    ('"Russia" OR Kursk', Or((Word("russia"), Word("kursk")))),
    ("title:x", Word("x", "title")),
    ("$one", Word("solo")),
    ("Mission: Impossible", Phrase(("mission", "impossible"))),
    ("rock and roll", Phrase(("rock", "and", "roll"))),
    ("troops w/3 Russia", Near(Word("troops"), Word("russia"), 3)),
]


@pytest.mark.parametrize(("item", "tree"), ITEMS)
def test_items_of_term_lists(item: str, tree: nodes.Node) -> None:
    assert parse_item(item, LISTS) == tree


WRONG = [  # query, what is underlined, part of the message or hint
    ("", "", "empty"),
    ("a b", "b", '"a b"'),
    ("a OR b AND c", "AND", "mixed"),
    ("a OR b NOT c", "NOT", "mixed"),
    ("NOT a", "NOT a", "empty article"),
    ("a OR NOT b", "a OR NOT b", "empty article"),
    ("a OR words:<5", "a OR words:<5", "empty article"),
    ("a AND", "AND", "follow"),
    ("OR a", "OR", "before"),
    ("(a AND b", "(", "never closed"),
    ("a)", ")", "could close"),
    ("()", ")", "nothing stands"),
    ('a AND "b', '"', "never closed"),
    ("a and b", "and", "AND"),
    ("a NEAR b", "NEAR", "NEAR/5"),
    ("a near3 b", "near3", "NEAR/3"),
    ("a NEAR/3 b NEAR/3 c", "NEAR/3", "parentheses"),
    ("a NEAR/999999 b", "NEAR/999999", "too large"),
    ("(a AND b) NEAR/3 c", "(a AND b)", "outside"),
    ("a NEAR/3 lang:en", "lang:en", "outside"),
    ("titel:a", "titel:", "did you mean title:?"),
    ("foo:a", "foo:", r"foo\:"),
    ("$dprg", "$dprg", "did you mean $dprk?"),
    ("*oops", "*oops", "leading_wildcard"),
    ("*", "*", "every article"),
    ("北*京", "北*京", "NEAR"),
    ("a AND lang:xx", "lang:xx", "two letters"),
    ("a AND lang:korean", "lang:korean", "did you mean ko?"),
    ("a AND words:many", "many", "words:>300"),
    ("a^2", "^2", "weights"),
    ("+a AND b", "+", "AND"),
    ("/(/", "/(/", "RE2"),
    ("/(?=a)b/", "/(?=a)b/", "look-around"),
    ("/a*/", "/a*/", "every article"),
    ("3 OF (a, b)", "3", "never hold"),
    ("...", "...", "no word"),
    ("a~5", "~5", "1 or 2"),
    ('"a b"~', "~", "slop"),
    ("https://x.example", "/", "url:"),
    ("a [b]", "[b]", "AND"),
    ("OF", "OF", "number"),
    ("raw:(a)", "raw:", "raw:"),
    ("a\\", "\\", "backslash"),
]


@pytest.mark.parametrize(("query", "underlined", "said"), WRONG)
def test_errors_point_at_their_place(query: str, underlined: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, LISTS)
    error = caught.value
    assert said in f"{error.message} {error.hint}"
    if error.message not in ("raw: takes a quoted text",):
        assert query[error.start : error.end].startswith(underlined)
    assert error.problems[0].line == 1
    assert error.problems[0].column == error.start + 1


@pytest.mark.parametrize(
    "query",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        "NOT " * 10_000 + "a",
        "a AND " * 200_000 + "a",
        "title:" * 5000 + "a",
    ],
)
def test_hostile_queries_are_one_error(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert len(caught.value.problems) == 1


def test_lists_of_lists_cannot_grow_without_end() -> None:
    lists = terms(l0=["a b", "c"])
    for i in range(1, 17):
        lists[f"l{i}"] = TermList(f"l{i}", (lists[f"l{i - 1}"].items * 2), lists[f"l{i - 1}"].size * 2, 2)
    with pytest.raises(QueryError, match="more than 100,000 parts"):
        parse("$l16", lists)


def test_a_long_query_within_the_limit_is_read() -> None:
    query = " OR ".join(f"name{i}" for i in range(10_000))
    assert len(query) < MAX_LENGTH
    assert len(parse(query).parts) == 10_000  # type: ignore[union-attr]


@settings(deadline=None)
@given(queries)
def test_the_canonical_query_means_the_same(tree: nodes.Node) -> None:
    assert parse(unparse(tree), leading_wildcard=True, may_hold_on_nothing=True) == tree


@given(st.text(max_size=30))
@example("ﾞ")
@example("a㈠ 1⒈2 ヿ ‼ A·²")
def test_any_words_survive_the_canonical_query(text: str) -> None:
    found = tuple(words(text))
    if len(found) > 1:
        assert parse(unparse(Phrase(found))) == Phrase(found)
    for word in found:
        assert parse(unparse(Word(word))) == Word(word)
        assert parse(unparse(nodes.Fuzzy(word, 1))) == nodes.Fuzzy(word, 1)


SIGNS = st.sampled_from(
    ["a", "b", "AND", "OR", "NOT", "(", ")", '"', "NEAR/3", "w/s", "*", "~2", "title:", "raw:", "$dprk", "/", "-",
     "2 OF (", ",", "atleast2(", "FIRST/3(", "lang:en", "words:>3", "\\", "[", "]", "^", "“", "金", "é", " "]
)  # fmt: skip


@given(st.lists(SIGNS, max_size=12), st.sampled_from(("", " ")))
def test_anything_is_read_or_refused_with_a_place(signs: list[str], joint: str) -> None:
    query = joint.join(signs)
    try:
        tree = parse(query, LISTS)
    except QueryError as error:
        assert 0 <= error.start <= error.end <= len(query)
    else:
        assert parse(unparse(tree)) == tree


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(query: str) -> None:
    try:
        parse(query)
    except QueryError as error:
        assert error.message


def test_parsing_leaves_no_cycles_behind() -> None:
    gc.collect()
    gc.disable()
    try:
        for _ in range(50):
            parse('($dprk NEAR/6 (troop* OR "a b"~2)) AND NOT title:(x OR y)', LISTS)
        assert gc.collect() == 0
    finally:
        gc.enable()
