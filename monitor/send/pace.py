"""How often a channel is sent to: a token bucket of our own, kept where all nodes see it.

A rate is a number and a duration: as many messages at once, and the same number again in each such time.
Within any time t at most `number * (1 + t / duration)` go out, so that the defaults below are mostly written
in small bursts: `5/20s` is never more than 20 in a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Rate = tuple[int, timedelta]

_SECOND = timedelta(seconds=1)
# What services say that they take, of one sender in one place. Each default stays within it at any moment, but
# for mail: servers differ, queue what comes, and say so where it is too much (RFC 5321, 4.5.4.1). Exchange Online
# takes 30 a minute of a login (Microsoft, "Throttling limit for SMTP submission"): rate = "30/1m".
# Own servers (web hooks, Gotify) have no limit that could be known.
_RATES: dict[str, Rate] = {
    "mail": (120, timedelta(minutes=1)),
    # "Posting messages: 1 per second, short bursts allowed" (Slack, Rate limits).
    "slack": (1, _SECOND),
    # 20 messages a minute to a group, one a second to a chat (Telegram, Bots FAQ, "My bot is hitting limits").
    "telegram": (5, timedelta(seconds=20)),
    # 5 requests in 2 s a web hook by its X-RateLimit headers, and, as its users report, 30 a minute.
    "discord": (5, timedelta(seconds=12)),
    # 4 requests a second (Microsoft Teams, "Rate limiting for connectors").
    "teams": (2, _SECOND),
    # 60 at once and then one in 5 s (ntfy's server, visitor-request-limit-burst and -replenish).
    "ntfy": (30, timedelta(seconds=150)),
    # 0.2 a second, 10 at once (Synapse, rc_message).
    "matrix": (5, timedelta(seconds=25)),
    # 10 a second where its administrator has limits at all (Mattermost, RateLimitSettings.PerSec).
    "mattermost": (5, _SECOND),
    # Of others no figure is known; nobody reads more than one a second anyway.
    "pushover": (1, _SECOND),
    "other": (1, _SECOND),
}


def usual_rate(service: str) -> Rate | None:
    """How often a service is sent to where the configuration does not say; None where it has no limit."""
    return _RATES.get(service)


Key = tuple[str, str]  # a channel: its receiver and name


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each channel is sent to; None is no limit. `shared` names what several of them use up together."""

    each: Mapping[Key, Rate | None] = field(default_factory=dict)
    shared: Mapping[Key, Key] = field(default_factory=dict)

    def of(self, key: Key) -> Rate | None:
        return self.each.get(key)

    def kept_under(self, key: Key) -> Key:
        """The key that what is left of a channel's rate is kept under."""
        return self.shared.get(key, key)


def rates_of(each: Mapping[Key, Rate | None], logins: Mapping[Key, str]) -> Rates:
    """The rates of channels of which some use one login: its server counts them as one, and the slowest rate holds.

    `logins` are names of logins, by channel.
    """
    together: dict[str, list[Key]] = {}
    for key, login in logins.items():
        if each.get(key) is not None:
            together.setdefault(login, []).append(key)
    slowest = {
        login: min(
            (rate for key in keys if (rate := each[key])), key=lambda rate: rate[0] / rate[1].total_seconds()
        )
        for login, keys in together.items()
    }
    members = {key: login for login, keys in together.items() for key in keys}
    held = {key: slowest[members[key]] if key in members else rate for key, rate in each.items()}
    return Rates(held, {key: (NO_RECEIVER, login) for key, login in members.items()})


NO_RECEIVER = ""  # of what is kept of a login: no receiver's name is empty


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was left of a rate at a moment: messages that may go out at once."""

    tokens: float
    at: datetime

    def filled(self, rate: Rate, now: datetime) -> Bucket:
        """The bucket as it is `now`. A clock that was set back takes nothing away."""
        number, every = rate
        gained = max((now - self.at) / every, 0.0) * number
        return Bucket(min(self.tokens + gained, float(number)), now)

    def taken(self) -> Bucket:
        """The bucket after one message."""
        return Bucket(self.tokens - 1.0, self.at)


def bucket(tokens: float | None, at: datetime | None, rate: Rate, now: datetime) -> Bucket:
    """A bucket as it was kept, filled until `now`; a full one where none was kept."""
    if tokens is None or at is None:
        return Bucket(float(rate[0]), now)
    return Bucket(tokens, at).filled(rate, now)


# So that a wait of exactly the time that a token takes ends with a token, whatever floats make of it.
_NEARLY = 1e-6


def has_room(kept: Bucket) -> bool:
    """Whether a message may go out now."""
    return kept.tokens >= 1.0 - _NEARLY


def free_at(kept: Bucket, rate: Rate) -> datetime:
    """When the next message may go out."""
    number, every = rate
    return kept.at + every * (max(1.0 - kept.tokens, 0.0) / number)
