from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.send.pace import bucket, free_at, has_room, rates_of, usual_rate

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
rates = st.tuples(st.integers(1, 50), st.timedeltas(timedelta(seconds=1), timedelta(hours=1)))
gaps = st.lists(st.timedeltas(timedelta(0), timedelta(minutes=5)), min_size=1, max_size=60)


def sent_at(rate, asks):
    """When messages go out that are asked for at these moments, as the store keeps the bucket between them."""
    tokens = at = None
    out = []
    for moment in asks:
        left = bucket(tokens, at, rate, moment)
        if has_room(left):
            left = left.taken()
            tokens, at = left.tokens, left.at
            out.append(moment)
    return out


@given(rates, gaps)
def test_within_no_time_more_goes_out_than_the_rate_says(rate, waits):
    asks = [NOW + sum(waits[: n + 1], timedelta(0)) for n in range(len(waits))]
    out = sent_at(rate, asks)
    number, every = rate
    for i, first in enumerate(out):
        for j, last in enumerate(out[i:], 1):
            assert j <= number * (1 + (last - first) / every) + 1e-3


@given(rates, gaps)
def test_a_wait_ends_when_it_says(rate, waits):
    tokens = at = None
    now = NOW
    for gap in waits:
        now += gap
        left = bucket(tokens, at, rate, now)
        if not has_room(left):
            now = free_at(left, rate)
            assert now - NOW < timedelta(days=1)
            left = bucket(left.tokens, left.at, rate, now)
        assert has_room(left)
        left = left.taken()
        tokens, at = left.tokens, left.at


@given(rates, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_clock_set_back_takes_nothing_away(rate, back):
    left = bucket(0.5, NOW, rate, NOW - back)
    assert left.tokens == 0.5
    assert free_at(left, rate) <= NOW - back + rate[1]


@pytest.mark.parametrize(
    ("service", "within", "most"),
    [  # what each service says that it takes
        ("slack", timedelta(seconds=0.9), 1),
        ("telegram", timedelta(minutes=1), 20),
        ("discord", timedelta(minutes=1), 30),
        ("discord", timedelta(seconds=2), 5),
        ("teams", timedelta(seconds=1), 4),
        ("ntfy", timedelta(minutes=5), 60 + 60),
        ("matrix", timedelta(seconds=50), 10 + 10),
    ],
)
def test_the_usual_rates_stay_within_what_services_take(service, within, most):
    rate = usual_rate(service)
    step = timedelta(seconds=0.05)
    out = sent_at(rate, [NOW + step * n for n in range(int(within / step))])
    assert 1 <= len(out) <= most


@pytest.mark.parametrize("service", ["json", "xml", "form", "gotify"])
def test_ones_own_servers_have_no_limit(service):
    assert usual_rate(service) is None


def test_the_slowest_rate_of_a_login_is_that_of_all_who_use_it():
    desk, night, chat = ("desk", "a"), ("night", "b"), ("chat", "c")
    fast, slow = (120, timedelta(minutes=1)), (30, timedelta(minutes=1))
    found = rates_of({desk: fast, night: slow, chat: None}, {desk: "login#1", night: "login#1"})
    assert [found.of(key) for key in (desk, night, chat)] == [slow, slow, None]
    assert found.kept_under(desk) == found.kept_under(night) != desk
    assert found.kept_under(chat) == chat


def test_what_has_no_limit_shares_none():
    desk, night = ("desk", "a"), ("night", "b")
    found = rates_of({desk: None, night: (1, timedelta(minutes=1))}, {desk: "login#1", night: "login#2"})
    assert found.of(desk) is None
    assert len({found.kept_under(key) for key in (desk, night)}) == 2
