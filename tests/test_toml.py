"""Keys are found where they are written."""

from __future__ import annotations

import pytest

from monitor.toml import At, KeyPlaces

TEXT = """\
database = "sqlite:///x.db"

[[feeds]]
url = "https://a.example/rss"
tags = ["x"]

[[feeds]]
  url = "https://b.example/rss"

[receivers.desk]
urls = ["mailto://a?to=b"]
[receivers."night.desk"]
zone = "UTC"
[alerts]
"digest_at" = "07:00"
inline = {a = 1}
"""


@pytest.mark.parametrize(
    ("at", "place"),
    [
        (("database",), (1, 1, 'database = "sqlite:///x.db"')),
        (("feeds", 0, "url"), (4, 1, 'url = "https://a.example/rss"')),
        (("feeds", 1, "url"), (8, 3, '  url = "https://b.example/rss"')),
        (("feeds", 1), (7, 3, "[[feeds]]")),
        (("feeds", 1, "missing"), (7, 3, "[[feeds]]")),
        (("feeds", 0, "tags", 0), (5, 1, 'tags = ["x"]')),
        (("receivers", "desk", "urls"), (11, 1, 'urls = ["mailto://a?to=b"]')),
        (("receivers", "night.desk", "zone"), (13, 1, 'zone = "UTC"')),
        (("receivers",), (10, 2, "[receivers.desk]")),  # it has no line of its own: the first that is in it
        (("alerts", "digest_at"), (15, 1, '"digest_at" = "07:00"')),
        (("alerts", "inline", "a"), (16, 1, "inline = {a = 1}")),
        (("nowhere", "at", "all"), (0, 0, "")),
        ((), (0, 0, "")),
    ],
)
def test_places(at: At, place: tuple[int, int, str]) -> None:
    assert KeyPlaces(TEXT).place(at) == place


def test_an_empty_text() -> None:
    assert KeyPlaces("").place(("database",)) == (0, 0, "")
