"""What monitor.toml may hold: every key with its kind, its default and its bounds.

How it is read, and how mistakes in it are told, is config.py's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from monitor.collect import access, hubs
from monitor.model import Severity
from monitor.route.digest import check_cron
from monitor.route.hours import Hours, never_end
from monitor.route.matchers import Matcher
from monitor.route.routes import Route
from monitor.route.telling import ReceiverPolicy
from monitor.setting_values import Asks, Duration, HoursOfTheWeek, Rate, network


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _has_port(parts: SplitResult) -> bool:
    """Whether what stands for a port in an address, if anything does, is one."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


class FeedSettings(_Section):
    """A feed to poll. `title` replaces the one the feed gives itself; the rest is how it is asked (collect.access)."""

    url: str
    tags: tuple[str, ...] = ()
    title: str = ""
    username: str = Field(default="", repr=False)
    password: str = Field(default="", repr=False)
    password_file: Path | None = None
    headers: Mapping[str, str] = Field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = Field(default_factory=dict, repr=False)
    cookies_file: Path | None = None
    proxy: str = Field(default="", repr=False)
    user_agent: str = ""
    robots: bool = True

    @property
    def access(self) -> access.FeedAccess | None:
        """How the feed is asked, where it is not asked like any other."""
        return access.feed_access(
            self.url,
            username=self.username,
            password=self.password,
            headers=self.headers,
            cookies=self.cookies,
            proxy=self.proxy,
            user_agent=self.user_agent,
            robots=self.robots,
        )

    @field_validator("url")
    @classmethod
    def _http(cls, url: str) -> str:
        parts = urlsplit(url)
        if "@" in parts.netloc or not _has_port(parts):
            # A password with a slash in it looks like a port that is none.
            raise ValueError(
                f"{parts.hostname}: an address with a user name or password in it is not read; "
                "write username and password below it"
            )
        if parts.scheme not in ("http", "https") or not parts.hostname:
            shown = repr(url) if "@" not in url else "it"
            raise ValueError(f"{shown} is no address of a feed; it starts with http:// or https://")
        return url

    @field_validator("username")
    @classmethod
    def _one_name(cls, username: str) -> str:
        if ":" in username:  # RFC 7617: the first colon is where the password begins
            raise ValueError("a user name holds no colon")
        return username

    @field_validator("headers")
    @classmethod
    def _sendable(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in headers.items():
            access.check_header(name, value)
        return headers

    @field_validator("cookies")
    @classmethod
    def _edible(cls, cookies: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in cookies.items():
            access.check_cookie(name, value)
        return cookies

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, proxy: str) -> str:
        if proxy and proxy != access.DIRECT:
            access.read_proxy(proxy)
        return proxy

    @field_validator("user_agent")
    @classmethod
    def _one_line(cls, agent: str) -> str:
        if not agent.isascii() or not agent.isprintable():
            raise ValueError("it is one line of ASCII")
        return agent.strip()


class PollingSettings(_Section):
    """How often feeds are polled, and how many at once."""

    min_interval: Duration = timedelta(minutes=5)
    max_interval: Duration = timedelta(hours=24)
    requests_per_day: int | None = Field(default=None, ge=1)  # of all feeds together
    target_delay: Duration | None = None  # from publication to poll, in the mean
    concurrency: int = Field(default=100, ge=1, le=2000)

    @model_validator(mode="after")
    def _ordered(self) -> PollingSettings:
        if self.min_interval > self.max_interval:
            raise ValueError("min_interval is longer than max_interval")
        if self.requests_per_day is not None and self.target_delay is not None:
            raise ValueError("requests_per_day and target_delay are both given; each follows from the other")
        if self.target_delay is not None and self.target_delay <= timedelta():
            raise ValueError("target_delay is no time at all")
        return self


class ReceiverSettings(_Section):
    """A named destination: Apprise addresses, the zone its people live in, and when they want to be told what."""

    urls: tuple[str, ...] = ()
    urls_file: Path | None = None
    zone: str = "UTC"
    quiet: HoursOfTheWeek = ()  # by the clocks of `zone`, where they name none of their own
    quiet_except: Severity | None = None  # from which on quiet hours hold nothing back
    digest: str | None = None  # a cron expression; alerts.digest_at where there is none
    rate: Rate | None = None  # messages a channel; by its service where there is none
    flood: Rate | None = None  # alerts; alerts.flood where there is none

    @field_validator("digest")
    @classmethod
    def _cron(cls, expression: str | None) -> str | None:
        return None if expression is None else check_cron(expression)

    @field_validator("quiet")
    @classmethod
    def _ends(cls, quiet: tuple[Hours, ...]) -> tuple[Hours, ...]:
        if never_end(quiet, datetime(2024, 1, 1, tzinfo=UTC)):
            raise ValueError("the quiet hours never end, so that nothing would ever be told")
        return quiet

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            near = difflib.get_close_matches(zone, available_timezones(), 1)
            raise ValueError(
                f"{zone!r} is no time zone"
                + (f"; did you mean {near[0]}?" if near else "; write Asia/Seoul, say")
            )
        return zone


class AlertSettings(_Section):
    """Who is told where neither rule nor route names anybody, and when (in the receiver's zone)."""

    default: tuple[str, ...] = ()
    operator: tuple[
        str, ...
    ] = ()  # who is told of the monitor's own troubles; `default` where nobody is named
    digest_at: time = time(7, 0)
    group_wait: Duration = timedelta(seconds=15)  # from a story's first update to its message
    group_interval: Duration = timedelta(minutes=5)  # between messages of a story's updates, at the longest
    repeat_interval: Duration | None = None  # of what nobody has acknowledged
    flood: Rate = (60, timedelta(minutes=10))  # alerts of a receiver; what is more comes in one
    spikes: bool = True  # whether what a rule brings far beyond its usual volume comes in one
    templates: Path | None = None  # a folder; what is in it replaces the shipped templates

    @field_validator("digest_at", mode="before")
    @classmethod
    def _clock_time(cls, value: object) -> object:
        if isinstance(value, str) and not re.fullmatch(r"\d{2}:\d{2}", value):
            raise ValueError(f"{value!r} is no time of day; write 07:00")
        return value


class RouteSettings(_Section):
    """Who is told of what. All that `match` asks must hold, at one of the hours in `during` if it names any."""

    match: Asks = Matcher()
    to: tuple[str, ...] = Field(min_length=1)
    goes_on: bool = Field(default=False, alias="continue")
    during: HoursOfTheWeek = ()
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None


class HeartbeatSettings(_Section):
    """An address that is asked for while all is well, and whose owner says when it is not asked for any more."""

    url: str = Field(default="", repr=False)
    url_file: Path | None = None
    interval: Duration = Field(default=timedelta(minutes=1), ge=timedelta(seconds=10))

    @field_validator("url")
    @classmethod
    def _http(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("it is no address that starts with http:// or https://")
        return url


class NetworkSettings(_Section):
    """What may be reached, and as whom. Private addresses are refused unless their range is listed."""

    allow: tuple[IPv4Network | IPv6Network, ...] = ()
    contact: str = ""  # an address or page that site owners may write to; part of the user agent
    timeout: Duration = timedelta(seconds=30)
    max_size: int = Field(default=5_000_000, ge=1000)  # bytes, decoded
    connections_per_host: int = Field(default=2, ge=1, le=20)
    # Between the beginnings of requests to one registrable domain: 2,000 feeds of one service make a round
    # of it in 17 minutes, with their pages in between.
    host_pace: Duration = Field(default=timedelta(seconds=0.5), le=timedelta(seconds=10))
    proxy: str = Field(default="", repr=False)
    robots: bool = True  # ask sites for their robots.txt before their pages are read

    @field_validator("allow", mode="before")
    @classmethod
    def _ranges(cls, values: object) -> object:
        if not isinstance(values, list | tuple):
            return values
        return tuple(network(value) for value in values)

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, proxy: str) -> str:
        if proxy:
            access.read_proxy(proxy)
        return proxy


class WebSubSettings(_Section):
    """Where hubs reach us: the public base address of our callbacks, and where their listener is. "": nowhere."""

    address: Annotated[str, AfterValidator(hubs.callback_address)] = ""
    listen: Annotated[str, AfterValidator(hubs.place_to_listen)] = "127.0.0.1:8091"


class StorageSettings(_Section):
    """How long texts that matched nothing are kept."""

    keep: Duration = timedelta(days=90)


class WorkerSettings(_Section):
    """The processes that read feeds and pages. 0 means one a processor."""

    processes: int = Field(default=0, ge=0, le=64)
    timeout: Duration = timedelta(seconds=10)
    memory: int = Field(default=1_000_000_000, ge=400_000_000)  # bytes each, with all they load


class LogSettings(_Section):
    """What is logged to standard error, and how: `text` for people, `json` for collectors."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "text", "json"] = "auto"


class Settings(_Section):
    """The whole configuration. Paths are absolute once loaded."""

    database: str = "sqlite:///monitor.db"
    database_file: Path | None = None
    rules: Path = Path("rules")
    feeds: tuple[FeedSettings, ...] = ()
    polling: PollingSettings = PollingSettings()
    receivers: Mapping[str, ReceiverSettings] = Field(default_factory=dict)
    alerts: AlertSettings = AlertSettings()
    routes: tuple[RouteSettings, ...] = ()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    network: NetworkSettings = NetworkSettings()
    websub: WebSubSettings = WebSubSettings()
    storage: StorageSettings = StorageSettings()
    workers: WorkerSettings = WorkerSettings()
    log: LogSettings = LogSettings()


def receiver_policies(settings: Settings) -> dict[str, ReceiverPolicy]:
    """How each receiver wants to be told."""
    policies = {}
    for name, receiver in settings.receivers.items():
        flood, window = receiver.flood or settings.alerts.flood
        policies[name] = ReceiverPolicy(
            zone=receiver.zone,
            quiet=receiver.quiet,
            quiet_except=receiver.quiet_except,
            digest=receiver.digest or settings.alerts.digest_at,
            flood=flood,
            flood_window=window,
            rate=receiver.rate,
        )
    return policies


def routes_of(settings: Settings) -> tuple[Route, ...]:
    """The routes, in their order, each with the place where it is written."""
    return tuple(
        Route(
            matcher=each.match,
            to=each.to,
            goes_on=each.goes_on,
            during=each.during,
            group_wait=each.group_wait,
            group_interval=each.group_interval,
            repeat=each.repeat_interval,
            place=f"route {number}",
        )
        for number, each in enumerate(settings.routes, 1)
    )


def at_the_next_start(before: Settings, now: Settings) -> list[str]:
    """The keys that changed and are read at the start only."""
    fixed = {
        "database": (before.database, now.database),
        "workers": (before.workers, now.workers),
        "log": (before.log, now.log),
        "polling.concurrency": (before.polling.concurrency, now.polling.concurrency),
    }
    return [key for key, (was, is_) in fixed.items() if was != is_]
