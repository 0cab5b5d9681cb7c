"""How near an article came to a clause that failed: each kind of near miss, with what is said and shown."""

from __future__ import annotations

import pytest
from hypothesis import given

from monitor.match.explaining.evidence import Evidence
from monitor.match.explaining.nearest import Miss, nearest
from monitor.match.explaining.spelling import closest
from monitor.match.language import nodes
from monitor.match.language.query import parse
from monitor.model import Article
from tests.match.strategies import articles, queries

TITLE = "Pyongyang honours its soldiers"
# Its words are counted by hand: Friday is the 8th, Russia the 18th, trooper the 20th, front the 31st, the first
# museum the 38th, Kursk the 40th, the second museum the 44th, planned the 46th and last.
BODY = """North Korean troops, it was said on Friday, have left their barracks and may soon arrive in Russia.
The trooper said nothing. Their deployment was sent, in silence, to the front.
The meter showed 340 kPa. A museum in Kursk opened. A second museum is planned."""
ARTICLE = Article(
    title=TITLE,
    body=BODY,
    url="https://wire.example/a",
    source="Example Wire",
    authors=("Kim Example",),
    language="ko",
    feed_url="https://wire.example/rss",
    feed_tags=("wire", "asia"),
)


def miss(query: str, article: Article = ARTICLE) -> Miss | None:
    tree = parse(query, leading_wildcard=True)
    evidence = Evidence(article)
    assert not evidence.holds(tree), "the example holds"
    return nearest(tree, evidence)


def shown(found: Miss | None, article: Article = ARTICLE) -> list[str]:
    assert found is not None
    texts = {"title": article.title, "body": article.body}
    return [texts[span.field][span.start : span.end] for span in found.spans]


MISSES = [  # query, kind, said, what is highlighted
    # proximity
    (
        "Korean* NEAR/6 Russia",
        "distance",
        "the nearest are 15 words apart; at most 6 are allowed",
        ["Korean", "Russia"],
    ),
    (
        "troops NEAR/1 Friday",
        "distance",
        "the nearest are 4 words apart; at most 1 is allowed",
        ["troops", "Friday"],
    ),
    (
        "said NEAR/0 Friday",
        "distance",
        "the nearest are 1 word apart; none may stand between",
        ["said", "Friday"],
    ),
    (
        "Kursk ONEAR/0 museum",
        "distance",
        "the nearest are 3 words apart; none may stand between",
        ["Kursk", "museum"],
    ),
    (
        "troops NEAR/5 planned",
        "absent",
        "the nearest are 42 words apart; at most 5 are allowed",
        ["troops", "planned"],
    ),
    ("troops ONEAR/2 North", "order", "“troops” and “North” stand in the other order", ["North", "troops"]),
    (
        "troops w/s trooper",
        "distance",
        "the nearest are in neighbouring sentences, 16 words apart; they must be in one sentence",
        ["troops", "trooper"],
    ),
    (
        "troops w/s museum",
        "distance",
        "the nearest are 4 sentences apart, 34 words apart; they must be in one sentence",
        ["troops", "museum"],
    ),
    (
        "troops w/p museum",
        "distance",
        "the nearest are 2 paragraphs apart, 34 words apart; they must be in one paragraph",
        ["troops", "museum"],
    ),
    (
        "honours NEAR/5 troops",
        "field",
        "“honours” is in the title and “troops” in the body",
        ["honours", "troops"],
    ),
    ("troops NEAR/5 tanks", None, "", []),  # the parts say what is missing
    (
        "troops NEAR/3 troop*",
        "distance",
        "the nearest are 16 words apart; at most 3 are allowed",
        ["troops", "trooper"],
    ),
    ("Kursk NEAR/3 Kurs*", "order", "both are the same words, “Kursk”", ["Kursk", "Kursk"]),
    (
        "Kursk NOT NEAR/3 museum",
        "distance",
        "“Kursk” has what must not be near, as “museum”",
        ["museum", "Kursk"],
    ),
    (
        "museum NOT NEAR/3 (opened OR planned)",
        "distance",
        "all 2 have what must not be near, as “planned”",
        ["museum", "planned"],
    ),
    # phrases
    (
        '"sent to"',
        "distance",
        "its words stand in “sent, in silence, to”, with 2 words between; ~2 would find it",
        ["sent", "to"],
    ),
    (
        '"sent to"~1',
        "distance",
        "its words stand in “sent, in silence, to”, with 2 words between; ~2 would find it",
        ["sent", "to"],
    ),
    (
        '"troops Korean"',
        "order",
        "its words stand in another order, in “Korean troops”; ~2 would find it",
        ["Korean", "troops"],
    ),
    ('"troops planned"', "absent", "its 2 words are there, but not near each other", []),
    ('"Korean tanks"', "absent", "“korean” without “tanks”", ["Korean"]),
    ('"second museums"', "ending", "no museums: the article has “museum”", ["museum", "museum"]),
    ('"tanks guns"', None, "", []),
    # words
    ("soldier", "ending", "the article has “soldiers”; soldier* would find it", ["soldiers"]),
    ("troopers", "ending", "the article has “trooper”", ["trooper"]),
    ("servic?m", None, "", []),
    ("deploiment", "spelling", "the article has “deployment”", ["deployment"]),
    ("deplyoement~1", "spelling", "the article has “deployment”", ["deployment"]),
    ("tanks", None, "", []),
    # fields
    ("title:Kursk", "field", "it is in the body, not in the title", ["Kursk"]),
    ("body:honours", "field", "it is in the title, not in the body", ["honours"]),
    ("lead:museum", "place", "it comes at word 38 of the body; the lead ends with word 18", ["museum"]),
    ('title:"Kursk opened"', "field", "it is in the body, not in the title", ["Kursk opened"]),
    ("author:Kursk", "field", "it is in the body, not in the author", ["Kursk"]),
    ("title:/kursk|moscow/", "field", "it is in the body, not in the title", ["Kursk"]),
    # exact text
    ('raw:"KPA"', "case", "the article has “kPa”", ["kPa"]),
    ('raw:"Korea"', "case", "it is part of “Korean”", ["Korean"]),
    ('raw:"USA"', None, "", []),
    # how early, how often
    ("FIRST/20(museum)", "place", "it first comes at word 38; the first 20 count", ["museum"]),
    ("FIRST/20(honours)", "field", "it is in the title; the body counts", ["honours"]),
    ("FIRST/20(tanks)", None, "", []),
    ("atleast3(museum)", "count", "it is there twice; 3 times is asked", ["museum", "museum"]),
    ("atleast2(Kursk)", "count", "it is there once; twice is asked", ["Kursk"]),
    ("atleast2(tanks)", None, "", []),
    # facts
    ("lang:en", "fact", "its language is ko", []),
    ("site:other.example", "fact", "it is from Example Wire, https://wire.example/a", []),
    ("url:sport", "fact", "its address is https://wire.example/a", []),
    ("feed:other", "fact", "it came by https://wire.example/rss", []),
    ("tag:sport", "fact", "its tags are wire, asia", []),
    ("words:>300", "fact", "its body has 46 words", []),
]


@pytest.mark.parametrize(("query", "kind", "said", "highlighted"), MISSES, ids=[row[0] for row in MISSES])
def test_what_is_near(query: str, kind: str | None, said: str, highlighted: list[str]) -> None:
    found = miss(query)
    if kind is None:
        assert found is None
        return
    assert found is not None
    assert (found.kind, found.said) == (kind, said)
    assert shown(found) == highlighted


@pytest.mark.parametrize(
    ("asked", "words", "found"),
    [
        ("troop", ["troops", "trooper", "trap"], "troops"),
        ("troopers", ["troop", "trooper", "stooper"], "trooper"),
        ("deploy*", ["depot", "deplyoed"], "deplyoed"),
        ("kursk", ["kusrk", "kurks"], "kurks"),
        ("servicem?n", ["servicemans", "service"], "servicemans"),
        ("북한군", ["북한군이", "남한군"], "북한군이"),
        ("would", ["world"], "world"),
        ("word", ["world", "ward"], None),  # four letters: one off is another word
        ("art", ["article", "arts"], "arts"),
        ("stele*", ["stereotyped"], None),
        ("*truppe", ["truppen"], None),
        ("museum", [], None),
    ],
)
def test_the_word_that_is_most_alike(asked: str, words: list[str], found: str | None) -> None:
    assert closest(asked, words) == found


@given(queries, articles)
def test_whatever_failed_what_is_shown_is_within_the_text(node: nodes.Node, article: Article) -> None:
    evidence = Evidence(article)
    for part in nodes.walk(node):
        found = None if evidence.holds(part) else nearest(part, evidence)
        for span in found.spans if found else ():
            text = {"title": article.title, "body": article.body}[span.field]
            assert 0 <= span.start < span.end <= len(text)
