"""What a quotation begins with: what is told, not where and for whom it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.datelines import after_dateline


@pytest.mark.parametrize(
    ("dateline", "told"),
    [
        ("PYONGYANG (CPA) - ", "The sappers left on Monday."),
        ("SEOUL, Oct. 24 (Yonhap) -- ", "The sappers left on Monday."),
        ("GOMA, Congo (AP) — ", "Rebels took the airport."),
        ("GOMA, Congo — ", "Rebels took the airport."),
        ("UNITED NATIONS — ", "The council met."),
        ("WASHINGTON, Oct 3 - ", "The senate voted."),
        ("New York (Reuters) - ", "Shares fell."),
        ("Moskau (dpa) – ", "Die Zahl stieg auf fünf."),
        ("BERLIN, 3. März (dpa) - ", "Die Zahl stieg auf fünf."),
        ("МОСКВА, 24 окт. /ТАСС/. ", "Солдаты уехали."),
        ("МОСКВА, 24 октября — ", "Солдаты уехали."),
        ("(서울=연합뉴스) 김철수 기자 = ", "북한군이 떠났다."),
        ("[서울=뉴시스] ", "북한군이 떠났다."),
        ("【ソウル共同】", "北朝鮮の兵士が出発した。"),
        ("新华社平壤10月24日电 ", "士兵已经离开。"),
        ("新华社平壤10月24日电（记者张三）", "士兵已经离开。"),
    ],
)
def test_a_dateline_is_left_out(dateline: str, told: str) -> None:
    assert after_dateline(dateline + told) == told


@pytest.mark.parametrize(
    "text",
    [
        "The sappers left on Monday - at last.",
        "The ministry of defence (MoD) – which pays for it – said so.",
        "Kim Jong Un - the country's leader - opened the museum.",
        "NATO-led troops left.",
        "Twelve (12) people were hurt.",
        "He said (on Monday): nothing is decided.",
        "Солдаты - это люди.",
        "북한군이 (러시아로) 떠났다.",
        "PYONGYANG (CPA) - ",
        "",
    ],
)
def test_what_tells_something_stays(text: str) -> None:
    assert after_dateline(text) == text


@given(st.text(st.sampled_from("AB ab,.(=)-—/社日电【】1\n"), max_size=60))
def test_the_end_always_stays(text: str) -> None:
    left = after_dateline(text)
    assert text.strip().endswith(left.strip()) and bool(left) == bool(text)
