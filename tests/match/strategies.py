"""Small articles and queries that meet each other often: few words, many repeats."""

from __future__ import annotations

from hypothesis import strategies as st

from monitor.match.language import nodes
from monitor.model import Article

WORDS = ("ab", "abc", "b", "ba", "c", "金", "正", "북한군", "ёж")
PATTERNS = ("a*", "?", "a?", "*", "북한*", "a*c", "ё*")
# The same words and others as they may be written: cases, diacritics, widths, possessives, particles.
WRITTEN = (*WORDS, "AB", "x", "북한군이", "ЁЖ", "Áb", "ａｂ", "l’ab", "Ba's", "金正", "B\u00ada", "½", "👍")

words = st.sampled_from(WORDS)
patterns = st.sampled_from((*WORDS, *PATTERNS))
scopes = st.sampled_from(("", "", "", "", "title", "body", "lead", "author"))


def _texts(largest: int) -> st.SearchStrategy[str]:
    joints = st.sampled_from((" ", " ", " ", " ", ", ", "-", ". A", ".\n"))
    return st.lists(st.tuples(st.sampled_from(WRITTEN), joints), max_size=largest).map(
        lambda pairs: "".join(word + joint for word, joint in pairs).strip()
    )


articles = st.builds(
    Article,
    title=_texts(4).map(lambda text: text.replace("\n", " ")),
    body=_texts(14),
    authors=st.lists(_texts(2).map(lambda text: text.replace("\n", " ")), max_size=2).map(tuple),
    language=st.sampled_from(("en", "ko", "en-GB", None)),
    tags=st.sampled_from(((), ("Wire",))),
    feed_tags=st.sampled_from(((), ("wire", "x"))),
    url=st.sampled_from((None, "https://a.example/news/1", "https://b.a.example/2")),
    source=st.sampled_from(("", "A.example", "The B")),
    feed_url=st.sampled_from((None, "https://feeds.example/a")),
)

leaves = st.one_of(
    st.builds(nodes.Word, st.sampled_from((*WORDS, "a*", "b?", "북한*", "?b")), scopes),
    st.builds(nodes.Phrase, st.lists(patterns, min_size=2, max_size=4).map(tuple), st.integers(0, 5), scopes),
    st.builds(nodes.Fuzzy, words, st.integers(1, 2), scopes),
    st.builds(
        nodes.Raw, st.sampled_from(("AB", "ab", "b, c", "c.", "金", "x", "-", "군이", "’ab", "Áb")), scopes
    ),
    st.builds(nodes.Regex, st.sampled_from(("a+b", "^ab?", "b[ ,.-]+c", "金.", "[-.]", "군", "ё")), scopes),
)


def _near(inner: st.SearchStrategy[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    by_words = st.builds(
        nodes.Near,
        inner,
        inner,
        st.integers(0, 4),
        st.just("w"),
        ordered=st.booleans(),
        negated=st.booleans(),
    )
    by_unit = st.builds(
        nodes.Near,
        inner,
        inner,
        st.just(0),
        st.sampled_from("sp"),
        ordered=st.booleans(),
        negated=st.booleans(),
    )
    return st.one_of(by_words, by_unit)


def _some(
    inner: st.SearchStrategy[nodes.Node], smallest: int = 2
) -> st.SearchStrategy[tuple[nodes.Node, ...]]:
    return st.lists(inner, min_size=smallest, max_size=3).map(tuple)


spans: st.SearchStrategy[nodes.Node] = st.recursive(
    leaves, lambda inner: st.one_of(_near(inner), st.builds(nodes.Or, _some(inner))), max_leaves=4
)
filters = st.one_of(
    st.builds(nodes.Filter, st.just("lang"), st.just(":"), st.sampled_from(("en", "ko"))),
    st.builds(
        nodes.Filter,
        st.just("words"),
        st.sampled_from(("<", "<=", ">", ">=", "=")),
        st.sampled_from(("3", "6")),
    ),
    st.builds(nodes.Filter, st.just("tag"), st.just(":"), st.just("wire")),
    st.builds(nodes.Filter, st.just("site"), st.just(":"), st.sampled_from(("a.example", "the b"))),
    st.builds(nodes.Filter, st.just("url"), st.just(":"), st.sampled_from(("/news/", "b.a"))),
    st.builds(nodes.Filter, st.just("feed"), st.just(":"), st.just("feeds.")),
)


@st.composite
def _of(draw: st.DrawFn, inner: st.SearchStrategy[nodes.Node]) -> nodes.Node:
    parts = draw(_some(inner, 1))
    return nodes.Of(draw(st.integers(1, len(parts))), parts)


queries: st.SearchStrategy[nodes.Node] = st.recursive(
    st.one_of(
        spans,
        spans,
        filters,
        st.builds(nodes.First, st.integers(1, 8), spans),
        st.builds(nodes.AtLeast, st.integers(1, 3), spans),
    ),
    lambda inner: st.one_of(
        st.builds(nodes.And, _some(inner)),
        st.builds(nodes.Or, _some(inner)),
        st.builds(nodes.Not, inner),
        _of(inner),
    ),
    max_leaves=5,
)
