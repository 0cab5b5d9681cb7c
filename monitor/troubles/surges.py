"""What is far too much at once, in words: a rule that spikes, a receiver that is flooded; and its end.

Each is a trouble, of the kinds "spike" (its subject is the rule) and "flood" (the receiver): told once when it
begins and once when it is over. Until then what it concerns comes together (monitor.route.telling).
"""

from __future__ import annotations

from datetime import datetime

from monitor.model import Hold
from monitor.policy import Policy
from monitor.route.telling import SPIKE_EVERY, ReceiverPolicy, next_release
from monitor.route.troubles import OpenTrouble, Trouble
from monitor.route.volume import Surging, Volume, calmed_down
from monitor.text import duration

SPIKE, FLOOD = Hold.SPIKE.value, Hold.FLOOD.value


def spike_trouble(
    rule: str, title: str, volume: Volume, receivers: tuple[str, ...], now: datetime
) -> Trouble:
    usual = volume.usual
    before = "how much is usual is not known yet" if usual is None else f"usually {_rate(usual)} an hour"
    return Trouble(
        rule,
        f"{title or rule}: {volume.last} new in an hour, {before}",
        f"The rule {rule} brought {volume.last} new stories within an hour; {before}.\n"
        f"Until it calms down, what it brings comes together, every {duration(SPIKE_EVERY)}; next at "
        f"{next_release(now, SPIKE_EVERY, now):%H:%M} UTC. Nothing is left out.\n"
        f"Where it matches too much: monitor backtest {rule} --since 1d",
        receivers,
    )


def flood_trouble(receiver: str, policy: ReceiverPolicy, now: datetime) -> Trouble:
    window = duration(policy.flood_window)
    return Trouble(
        receiver,
        f"More than {policy.flood} alerts in {window} for {receiver}",
        f"{receiver} was sent {policy.flood} alerts within {window}, which is as many as it takes.\n"
        f"Until that calms down, the rest comes together, every {window}; next at "
        f"{next_release(now, policy.flood_window, now):%H:%M} UTC. Nothing is left out.\n"
        f"The bound is `flood` in monitor.toml, under [receivers.{receiver}] or [alerts].",
        (receiver,),
    )


def farewell(one: OpenTrouble) -> tuple[str, str]:
    """Headline and text of its end."""
    subject = one.trouble.subject
    if one.kind == SPIKE:
        return (
            f"{subject} has calmed down",
            f"The rule {subject} brings no more than it may again. From now on each story is told by itself.",
        )
    return (
        f"Alerts for {subject} come one by one again",
        f"What came for {subject} was put together since {one.since:%Y-%m-%d %H:%M} UTC; that is over.",
    )


def still_on(one: Surging, policy: Policy) -> bool:
    """Whether a surge goes on: as long as there is more than half of what makes one."""
    if one.trouble.kind == SPIKE:
        return not calmed_down(one.volume)
    return one.volume.last > policy.of(one.trouble.trouble.subject).flood // 2


def _rate(usual: float) -> str:
    return f"{usual:.0f}" if usual >= 10 else f"{usual:.1f}"
