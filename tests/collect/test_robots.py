"""robots.txt: what answers mean for how long, and what files say to us."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.robots import (
    MOST_BYTES,
    RobotsFile,
    RobotsVerdict,
    answered,
    failed,
    judge,
    missing,
    robots_address,
    spoilt,
)
from monitor.errors import MonitorError
from monitor.model import Response

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
PAGE = "https://news.example/politics/a?b=c"
FILE = b"user-agent: *\ndisallow: /private\n"


def response(status: int, body: bytes = FILE, **headers: str) -> Response:
    return Response(status, "https://news.example/robots.txt", headers, body)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        (PAGE, "https://news.example/robots.txt"),
        ("http://news.example:8080/", "http://news.example:8080/robots.txt"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/robots.txt"),
    ],
)
def test_it_is_at_the_root_of_the_origin(page: str, address: str) -> None:
    assert robots_address(page) == address


@pytest.mark.parametrize("status", [200, 203])
def test_a_file_holds_for_a_day(status: int) -> None:
    assert answered(response(status), None, NOW) == RobotsFile(NOW + timedelta(hours=24), FILE)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 304, 302])
def test_without_a_file_everything_is_allowed(status: int) -> None:
    assert answered(response(status), None, NOW) == RobotsFile(NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    ("said", "holds"),
    [("max-age=7200", timedelta(hours=2)), ("max-age=60", timedelta(hours=1)), ("max-age=0", timedelta(hours=24)),
     ("max-age=999999", timedelta(hours=24)), ("no-store", timedelta(hours=24))],
)  # fmt: skip
def test_it_holds_for_as_long_as_its_server_says_within_bounds(said: str, holds: timedelta) -> None:
    assert answered(response(200, **{"cache-control": said}), None, NOW).until == NOW + holds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n" * 500_000,
        b" " * 500_000,
        b"<html><script>if (navigator.userAgent) {}</script></html>",
        b"disallow: /",
    ],
)
def test_a_page_in_its_place_has_no_rules(body: bytes) -> None:
    assert answered(response(200, body), None, NOW).text == b""


@pytest.mark.parametrize(
    "line", ["user-agent: *", " User-Agent : *", "useragent: *", "USER AGENT *", "\ufeffuser-agent: *"]
)
@pytest.mark.parametrize("before", ["", "# ours\n", "\r\n\r\n", "sitemap: https://news.example/s.xml\r"])
def test_a_file_with_rules_is_kept_however_it_begins(line: str, before: str) -> None:
    body = f"{before}{line}\ndisallow: /\n".encode()
    assert answered(response(200, body), None, NOW).text == body
    if not (before and line.startswith("\ufeff")):  # a mark in the middle is a letter
        assert not judge(body, PAGE).allowed


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_trouble_forbids_everything_for_a_minute(status: int) -> None:
    found = answered(response(status), None, NOW)
    assert found == RobotsFile(NOW + timedelta(minutes=1), b"", f"it answered {status}", NOW)


def test_what_was_known_before_holds_while_there_is_trouble() -> None:
    """RFC 9309, 2.4: the cached version may be used beyond a day where the file is unreachable."""
    known = RobotsFile(NOW - timedelta(hours=1), FILE)
    found = answered(response(503), known, NOW)
    assert found == RobotsFile(NOW + timedelta(minutes=1), FILE, "", NOW)


def test_trouble_is_looked_at_more_and_more_rarely_and_given_up_after_30_days() -> None:
    known: RobotsFile | None = None
    asked, moment = [], NOW
    while moment < NOW + timedelta(days=31):
        known = failed("no connection", known, moment)
        asked.append((moment, bool(known.unread)))
        moment = known.until
    gaps = [(later - earlier) for (earlier, _), (later, _) in itertools.pairwise(asked)]
    assert gaps[:8] == [timedelta(minutes=n) for n in (1, 1, 2, 4, 8, 16, 32, 60)]
    assert set(gaps[8:]) == {timedelta(hours=1)}
    assert all(unread == (when - NOW <= timedelta(days=30)) for when, unread in asked)
    assert answered(response(200), known, moment).failing_since is None


def test_long_files_are_read_to_the_last_whole_line_of_500_kib() -> None:
    line = b"disallow: /0123456789\n"
    body = b"user-agent: *\n" + line * 30_000
    text = answered(response(200, body), None, NOW).text
    assert MOST_BYTES - len(line) < len(text) <= MOST_BYTES
    assert text.endswith(line.strip())


def test_what_leads_nowhere_is_missing_and_what_cannot_be_understood_forbids() -> None:
    assert missing(NOW) == RobotsFile(NOW + timedelta(hours=1))
    assert spoilt("too long", NOW) == RobotsFile(NOW + timedelta(hours=1), unread="too long")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("user-agent: *\ndisallow:\n", True),
        ("user-agent: *\ndisallow: /\n", False),
        ("user-agent: *\ndisallow: /politics\n", False),
        ("user-agent: *\ndisallow: /Politics\n", True),  # paths are case-sensitive
        ("user-agent: *\ndisallow: /politics\nallow: /politics/a\n", True),  # the longest wins
        ("user-agent: *\ndisallow: /politics/a\nallow: /politics\n", False),
        ("user-agent: *\ndisallow: /politics\nallow: /politics\n", True),  # allow wins a tie (2.2.2)
        ("user-agent: *\ndisallow: /*?b=\n", False),
        ("user-agent: *\ndisallow: /*a$\n", True),
        ("user-agent: *\ndisallow: /*c$\n", False),
        ("user-agent: *\ndisallow: /pol%69tics\n", False),
        ("user-agent: GPTBot\ndisallow: /\n", True),
        ("user-agent: GPTBot\nuser-agent: media-monitor\ndisallow: /\n", False),
        ("user-agent: Media-Monitor\ndisallow: /\n", False),  # the token in any case (2.2.1)
        ("user-agent: *\ndisallow: /\n\nuser-agent: media-monitor\nallow: /\n", True),
        ("user-agent: media-monitor\ndisallow: /\n\nuser-agent: *\nallow: /\n", False),
        ("\ufeffuser-agent: *\ndisallow: /\n", False),
        ("user-agent: *\r\ndisallow: /\r\n", False),
        ("<html>not found</html>", True),
        ("disallow: /\n", True),  # of no group
        ("user-agent: *\ndisallow: /politics # not yet\n", False),
    ],
)
def test_what_files_say_of_a_page(text: str, allowed: bool) -> None:
    assert judge(text.encode(), PAGE).allowed is allowed


@pytest.mark.parametrize(
    ("said", "delay"),
    [("2", 2.0), ("0.5", 0.5), ("60", 10.0), ("1e9", 10.0), ("-1", 0.0), ("soon", 0.0), ("nan", 0.0)],
)
def test_the_time_between_two_pages_is_bounded(said: str, delay: float) -> None:
    text = f"user-agent: *\ncrawl-delay: {said}\ndisallow: /private\n"
    assert judge(text.encode(), PAGE) == RobotsVerdict(True, delay)


@given(
    st.binary(max_size=300), st.sampled_from([PAGE, "https://news.example/%zz?*$", "http://x/" + "a" * 2000])
)
def test_no_bytes_make_it_fail(text: bytes, page: str) -> None:
    try:
        verdict = judge(b"user-agent: *\n" + text, page)
    except MonitorError:
        raise AssertionError("it has no errors of its own") from None
    assert 0 <= verdict.delay <= 10


@pytest.mark.parametrize(
    "rule",
    [
        "disallow: /" + "*a" * 3_000 + "b$\n",
        "disallow: /" + "*" * 10_000 + "b\n",
        "disallow: " + "*a*a*a*a$\n" * 2_000,
    ],
    ids=["many stars", "stars in a row", "many rules"],
)
def test_wildcards_do_not_take_long(rule: str) -> None:
    """Patterns are matched from star to star, without going back; so no time grows as a power."""
    assert judge(b"user-agent: *\n" + rule.encode(), "https://news.example/" + "a" * 3_000) is not None
