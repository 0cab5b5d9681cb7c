"""What a hub is asked and when, what it may say, when it is relied on: tables of values, injected time."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect import websub
from monitor.collect.due import PollingPolicy
from monitor.collect.websub import GRACE, LEASE, State, Subscription
from monitor.model import Entry, Feed, NewEntry, PollOutcome, Standing

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HUB, TOPIC = "https://hub.example/", "https://wire.example/rss"
CALLBACK = "https://monitor.example/websub/token"


def known(state: State = State.OFFERED, **more: object) -> Subscription:
    return Subscription(7, HUB, TOPIC, "token", "secret", state, **{"next_at": NOW, **more})  # type: ignore[arg-type]


def asked(**more: object) -> Subscription:
    return known(State.ASKED, **{"asked_at": NOW, "failures": 1, **more})


def active(**more: object) -> Subscription:
    """Asked an hour ago, verified, relied on."""
    values = {"asked_at": NOW - HOUR, "lease_until": NOW + LEASE, "pushed_at": NOW - 30 * MINUTE} | more
    return known(State.ACTIVE, **{"next_at": NOW + 9 * DAY, **values})


def says(mode: str, **more: str) -> dict[str, str]:
    values = {"hub.mode": mode, "hub.topic": TOPIC, "hub.challenge": "x", "hub.lease_seconds": "864000"}
    return values | {f"hub.{name}": value for name, value in more.items()}


# --- what a feed offers ------------------------------------------------------------------------------


def follow(before: Subscription | None, hub: str, topic: str = TOPIC) -> Subscription | None:
    return websub.follow_offer(before, 7, (hub, topic), NOW, "new token", "new secret")


def test_a_hub_that_is_offered_is_asked_at_once_and_given_a_secret_only_over_tls() -> None:
    assert follow(None, HUB) == Subscription(7, HUB, TOPIC, "new token", "new secret", next_at=NOW)
    plain = follow(None, "http://hub.example/")
    assert plain is not None and plain.secret == ""
    assert follow(None, "") is None


@pytest.mark.parametrize("state", [State.OFFERED, State.ASKED, State.ACTIVE, State.DENIED, State.SILENT])
def test_an_offer_changes_only_what_is_other(state: State) -> None:
    before = known(state)
    assert follow(before, HUB) is before
    for other in (
        follow(before, "https://other.example/"),
        follow(before, HUB, "https://wire.example/other"),
    ):
        assert other is not None and (other.state, other.token, other.next_at) == (
            State.OFFERED,
            "new token",
            NOW,
        )


def test_a_feed_that_names_no_hub_any_more_gives_its_subscription_back_once() -> None:
    gone = follow(active(), "")
    assert gone is not None and (gone.state, gone.next_at) == (State.ENDED, NOW)
    assert follow(gone, "") == gone
    never_asked = follow(known(), "")
    assert never_asked is not None and never_asked.next_at is None, "there is nothing to give back"
    again = follow(gone, HUB)
    assert again is not None and (again.state, again.token) == (State.OFFERED, "new token")


# --- what a hub is asked -----------------------------------------------------------------------------


def test_the_forms() -> None:
    subscribe = websub.request(known(), "subscribe", CALLBACK)
    assert subscribe == {
        "hub.callback": CALLBACK,
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": "864000",
        "hub.secret": "secret",
    }
    assert "hub.secret" not in websub.request(replace(known(), secret=""), "subscribe", CALLBACK)
    unsubscribe = websub.request(known(), "unsubscribe", CALLBACK)
    assert unsubscribe == {"hub.callback": CALLBACK, "hub.mode": "unsubscribe", "hub.topic": TOPIC}


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_a_hub_that_never_answers_is_asked_more_and_more_rarely(jitter: float) -> None:
    one, now, waits = known(), NOW, []
    for _ in range(9):
        one, mode = websub.due_step(one, now, jitter)
        assert mode == "subscribe" and one.state is State.ASKED and one.error
        assert one.next_at is not None
        waits.append((one.next_at - now) / (0.75 + 0.5 * jitter))
        now = one.next_at
    minutes = [round(wait / MINUTE) for wait in waits]
    assert minutes == [10, 40, 160, 640, 2560, 10_080, 10_080, 10_080, 10_080]


def test_a_renewal_keeps_the_lease_that_runs() -> None:
    late = NOW + 9 * DAY
    renewed, mode = websub.due_step(active(), late, 0.5)
    assert (mode, renewed.state, renewed.lease_until) == ("subscribe", State.ACTIVE, NOW + LEASE)
    assert websub.relied_on_until(renewed) == NOW + LEASE, "it is relied on until the lease ends"
    over, mode = websub.due_step(renewed, NOW + LEASE, 0.5)
    assert (mode, over.state, over.lease_until, over.pushed_at) == ("subscribe", State.ASKED, None, None)
    assert websub.relied_on_until(over) is None


def test_what_a_hub_refuses_is_said_and_asked_again_not_before_it_says() -> None:
    one, _ = websub.due_step(known(), NOW, 0.5)
    said = websub.refused(one, "it answered 503\nand more", NOW, 2 * HOUR)
    assert said is not None and (said.error, said.next_at) == ("it answered 503 and more", NOW + 2 * HOUR)
    assert websub.refused(one, "no", NOW).next_at == NOW + 10 * MINUTE  # type: ignore[union-attr]
    assert websub.refused(one, "no", NOW, 300 * DAY).next_at == NOW + 7 * DAY  # type: ignore[union-attr]
    assert websub.refused(active(error=None), "no", NOW) is None, "it verified all the same"


def test_what_is_given_back_is_asked_for_three_times() -> None:
    one, now = websub.ended(active(), NOW), NOW
    for left in (2, 1, 0):
        one, mode = websub.due_step(one, now, 0.5)
        assert mode == "unsubscribe" and one.state is State.ENDED
        assert (one.next_at is not None) == bool(left)
        now = one.next_at or now


# --- what a hub asks us ------------------------------------------------------------------------------


def test_what_was_asked_is_confirmed_and_renewed_before_its_end() -> None:
    for jitter, renewed in ((0.0, 9 * DAY), (0.5, 8.5 * DAY), (0.999, 8 * DAY)):
        found = websub.verified(asked(), says("subscribe"), NOW, jitter)
        assert found is not None and (found.state, found.failures, found.error) == (State.ACTIVE, 0, None)
        assert found.lease_until == NOW + 10 * DAY
        assert found.next_at is not None and abs(found.next_at - NOW - renewed) < timedelta(minutes=15)
        assert websub.relied_on_until(found) is None, "it has pushed nothing yet"


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("60", MINUTE),
        ("86400", DAY),
        ("99999999999", 30 * DAY),
        ("9" * 400, LEASE),
        ("", LEASE),
        ("0", LEASE),
        ("-5", LEASE),
        ("1e9", LEASE),
        ("٣٠٠", LEASE),
    ],
)
def test_leases(seconds: str, lease: timedelta) -> None:
    found = websub.verified(asked(), says("subscribe", lease_seconds=seconds), NOW, 0.5)
    assert found is not None and found.lease_until == NOW + lease
    assert found.next_at is not None and found.next_at >= NOW + 10 * MINUTE, (
        "no hub makes us ask at every moment"
    )


@pytest.mark.parametrize(
    ("one", "parameters"),
    [
        (asked(), says("unsubscribe")),
        (asked(), says("subscribe", topic="https://other.example/")),
        (asked(), {"hub.mode": "subscribe"}),
        (asked(), {}),
        (asked(), says("SUBSCRIBE")),
        (asked(asked_at=NOW - 61 * MINUTE), says("subscribe")),
        (active(asked_at=NOW - 2 * HOUR), says("subscribe")),
        (known(), says("subscribe")),
        (known(State.DENIED), says("subscribe")),
        (known(State.ENDED, asked_at=NOW), says("subscribe")),
        (known(State.ENDED), says("unsubscribe")),
        (active(asked_at=NOW), says("unsubscribe")),
    ],
)
def test_what_nobody_asked_for_is_not_confirmed(one: Subscription, parameters: dict[str, str]) -> None:
    assert websub.verified(one, parameters, NOW, 0.5) is None


def test_a_goodbye_is_confirmed_and_ends_it() -> None:
    gone, _ = websub.due_step(websub.ended(active(), NOW), NOW, 0.5)
    found = websub.verified(gone, says("unsubscribe"), NOW, 0.5)
    assert found is not None and (found.state, found.next_at) == (State.ENDED, None)
    assert not websub.takes_pushes(found)


@pytest.mark.parametrize("one", [asked(), active(), known(State.SILENT)])
def test_a_hub_may_deny_at_any_time_and_is_asked_again_in_a_week(one: Subscription) -> None:
    found = websub.denied(one, says("denied", reason="<b>no\nmore</b>"), NOW, 0.0)
    assert found is not None and (found.state, found.next_at) == (State.DENIED, NOW + 7 * DAY)
    assert found.error == "the hub denied it: <b>no more</b>"
    assert websub.relied_on_until(found) is None and not websub.takes_pushes(found)
    assert websub.denied(one, says("denied", topic="https://other.example/"), NOW, 0.0) is None


@pytest.mark.parametrize("state", [State.OFFERED, State.ENDED])
def test_what_was_not_asked_cannot_be_denied(state: State) -> None:
    assert websub.denied(known(state), says("denied"), NOW, 0.0) is None


# --- signatures --------------------------------------------------------------------------------------


def test_the_example_of_rfc_2202() -> None:
    """HMAC-SHA1 test case 2: an independent vector."""
    header = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    assert websub.is_signed("Jefe", b"what do ya want for nothing?", header)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
@given(secret=st.text(min_size=1, max_size=99), body=st.binary(max_size=300), at=st.integers(0, 10**6))
def test_signatures(method: str, secret: str, body: bytes, at: int) -> None:
    right = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    assert websub.is_signed(secret, body, f"{method}={right}")
    assert websub.is_signed(secret, body, f" {method.upper()}={right.upper()} ")
    assert not websub.is_signed(secret, body + b"x", f"{method}={right}")
    assert not websub.is_signed(secret + "x", body, f"{method}={right}")
    at %= len(right)
    assert not websub.is_signed(
        secret, body, f"{method}={right[:at]}{'0' if right[at] != '0' else '1'}{right[at + 1 :]}"
    )


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha256", "=", "md5=", "new=", "sha1=é\udcff", "sha256=" + "0" * 64]
)
def test_what_is_no_signature(header: str) -> None:
    right = hmac.new(b"s", b"body", hashlib.md5).hexdigest()
    assert not websub.is_signed("s", b"body", header + (right if header == "md5=" else ""))
    assert websub.is_signed("", b"body", header), "where no secret was given, there is nothing to sign with"


# --- polls beside pushes -----------------------------------------------------------------------------


def outcome(*new: NewEntry, own: timedelta = 15 * MINUTE, **more: object) -> PollOutcome:
    feed = Feed(7, TOPIC, TOPIC, interval=own, due_at=NOW + own, rhythm=(9.0,), polled_at=NOW)
    return PollOutcome(feed, new, "in its own rhythm", **more)  # type: ignore[arg-type]


def entry(
    age: timedelta | None = MINUTE, changed: bool = False, standing: Standing = Standing.NEW
) -> NewEntry:
    return NewEntry(Entry("a", published=None if age is None else NOW - age), "print", standing, changed)


def relied(until: datetime | None = NOW + DAY) -> Feed:
    return Feed(7, TOPIC, TOPIC, rhythm=(1.0,), interval=5 * MINUTE, pushed_until=until)


def with_push(before: Feed, found: PollOutcome, **policy: timedelta) -> PollOutcome:
    return websub.with_push(before, found, PollingPolicy(**policy), NOW, NOW - DAY)


@pytest.mark.parametrize(
    ("own", "waits"),
    [
        (
            5 * MINUTE,
            2 * HOUR + MINUTE / 2,
        ),  # it may list few items: not more than 24 of its polls are left out
        (15 * MINUTE, 6 * HOUR + 1.5 * MINUTE),
        (3 * HOUR, 6 * HOUR + 18 * MINUTE),
        (12 * HOUR, 12 * HOUR),
    ],
)
def test_a_feed_is_polled_rarely_while_its_hub_is_relied_on(own: timedelta, waits: timedelta) -> None:
    found = with_push(relied(), outcome(own=own)).feed
    assert found.due_at == NOW + waits
    assert (found.interval, found.rhythm) == (5 * MINUTE, (1.0,)), "that polls bring nothing says nothing now"


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (relied(None), outcome()),
        (relied(NOW), outcome()),
        (relied(NOW - DAY), outcome()),
        (relied(), outcome(entry())),  # it missed something
    ],
)
def test_else_in_its_own_rhythm(before: Feed, found: PollOutcome) -> None:
    assert with_push(before, found) == found


def test_a_change_alone_is_no_miss() -> None:
    assert with_push(relied(), outcome(entry(changed=True))).feed.due_at == NOW + 6 * HOUR + 1.5 * MINUTE


def test_the_lease_the_policy_and_whether_anybody_listens_are_bounds() -> None:
    assert with_push(relied(NOW + HOUR), outcome()).feed.due_at == NOW + HOUR
    assert with_push(relied(), outcome(), max_interval=HOUR).feed.due_at == NOW + HOUR
    assert websub.with_push(relied(), outcome(), PollingPolicy(), NOW, None) == outcome()


def test_a_hub_is_relied_on_from_its_first_push() -> None:
    fresh = websub.verified(asked(), says("subscribe"), NOW, 0.5)
    assert fresh is not None and websub.relied_on_until(fresh) is None
    assert websub.relied_on_until(websub.pushed(fresh, NOW, held_known=False)) == NOW + LEASE


def test_a_hub_that_did_not_push_what_a_poll_found_has_a_quarter_of_an_hour() -> None:
    doubted = websub.doubted(active(), outcome(entry()), NOW, NOW - DAY)
    assert (doubted.doubted_at, doubted.next_at) == (NOW, NOW + GRACE)
    assert websub.relied_on_until(doubted) is None, "its feed is polled in its own rhythm at once"

    other = websub.pushed(doubted, NOW + MINUTE, held_known=False)
    assert websub.relied_on_until(other) is None, "it brought something else"
    late = websub.pushed(doubted, NOW + MINUTE, held_known=True)
    assert websub.relied_on_until(late) == NOW + LEASE

    silent, mode = websub.due_step(doubted, NOW + GRACE, 0.0)
    assert (mode, silent.state, silent.next_at) == (None, State.SILENT, NOW + GRACE + DAY)
    assert silent.error == "it did not push what a poll found at 2026-03-10 09:30 UTC"
    assert websub.takes_pushes(silent), "whoever brings news is welcome"
    again, mode = websub.due_step(silent, NOW + 2 * DAY, 0.0)
    assert (mode, again.state, again.pushed_at) == ("subscribe", State.ASKED, None), (
        "it has to prove itself anew"
    )


@pytest.mark.parametrize(
    ("one", "found", "listening"),
    [
        (active(), outcome(), NOW - DAY),
        (active(), outcome(entry(changed=True)), NOW - DAY),
        (active(), outcome(entry(standing=Standing.OLD)), NOW - DAY),
        (active(), outcome(entry(2 * HOUR)), NOW - DAY),  # published before the hub was asked
        (active(), outcome(entry(MINUTE)), NOW),  # published while nobody listened
        (active(), outcome(entry(None)), NOW - HOUR),  # nobody knows when
        (active(pushed_at=NOW - MINUTE), outcome(entry()), NOW - DAY),  # they met on the way
        (active(lease_until=NOW), outcome(entry()), NOW - DAY),
        (asked(), outcome(entry()), NOW - DAY),
        (known(State.SILENT), outcome(entry()), NOW - DAY),
    ],
)
def test_what_speaks_not_against_a_hub(one: Subscription, found: PollOutcome, listening: datetime) -> None:
    assert websub.doubted(one, found, NOW, listening) == one


def test_what_has_no_date_counts_once_it_must_be_younger_than_the_subscription() -> None:
    old = active(asked_at=NOW - 2 * DAY)
    assert websub.doubted(old, outcome(entry(None)), NOW, NOW - 3 * DAY).doubted_at == NOW


def test_after_a_poll() -> None:
    found = websub.after_poll(None, outcome(hub=(HUB, TOPIC)), "t", "s", NOW, None)
    assert found == Subscription(7, HUB, TOPIC, "t", "s", next_at=NOW)
    assert websub.after_poll(None, outcome(hub=("", "")), "t", "s", NOW, NOW) is None
    assert websub.after_poll(active(), outcome(entry()), "t", "s", NOW, None) == active(), "nobody listens"
    doubted = websub.after_poll(active(), outcome(entry(), hub=(HUB, TOPIC)), "t", "s", NOW, NOW - DAY)
    assert doubted is not None and doubted.doubted_at == NOW


def test_described() -> None:
    assert websub.describe(None, NOW) is None
    shown = websub.describe(active(), NOW)
    assert shown == {
        "hub": HUB,
        "state": "active",
        "lease_until": NOW + LEASE,
        "pushed": NOW - 30 * MINUTE,
        "relied_on": True,
        "error": None,
    }
    assert not {"secret", "token"} & shown.keys()
    later = websub.describe(active(), NOW + 11 * DAY)
    assert later is not None and not later["relied_on"]
