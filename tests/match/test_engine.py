from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.match.engine import Engine
from monitor.match.language import nodes
from monitor.match.language.query import TermList, parse, parse_item, unparse
from monitor.match.rules import Rule, version_of
from monitor.model import Article, Severity
from monitor.text import clean, tokenize, words
from tests.match import slow
from tests.match.strategies import articles, queries


def rule(query: str, name: str = "r") -> Rule:
    tree = parse(query, leading_wildcard=True, may_hold_on_nothing=True)
    return Rule(name, name, Severity.MEDIUM, unparse(tree), version_of(unparse(tree)))


def found(query: str, body: str, title: str = "", **facts: object) -> list[str] | None:
    """The texts that made `query` match, title first; None where it does not match."""
    article = Article(title=title, body=body, **facts)  # type: ignore[arg-type]
    matches = Engine([rule(query)]).match(article)
    if not matches:
        return None
    texts = {"title": title, "body": body}
    return [texts[span.field][span.start : span.end] for span in matches[0].spans]


NOT_FOUND = None
CASES = [
    # words and their analysis
    ("troops", "The Troops' march", ["Troops"]),
    ("russia", "Russia's plan", ["Russia"]),
    ("lodz", "in Łódź", ["Łódź"]),
    ("armée", "l’armee", ["armee"]),
    ("troop*", "a troop of troopers", ["troop", "troopers"]),
    ("servicem?n", "servicemen and serviceman, servicemn", ["servicemen", "serviceman"]),
    ("북한군", "북한군이 갔다", NOT_FOUND),
    ("북한군*", "북한군이 갔다", ["북한군이"]),
    ("平壌", "金正恩は平壌で", ["平壌"]),
    ("金正恩*", "金正恩は", ["金正恩"]),
    ("金?恩", "金正恩は", ["金正恩"]),
    ("Matsegora~1", "Matsegor and Matsergora, Matzegorra", ["Matsegor", "Matsergora"]),
    ("ab~2", "b abcde", ["b"]),
    # phrases and Lucene's slop
    ('"north korea"', "North Korea. Korea north", ["North Korea"]),
    ('"north korea"', "north, korea", ["north, korea"]),
    ('"a b"~1', "b a", NOT_FOUND),
    ('"a b"~2', "b a", ["b", "a"]),
    ('"a b c"~2', "a x b x c", ["a", "b", "c"]),
    ('"a b c"~1', "a x b x c", NOT_FOUND),
    ('"a a"', "a x a", NOT_FOUND),
    ('"a a"~1', "a x a", ["a", "a"]),
    ('"a a"~5', "a", NOT_FOUND),
    ('"a b a"~3', "a b x x", NOT_FOUND),
    ('"sent * russia"', "sent to Russia", ["sent to Russia"]),
    # proximity
    ("a NEAR/1 b", "b x a", ["b", "a"]),
    ("a NEAR/1 b", "b x x a", NOT_FOUND),
    ("a ONEAR/1 b", "b x a", NOT_FOUND),
    ("a NEAR/0 b", "b x a b", ["a", "b"]),
    ("a NEAR/3 a", "a x", NOT_FOUND),
    ("a NEAR/3 a", "a x a", ["a", "a"]),
    ('"a b" NEAR/3 b', "a b", NOT_FOUND),
    ("a NOT NEAR/1 b", "a b x x x a", ["a"]),
    ("a NOT NEAR/1 b", "a b", NOT_FOUND),
    ('korea NOT NEAR/0 "south korea"', "South Korea", NOT_FOUND),
    ('korea NOT NEAR/0 "south korea"', "South Korea and Korea", ["Korea"]),
    ("(a NEAR/1 b) NEAR/1 (c OR d)", "d x a x b", ["d", "a", "b"]),
    ("a w/s b", "A one. B two.", NOT_FOUND),
    ("a w/s b", "One a two b. X", ["a", "b"]),
    ("a w/p b", "A one. B two.\nC", ["A", "B"]),
    ("a w/p b", "A\nB", NOT_FOUND),
    # counting
    ("FIRST/3(a)", "x x a", ["a"]),
    ("FIRST/3(a)", "x x x a", NOT_FOUND),
    ("atleast2(a OR b)", "a x b", ["a", "b"]),
    ("atleast2(a)", "a", NOT_FOUND),
    ("2 OF (a, b, c)", "c a", ["c", "a"]),
    ("2 OF (a, b, c)", "c c", NOT_FOUND),
    # exact text and expressions
    ('raw:"KPA"', "340 kPa", NOT_FOUND),
    ('raw:"KPA"', "the (KPA) said KPAX", ["KPA"]),
    ('raw:"C++"', "C++ and C", ["C++"]),
    ('raw:"金正"', "金正恩", ["金正"]),
    ('raw:"KPA" NEAR/1 troops', "KPA sent troops", ["KPA", "troops"]),
    (r"/\b152-?mm\b/", "with 152-MM guns", ["152-MM"]),
    (r"/(?-i)KPA/", "kpa", NOT_FOUND),
    # booleans
    ("a AND b", "b a", ["b", "a"]),
    ("a AND NOT b", "a b", NOT_FOUND),
    ("x OR (a AND NOT b)", "a", ["a"]),
    ("x OR (a AND NOT b)", "a b", NOT_FOUND),
    ("a NOT (b OR c)", "a d", ["a"]),
    ("*oops", "troops", ["troops"]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "body", "expected"), CASES)
def test_what_a_query_finds(query: str, body: str, expected: list[str] | None) -> None:
    assert found(query, body) == expected


def test_title_and_body_are_two_texts() -> None:
    assert found('"a b"', "b", title="a") is None
    assert found("a NEAR/5 b", "b", title="a") is None
    assert found("a AND b", "b", title="a") == ["a", "b"]
    assert found("title:a", "a", title="x") is None
    assert found("body:a", "a", title="a") == ["a"]
    assert found("title:(a OR body:b)", "b", title="x") == ["b"]


def test_the_lead_is_the_first_paragraph() -> None:
    assert found("lead:a", "x a\nb") == ["a"]
    assert found("lead:b", "x a\nb") is None
    assert found("lead:b", "x " * 100 + "b") is None


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("site:example.org", True),
        ("site:news.example.org", True),
        ("site:ample.org", False),
        ("site:*.org", True),
        ("url:/world/", True),
        ("feed:rss.example", True),
        ("tag:wire", True),
        ("tag:wir", False),
        ("lang:en", True),
        ("lang:ko", False),
        ("words:>1", True),
        ("words:[3 TO 9]", False),
        ('author:"kim lee"', True),
        ("author:park", False),
    ],
)
def test_facts_about_an_article(query: str, holds: bool) -> None:
    facts = {
        "url": "https://news.example.org/world/1",
        "feed_url": "https://rss.example/feed",
        "feed_tags": ("Wire",),
        "language": "en",
        "authors": ("Kim Lee",),
    }
    assert (found(f"a AND {query}", "a b", **facts) is not None) == holds


@settings(max_examples=300, deadline=None)
@given(st.lists(queries, min_size=1, max_size=4), articles)
@example([nodes.Phrase(("ab", "ab", "b"), 3)], Article("", "b ab x ab"))
def test_the_engine_decides_as_the_plain_evaluator(trees: list[nodes.Node], article: Article) -> None:
    rules = [Rule(str(i), "", Severity.LOW, unparse(tree), "v") for i, tree in enumerate(trees)]
    matched = {
        match.rule: [(str(span.field), span.start, span.end) for span in match.spans]
        for match in Engine(rules).match(article)
    }
    assert matched == {
        str(i): slow.marks(tree, article) for i, tree in enumerate(trees) if slow.holds(tree, article)
    }


@settings(deadline=None)
@given(queries, articles)
def test_spans_are_sorted_apart_and_inside_the_text(tree: nodes.Node, article: Article) -> None:
    texts = {"title": article.title, "body": article.body}
    for match in Engine([rule(unparse(tree))]).match(article):
        order = {"title": 0, "body": 1}
        assert list(match.spans) == sorted(match.spans, key=lambda span: (order[span.field], span.start))
        for span in match.spans:
            assert 0 <= span.start < span.end <= len(texts[span.field])
        for left, right in zip(match.spans, match.spans[1:], strict=False):
            assert left.field != right.field or left.end <= right.start


PIECES = "aKs5.:,'’_ 金-\u00ad\u0301é"


@settings(deadline=None)
@given(
    st.text(alphabet=PIECES, min_size=1, max_size=4).filter(str.strip), st.text(alphabet=PIECES, max_size=10)
)
def test_exact_text_is_found_wherever_it_stands(content: str, text: str) -> None:
    # One word stands in front and behind, as the plain evaluator sees only text that touches a word.
    article = Article("", f"x {clean(text)} x")
    tree = nodes.Raw(clean(content))
    in_words = slow.holds(tree, article)
    matched = bool(Engine([rule(unparse(tree))]).match(article))
    assert matched == in_words or (matched and not tokenize(tree.text))


SCRIPTS = [
    *(
        "Russia's",
        "Łódź",
        "북한군이",
        "Росси́я",
        "ＫＰＡ",
        "İstanbul",
        "l’armée",
        "ﬁre",
        "किताब",
        "co\u00adop",
    ),
    *(
        "dell’Ucraina",
        "ΟΔΟΣ",
        "\u1112\u1161\u11ab\u1100\u116e\u11a8",
        "ｶﾞｽ",
        "ロシア",
        "金正恩",
        "ข่าว",
        "צה״ל",
    ),
    *(
        "نمی\u200cخواهم",
        "क्\u200dष",
        "👩\u200d👧",
        "🇰🇷",
        "❤️",
        "m²",
        "１２，０００",
        "x＿y",
        "㌔",
        "e\u0301te\u0301",
    ),
]


@given(
    st.sampled_from(SCRIPTS),
    st.text(alphabet=" .,x金…\n'", max_size=5),
    st.text(alphabet=" .,x金…\n'", max_size=5),
)
def test_a_spans_text_is_the_term_again(word: str, before: str, after: str) -> None:
    body = f"{before} {word} {after}"
    asked = word.replace('"', r"\"")
    spans = found(f'"{asked}"', body)
    assert spans is not None
    for text in spans:
        assert parse(f'"{text}"') == parse(f'"{asked}"')


WRITTEN = st.sampled_from(SCRIPTS) | st.text("ab金ロ북한яéß’'-_ﬁ\u0301\u00adกİΣ", min_size=1, max_size=4)


@settings(deadline=None)
@given(st.lists(WRITTEN, min_size=1, max_size=6), st.sampled_from((" ", ", ", "-", "")), st.data())
def test_terms_of_a_text_are_found_in_it_where_they_stand(
    pieces: list[str], joint: str, data: st.DataObject
) -> None:
    """Words, patterns and phrases taken from a text; what stands where they were found analyses to them."""
    body = joint.join(pieces)
    tokens = tokenize(body)
    if not tokens:
        return
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, min(first + 2, len(tokens) - 1)))
    asked = [token.text for token in tokens[first : last + 1]]
    trees: list[nodes.Node] = [nodes.Word(asked[0]), nodes.Word(asked[0] + "*")]
    if len(asked) > 1:
        trees.append(nodes.Phrase(tuple(asked)))
    for tree in trees:
        (match,) = Engine([Rule("r", "r", Severity.LOW, unparse(tree), "v")]).match(Article("", body))
        places = [(span.start, span.end) for span in match.spans]
        assert any(start <= tokens[first].start and tokens[first].end <= end for start, end in places)
        for start, end in places:
            there = f" {' '.join(words(body[start:end]))} "
            wanted = " ".join(asked) if isinstance(tree, nodes.Phrase) else asked[0]
            assert f" {wanted} " in there or (tree == trees[1] and f" {wanted}" in there)


def test_many_rules_share_lists_and_are_told_apart() -> None:
    lists = {"who": TermList.of("who", (parse_item("North Korea*"), parse_item("DPRK")))}
    rules = []
    for i in range(300):
        canonical = unparse(parse(f"$who AND word{i}", lists))
        rules.append(Rule(f"r{i}", "", Severity.LOW, canonical, version_of(canonical)))
    matches = Engine(rules).match(Article("DPRK", "word7 word250 word"))
    assert [match.rule for match in matches] == ["r7", "r250"]


def test_hostile_texts_are_bounded() -> None:
    body = "a " * 20_000
    assert found("a NEAR/50 a", body) is not None
    assert found("a NOT NEAR/3 a", body) is None
    assert found("a NOT w/p (a NEAR/2 a)", body) is None
    assert found('"a a a a a a"~30', body) is not None
    assert found("(a NEAR/50 a) NEAR/50 (a NEAR/50 a)", body) is not None
