from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.match.evaluation.slop import ways


def places_of(phrase: str, text: list[str]) -> list[list[int]]:
    return [[i for i, each in enumerate(text) if word in ("*", each)] for word in phrase]


def every_way(phrase: str, text: list[str], slop: int) -> set[tuple[int, ...]]:
    """The sets of places that the definition allows, by trying all of them."""
    found = set()
    for chosen in product(*places_of(phrase, text)):
        shifts = [place - i for i, place in enumerate(chosen)]
        if len(set(chosen)) == len(chosen) and max(shifts) - min(shifts) <= slop:
            found.add(tuple(sorted(chosen)))
    return found


phrases = st.text("abc*", min_size=2, max_size=5)
texts = st.lists(st.sampled_from("aabbcx"), max_size=10)


@given(phrases, texts, st.integers(0, 10))
@example("aab", list("baxa"), 3)
def test_every_way_is_found(phrase: str, text: list[str], slop: int) -> None:
    found = ways(phrase, places_of(phrase, text), slop)
    assert {tuple(sorted(taken)) for taken in found} == every_way(phrase, text, slop)


@given(phrases, texts, st.integers(0, 10), st.integers(0, 6))
@example("aab", list("xaxbxa"), 4, 1)
@example("*ab", list("ab"), 10, 1)
def test_a_search_cut_short_decides_the_same(phrase: str, text: list[str], slop: int, steps: int) -> None:
    found = {tuple(sorted(taken)) for taken in ways(phrase, places_of(phrase, text), slop, steps)}
    everything = every_way(phrase, text, slop)
    assert found <= everything
    assert bool(found) == bool(everything)


@pytest.mark.parametrize(
    ("phrase", "text", "slop", "is_found"),
    [
        ("a" * 30, "a" * 29 + "b", 60, False),
        ("a" * 30, "a" * 5000, 60, True),
        ("ab" * 15, "ab" * 14 + "a", 200, False),
        ("ab" * 15, "ab" * 2000, 200, True),
        ("ab" * 10 + "c", "ab" * 2000 + "c", 5, True),
        ("ab" * 10 + "c", "ab" * 2000 + "x" * 10 + "c", 5, False),
        ("*" * 20 + "c", "ab" * 2000 + "c", 5, True),
    ],
)
def test_repeats_end_soon(phrase: str, text: str, slop: int, is_found: bool) -> None:
    assert bool(ways(phrase, places_of(phrase, list(text)), slop)) == is_found
