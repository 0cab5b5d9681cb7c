"""Feeds with secrets of their own, from the configuration to the alert: who is told them, and where they never are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner, Result
from werkzeug import Request, Response

from monitor.cli.main import app
from monitor.collect.access import basic
from tests.fakes import Item, rss

CANARIES = {
    "PASSWORD": "canary-passw0rd",
    "KEY": "canary-key",
    "COOKIE": "canary-cookie",
    "PROXY": "canary-proxy",
    "FILE": "canary-file",
}
CONFIG = """
[network]
allow = ["127.0.0.0/8", "::1"]
[log]
level = "debug"
[receivers.desk]
urls = ["json://127.0.0.1:9/desk"]
[alerts]
default = ["desk"]
[[feeds]]
url = "{site}/good"
username = "anna"
password = "${{PASSWORD}}"
headers = {{X-Key = "${{KEY}}"}}
cookies = {{session = "${{COOKIE}}"}}
[[feeds]]
url = "{site}/refusing"
username = "anna"
password_file = "password"
[[feeds]]
url = "{site}/moved"
username = "anna"
password = "${{PASSWORD}}"
[[feeds]]
url = "{site}/proxied"
proxy = "http://anna:${{PROXY}}@127.0.0.1:9"
[[feeds]]
url = "http://10.9.9.9/refused"
username = "anna"
password = "${{PASSWORD}}"
"""
PAGE = """<html lang="en"><head><title>Sappers on their way</title></head><body><article>
<h1>Sappers on their way</h1><p>A thousand sappers left on Sunday for the region, the governor said. They will clear
mines from fields along the border, he told reporters in the capital.</p></article></body></html>"""
RULE = "rules:\n  - id: sappers\n    query: sapper*\n    tests: {match: [sappers]}\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    for name in ("PASSWORD", "KEY", "COOKIE", "PROXY"):
        monkeypatch.setenv(name, CANARIES[name])
    Path("rules").mkdir()
    Path("rules/a.yaml").write_text(RULE)
    Path("password").write_text(CANARIES["FILE"] + "\n")
    Path("monitor.toml").write_text(CONFIG.format(site=httpserver.url_for("").rstrip("/")))
    return lambda *words: CliRunner().invoke(app, words)


def words_of(result: Result) -> str:
    return result.output + result.stderr + (repr(result.exception) if result.exception else "")


def test_secrets_reach_their_own_server_and_nothing_that_is_stored_or_said(
    run: Callable[..., Result], httpserver: HTTPServer
) -> None:
    told: dict[str, dict[str, str]] = {}
    site = httpserver.url_for("").rstrip("/")
    item = Item("1", "Sappers on their way", f"{site}/page", "Sappers.", datetime.now(UTC))

    def answer(request: Request) -> Response:
        told[request.path] = {name.lower(): value for name, value in request.headers.items()}
        if request.path == "/good":
            return Response(rss(item), mimetype="application/rss+xml")
        if request.path == "/page":
            return Response(PAGE, mimetype="text/html")
        if request.path == "/moved":
            return Response(
                status=302, headers={"Location": f"{site.replace('localhost', '127.0.0.1')}/there"}
            )
        return Response(status={"/refusing": 401}.get(request.path, 404))

    httpserver.expect_request(re.compile(".*")).respond_with_handler(answer)
    said = [words_of(run("check"))]
    said += [words_of(run("run", "--once", "--since", "7d"))]
    for words in (
        ("status",), ("doctor",), ("feeds", "list"), ("feeds", "list", "--json"), ("articles", "list", "--json"),
        ("matches", "list", "--json"), ("alerts", "list", "--json"), ("feeds", "export"), ("--help",),
    ):  # fmt: skip
        said.append(words_of(run(*words)))

    listed = {row["url"]: row for row in map(json.loads, run("feeds", "list", "--json").stdout.splitlines())}
    assert listed[f"{site}/good"]["state"] == "ok"
    for failing in (f"{site}/refusing", f"{site}/moved", f"{site}/proxied", "http://10.9.9.9/refused"):
        assert listed[failing]["error"], failing
    (match,) = map(json.loads, run("matches", "list", "--json").stdout.splitlines())
    assert match["url"] == f"{site}/page"

    for path in ("/good", "/page"):
        assert told[path]["authorization"] == basic("anna", CANARIES["PASSWORD"])
        assert (told[path]["x-key"], told[path]["cookie"]) == (
            CANARIES["KEY"],
            f"session={CANARIES['COOKIE']}",
        )
    assert told["/refusing"]["authorization"] == basic("anna", CANARIES["FILE"])
    assert told["/moved"]["authorization"] == basic("anna", CANARIES["PASSWORD"])
    assert "authorization" not in told["/there"]
    assert "/proxied" not in told

    secrets = [*CANARIES.values(), basic("anna", CANARIES["PASSWORD"]), basic("anna", CANARIES["FILE"])]
    everything = "\n".join(said).encode()
    for file in Path().rglob("*"):
        if file.is_file() and file.name not in ("password", "monitor.toml"):
            everything += file.read_bytes()
    assert b"Sappers on their way" in everything and b"poll failed" in everything, "both are looked at"
    assert [secret for secret in secrets if secret.encode() in everything] == []
