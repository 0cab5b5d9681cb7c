"""SIGKILL at every boundary: nothing is lost, and what is repeated can be recognised (promises 1 and 2).

What was expected and what arrived is counted outside of the program: by the server that hands out the
feed, and by the mailbox and the webhook that receive.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.crash.daemon import POINTS

ROOT = Path(__file__).parents[2]
FEEDS = ("north", "south")
# Five events that share what the rule asks for and nothing else, so that each is a story of its own.
SUBJECTS = {
    "north": (
        (
            "Sappers for Kursk",
            "North Korea sends 1,000 sappers to Russia to clear mines around Sudzha. "
            "Farmers there wait to sow wheat; tractors have hit unexploded shells since spring, the agronomist said.",
        ),
        (
            "Gunners on the move",
            "Howitzer crews from Pyongyang reached Russia by rail, soldiers told relatives. "
            "Letters home mention frost, tinned fish, a sergeant with a harmonica and a birthday in the carriage.",
        ),
        (
            "Denial in Moscow",
            "A foreign ministry speaker denied that troops from North Korea guard depots in Russia. "
            "Asked about satellite photographs, she spoke of forgery, thanked reporters and closed the briefing.",
        ),
    ),
    "south": (
        (
            "Builders get uniforms",
            "North Korean soldiers of an engineer brigade will rebuild bridges in Russia, a governor announced. "
            "Concrete plants near Belgorod doubled shifts; architects presented blueprints for nine river crossings.",
        ),
        (
            "Hospital ship returns",
            "Wounded troops came home from Russia to Pyongyang on a hospital ship, port staff reported. "
            "Surgeons unloaded stretchers at night while cranes stood still and an orchestra rehearsed on the quay.",
        ),
    ),
}
EXPECTED = sum(len(subjects) for subjects in SUBJECTS.values())
RULES = """
rules:
  - id: troops
    title: Troops in Russia
    query: ("North Korea*" OR Pyongyang) AND Russia AND (troop* OR soldier* OR sapper*)
    tests: {match: [North Korea sends troops to Russia], ignore: [rain]}
"""


@dataclass
class Outside:
    """The newsroom, the mailbox and the webhook, with everything they saw."""

    published: bool = False
    receipts: list[tuple[str, str, str]] = field(default_factory=list)  # channel kind, key, subject

    def document(self, feed: str, port: int) -> str:
        items = [(f"old-{feed}", "Weather talks", "Officials met to talk about the weather.")]
        if self.published:
            items += [(f"{feed}-{n}", *subject) for n, subject in enumerate(SUBJECTS[feed])]
        written = "".join(
            f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
            f"<link>http://127.0.0.1:{port}/page/{guid}</link><description>{text}</description>"
            f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"
            for guid, title, text in items
        )
        return f"<rss version='2.0'><channel><title>{feed}</title>{written}</channel></rss>"

    def page(self, guid: str) -> str:
        feed, _, number = guid.rpartition("-")
        title, text = SUBJECTS[feed][int(number)] if feed in SUBJECTS else ("Weather talks", "It rained.")
        article = f"<article><h1>{title}</h1><p>{text}</p></article>"
        return f"<html><head><title>{title}</title></head><body>{article}</body></html>"

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        message = message_from_bytes(envelope.content)
        key = str(message["Message-ID"]).strip("<>").partition("@")[0]
        self.receipts.append(("mail", key, str(message["Subject"])))
        return "250 OK"


def handler(outside: Outside) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                self.send_error(404)
                return
            kind, name = self.path.strip("/").split("/")
            port = self.server.server_address[1]
            body = outside.document(name, port) if kind == "feed" else outside.page(name)
            self.answer(body.encode(), "application/rss+xml" if kind == "feed" else "text/html")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = str(self.headers["Idempotency-Key"])
            outside.receipts.append(("webhook", key, json.loads(body)["title"]))
            self.answer(b"{}", "application/json")

        def answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[Outside, int, int]]:
    seen = Outside()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(seen))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mailbox = Controller(seen, hostname="127.0.0.1", port=free_port())
    mailbox.start()
    yield seen, server.server_address[1], mailbox.port
    mailbox.stop()
    server.shutdown()
    server.server_close()


def free_port() -> int:
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(scope="module")
def after_baseline(outside: tuple[Outside, int, int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database has seen the feeds once."""
    seen, http, smtp = outside
    folder = tmp_path_factory.mktemp("baseline")
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.yaml").write_text(RULES)
    (folder / "monitor.toml").write_text(
        "".join(f'[[feeds]]\nurl = "http://127.0.0.1:{http}/feed/{feed}"\n' for feed in FEEDS)
        + f"""
[polling]
min_interval = "100ms"
max_interval = "100ms"
[receivers.desk]
urls = [
  "mailto://127.0.0.1:{smtp}/?from=m@x.example&to=desk@x.example&mode=insecure",
  "json://127.0.0.1:{http}/hook",
]
[alerts]
default = ["desk"]
[network]
allow = ["127.0.0.0/8"]
[workers]
processes = 1
"""
    )
    seen.published = False
    assert run(folder, "-m", "monitor", "-c", "monitor.toml", "run", "--once") == 0
    return folder


def run(folder: Path, *command: str) -> int:
    """Run Python in the folder to its end; its exit code. What it logged is in `log` there."""
    with (folder / "log").open("ab") as log:
        path = {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, *command],
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, **path},
            timeout=60,
        )
    return done.returncode


SECOND = ("settle: before commit", "acknowledged", "mark: after commit")  # with others under way


@pytest.mark.parametrize(("point", "nth"), [(p, 1) for p in POINTS] + [(p, 2) for p in SECOND])
def test_killed_there_and_started_again(
    point: str, nth: int, outside: tuple[Outside, int, int], after_baseline: Path, tmp_path: Path
) -> None:
    seen, _, _ = outside
    folder = tmp_path / "killed"
    shutil.copytree(after_baseline, folder)
    seen.published = True
    seen.receipts.clear()

    killed = run(folder, "-m", "tests.crash.daemon", "monitor.toml", point, str(nth))
    if killed == 0:
        pytest.fail(f"the program never came to {point!r} {nth} times")
    assert killed == -signal.SIGKILL, (folder / "log").read_text()
    before = list(seen.receipts)
    marked = sent_keys(folder)

    for _ in range(3):
        run(folder, "-m", "monitor", "-c", "monitor.toml", "run", "--once")
        if len({(kind, key) for kind, key, _ in seen.receipts}) >= 2 * EXPECTED:
            break

    arrived = Counter((kind, key) for kind, key, _ in seen.receipts)
    titles = Counter((kind, title) for kind, key, title in {*seen.receipts})
    wanted = {title for subjects in SUBJECTS.values() for title, _ in subjects}
    assert {kind for kind, _ in titles} == {"mail", "webhook"}
    for kind in ("mail", "webhook"):
        told = [title for k, title in titles.elements() if k == kind]
        assert len(told) == EXPECTED, (kind, told)  # nothing lost, nothing under two keys
        assert all(any(title in line for line in told) for title in wanted)
    repeated = {pair for pair, count in arrived.items() if count > 1}
    acknowledged = {(kind, key) for kind, key, _ in before}
    assert repeated <= acknowledged, "only what had arrived before the kill may come again"
    assert not {key for _, key in repeated} & marked, "what was marked is never sent again"
    if not acknowledged:
        assert repeated == set()
    assert max(arrived.values()) <= 2
    check_books(folder)


def sent_keys(folder: Path) -> set[str]:
    with sqlite3.connect(folder / "monitor.db") as books:
        return {key for (key,) in books.execute("SELECT key FROM deliveries WHERE state = 'sent'")}


def check_books(folder: Path) -> None:
    """What the database says is sound, and agrees with what the newsroom published."""
    with sqlite3.connect(folder / "monitor.db") as books:
        assert books.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert books.execute("PRAGMA foreign_key_check").fetchall() == []
        count = lambda query: books.execute(query).fetchone()[0]  # noqa: E731
        assert count("SELECT count(*) FROM articles") == EXPECTED + len(FEEDS)
        assert count("SELECT count(*) FROM entries WHERE state = 'done'") == EXPECTED + len(FEEDS)
        assert count("SELECT count(*) FROM matches WHERE verdict = 'alert'") == EXPECTED
        assert count("SELECT count(*) FROM alerts") == EXPECTED
        assert count("SELECT count(*) FROM deliveries WHERE state = 'sent'") == 2 * EXPECTED
        assert count("SELECT count(*) FROM attempts WHERE outcome IS NULL") == 0
    books.close()
