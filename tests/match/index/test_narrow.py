"""What a query needs is a fact of every text that it matches; the index can be asked for it, and it stays small."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.match.index import narrow
from monitor.match.index.narrow import AllOf, AnyOf, Has, keywords, required
from monitor.match.language import nodes
from monitor.match.language.query import parse
from monitor.model import Article
from tests.match import strategies
from tests.match.slow import holds


def meets(found: frozenset[str], condition: narrow.Condition | None) -> bool:
    """What an index answers, worked out the plain way."""
    match condition:
        case None:
            return True
        case Has(word=word, prefix=prefix):
            return (
                narrow.ANYTHING in found
                or word in found
                or (prefix and any(w.startswith(word) for w in found))
            )
        case AllOf(parts=parts):
            return all(meets(found, part) for part in parts)
        case AnyOf(parts=parts):
            return any(meets(found, part) for part in parts)


def of_article(article: Article) -> frozenset[str]:
    return keywords((article.title, article.body, *article.authors))


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("troops", Has("troops")),
        ("troop*", Has("troop", prefix=True)),
        ("servicem?n", Has("servicem", prefix=True)),
        ("a*", None),  # too many words begin so
        ("북*", Has("북", prefix=True)),
        ('"sent to * troop*"~3', AllOf((Has("sent"), Has("to"), Has("troop", prefix=True)))),
        ("朝鲜", AllOf((Has("朝"), Has("鲜")))),
        ("title:troops AND NOT russia", Has("troops")),
        ("troops AND russia AND lang:en", AllOf((Has("troops"), Has("russia")))),
        ("troop* OR troops OR trooper* OR soldiers", AnyOf((Has("troop", prefix=True), Has("soldiers")))),
        ("troops OR /so.diers/", None),
        ("troops OR NOT (x AND y)", None),
        ("troops AND (soldiers OR Matsegora~1)", Has("troops")),
        ("a NEAR/3 (b OR c)", AllOf((Has("a"), AnyOf((Has("b"), Has("c")))))),
        ("a NOT NEAR/3 b", Has("a")),
        ("FIRST/20(troops)", Has("troops")),
        ("atleast3(troops)", Has("troops")),
        ('raw:"KPA."', AnyOf((Has("kpa"), Has("\u2400kpa")))),
        ('raw:"…"', None),
        ("1 OF (a, b, c)", AnyOf((Has("a"), Has("b"), Has("c")))),
        ("3 OF (a, b, c)", AllOf((Has("a"), Has("b"), Has("c")))),
        ("2 OF (a, b, c)", AllOf((AnyOf((Has("a"), Has("b"))), AnyOf((Has("b"), Has("c")))))),
        ("2 OF (a, b, lang:en)", AnyOf((Has("a"), Has("b")))),
        ("1 OF (a, b, lang:en)", None),
    ],
)
def test_what_a_query_needs(query: str, condition: narrow.Condition | None) -> None:
    tree = parse(query, leading_wildcard=True, may_hold_on_nothing=True)
    assert required(tree) == condition


@given(strategies.queries, strategies.articles)
@example(nodes.Raw("KPA"), Article("", "Ask kpa.org, or KPA.org."))
@example(nodes.Raw("n'roll"), Article("", "Rock'n'roll n'roll"))
@example(nodes.Phrase(("north", "korea"), 2), Article("North Korea's army", ""))
def test_what_matches_has_what_is_needed(query: nodes.Node, article: Article) -> None:
    if holds(query, article):
        assert meets(of_article(article), required(query))


many = st.lists(st.text(alphabet="abcdefghij", min_size=1, max_size=9), min_size=2, max_size=30, unique=True)


@given(st.lists(many, min_size=1, max_size=6), st.data())
def test_a_large_condition_is_made_coarser_and_stays_true(
    lists: list[list[str]], data: st.DataObject
) -> None:
    """Beyond the bound (here a small one) something may be found too much, never too little."""
    parts: list[narrow.Condition] = [
        AnyOf(tuple(Has(word) for word in words))
        if len(words) % 2
        else AllOf((Has(words[0]), AnyOf(tuple(Has(word, prefix=True) for word in words[1:]))))
        for words in lists
    ]
    condition = (data.draw(st.sampled_from((narrow.all_of, narrow.any_of))))(parts)
    assert condition is not None
    found = frozenset(data.draw(st.lists(st.sampled_from([word for words in lists for word in words]))))
    coarser = narrow.coarser(condition, most=12)
    assert coarser is None or narrow.size(coarser) <= 12
    if meets(found, condition):
        assert meets(found, coarser)


def test_a_thousand_names_are_asked_for_by_their_beginnings() -> None:
    names = [
        f"{first}{second}{third}son" for first in "abcdefghijklm" for second in "aeiou" for third in "lmnrst"
    ]
    names = [f"{name}{end}" for name in names for end in ("", "s", "en", "ov")]
    condition = required(nodes.Or(tuple(nodes.Word(name) for name in names)))
    assert condition is not None
    assert len(names) > narrow.MOST_WORDS >= narrow.size(condition)
    assert all(meets(keywords([f"Said {name}."]), condition) for name in names)
    assert not meets(keywords(["Nobody said anything."]), condition)


def test_long_words_are_known_by_their_beginning() -> None:
    word = "donaudampfschifffahrts" * 4
    assert keywords([word]) == {word[:60]}
    for query in (nodes.Word(word), nodes.Word(word + "*"), nodes.Word(word[:70] + "*")):
        assert meets(keywords([word]), required(query))


def test_a_text_of_too_many_words_may_hold_anything() -> None:
    text = " ".join(f"word{n}" for n in range(60_000))
    assert keywords([text]) == {narrow.ANYTHING}
    assert meets(keywords([text]), Has("absent"))


def test_keywords_are_what_the_index_was_written_with() -> None:
    """An index is only good for the analysis it was written by.

    Where this fails since words are analysed otherwise: raise narrow.ANALYSIS, so that indexes are written
    anew, and put the new figure here.
    """
    probe = (
        "North Korea's U.S.-made 3.5 kpa.org a_b re:start O’Brien l'armée Łódź Straße naïve İstanbul ΣΊΣΥΦΟΣ",
        '朝鲜军队 ロシアとKPAの ＫＰＡ ｶﾞ 북한군이 Сапёры किताबें go 👍🏽 🇰🇷 צה"ל co\u00adoperation ⒈ ㈠',
    )
    figure = hashlib.sha256(" ".join(sorted(keywords(probe))).encode()).hexdigest()[:12]
    assert (narrow.ANALYSIS, figure) == (1, "4cdfb64d0e28")


def test_authors_count_as_words_of_the_article() -> None:
    article = Article("", "", authors=("Kim Min-ji",))
    query = nodes.Word("kim", field="author")
    assert holds(query, article)
    assert meets(of_article(article), required(query))
    assert not meets(of_article(replace(article, authors=())), required(query))
