"""Feeds as people come by them: a site's address, a list of another reader's, and back out again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner, Result
from werkzeug import Request
from werkzeug import Response as Answer

from monitor.cli.main import app
from tests.fakes import Item, ManualClock, rss

Run = Callable[..., Result]
CONFIG = '[network]\nallow = ["127.0.0.0/8"]\nhost_pace = "0s"\n[workers]\nprocesses = 1\n'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    (tmp_path / "monitor.toml").write_text(CONFIG)
    return lambda *words: CliRunner().invoke(app, words)


@pytest.fixture
def site(httpserver: HTTPServer) -> HTTPServer:
    """A site with a page that declares two feeds, one of which has moved; and a page without any."""
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{p}">' for p in ("world.xml", "old")
    )
    httpserver.expect_request("/").respond_with_data(f"<html>{links}", content_type="text/html")
    httpserver.expect_request("/none").respond_with_data("<html>nothing", content_type="text/html")
    when = ManualClock().now()
    for path in ("/world.xml", "/asia.xml"):
        httpserver.expect_request(path).respond_with_data(
            rss(Item(path, f"Report {path}", f"https://news.example{path}", "Text", when))
        )
    httpserver.expect_request("/old").respond_with_data("", status=301, headers={"Location": "/asia.xml"})
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    httpserver.expect_request("/busy").respond_with_data("", status=503)
    return httpserver


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def polled(run: Run) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in rows(run("feeds", "list", "--json"))}


def opml(site: HTTPServer, *paths: str) -> str:
    outlines = "".join(f'<outline text="{p}" xmlUrl="{site.url_for(p)}"/>' for p in paths)
    return f'<opml version="2.0"><body><outline text="Asia">{outlines}</outline></body></opml>'


# --- discover, add ---------------------------------------------------------------------------------


def test_the_feeds_of_a_site(run: Run, site: HTTPServer) -> None:
    run("feeds", "add", "--no-check", site.url_for("/world.xml"))
    found = rows(run("feeds", "discover", "--json", site.url_for("/")))
    assert [(row["url"], row["title"], row["items"], row["polled"]) for row in found] == [
        (site.url_for("/world.xml"), "Example Wire", 1, True),
        (site.url_for("/asia.xml"), "Example Wire", 1, False),
    ]
    piped = run("feeds", "discover", site.url_for("/"))
    assert piped.exit_code == 0
    assert [line.split("\t")[0] for line in piped.stdout.splitlines()] == [row["url"] for row in found]


def test_a_site_without_feeds_is_the_answer_no(run: Run, site: HTTPServer) -> None:
    result = run("feeds", "discover", site.url_for("/none"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "answered with an HTML page, not a feed; it names no feed that can be read" in result.stderr


def test_discovery_needs_neither_configuration_nor_database(
    run: Run, site: HTTPServer, tmp_path: Path
) -> None:
    (tmp_path / "monitor.toml").unlink()
    result = run("feeds", "discover", site.url_for("/"))
    assert result.exit_code == 1
    assert "is no public address; if it is yours, add it to [network] allow" in result.stderr
    assert not site.log  # the guard is in the way, and there is no way around it
    assert list(tmp_path.iterdir()) == []


def test_a_feed_is_looked_at_before_it_is_added(run: Run, site: HTTPServer) -> None:
    result = run("feeds", "add", site.url_for("/old"), "--tag", "wire")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        f"added {site.url_for('/asia.xml')}: Example Wire, RSS 2.0, 1 item, the newest "
    )
    assert polled(run)[site.url_for("/asia.xml")]["tags"] == ["wire"]
    asked = len(site.log)
    assert (
        run("feeds", "add", site.url_for("/asia.xml")).stdout
        == f"{site.url_for('/asia.xml')} is polled already\n"
    )
    assert len(site.log) == asked


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/", "answered with an HTML page, not a feed; add one of the feeds that were found:"),
        ("/none", "; --no-check adds it all the same"),
        ("/gone", "answered 410; no feed is where feeds usually are; --no-check adds it all the same"),
    ],
)
def test_what_is_no_feed_is_not_added_unless_somebody_insists(
    run: Run, site: HTTPServer, path: str, why: str
) -> None:
    if path == "/gone":
        site.clear_all_handlers()
        site.expect_request("/gone").respond_with_data("", status=410)
    result = run("feeds", "add", site.url_for(path))
    assert result.exit_code == 1
    assert why in result.stderr
    assert run("feeds", "list").exit_code == 1  # there is no database yet
    assert run("feeds", "add", "--no-check", site.url_for(path)).output == f"added {site.url_for(path)}\n"


def test_a_feed_that_the_address_does_not_name_is_said_to_be_elsewhere(run: Run, site: HTTPServer) -> None:
    """What is added is not what was asked for; a second time it is polled already, and says the same."""
    site.expect_request("/feed").respond_with_data(
        rss(Item("1", "Report", "https://news.example/1", "", ManualClock().now()))
    )
    asked, feed = site.url_for("/none"), site.url_for("/feed")
    assert f"; it is where feeds usually are: {asked} names none" in run("feeds", "add", asked).stdout
    assert run("feeds", "add", asked).stdout == f"{asked} leads to it; {feed} is polled already\n"
    found = run("feeds", "discover", site.url_for("/gone"))
    assert (found.exit_code, rows(run("feeds", "discover", "--json", asked))[0]["url"]) == (0, feed)
    assert found.stderr == f"{site.url_for('/gone')} answered 410; this is elsewhere on its site\n"


# --- import, export --------------------------------------------------------------------------------


def test_a_list_is_tried_before_it_is_added(run: Run, site: HTTPServer) -> None:
    Path("feeds.opml").write_text(opml(site, "/world.xml", "/old", "/asia.xml", "/gone", "/busy", "/none"))
    run("feeds", "add", "--no-check", site.url_for("/world.xml"))
    result = run("feeds", "import", "feeds.opml", "--tag", "desk")
    assert result.exit_code == 0
    assert result.stdout == "5 feeds in feeds.opml: 4 added, 1 polled already\n"
    old, new, gone, busy, none = map(site.url_for, ("/old", "/asia.xml", "/gone", "/busy", "/none"))
    assert result.stderr.splitlines() == [
        "moved, added under the new address:",
        f"  {old}: moved to {new}",
        "dead, added all the same:",
        f"  {gone} is gone for good (410)",
        f"  {none} answered with an HTML page, not a feed",
        "cannot be read now, added all the same:",
        f"  {busy} answered 503",
    ]
    assert polled(run).keys() == {site.url_for("/world.xml"), new, gone, busy, none}
    assert polled(run)[new]["tags"] == ["Asia", "desk"]
    assert site.url_for("/world.xml") not in {request.url for request, _ in site.log}


def test_a_feed_that_moved_to_one_of_ours_is_not_said_to_be_added(run: Run, site: HTTPServer) -> None:
    old, new = site.url_for("/old"), site.url_for("/asia.xml")
    Path("feeds.opml").write_text(opml(site, "/old"))
    run("feeds", "add", "--no-check", new)
    result = run("feeds", "import", "feeds.opml")
    assert result.stdout == "1 feed in feeds.opml: 0 added, 1 polled already\n"
    assert result.stderr == f"moved to one that is polled already:\n  {old}: moved to {new}\n"


def test_the_dead_can_be_left_out(run: Run, site: HTTPServer) -> None:
    Path("feeds.opml").write_text(opml(site, "/world.xml", "/gone", "/busy"))
    result = run("feeds", "import", "--skip-dead", "--json", "feeds.opml")
    assert [(row["url"], row["became"], row["health"]) for row in rows(result)] == [
        (site.url_for("/world.xml"), "added", "ok"),
        (site.url_for("/gone"), "left out", "dead"),
        (site.url_for("/busy"), "added", "unsure"),
    ]
    assert polled(run).keys() == {site.url_for("/world.xml"), site.url_for("/busy")}
    assert run("feeds", "import", "--skip-dead", "--no-check", "feeds.opml").exit_code == 2


def test_a_list_may_be_elsewhere_and_come_back(run: Run, site: HTTPServer) -> None:
    """What was exported and imported again is the same, whatever it is called."""
    names = {
        "/world.xml": ("R&D <1>", ("a,b", "/c", "новости")),
        "/asia.xml": ("", ()),
        "/gone": ('"', ("a,b",)),
    }
    for path, (title, tags) in names.items():
        tagged = [word for tag in tags for word in ("--tag", tag)]
        run("feeds", "add", "--no-check", site.url_for(path), "--title", title, *tagged)
    exported = run("feeds", "export").stdout
    site.expect_request("/feeds.opml").respond_with_data(exported)
    before = polled(run)
    Path("monitor.db").unlink()
    result = run("feeds", "import", "--no-check", site.url_for("/feeds.opml"))
    assert result.stdout == f"3 feeds in {site.url_for('/feeds.opml')}: 3 added, 0 polled already\n"
    kept = ("url", "title", "tags")
    assert [[row[key] for key in kept] for row in polled(run).values()] == [
        [row[key] for key in kept] for row in before.values()
    ]
    assert run("feeds", "export").stdout == exported


def test_a_list_that_is_not_there(run: Run, site: HTTPServer) -> None:
    assert run("feeds", "import", "none.opml").exit_code == 2
    result = run("feeds", "import", site.url_for("/gone"))
    assert result.exit_code == 1
    assert "answered 410, not with a list of feeds" in result.stderr
    assert run("feeds", "import", site.url_for("/none")).exit_code == 3
    inside = run("feeds", "import", "http://169.254.169.254/feeds.opml")
    assert inside.exit_code == 1
    assert "is a cloud metadata service and is never contacted" in inside.stderr


@pytest.fixture
def own_server() -> Iterator[HTTPServer]:
    """A server that answers nothing any more once its test has ended."""
    with HTTPServer(host="localhost") as server:
        yield server


def test_an_interrupted_import_has_added_nothing(run: Run, own_server: HTTPServer) -> None:
    asked, ended = threading.Event(), threading.Event()

    def slow(_: Request) -> Answer:
        asked.set()
        ended.wait(30)
        return Answer("")

    own_server.expect_request("/slow").respond_with_handler(slow)
    Path("feeds.opml").write_text(opml(own_server, "/slow"))
    command = [sys.executable, "-m", "monitor", "feeds", "import", "feeds.opml"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    ended.set()
    assert (process.returncode, said) == (130, "interrupted; nothing was added\n")
    assert not list(Path().glob("monitor.db*"))
