from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.adapters.send_trace import Trace, asked_wait, judge, scrub
from monitor.model import Message, Outcome
from monitor.send.refusals import http_outcome, smtp_outcome

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CANARY = "c4n4ry"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        (" 7 ", 7),
        ("0.5", 0.5),
        ("Sat, 21 Nov 2026 08:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 08:02:00 -0000", 120),
        ("Sat, 21 Nov 2026 07:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
    ],
)
def test_how_long_a_service_asks_to_wait(said, seconds):
    asked = asked_wait(said, NOW)
    assert (asked.total_seconds() if asked is not None else None) == seconds


@given(st.text())
@example("Sat, 99 Nov 99999999999 08:02:00 GMT")
@example("0\x1f")
@example("Mon, 1 Jan 0001 00:00:00 +2359")
def test_any_header_is_read(said):
    asked = asked_wait(said, NOW)
    assert asked is None or asked >= timedelta(0)


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        ((200, 201, 204), Outcome.SENT),
        ((301, 302, 308, 400, 403, 404, 405, 410, 413, 422), Outcome.PERMANENT),
        ((401, 408, 409, 425, 429, 500, 502, 503, 504, 529), Outcome.TRANSIENT),
    ],
)
def test_http_statuses(codes, outcome):
    assert {http_outcome(code) for code in codes} == {outcome}


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        ((250, 251), Outcome.SENT),
        ((421, 450, 451, 452, -1), Outcome.TRANSIENT),
        ((535, 550, 552, 554), Outcome.PERMANENT),
    ],
)
def test_smtp_replies(codes, outcome):
    assert {smtp_outcome(code) for code in codes} == {outcome}


def trace(*outcomes: Outcome) -> Trace:
    made = Trace(Message("s", "t", None, "k"))
    for number, outcome in enumerate(outcomes):
        made.note(outcome, f"answer {number}")
    return made


@pytest.mark.parametrize(
    ("answers", "targets", "expected"),
    [
        ((Outcome.TRANSIENT,), 1, (Outcome.TRANSIENT, "answer 0")),
        # Looked up in vain, sent, and the service was busy: busy counts.
        ((Outcome.PERMANENT, Outcome.TRANSIENT), 1, (Outcome.TRANSIENT, "answer 1")),
        # It said 200, and its plugin did not like what else it said.
        ((Outcome.PERMANENT, Outcome.SENT), 1, (Outcome.TRANSIENT, "the plugin's complaint")),
        # Two rooms, and the first is gone: the second must not get it for three days.
        ((Outcome.PERMANENT, Outcome.SENT), 2, (Outcome.PERMANENT, "answer 0")),
        ((), 1, (Outcome.TRANSIENT, "the plugin's complaint")),
    ],
)
def test_several_answers_make_one_result(answers, targets, expected):
    told = trace(*answers)
    told.complaints.append("the plugin's complaint")
    result = judge(False, told, "json://h", targets)
    assert (result.outcome, result.detail) == expected


def test_what_was_accepted_is_sent_whatever_failed_on_the_way():
    result = judge(True, trace(Outcome.PERMANENT, Outcome.SENT), "json://h")
    assert (result.outcome, result.detail) == (Outcome.SENT, "answer 1")
    assert judge(True, trace(), "json://h").detail == "accepted"


@pytest.mark.parametrize(
    ("url", "said", "shown"),
    [
        (
            f"json://u:{CANARY}@hook.example/x",
            f"401 for {CANARY} at hook.example",
            "401 for *** at hook.example",
        ),
        (f"json://hook.example:8443/{CANARY}", f"hook.example:8443 {CANARY}", "hook.example:8443 ***"),
        ("json://u:p%40ss%2Fw@h.example", "bad password p@ss/w", "bad password ***"),
        (f"json://u:pa/{CANARY}@h.example", f"bad password pa/{CANARY}", "bad password pa/***"),
        (f"json://h.example/?token={CANARY}", f"{CANARY} refused", "*** refused"),
        (f"tgram://123:{CANARY}/42", f"bot123:{CANARY} unknown", "bot*** unknown"),
        (f"discord://9876/{CANARY}#frag", f"{CANARY} frag", "*** ***"),
        (f"json://[::1/{CANARY}", f"no {CANARY}", "no ***"),
        (CANARY, f"no {CANARY}", "no ***"),
        (f"mailto://u:{CANARY}@mx.x.org:25?to=desk@x.org", f"mx.x.org:25: {CANARY}", "mx.x.org:25: ***"),
        (f"mailto://u:pw@h.example?pass={CANARY}&to=desk@x.org", f"desk@x.org {CANARY}", "desk@x.org ***"),
        (f"mailto://u:p/{CANARY}@h.example", f"no {CANARY}", "no ***"),
        ("mailto://desk:pw@h.example/desk@x.org", "550 desk@x.org unknown", "550 desk@x.org unknown"),
    ],
)
def test_what_a_service_says_is_shown_without_secrets(url, said, shown):
    assert scrub(said, url) == shown


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=4, max_size=20),
    st.binary(max_size=5),
    st.sampled_from([b64encode, urlsafe_b64encode]),
    st.sampled_from(["", "/", "@+", "/?=&"]),
)
@example("p@ss/word", b"me\0", b64encode, "")
def test_what_a_service_echoes_is_recognised_however_it_was_encoded(secret, before, encode, safe):
    """HTTP and SMTP send passwords in base64, after a name; and everybody quotes addresses in his own way."""
    url = f"json://me:{quote(secret, safe='')}@hook.example/"
    echo = f"AUTH PLAIN {encode(before + secret.encode()).decode()} /x/{quote(secret, safe=safe)}"
    shown = scrub(echo, url)
    assert (
        shown in ("AUTH PLAIN *** /x/***", "AUTH PLAIN *** ***", "*** *** /x/***")
        or secret in "AUTH PLAIN /x/"
    )


@pytest.mark.parametrize("scheme", ["json", "mailto", "slack"])
@given(before=st.text("ab/:@?#[]%=&,;", max_size=8), after=st.text("ab/:@?#[]%=&,;", max_size=8))
def test_a_password_of_any_shape_is_not_shown(scheme, before, after):
    password = f"{before}{CANARY}{after}"
    urls = [f"{scheme}://user:{quote(password, safe='')}@h.example/x"]
    if not {"?", "#", "@"} & set(password):  # a raw one with these is another address altogether
        urls.append(f"{scheme}://user:{password}@h.example/x")
    for url in urls:
        for said in (url, url.partition("://")[2], password):
            assert CANARY not in scrub(f"535 {said}", url)


def test_details_are_one_short_line():
    detail = scrub("a\r\nb\x00" * 500, "json://h")
    assert len(detail) <= 300
    assert detail.isprintable()
