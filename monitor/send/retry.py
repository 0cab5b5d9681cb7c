"""What follows from an attempt to send: done, again later, or given up.

Policy. A delivery is tried at once, then after 15 s, 30 s, 1 min, 2 min, doubling up to half an hour,
each wait spread over 80 to 120 % so that what failed together is not tried together. What a service
asks for with Retry-After is obeyed up to six hours. A permanent refusal is given up at once.
Everything else is tried for three days, which is longer than a weekend with nobody at the mail
server, and at least a dozen times, so that a machine that was off for a week does not give up on a
network that is a minute late. An attempt without an answer is repeated under the same key, which
makes the repeat recognisable (promise 2).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import DeliveryState, Outcome, Retry, SendResult

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)
LONGEST_ASKED = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)
LEAST_ATTEMPTS = 12
SPREAD = 0.2


def after(attempts: int, result: SendResult, now: datetime, jitter: float, created: datetime) -> Retry:
    """The delivery's next state after its `attempts`-th attempt (counted from 1) ended with `result`.

    `jitter` is a random number in [0, 1); `created` is when the delivery was first due.
    """
    if result.outcome is Outcome.SENT:
        return Retry(DeliveryState.SENT, result.detail)
    if result.outcome is Outcome.PERMANENT:
        return Retry(DeliveryState.DEAD, f"refused for good: {result.detail}")
    at = now + wait(attempts, jitter, result.retry_after)
    if at - created > GIVE_UP_AFTER and attempts >= LEAST_ATTEMPTS:
        return Retry(DeliveryState.DEAD, f"given up after {attempts} attempts: {result.detail}")
    state = DeliveryState.UNKNOWN if result.outcome is Outcome.UNKNOWN else DeliveryState.FAILED
    return Retry(state, result.detail, at)


def wait(attempts: int, jitter: float, asked: timedelta | None = None) -> timedelta:
    """How long to wait after the `attempts`-th attempt: our back-off, or longer where the service asks."""
    doublings = min(max(attempts, 1) - 1, 16)
    own: timedelta = min(FIRST_WAIT * 2**doublings, LONGEST_WAIT) * (1 - SPREAD + 2 * SPREAD * jitter)
    return max(own, min(asked, LONGEST_ASKED)) if asked is not None else own
