from __future__ import annotations

import pytest

from monitor.errors import ExtractError
from monitor.extract.tree import cut, parse


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


@pytest.mark.parametrize("piece", ["text of it<br>", "text<br><br>", "<b>text</b><br>", "<p>text"])
def test_a_page_of_countless_pieces_is_cut_to_what_can_be_read(piece: str) -> None:
    page = parse(f"<article><h1>Title</h1><div>{piece * 60_000}</div></article><p>after</p>")
    cut(page)
    left = list(page.iter())
    assert 15_000 < len(left) <= 20_001
    assert left[1].find(".//h1") is not None and "after" not in page.text_content()


def test_what_is_not_too_much_is_not_cut() -> None:
    page = parse("<article>" + "<p>text</p>" * 9_000 + "</article><p>after</p>")
    cut(page)
    assert page.text_content().endswith("after")
