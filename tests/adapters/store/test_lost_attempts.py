"""An attempt whose end nobody heard of has one all the same, as soon as another takes its delivery over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from monitor.adapters.store import Store
from monitor.adapters.store.schema import attempts
from monitor.model import DeliveryState, Outcome, Retry, SendResult
from monitor.route.troubles import Trouble

LEASE = timedelta(minutes=3)
SENT = SendResult(Outcome.SENT, "250 taken"), Retry(DeliveryState.SENT, "250 taken")


def outcomes(store: Store) -> list[str | None]:
    with store.database.read() as connection:
        return list(connection.scalars(select(attempts.c.outcome).order_by(attempts.c.id)))


def test_of_a_node_that_died_the_attempt_is_unknown(store: Store, now: datetime) -> None:
    trouble = Trouble("disk", "The disk is full", "It is.", ("desk",))
    store.report_troubles("disk", [trouble], lambda _: None, {"desk": ["mail"]}, now)
    ((dead, _),) = store.claim_deliveries(now, 10, LEASE, ())
    assert outcomes(store) == [None]
    later = now + LEASE + timedelta(seconds=1)
    ((taken, _),) = store.claim_deliveries(later, 10, LEASE, ())
    assert (taken.id, taken.attempts) == (dead.id, 2)
    assert outcomes(store) == ["unknown", None]
    assert not store.finish_attempt(dead, *SENT, later), "whoever lost the lease marks nothing"
    assert store.finish_attempt(taken, *SENT, later)
    assert outcomes(store) == ["unknown", "sent"]
