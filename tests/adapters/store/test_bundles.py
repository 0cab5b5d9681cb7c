"""Many troubles at once are one message; what is over before anybody was told is one message too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from monitor.adapters.store import Store
from monitor.model import Alert, Delivery, Outcome, Retry, SendResult
from monitor.model import DeliveryState as State
from monitor.route.troubles import Bundle, OpenTrouble, Trouble

LEASE = timedelta(minutes=5)
CHANNELS = {"desk": ["mail", "chat"], "asia": ["mail of asia"]}


def begun(troubles: Sequence[Trouble]) -> tuple[str, str]:
    return f"{len(troubles)} begun", ", ".join(trouble.subject for trouble in troubles)


def ended(troubles: Sequence[tuple[OpenTrouble, tuple[str, str]]]) -> tuple[str, str]:
    return f"{len(troubles)} ended", ", ".join(words[0] for _, words in troubles)


BUNDLE = Bundle(2, begun, ended)


def trouble(name: str, *receivers: str) -> Trouble:
    return Trouble(name, f"{name} fails", f"all about {name}", receivers or ("desk",))


def report(store: Store, now: datetime, *names: str | Trouble, late: bool = False) -> None:
    found = [name if isinstance(name, Trouble) else trouble(name) for name in names]
    store.report_troubles("feeds", found, _farewell, CHANNELS, now, BUNDLE, late=late)


def _farewell(one: OpenTrouble) -> tuple[str, str] | None:
    return None if one.trouble.subject == "hushed" else (f"{one.trouble.subject} works", "again")


def notices(store: Store, now: datetime) -> list[tuple[Delivery, Alert]]:
    found = []
    while claimed := store.claim_deliveries(now, 100, LEASE, ()):
        found += claimed
    return sorted(found, key=lambda one: (one[1].id, one[0].channel))


def told(store: Store, now: datetime) -> list[tuple[str, str, str]]:
    return [(delivery.channel, alert.story_title, alert.text) for delivery, alert in notices(store, now)]


def headlines(store: Store, now: datetime) -> list[str]:
    return [title for channel, title, _ in told(store, now) if channel != "chat"]


def test_what_begins_and_ends_at_once_is_told_at_once(store: Store, now: datetime) -> None:
    report(store, now, "a", "b", "c")
    assert told(store, now) == [("chat", "3 begun", "a, b, c"), ("mail", "3 begun", "a, b, c")]
    assert [one.trouble.subject for one in store.open_troubles("feeds")] == ["a", "b", "c"]
    report(store, now, "a", "b", "c")
    assert told(store, now) == []
    report(store, now)
    assert headlines(store, now) == ["3 ended"]
    assert store.open_troubles("feeds") == []


def test_few_are_told_one_by_one_in_the_thread_of_the_message_they_began_with(
    store: Store, now: datetime
) -> None:
    report(store, now, "a", "b", "c")
    (_, first), _ = notices(store, now)
    report(store, now, "c")
    assert [
        (alert.story_title, alert.story_uid) for d, alert in notices(store, now) if d.channel == "mail"
    ] == [
        ("a works", first.story_uid),
        ("b works", first.story_uid),
    ]
    report(store, now, "c", "d", "e")
    assert headlines(store, now) == ["d fails", "e fails"]


def test_each_receiver_hears_of_its_own(store: Store, now: datetime) -> None:
    report(store, now, "a", "b", trouble("c", "asia"))
    assert [(channel, title) for channel, title, _ in told(store, now) if channel != "chat"] == [
        ("mail", "2 begun"),
        ("mail of asia", "1 begun"),
    ]


def test_what_ends_into_something_else_ends_without_a_word(store: Store, now: datetime) -> None:
    report(store, now, "hushed", "b")
    notices(store, now)
    report(store, now)
    assert headlines(store, now) == ["b works"]
    assert store.open_troubles("feeds") == []


@pytest.mark.parametrize("late", [True, False])
def test_what_ended_before_anybody_was_told_is_one_message(store: Store, now: datetime, late: bool) -> None:
    report(store, now, "a", late=late)
    report(store, now, late=late)
    assert headlines(store, now) == (["a works"] if late else ["a fails", "a works"])


def test_who_was_told_that_it_began_is_told_that_it_ended(store: Store, now: datetime) -> None:
    """By chat it was told; by mail it could not be, and is waiting for its next attempt."""
    report(store, now, "a", late=True)
    for delivery, _ in notices(store, now):
        sent = delivery.channel == "chat"
        result = SendResult(Outcome.SENT if sent else Outcome.TRANSIENT, "")
        after = Retry(State.SENT if sent else State.FAILED, "", now + timedelta(minutes=1))
        assert store.finish_attempt(delivery, result, after, now)
    report(store, now, late=True)
    later = now + timedelta(minutes=2)
    assert [(channel, title) for channel, title, _ in told(store, later)] == [
        ("mail", "a works"),
        ("chat", "a works"),
    ]


def test_what_may_have_arrived_counts_as_told(store: Store, now: datetime) -> None:
    report(store, now, "a", late=True)
    notices(store, now)  # under way
    report(store, now, late=True)
    assert headlines(store, now) == ["a works"]
    again = now + 2 * LEASE
    assert headlines(store, again) == ["a fails", "a works"], "both come again: nobody has marked them"
