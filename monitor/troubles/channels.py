"""How the channels do, and who is told: a channel that fails is told of through others, once, and once when it works.

Nothing is told through a channel that fails itself. Where nobody else can be told, the log says so loudly, and the
trouble counts as told only when somebody could be: an operator who is named later hears of it then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.model import ChannelHealth, ChannelState
from monitor.policy import Policy
from monitor.ports import Store
from monitor.route.troubles import Bundle, OpenTrouble, Trouble
from monitor.text import duration

log = structlog.get_logger(__name__)

KIND = "channels"
# A channel that only fails is worth a message after this long, and so often; one that is refused is at once.
PATIENCE, LEAST_FAILURES = timedelta(minutes=15), 3
COMPLAIN_EVERY = timedelta(hours=1)
_MOST_ALONE, _MOST_LISTED = 3, 50

_SAYS = {
    ChannelState.DEAD: "refuses what is sent there",
    ChannelState.LOCKED: "does not accept the login or address as configured",
    ChannelState.FAILING: "cannot be sent to",
}
_TO_DO = {
    ChannelState.DEAD: "find out whether the address still exists and lets us in, and mend or replace it in "
    "monitor.toml. What it was to send in the last three days goes by itself when it works; "
    "`monitor alerts replay` sends what is older.",
    ChannelState.LOCKED: "mend the address, user or password in monitor.toml and reload; what waits goes then.",
    ChannelState.FAILING: "see whether the service and the way to it work; it is tried at least every five minutes, "
    "and what waits goes when it answers. After three days an alert is given up.",
}


def is_worth_telling(channel: ChannelHealth, now: datetime) -> bool:
    """Whether somebody should look after a channel."""
    if channel.state in (ChannelState.DEAD, ChannelState.LOCKED):
        return True
    if channel.state is ChannelState.GOOD or channel.since is None:
        return False
    return channel.failures >= LEAST_FAILURES and now - channel.since >= PATIENCE


@dataclass(slots=True)
class ChannelWatch:
    """Looks after the channels of one program."""

    store: Store
    complain_at: datetime | None = None

    def report(self, policy: Policy, now: datetime) -> None:
        """Tell of channels that began to fail, and of those that work again, each once. Blocks."""
        failing = [one for one in self.store.troubled_channels() if one.key in policy.channels]
        known = {one.trouble.subject for one in self.store.open_troubles(KIND)}
        told_of = [one for one in failing if _is_told_of(one, known, now)]
        if not told_of and not known:
            return
        working = _working(policy, failing)
        found: list[Trouble] = []
        nobody: list[Trouble] = []
        for one in told_of:
            trouble = channel_trouble(one, _receivers(one, policy, now))
            hears = any(working.get(name) for name in trouble.receivers)
            (found if hears or trouble.subject in known else nobody).append(trouble)
        told = self.store.report_troubles(
            KIND, found, lambda one: _farewell(one, now), working, now, TOGETHER
        )
        for trouble in told.begun:
            log.error("a channel fails, others are told", what=trouble.headline)
        for ended in told.ended:
            log.info("a channel works again", channel=ended.trouble.subject)
        self._complain(nobody, now)

    def _complain(self, nobody: Sequence[Trouble], now: datetime) -> None:
        if nobody and (self.complain_at is None or now >= self.complain_at):
            self.complain_at = now + COMPLAIN_EVERY
            for trouble in nobody:
                log.critical(
                    "a channel fails and nobody can be told by another; name a receiver in alerts.operator",
                    what=trouble.headline,
                )


def _is_told_of(channel: ChannelHealth, known: set[str], now: datetime) -> bool:
    """What was told stays told until it works again."""
    return is_worth_telling(channel, now) or (channel.failures > 0 and subject_of(channel) in known)


def subject_of(channel: ChannelHealth) -> str:
    return f"{channel.receiver} {channel.channel}"


def _is_down(channel: ChannelHealth) -> bool:
    if channel.state is ChannelState.FAILING:
        return channel.failures >= LEAST_FAILURES
    return channel.state is not ChannelState.GOOD


def _working(policy: Policy, failing: Sequence[ChannelHealth]) -> dict[str, list[str]]:
    """The channels of each receiver that nothing is wrong with, by what is known."""
    out = {one.key for one in failing if _is_down(one)}
    return {
        receiver: [name for name in names if (receiver, name) not in out]
        for receiver, names in policy.channel_names().items()
    }


def _receivers(channel: ChannelHealth, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Who else can be told: whoever is at the receiver's other channels, and the operator."""
    everybody = (channel.receiver, *policy.operators(KIND, now), *policy.default)
    return tuple(name for name in dict.fromkeys(everybody) if name in policy.receivers)


def channel_trouble(channel: ChannelHealth, receivers: tuple[str, ...]) -> Trouble:
    """A channel that fails, as it is told."""
    headline = f"{channel.receiver} is not reached: {channel.channel} {_SAYS.get(channel.state, 'fails')}"
    times = f"{channel.failures} attempts in a row" if channel.failures > 1 else "one attempt"
    lines = [
        f"Channel: {channel.channel} of receiver {channel.receiver}",
        f"Why: {channel.error}",
        f"Since: {_when(channel.since)}; {times}",
        f"Sent last: {_when(channel.good_at)}",
        f"To do: {_TO_DO.get(channel.state, _TO_DO[ChannelState.FAILING])}",
        "Nothing is lost: `monitor alerts list` shows what waits or was given up, and why.",
    ]
    return Trouble(subject_of(channel), headline, "\n".join(lines), receivers, channel.since)


def _farewell(one: OpenTrouble, now: datetime) -> tuple[str, str]:
    receiver, _, channel = one.trouble.subject.partition(" ")
    return (
        f"{receiver} is reached again by {channel}",
        f"{channel} of receiver {receiver} works again, or was taken out of the configuration.\n"
        f"It failed since {_when(one.since)}, for {duration(now - one.since)}; what waited for it goes now.",
    )


def _when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "never"


def _begun_together(begun: Sequence[Trouble]) -> tuple[str, str]:
    lines = [f"  {one.headline}: {_why(one)}" for one in begun[:_MOST_LISTED]]
    lines += _rest(len(begun))
    lines += [
        "",
        "`monitor status` shows them as they are now; nothing is lost, what waits goes when they work.",
    ]
    return f"{len(begun)} channels cannot be sent to", "\n".join(lines)


def _ended_together(ended: Sequence[tuple[OpenTrouble, tuple[str, str]]]) -> tuple[str, str]:
    lines = [f"  {headline}" for _, (headline, _) in ended[:_MOST_LISTED]] + _rest(len(ended))
    return f"{len(ended)} channels work again", "\n".join(lines)


def _why(trouble: Trouble) -> str:
    return next((line[5:] for line in trouble.text.splitlines() if line.startswith("Why: ")), "")


def _rest(number: int) -> list[str]:
    return [f"  … and {number - _MOST_LISTED} more"] if number > _MOST_LISTED else []


TOGETHER = Bundle(_MOST_ALONE, _begun_together, _ended_together)
