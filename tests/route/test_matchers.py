from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Severity
from monitor.route.matchers import Facts, first_unmet, named_sources, read_matcher

FACTS = Facts(
    rule="kpa-russia",
    severity=Severity.HIGH,
    tags=("dprk", "wire"),
    language="ko",
    sources=("Yonhap News", "en.yna.co.kr"),
    feed="https://yna.example/rss",
    story=7,
)


@pytest.mark.parametrize(
    ("table", "unmet"),
    [
        ({}, None),
        ({"rule": "kpa-russia"}, None),
        ({"rule": "kpa-*"}, None),
        ({"rule": "KPA-*"}, None),
        ({"rule": "kpa"}, "rule is kpa-russia, not kpa"),
        ({"rule": ["museum", "kpa-*"]}, None),
        ({"severity": "high"}, None),
        ({"severity": "medium"}, "severity is high, not medium"),
        ({"severity": ">=medium"}, None),
        ({"severity": ">=critical"}, "severity is high, not >=critical"),
        ({"severity": "!low"}, None),
        ({"tag": "wire"}, None),
        ({"tag": ["asia", "europe"]}, "tag is dprk and wire, not asia or europe"),
        ({"tag": ["wire", "!dprk"]}, "tag is dprk and wire, not wire or !dprk"),
        ({"tag": "!asia"}, None),
        ({"language": ["ko", "ja"]}, None),
        ({"source": "yonhap*"}, None),
        ({"source": "*.co.kr"}, None),
        ({"source": "!Yonhap*"}, "source is Yonhap News and en.yna.co.kr, not !Yonhap*"),
        ({"feed": "*yna.example*"}, None),
        ({"story": "7"}, None),
        ({"story": "70"}, "story is 7, not 70"),
        ({"rule": "kpa-*", "language": "en"}, "language is ko, not en"),
        ({"source": "[a-z]*"}, "source is Yonhap News and en.yna.co.kr, not [a-z]*"),  # no shell's pattern
    ],
)
def test_what_holds(table, unmet):
    assert first_unmet(read_matcher(table), FACTS) == unmet


@pytest.mark.parametrize(
    "table", [{"language": "en"}, {"source": "x"}, {"feed": "x"}, {"story": "1"}, {"tag": "x"}]
)
def test_what_is_not_known_holds_of_nothing_but_its_negation(table):
    nothing = Facts("r", Severity.LOW)
    assert first_unmet(read_matcher(table), nothing) is not None
    ((key, value),) = table.items()
    assert first_unmet(read_matcher({key: f"!{value}"}), nothing) is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"severty": "high"}, "did you mean severity"),
        ({"colour": "red"}, "it is one of rule, severity, tag"),
        ({"severity": "hihg"}, "did you mean high"),
        ({"severity": ">=grave"}, "write high, or >=high"),
        ({"tag": []}, "it names nothing"),
        ({"tag": "!"}, "it names nothing"),
        ({"rule": ["a", ""]}, "it names nothing"),
    ],
)
def test_what_cannot_be_asked(table, said):
    with pytest.raises(ValueError, match=said):
        read_matcher(table)


@pytest.mark.parametrize(
    ("source", "url", "expected"),
    [
        ("Wire", "https://www.wire.example:8080/a", ("Wire", "www.wire.example")),
        ("", "https://wire.example/a", ("wire.example",)),
        ("Wire", None, ("Wire",)),
        ("Wire", "https://[broken/a", ("Wire",)),
        ("", None, ()),
    ],
)
def test_what_a_source_is_asked_by(source, url, expected):
    assert named_sources(source, url) == expected


names = st.text(st.characters(codec="utf-8", exclude_characters="*!"), min_size=1, max_size=8).filter(
    str.strip
)


@given(names, names)
def test_a_name_without_wildcards_is_itself_and_no_other(wanted, has):
    found = first_unmet(read_matcher({"source": wanted}), Facts("r", Severity.LOW, sources=(has,)))
    assert (found is None) == (wanted.casefold() == has.casefold())


@given(names, names, names)
def test_a_wildcard_stands_for_anything(before, between, after):
    facts = Facts("r", Severity.LOW, sources=(before + between + after,))
    assert first_unmet(read_matcher({"source": f"{before}*{after}"}), facts) is None
