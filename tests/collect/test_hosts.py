"""Whose share a request counts against."""

from __future__ import annotations

import pytest

from monitor.collect.hosts import share_of


@pytest.mark.parametrize(
    ("url", "share"),
    [
        ("https://www.khan.co.kr/rss", "khan.co.kr"),
        ("https://news.bbc.co.uk:8443/x", "bbc.co.uk"),
        ("https://BBC.co.uk./x", "bbc.co.uk"),
        ("https://foo.substack.com/feed", "substack.com"),
        ("https://bar.github.io/feed", "github.io"),  # one service, however many hand in pages there
        ("https://новости.пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("https://xn--e1afmkfd.xn--p1ai/", "xn--e1afmkfd.xn--p1ai"),
        ("https://co.uk/", "co.uk"),
        ("http://localhost:8000/", "localhost"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("http://192.0.2.7/", "192.0.2.7"),
        ("http://[broken/", ""),
        (f"http://{'a' * 70}.example/", f"{'a' * 70}.example"),  # no label of a name, but no reason to fail
        ("", ""),
        (None, ""),
    ],
)
def test_hosts_of_one_owner_are_one_share(url: str | None, share: str) -> None:
    assert share_of(url) == share
