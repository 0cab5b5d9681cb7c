"""What people are shown of feeds: the list, one feed, and what status says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from monitor.actions.feed_list import describe, lines, listing, one, why
from monitor.actions.status import complaints, gather
from monitor.actions.status import lines as status_lines
from monitor.adapters.store import Store
from monitor.cli.main import app
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model import Feed, PollOutcome
from monitor.route.troubles import Trouble

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def feed(name: str, **more: object) -> Feed:
    url = f"https://{name}.org/rss"
    well = {
        "good_at": NOW,
        "polled_at": NOW,
        "interval": 20 * MINUTE,
        "due_at": NOW + 5 * MINUTE,
        "tags": ("wire",),
    }
    return Feed(sum(map(ord, name)), url, url, **{**well, **more})  # type: ignore[arg-type]


GONE = feed(
    "gone", failures=1, failing_since=NOW, error_kind="gone", retired_at=NOW, retired_why="gone (410)"
)
FAILING = feed("failing", failures=3, failing_since=NOW - DAY, error="https://failing.org/rss: no address")
LONGER = feed(
    "longer", failures=3, failing_since=NOW - 9 * DAY, error="https://longer.org/rss answered 418", tags=()
)
QUIET = feed("quiet", quiet_since=NOW - 4 * DAY)
NEW, OK = feed("new", good_at=None, polled_at=None, tags=("wire", "asia")), feed("ok")
REMOVED = feed("removed", retired_at=NOW, retired_why="removed by command")
ALL = [(one, "every 20 min: its usual rate") for one in (OK, NEW, REMOVED, FAILING, QUIET, LONGER, GONE)]


def names(**which: object) -> list[str]:
    return [row["url"][8:-8] for row in listing(ALL, {}, **which)]  # type: ignore[arg-type]


def test_trouble_comes_first_and_what_was_removed_not_at_all() -> None:
    assert names() == ["gone", "longer", "failing", "quiet", "new", "ok"]
    assert names(everything=True) == [*names(), "removed"]


def test_a_list_can_be_of_some() -> None:
    assert names(states=["failing"]) == ["longer", "failing"]
    assert names(states=["retired", "gone"]) == ["gone", "removed"]
    assert names(tags=["wire", "asia"]) == ["new"]
    assert names(tags=["wire"], states=["failing"]) == ["failing"]
    with pytest.raises(UsageError, match="'broken' is no state of a feed; there are new, ok, failing"):
        names(states=["broken"])


def test_what_programs_are_given_of_a_feed() -> None:
    row = describe(QUIET, "every 20 min", None)
    assert {
        "id",
        "url",
        "polled_url",
        "title",
        "tags",
        "origin",
        "state",
        "polled",
        "good",
        "new",
    } <= row.keys()
    assert {"due", "interval", "failures", "failing_since", "error", "reason"} <= row.keys()
    assert (row["state"], row["quiet_since"], row["delay"], row["rate"]) == (
        "quiet",
        NOW - 4 * DAY,
        10 * MINUTE,
        None,
    )
    gone = describe(GONE, "")
    assert (gone["state"], gone["error"], gone["due"], gone["retired"]) == ("gone", "gone (410)", None, NOW)


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        (OK, "every 20 min"),
        (FAILING, "for 24 h: no address"),
        (LONGER, "for 9 d: answered 418"),
        (QUIET, "nothing new for 4 d, which is unlike it"),
        (GONE, "gone (410); `monitor feeds poll https://gone.org/rss` tries it again"),
        (REMOVED, "removed by command"),
    ],
)
def test_the_last_column_says_what_is_wrong_and_since_when(feed: Feed, said: str) -> None:
    assert why(describe(feed, "every 20 min"), NOW) == said


def test_two_feeds_that_redirects_led_to_one_address_say_so() -> None:
    moved = replace(OK, id=99, key="https://old.org/rss")
    retired = replace(REMOVED, url=OK.url)
    rows = listing([(OK, ""), (moved, ""), (retired, "")], {})
    assert {row["url"]: row["same_as"] for row in rows} == {
        "https://ok.org/rss": ["https://old.org/rss"],
        "https://old.org/rss": ["https://ok.org/rss"],
    }
    assert why(rows[0], NOW).endswith("is at the same address by now")


class Feeds:
    def feeds(self) -> list[tuple[Feed, str]]:
        return ALL

    def recent_entries(self, feed_id: int, limit: int) -> list[dict[str, object]]:
        return []


def test_a_feed_is_found_by_its_address_or_id() -> None:
    assert one(Feeds(), "https://quiet.org/rss")[0] is QUIET
    assert one(Feeds(), str(OK.id))[0] is OK
    with pytest.raises(UsageError, match=r"no feed https://none.org is known"):
        one(Feeds(), "https://none.org")


def test_all_of_a_feed_is_shown() -> None:
    moving = replace(
        FAILING, redirect_url="https://b.org/", redirect_since=NOW - HOUR, etag='W/"1"', title="Wire"
    )
    entry = {"seen": NOW, "state": "queued", "title": "A report", "article": None, "error": "503"}
    said = [
        line for _, line in lines(moving, "in 2 h: it failed", ["https://c.org/"], "active: h", [entry], NOW)
    ]
    text = "\n".join(said)
    for part in (
        "state      failing since 2026-11-20 12:00 UTC",
        "no address",
        "to do      it is tried again for ever",
        "next poll  2026-11-21 12:05 UTC (in 5 min) in 2 h: it failed",
        "failures   3 in a row since 2026-11-20 12:00 UTC",
        "redirect   https://b.org/ since 2026-11-21 11:00 UTC",
        "its address from 2026-11-22 11:00 UTC on, if that still holds then",
        "twice      https://c.org/ is at the same address by now; remove one of the two",
        'validators ETag W/"1"',
        "push       active: h",
        "usual      not known yet",
        "2026-11-21 12:00 UTC  queued: A report (503)",
    ):
        assert part in text, text


# --- over a real database --------------------------------------------------------------------------


def keep(store: Store, *feeds: Feed) -> None:
    store.add_feeds([(feed.key, "", feed.tags) for feed in feeds], NOW)
    claimed = {one.key: one for one in store.claim_feeds(NOW, 100, HOUR, (), 100)}
    done = [replace(feed, id=claimed[feed.key].id, claim=claimed[feed.key].claim) for feed in feeds]
    store.record_polls([PollOutcome(one, (), "every 20 min: its usual rate") for one in done], NOW)


def test_status_counts_feeds_by_state_and_shows_the_worst(store: Store, tmp_path: Path) -> None:
    keep(store, OK, NEW, FAILING, LONGER, QUIET, GONE)
    state = gather(Settings(rules=tmp_path), store, NOW)
    said = [line for _, line in status_lines(state, NOW)]
    at = next(n for n, line in enumerate(said) if line.startswith("feeds"))
    assert said[at] == "feeds       5 polled: 1 ok, 1 new, 2 failing, 1 quiet; 1 gone"
    assert [line.split()[0] for line in said[at + 1 : at + 5]] == [
        f"https://{name}.org/rss" for name in ("gone", "longer", "failing", "quiet")
    ]
    assert [row["url"] for row in state["quiet_feeds"]] == ["https://quiet.org/rss"]


def test_status_shows_ten_and_says_how_many_more(store: Store, tmp_path: Path) -> None:
    keep(
        store, *(feed(f"f{number}", failures=1, failing_since=NOW - HOUR, error="x") for number in range(13))
    )
    said = [line for _, line in status_lines(gather(Settings(rules=tmp_path), store, NOW), NOW)]
    assert sum(".org/rss failing for 60 min: x" in line for line in said) == 10
    assert "            … and 3 more: `monitor feeds list`" in said


def test_an_outage_stands_on_top_and_nobody_is_blamed_for_what_waits(store: Store, tmp_path: Path) -> None:
    store.add_feed("https://a.org/rss", "", (), NOW - DAY)
    late = [line for line in complaints(store, NOW) if line.startswith("a feed has been due")]
    assert late
    store.report_troubles("network", [Trouble("network", "The network is away", "")], lambda _: None, {}, NOW)
    level, line = next(iter(status_lines(gather(Settings(rules=tmp_path), store, NOW), NOW)))
    assert (level, line) == (
        "bad",
        "network     away since 2026-11-21 12:00 UTC: nobody answers; polls and pages wait",
    )
    assert [line for line in complaints(store, NOW) if line.startswith("a feed has been due")] == []


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    Path("monitor.toml").write_text('database = "sqlite:///monitor.db"\nrules = "rules"\n')
    return lambda *words: CliRunner().invoke(app, list(words))


def test_a_run_that_could_read_no_feed_ends_with_1(run: Callable[..., Result]) -> None:
    assert run("feeds", "add", "--no-check", "http://127.0.0.1:9/rss").exit_code == 0
    result = run("run", "--once")
    assert result.exit_code == 1
    assert "no feed could be read; `monitor status` says why" in result.stderr
    (row,) = [
        json.loads(line) for line in run("feeds", "list", "--state", "failing", "--json").stdout.splitlines()
    ]
    assert (row["error_kind"], row["failures"]) == ("refused", 1)
    assert run("run", "--once").exit_code == 0, "nothing was due"
    shown = run("feeds", "show", "http://127.0.0.1:9/rss")
    assert "state      failing since" in shown.stdout
    assert json.loads(run("feeds", "show", str(row["id"]), "--json").stdout)["entries"] == []
    assert run("feeds", "list", "--state", "dead").exit_code == 2
