"""monitor.toml: what it means, and where each mistake in it stands."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor.config import Settings, find_config, load_config, parse_config, parse_duration
from monitor.errors import ConfigError, UsageError
from monitor.model import Severity
from monitor.settings import receiver_policies, routes_of

HERE = Path("/etc/monitor/monitor.toml")


def settings(text: str, **environment: str) -> Settings:
    return parse_config(text, HERE, environment)


def problems(text: str, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings(text, **environment)
    return [str(problem).removeprefix(f"{HERE}:") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("15m", 900),
        ("6h", 21600),
        ("7d", 604800),
        ("1h30m", 5400),
        ("200ms", 0.2),
        ("1.5h", 5400),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "5", 5, "5 x", "-5m", "m", "1e3s", None])
def test_what_is_no_duration(value: object) -> None:
    with pytest.raises(ValueError, match="is no duration; write 30s"):
        parse_duration(value)


@pytest.mark.parametrize("value", ["101000w", "9" * 20 + "d", "9" * 400 + "s"])
def test_a_duration_that_no_calendar_holds(value: str) -> None:
    with pytest.raises(ValueError, match="is longer than a hundred years"):
        parse_duration(value)


def test_everything_has_a_default_and_paths_are_beside_the_file() -> None:
    found = settings("")
    assert found.database == "sqlite:////etc/monitor/monitor.db"
    assert found.rules == Path("/etc/monitor/rules")
    assert (found.feeds, dict(found.receivers), found.alerts.default) == ((), {}, ())
    assert (found.polling.min_interval, found.storage.keep) == (timedelta(minutes=5), timedelta(days=90))


@pytest.mark.parametrize(
    ("written", "database"),
    [
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("sqlite:///sub/x.db", "sqlite:////etc/monitor/sub/x.db"),
        ("postgresql://user@host/name", "postgresql://user@host/name"),
    ],
)
def test_the_databases_place(written: str, database: str) -> None:
    assert settings(f'database = "{written}"').database == database


def test_the_environment_is_encoded_within_an_address_and_only_there() -> None:
    text = """
rules = "${FOLDER}"
[receivers.desk]
urls = ["mailtos://user:${PASSWORD}@smtp.example", "${WHOLE}"]
"""
    found = settings(text, FOLDER="/my rules", PASSWORD="p@s/s", WHOLE="json://host/a%20b")
    assert found.rules == Path("/my rules")
    assert found.receivers["desk"].urls == ("mailtos://user:p%40s%2Fs@smtp.example", "json://host/a%20b")


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    (tmp_path / "database").write_text("postgresql://user:secret@host/name\n", "utf-8")
    (tmp_path / "urls").write_text("json://one\n\n  json://two  \n", "utf-8")
    config = tmp_path / "monitor.toml"
    config.write_text('database_file = "database"\n[receivers.desk]\nurls_file = "urls"\n', "utf-8")
    found = load_config(config, {})
    assert found.database == "postgresql://user:secret@host/name"
    assert found.receivers["desk"].urls == ("json://one", "json://two")


FEED = "[[feeds]]\nurl = 'https://feeds.news.example/rss'\n"


def test_how_much_polling_may_take() -> None:
    assert settings("").polling.requests_per_day is None
    assert settings("[polling]\nrequests_per_day = 50_000").polling.requests_per_day == 50_000
    assert settings("[polling]\ntarget_delay = '10m'").polling.target_delay == timedelta(minutes=10)


ALERTS = """
[receivers.desk]
urls = ["json://127.0.0.1"]
zone = "Asia/Seoul"
quiet = ["22:00-06:00", "sat,sun"]
quiet_except = "critical"
digest = "0 9 * * mon-fri"
flood = "5/1h"
[receivers.ops]
urls = ["json://127.0.0.1/ops"]
[alerts]
default = ["desk"]
operator = ["ops"]
group_interval = "10m"
repeat_interval = "4h"
[[routes]]
match = {severity = ">=high", language = ["ko", "ja"]}
during = "mon-fri 09:00-18:00 Asia/Seoul"
to = ["ops"]
continue = true
group_wait = "1m"
"""


def test_who_is_told_when() -> None:
    found = settings(ALERTS)
    assert (found.alerts.operator, found.alerts.repeat_interval) == (("ops",), timedelta(hours=4))
    desk, ops = receiver_policies(found)["desk"], receiver_policies(found)["ops"]
    assert (desk.flood, desk.flood_window, desk.digest) == (5, timedelta(hours=1), "0 9 * * mon-fri")
    assert (ops.flood, ops.flood_window, ops.digest) == (60, timedelta(minutes=10), time(7))
    saturday, friday = datetime(2026, 11, 21, 3, tzinfo=UTC), datetime(2026, 11, 20, 3, tzinfo=UTC)  # noon
    assert desk.quiet_until(saturday, Severity.HIGH) == datetime(2026, 11, 22, 21, tzinfo=UTC)
    assert desk.quiet_until(saturday, Severity.CRITICAL) is None
    assert desk.quiet_until(friday, Severity.HIGH) is None and ops.quiet_until(saturday, Severity.LOW) is None
    (route,) = routes_of(found)
    assert (route.to, route.goes_on, route.group_wait, route.group_interval) == (
        ("ops",),
        True,
        timedelta(minutes=1),
        None,
    )
    assert str(route.matcher) == "severity=>=high, language=ko or ja"
    assert [hours.text for hours in route.during] == ["mon-fri 09:00-18:00 Asia/Seoul"]


DESK = "[receivers.desk]\nurls = ['json://127.0.0.1']\n"
ROUTE = DESK + "[[routes]]\nto = ['desk']\n"
NOT_SO = [
    ("[polling]\nrequests_per_day = 0", "2:1: error: polling.requests_per_day"),
    ("[polling]\nrequests_per_day = 9\ntarget_delay = '1m'", "each follows from the other"),
    ("[polling]\ntarget_delay = '0s'", "target_delay is no time at all"),
    (DESK + "quiet = '22-06'", "3:1: error: receivers.desk.quiet: '22-06' are no hours; write 22:00-06:00"),
    (DESK + "quiet = ['00:00-24:00']", "3:1: error: receivers.desk.quiet: the quiet hours never end"),
    (DESK + "quiet_except = 'grave'", "3:1: error: receivers.desk.quiet_except"),
    (DESK + "digest = '0 7 * *'", "'0 7 * *' is no cron expression (wrong number of fields)"),
    (DESK + "digest = '0 7 30 2 *'", "3:1: error: receivers.desk.digest: '0 7 30 2 *'"),
    (DESK + "flood = '5'", "3:1: error: receivers.desk.flood: '5' is no rate; write 30/10m, say"),
    (DESK + "rate = '0/1m'", "3:1: error: receivers.desk.rate: '0/1m' is no rate"),
    ("[alerts]\noperator = ['desk']", "2:1: error: there is no receiver 'desk'"),
    ("[[routes]]\nmatch = {rule = 'x'}", "'routes.to' is missing"),
    (ROUTE + "match = {severty = 'high'}", "5:1: error: routes.match: nothing can be asked of 'severty'"),
    (ROUTE + "match = {severity = 'hihg'}", "'hihg' is no severity; did you mean high?"),
    (ROUTE + "match = 'rule=x'", "write a table of texts"),
    (ROUTE + "during = 'always'", "5:1: error: routes.during: 'always' are no hours"),
    (ROUTE + "contine = true", "there is no key 'routes.contine' (did you mean 'continue'?)"),
    ("[[routes]]\nto = ['dsk']\n" + DESK, "2:1: error: there is no receiver 'dsk' (did you mean 'desk'?)"),
    ("[heartbeat]\nurl = 'ping.example'", "no address that starts with http:// or https://"),
    ("[heartbeat]\ninterval = '1s'", "2:1: error: heartbeat.interval"),
]


@pytest.mark.parametrize(("text", "said"), NOT_SO)
def test_what_cannot_be_meant(text: str, said: str) -> None:
    assert any(said in problem for problem in problems(text)), problems(text)


def test_how_a_feed_is_asked() -> None:
    text = (
        FEED
        + """username = 'anna'
password = '${WIRE_PASSWORD}'
headers = {X-Key = '${KEY}'}
cookies = {session = 'abc'}
proxy = 'http://anna:${WIRE_PASSWORD}@proxy.example:3128'
user_agent = 'Reader/1'
robots = false
"""
    )
    (feed,) = settings(text, WIRE_PASSWORD="p@ss: w/rd", KEY="k&1").feeds
    assert (feed.username, feed.password) == ("anna", "p@ss: w/rd")
    assert (feed.headers, feed.cookies) == ({"X-Key": "k&1"}, {"session": "abc"})
    assert feed.proxy == "http://anna:p%40ss%3A%20w%2Frd@proxy.example:3128"
    assert (feed.user_agent, feed.robots) == ("Reader/1", False)


def test_passwords_and_cookies_may_stand_in_files(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret: ${X}\n", "utf-8")
    (tmp_path / "cookies").write_text("a=1; b=2\n", "utf-8")
    config = tmp_path / "monitor.toml"
    config.write_text(
        FEED + "username = 'anna'\npassword_file = 'password'\ncookies_file = 'cookies'\n", "utf-8"
    )
    (feed,) = load_config(config, {}).feeds
    assert (feed.password, feed.cookies) == ("s3cret: ${X}", {"a": "1", "b": "2"})


def test_how_the_network_is_asked() -> None:
    found = settings("").network
    assert (found.host_pace, found.proxy, found.robots) == (timedelta(seconds=0.5), "", True)
    found = settings("[network]\nhost_pace = '2s'\nproxy = 'http://p.example:3128'\nrobots = false").network
    assert (found.host_pace, found.proxy, found.robots) == (
        timedelta(seconds=2),
        "http://p.example:3128",
        False,
    )


@pytest.mark.parametrize("pace", ["11s", "1h"])
def test_a_pace_that_would_outlast_a_lease(pace: str) -> None:
    (said,) = problems(f"[network]\nhost_pace = '{pace}'")
    assert said.startswith("2:1: error: network.host_pace: ")


CANARY = "hunter2"  # in what is wrong, and in no word about it


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("username = 'anna'", "3:1: error: there is no password for it (write password, or password_file"),
        (f"password = '{CANARY}'", "3:1: error: there is no username for it (write username above it)"),
        (
            f"username = 'a'\npassword = '{CANARY}'\npassword_file = 'x'",
            "5:1: error: password and password_file are",
        ),
        ("username = 'a'\npassword_file = 'nowhere'", "4:1: error: nowhere cannot be read: No such file"),
        (
            f"username = '{CANARY}:x'\npassword = 'x'",
            "3:1: error: feeds.username: a user name holds no colon",
        ),
        (
            f"cookies = {{a = '{CANARY}'}}\ncookies_file = 'x'",
            "4:1: error: cookies and cookies_file are both given",
        ),
        (
            f"username = 'a'\npassword = 'x'\nheaders = {{authorization = '{CANARY}'}}",
            "5:1: error: Authorization says",
        ),
        (
            f"headers = {{Host = '{CANARY}'}}",
            "3:1: error: feeds.headers: the header Host is the connection's own",
        ),
        (f'headers = {{X = "{CANARY}\\r\\nY: z"}}', "3:1: error: feeds.headers: the value of X holds what"),
        (f"headers = {{Cookie = '{CANARY}'}}", "3:1: error: feeds.headers: Cookie has a key of its own"),
        ("headers = {X = 5}", "3:1: error: feeds.headers.X is a text"),
        (f"headers = '{CANARY}'", "3:1: error: feeds.headers: "),
        (
            f"cookies = {{a = '{CANARY} x'}}",
            "3:1: error: feeds.cookies: the value of the cookie a holds what",
        ),
        (
            f"proxy = 'socks5://a:{CANARY}@p.example'",
            "3:1: error: feeds.proxy: proxies of HTTP are used, not",
        ),
        (f"proxy = 'a:{CANARY}@p.example:3128'", "3:1: error: feeds.proxy: it is no address of a proxy"),
        (f"password = {CANARY}", "3:12: error: this is no TOML"),
        (f"passwort = '{CANARY}'", "3:1: error: there is no key 'feeds.passwort' (did you mean 'password'?)"),
        (f"headers.X-Key = {CANARY}", "3:17: error: this is no TOML"),
        (f"[feeds.headers]\nX = '{CANARY}", "4:1: error: this is no TOML"),
        (f"[feeds.headers]\nHost = '{CANARY}'", "1:3: error: feeds.headers: the header Host is"),
        ('user_agent = "a\\nb"', "3:1: error: feeds.user_agent: it is one line of ASCII"),
    ],
)
def test_mistakes_in_how_a_feed_is_asked(keys: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(FEED + keys)
    (problem,) = caught.value.problems
    assert str(problem).removeprefix(f"{HERE}:").startswith(said)
    assert CANARY not in str(caught.value)


def test_cookies_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "cookies").write_text(f"a=1\n{CANARY}\n", "utf-8")
    config = tmp_path / "monitor.toml"
    config.write_text(FEED + "cookies_file = 'cookies'\n", "utf-8")
    with pytest.raises(ConfigError, match=r"toml:3:1: error: cookies: line 2 is no cookie") as caught:
        load_config(config, {})
    assert CANARY not in str(caught.value)


def test_settings_in_words_hold_no_secret() -> None:
    text = (
        FEED
        + f"username = 'a'\npassword = '{CANARY}'\nheaders = {{X = '{CANARY}'}}\ncookies = {{a = '{CANARY}'}}\n"
    )
    found = settings(
        text + f"proxy = 'http://a:{CANARY}@p.example'\n[network]\nproxy = 'http://a:{CANARY}@p.example'"
    )
    assert CANARY not in repr(found) + str(found)


def test_private_ranges() -> None:
    assert settings('[network]\nallow = ["10.1.2.3/8", "::1"]').network.allow == (
        ip_network("10.0.0.0/8"),
        ip_network("::1"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[polling]\nmin_intervall = '5m'", "2:1: error: there is no key 'polling.min_intervall'"),
        ("[polling]\nmin_interval = 5", "2:1: error: polling.min_interval: 5 is no duration"),
        (f"[storage]\nkeep = '{'9' * 20}d'", "2:1: error: storage.keep: "),
        ("[polling]\nmin_interval = '2d'", "1:2: error: polling: min_interval is longer than max_interval"),
        ("[[feeds]]\nurl = 'ftp://x/'", "2:1: error: feeds.url: 'ftp://x/' is no address of a feed"),
        ("[[feeds]]\ntags = []", "1:3: error: 'feeds.url' is missing"),
        (
            "[receivers.desk]\nzone = 'Asia/Soul'",
            "2:1: error: receivers.desk.zone: 'Asia/Soul' is no time zone",
        ),
        ("[alerts]\ndigest_at = '7'", "2:1: error: alerts.digest_at: '7' is no time of day; write 07:00"),
        ("[network]\nallow = ['loopback']", "2:1: error: network.allow: 'loopback' is no range of addresses"),
        (
            "[alerts]\ndefault = ['dsk']\n[receivers.desk]",
            "2:1: error: there is no receiver 'dsk' (did you mean",
        ),
        ("rules = '${NOWHERE}'", "1:1: error: the environment has no NOWHERE"),
        ("database_file = 'nowhere'", "1:1: error: nowhere cannot be read: No such file"),
        ("database = 'x'\ndatabase_file = 'y'", "2:1: error: database and database_file are both given"),
        ("rules = [", "1:1: error: this is no TOML"),
    ],
)
def test_a_mistake_and_its_place(text: str, said: str) -> None:
    (found,) = problems(text)
    assert found.startswith(said)


def test_all_mistakes_are_said_at_once() -> None:
    text = "rules = '${NOWHERE}'\n[polling]\nfoo = 1\n[alerts]\ndigest_at = 'noon'\n"
    assert len(problems(text)) == 3


def test_what_the_environment_lacks_is_one_mistake_and_in_its_place() -> None:
    text = """[network]
proxy = '${PROXY}'
host_pace = 'soon'
[[feeds]]
url = 'https://a.example/'
username = 'desk'
password = '${PASSWORD}'
"""
    assert [one.partition(" (")[0] for one in problems(text)] == [
        "2:1: error: the environment has no PROXY",
        "3:1: error: network.host_pace: 'soon' is no duration; write 30s, 15m, 6h or 7d",
        "7:1: error: the environment has no PASSWORD",
    ]
    without_pace = text.replace("host_pace = 'soon'", "")
    assert len(problems(without_pace)) == 2, "no word of a password that is missing"


def test_a_feed_that_stands_twice() -> None:
    (said,) = problems("[[feeds]]\nurl = 'https://a.example/'\n\n[[feeds]]\nurl = 'https://a.example/'\n")
    assert said.startswith("5:1: error: the feed https://a.example/ stands twice (it is in line 2 already")


def test_the_configuration_is_found_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    with pytest.raises(UsageError, match="`monitor init` writes one"):
        find_config(None, {})
    home = tmp_path / "xdg" / "monitor" / "monitor.toml"
    home.parent.mkdir(parents=True)
    home.touch()
    assert find_config(None, {}) == home
    Path("monitor.toml").touch()
    assert find_config(None, {}) == Path("monitor.toml")
    assert find_config(None, {"MONITOR_CONFIG": "other.toml"}) == Path("other.toml")
    assert find_config(Path("given.toml"), {"MONITOR_CONFIG": "other.toml"}) == Path("given.toml")


def test_a_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no .*nowhere\.toml"):
        load_config(tmp_path / "nowhere.toml", {})
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="it cannot be read"):
        load_config(tmp_path / "binary.toml", {})
