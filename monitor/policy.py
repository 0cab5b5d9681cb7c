"""What the configuration says of polling and telling. Replaced as a whole when it is reloaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.collect.access import FeedAccess
from monitor.collect.due import PollingPolicy
from monitor.model import AlertPolicy, Severity
from monitor.route.matchers import Facts
from monitor.route.routes import Route, Routing, Timing, route
from monitor.route.telling import ReceiverPolicy
from monitor.send.channels import Channel, login_of
from monitor.send.pace import Rates, rates_of, usual_rate

NOBODY = (
    ""  # stands for a receiver where none is configured: what is held for it becomes an alert all the same
)


@dataclass(frozen=True, slots=True)
class Policy:
    """`channels` are by receiver and name, `receivers` by name, `access` by the keys of the feeds that need any."""

    polling: PollingPolicy
    channels: Mapping[tuple[str, str], Channel]
    receivers: Mapping[str, ReceiverPolicy]
    default: tuple[str, ...]
    operator: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    timing: Timing = field(default_factory=Timing)
    spikes: bool = True  # whether rules that spike are told together
    since: timedelta | None = None  # how much of the past a first poll may tell
    access: Mapping[str, FeedAccess] = field(default_factory=dict)

    def routing(self, facts: Facts, rule: AlertPolicy, now: datetime) -> Routing:
        """Who is told of a match."""
        default = self.last_resort
        return route(facts, rule.to, self.routes, default, self.receivers, now, self.timing, rule.repeat)

    @property
    def last_resort(self) -> tuple[str, ...]:
        """Who is told where nobody else is: the default; where that names nobody, the operator."""
        return tuple(name for name in self.default if name in self.receivers) or self.operator

    def operators(self, kind: str, now: datetime) -> tuple[str, ...]:
        """Who is told of a trouble of the monitor itself: routed as any alert, as of the rule `monitor.KIND`."""
        return self.own_routing(Facts(rule=f"monitor.{kind}", severity=Severity.HIGH), now).receivers

    def own_routing(self, facts: Facts, now: datetime) -> Routing:
        """As `routing`, of a trouble of the monitor itself.

        Where an operator is named, only routes that ask for the rule add to it: what is grave in the news is
        for others than what is wrong with a feed.
        """
        asking = [each for each in self.routes if any(key == "rule" for key, _ in each.matcher.asks)]
        routes = asking if self.operator else self.routes
        return route(facts, self.operator, routes, self.default, self.receivers, now)

    def of(self, receiver: str) -> ReceiverPolicy:
        return self.receivers.get(receiver, ReceiverPolicy())

    def zone_of(self, receiver: str) -> str:
        return self.of(receiver).zone

    def channels_of(self, receivers: Sequence[str]) -> list[tuple[str, str]]:
        return [key for key in self.channels if key[0] in receivers]

    @property
    def rates(self) -> Rates:
        """How often each channel is sent to: as its receiver says, else as its service takes; mail by its login."""
        each = {
            key: self.of(key[0]).rate or usual_rate(channel.form.service)
            for key, channel in self.channels.items()
        }
        logins = {key: login for key, channel in self.channels.items() if (login := login_of(channel.url))}
        return rates_of(each, logins)

    def channel_names(self) -> dict[str, list[str]]:
        """The names of each receiver's channels."""
        found: dict[str, list[str]] = {}
        for receiver, name in self.channels:
            found.setdefault(receiver, []).append(name)
        return found

    def quiet_until(self, now: datetime, severity: Severity) -> dict[str, datetime]:
        """When the quiet hours are over of each receiver that has them now."""
        ends = {name: policy.quiet_until(now, severity) for name, policy in self.receivers.items()}
        return {name: end for name, end in ends.items() if end is not None}
