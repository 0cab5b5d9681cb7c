from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.body import Body, tidy

SENTENCE = "The bridge over the harbour will be closed from Monday, the council said."


def test_everything_together() -> None:
    text = f"Bridge closed\n{SENTENCE}The ferry runs.\nRead also:\n- Other\nSign up for our newsletter\n(dpa)"
    assert tidy(text, "Bridge closed.") == Body(f"{SENTENCE} The ferry runs.", "dpa")


def test_an_agency_below_the_list_and_one_above_it() -> None:
    assert tidy(f"{SENTENCE}\nYonhap\nRead also:\nOther news\nReuters") == Body(SENTENCE, "Reuters")


def test_a_dateline_names_the_agency_and_stays() -> None:
    text = f"SEOUL, Oct. 24 (Yonhap) -- {SENTENCE}"
    assert tidy(text) == Body(text, "Yonhap")


def test_a_text_that_is_only_an_agencys_name_stays() -> None:
    assert tidy("Reuters") == Body("Reuters", None)


_LINES = st.sampled_from(
    [
        SENTENCE,
        SENTENCE * 9,
        "Friday.The North",
        "Yonhap",
        "(dpa)",
        "Read also:",
        "- item",
        "short",
        "End",
        "Sources: AFP",
        "He said. TASS",
    ]
)


@given(st.lists(_LINES, max_size=8))
def test_tidying_twice_changes_nothing(lines: list[str]) -> None:
    once = tidy("\n".join(lines)).text
    assert tidy(once).text == once
