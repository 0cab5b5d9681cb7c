from __future__ import annotations

import pytest

from monitor.errors import ExtractError
from monitor.extract.tree import parse


def deepest(tree: object) -> int:
    return int(max(len(list(element.iterancestors())) for element in tree.iter()))  # type: ignore[attr-defined]


@pytest.mark.parametrize("levels", [160, 400, 1900])
@pytest.mark.parametrize("box", ["<div>", "<section class='a>b'><i></i>", "<table><tr><td>"])
def test_boxes_within_boxes_are_taken_out_and_their_text_stays(box: str, levels: int) -> None:
    count = levels // box.count("<")
    html = "<html><body><h1>Before</h1>" + box * count + "<article><p>Within</p></article><p>After</p>"
    tree = parse(html)
    assert deepest(tree) <= 155
    assert " ".join(tree.text_content().split()) == "BeforeWithinAfter"
    assert [e.tag for e in tree.iter("article", "p")] == ["article", "p", "p"]


def test_shallow_pages_stay_as_they_are() -> None:
    html = "<html><body>" + "<div>" * 100 + "<table><tr><td>Within</td></tr></table>"
    tree = parse(html)
    assert len(list(tree.iter("div"))) == 100
    assert len(list(tree.iter("table", "tr", "td"))) == 3


def test_text_after_a_huge_script_is_there() -> None:
    html = f"<body><script>{'x' * 11_000_000}</script><p>The article</p></body>"
    assert "The article" in parse(html).text_content()


@pytest.mark.parametrize("html", ["", "<!-- nothing -->", "\x00\x01"])
def test_an_empty_page_is_an_error(html: str) -> None:
    with pytest.raises(ExtractError, match="empty"):
        parse(html)
