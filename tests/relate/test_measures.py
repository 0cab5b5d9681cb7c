"""The measures by which stories are judged, on clusterings worked out by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import permutations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.__main__ import main as dispatch
from tests.benchmarks.__main__ import names
from tests.benchmarks._story_measures import _assigned, scores
from tests.benchmarks.stories import main, read


def test_a_perfect_clustering() -> None:
    assert set(scores(["a", "a", "b"], [1, 1, 2]).values()) == {1.0}


def test_everything_in_one_story() -> None:
    measured = scores(["a", "a", "b", "b"], [1, 1, 1, 1])
    assert measured["bcubed_p"] == 0.5
    assert measured["bcubed_r"] == 1.0
    assert measured["bcubed_f1"] == pytest.approx(2 / 3)
    assert measured["pairwise_f1"] == pytest.approx(2 * (2 / 6) / (2 / 6 + 1))  # 2 of 6 pairs right
    assert (measured["first_p"], measured["first_r"]) == (1.0, 0.5)
    assert measured["alerts_per_story"] == 0.5


def test_everything_apart() -> None:
    measured = scores(["a", "a", "b", "b"], [1, 2, 3, 4])
    assert (measured["bcubed_p"], measured["bcubed_r"], measured["pairwise_f1"]) == (1.0, 0.5, 0.0)
    assert (measured["first_p"], measured["first_r"], measured["alerts_per_story"]) == (0.5, 1.0, 2.0)


def test_stories_are_aligned_one_to_one() -> None:
    # Ours: 1 = {a, a, b}, 2 = {a, b, b}, 3 = {c}. Each of a and b gets one of 1 and 2: 2 * 2 / (3 + 3) twice, and c 1.
    measured = scores(["a", "a", "b", "a", "b", "b", "c"], [1, 1, 1, 2, 2, 2, 3])
    assert measured["ceaf_e"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    # Apart: a and b each keep one article of their two, 2 * 1 / (2 + 1), of four stories of ours and two true ones.
    apart = scores(["a", "a", "b", "b"], [1, 2, 3, 4])
    assert apart["ceaf_e"] == pytest.approx(2 * (1 / 3) * (2 / 3) / (1 / 3 + 2 / 3))


@given(st.integers(1, 4), st.integers(0, 2), st.randoms(use_true_random=False))
def test_the_best_assignment_is_found(rows: int, more: int, random: Random) -> None:
    gains = np.array(
        [[random.choice([0.0, 0.25, 0.5, 1.0]) for _ in range(rows + more)] for _ in range(rows)]
    )
    every = permutations(range(rows + more), rows)
    best = max(sum(gains[row, column] for row, column in enumerate(chosen)) for chosen in every)
    assert _assigned(gains) == pytest.approx(best)


def test_what_was_told_counts_not_what_was_joined_later() -> None:
    measured = scores(["a", "a", "b"], [1, 1, 2], opened=[0, 1, 2])
    assert (measured["bcubed_f1"], measured["alerts_per_story"], measured["first_p"]) == (1.0, 1.5, 2 / 3)


ROWS = [
    ("x1", "s1", "en", "2026-03-02T12:00:00Z", "North sends 12,000 troops to the Kursk region by train", ""),
    ("x2", "s1", "en", "2026-03-02T12:10:00Z", "North sends 12,000 troops to the Kursk region by train", ""),
    ("x3", "s1", "en", "2026-03-02T13:00:00Z", "North sends 15,000 troops to the Kursk region by train", ""),
    ("x4", "s2", "en", "2026-03-02T14:00:00Z", "Port votes for a wider quay", "The council met last night."),
    ("x5", "s3", "de", "2026-03-02T15:00:00Z", "Hafen stimmt ab"),
]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_decisions_are_written(articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    assert main([str(articles), "--language", "en", "--out", str(out)]) == 0
    written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(w["id"], w["decision"], w["of"]) for w in written] == [
        ("x1", "new", None),
        ("x2", "copy", "x1"),
        ("x3", "update", None),
        ("x4", "new", None),
    ]
    assert written[2]["new"]["figures"] == ["12,000 → 15,000 troops (sent)"]
    assert written[2]["new"]["sentences"] == [ROWS[2][4]]
    assert "4 articles, 2 stories" in capsys.readouterr().out


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.tsv"
    path.write_text("x1\ts1\ten\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.tsv:1"):
        read(path)


def test_benchmarks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch([]) == 0
    assert "  stories" in capsys.readouterr().out
    assert dispatch(["nothing-of-that-name"]) == 2
    assert all(names().values())


def test_a_benchmark_is_run_by_its_name(articles: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "stories", str(articles)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "bcubed_f1" in done.stdout
