"""What follows from an attempt to send, for the delivery and for its channel: done, again later, or given up.

Policy. A delivery is tried at once, then after 15 s, 30 s, 1 min, 2 min, doubling up to half an hour,
each wait spread over 80 to 120 % so that what failed together is not tried together. What a service
asks for with Retry-After is obeyed up to six hours. A permanent refusal is given up at once.
Everything else is tried for three days, which is longer than a weekend with nobody at the mail
server, and at least a dozen times, so that a machine that was off for a week does not give up on a
network that is a minute late. An attempt without an answer is repeated under the same key, which
makes the repeat recognisable (promise 2).

What a service fails for rests its whole channel: for 15 s, doubling up to five minutes, since then one
delivery at a time finds out for all that wait. From the second failure in a row a delivery is tried again
when its channel is: it is not the delivery's fault, and all go as soon as one has got through. A login that
is not accepted rests it for a minute, doubling to half an hour, for servers lock out who tries too often; a
refusal for good for five minutes, doubling to an hour, and then with what has come since.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import ChannelState, DeliveryState, Fault, Outcome, Retry, SendResult

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)
LONGEST_ASKED = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)
LEAST_ATTEMPTS = 12
SPREAD = 0.2
SOON = timedelta(seconds=2)  # when what we did not get to is tried again
_CHANNELS_FAULT = 2  # failures in a row, from which on a delivery waits with its channel

# How long a channel rests after its first failure, and at most, by what it failed for.
_RESTS: dict[Fault, tuple[ChannelState, timedelta, timedelta]] = {
    Fault.SERVICE: (ChannelState.FAILING, FIRST_WAIT, timedelta(minutes=5)),
    Fault.SETTINGS: (ChannelState.LOCKED, timedelta(minutes=1), timedelta(minutes=30)),
    Fault.ADDRESS: (ChannelState.DEAD, timedelta(minutes=5), timedelta(hours=1)),
}


def after(
    attempts: int,
    result: SendResult,
    now: datetime,
    jitter: float,
    created: datetime,
    failures: int = 0,
) -> Retry:
    """What follows from a delivery's `attempts`-th attempt (counted from 1), that ended with `result`.

    `jitter` is a random number in [0, 1); `created` is when the delivery was first due; `failures` of its
    channel in a row came before.
    """
    if result.outcome is Outcome.SENT:
        return Retry(DeliveryState.SENT, result.detail, channel=ChannelState.GOOD)
    fault = fault_of(result)
    if fault is Fault.OURS and result.outcome is not Outcome.PERMANENT:
        return Retry(_waiting(result), result.detail, now + SOON * (1 + jitter))
    channel, rest = _channel(fault, result, now, jitter, failures)
    if result.outcome is Outcome.PERMANENT:
        why = result.detail if fault is Fault.OURS else f"refused for good: {result.detail}"
        return Retry(DeliveryState.DEAD, why, None, channel, rest)
    at = now + wait(attempts, jitter, result.retry_after)
    if rest is not None and (failures + 1 >= _CHANNELS_FAULT or rest > at):
        at = rest
    if at - created > GIVE_UP_AFTER and max(attempts, failures) >= LEAST_ATTEMPTS:
        given_up = f"given up after {attempts} attempts: {result.detail}"
        return Retry(DeliveryState.DEAD, given_up, None, channel, rest)
    return Retry(_waiting(result), result.detail, at, channel, rest)


def _waiting(result: SendResult) -> DeliveryState:
    return DeliveryState.UNKNOWN if result.outcome is Outcome.UNKNOWN else DeliveryState.FAILED


def _channel(
    fault: Fault, result: SendResult, now: datetime, jitter: float, failures: int
) -> tuple[ChannelState | None, datetime | None]:
    """How the channel does now, and until when it rests."""
    if fault is Fault.OURS:
        return None, None
    if fault is Fault.MESSAGE:
        return ChannelState.FAILING, None
    state, first, longest = _RESTS[fault]
    return state, now + _doubled(failures + 1, first, longest, jitter, result.retry_after)


def fault_of(result: SendResult) -> Fault:
    """What a failed attempt failed for, where its result does not say it: see SendResult."""
    if result.fault is not None:
        return result.fault
    return Fault.MESSAGE if result.outcome is Outcome.PERMANENT else Fault.SERVICE


def wait(attempts: int, jitter: float, asked: timedelta | None = None) -> timedelta:
    """How long to wait after the `attempts`-th attempt: our back-off, or longer where the service asks."""
    return _doubled(attempts, FIRST_WAIT, LONGEST_WAIT, jitter, asked)


def _doubled(
    times: int, first: timedelta, longest: timedelta, jitter: float, asked: timedelta | None
) -> timedelta:
    doublings = min(max(times, 1) - 1, 16)
    own: timedelta = min(first * 2**doublings, longest) * (1 - SPREAD + 2 * SPREAD * jitter)
    return max(own, min(asked, LONGEST_ASKED)) if asked is not None else own
