"""Canaries: secrets in every place that takes one, servers that echo what they are sent, and nobody sings.

Everything fails as loudly as it can. Then the log, what every command prints, the database and its backup
are searched for each secret: as it is, percent-encoded, and in base64 at whatever place of a longer text.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from sqlalchemy import make_url, select

from monitor.adapters.heartbeat import ask
from monitor.adapters.store import Database
from monitor.adapters.store.schema import metadata
from tests.daemon.harness import child, logged, monitor
from tests.daemon.newsroom import html, piece, rss

BY_ENVIRONMENT = ("smtp", "hookpath", "proxy", "header", "refused", "database")
BY_FILE = ("feed", "cookie", "hookuser", "hookquery", "hookheader", "heartbeat", "mail2")
RULES = """
rules:
  - id: quagga
    title: Quaggas
    query: quagga
    alert: {per: article, to: [desk, wire]}
    tests: {match: [a quagga], ignore: [a zebra]}
"""


def canary(name: str) -> str:
    """A secret with what addresses have to quote in it."""
    return f"Kanarie-{name}/9+@%z"


def songs(secret: str) -> Iterator[bytes]:
    """How a secret looks where it was leaked."""
    quoted = {quote(secret, safe=safe) for safe in ("", "/", "/@", "+", "@", "@+", "@/+")} | {
        quote_plus(secret)
    }
    yield from (text.encode() for text in {secret, *quoted, *map(_small_hex, quoted)})
    for skipped in range(3):  # which of three places of a group of base64 it begins at
        for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
            whole = alphabet(b"\0" * skipped + secret.encode())
            yield whole[4 if skipped else 0 : len(whole) // 4 * 4 - 4]


def _small_hex(text: str) -> str:
    return re.sub("%..", lambda found: found[0].lower(), text)


# --- servers that tell everything they are told ----------------------------------------------------------


class Parrot:
    """HTTP, a proxy and SMTP on loopback, which answer with whatever they were sent."""

    def __init__(self) -> None:
        self.pages = [piece("one"), piece("two", title="A quagga at two")]
        self.heard: list[bytes] = []
        self.base = ""

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if found := re.search(rb"content-length: *(\d+)", head.lower()):
            await reader.readexactly(int(found[1]))
        self.heard.append(head)
        target = head.split()[1].decode()
        echo = head.replace(b"\r\n", b" | ").strip()
        wanted = next((way for way in _WAYS if f"/{way}" in target), "502")
        if wanted == "fine":
            self._answer(writer, b"200 OK", rss(self.base, *self.pages).encode(), b"application/rss+xml")
        elif wanted == "page":
            self._answer(writer, b"200 OK", html(self.pages[0]).encode(), b"text/html")
        elif wanted == "nohttp":
            writer.write(b"HTTP " + echo + b"\r\n" + echo + b"\r\n\r\n")
        elif wanted == "redirect":
            self._answer(writer, b"302 " + echo, echo, b"text/plain", b"Location: /" + target.encode())
        else:
            self._answer(writer, wanted.encode() + b" " + echo, echo, b"text/plain")
        await writer.drain()
        writer.close()

    def _answer(
        self,
        writer: asyncio.StreamWriter,
        status: bytes,
        body: bytes,
        kind: bytes,
        more: bytes = b"X-Nothing: 1",
    ) -> None:
        length = b"Content-Length: %d" % len(body)
        writer.write(
            b"\r\n".join(
                [
                    b"HTTP/1.1 " + status,
                    b"Content-Type: " + kind,
                    length,
                    more,
                    b"Connection: close",
                    b"",
                    body,
                ]
            )
        )

    async def smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A login is refused with its own words."""
        writer.write(b"220 parrot\r\n")
        said = b""
        while line := (await reader.readline()).strip():
            said += b" " + line
            self.heard.append(line)
            if line.upper().startswith(b"EHLO"):
                writer.write(b"250-parrot\r\n250 AUTH PLAIN LOGIN\r\n")
            elif line.upper().startswith(b"AUTH LOGIN") or (
                said.upper().count(b"AUTH LOGIN") and b"AUTH" not in line
            ):
                writer.write(
                    b"334 VXNlcm5hbWU6\r\n" if b"LOGIN" in line.upper() else b"535 no: " + said + b"\r\n"
                )
            else:
                writer.write(b"535 5.7.8 no: " + said[:400] + b"\r\n")
            await writer.drain()
        writer.close()

    async def smtp_later(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A login is taken, and held against the sender when it names a recipient."""
        writer.write(b"220 parrot\r\n")
        said = b""
        while line := (await reader.readline()).strip():
            said += b" " + line
            self.heard.append(line)
            if line.upper().startswith(b"EHLO"):
                writer.write(b"250-parrot\r\n250 AUTH PLAIN\r\n")
            elif line.upper().startswith(b"AUTH"):
                writer.write(b"235 welcome\r\n")
            else:
                writer.write(b"451 not now: " + said[:400] + b"\r\n")
            await writer.drain()
        writer.close()


_WAYS = ("fine", "page", "nohttp", "redirect", "401", "403", "404", "429", "500")


@asynccontextmanager
async def parrots() -> AsyncIterator[tuple[Parrot, int, int, int]]:
    parrot = Parrot()

    def hearing(talk):
        async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await talk(reader, writer)

        return session

    async with AsyncExitStack() as stack:
        ports = []
        for talk in (parrot.http, parrot.smtp, parrot.smtp_later):
            server = await asyncio.start_server(hearing(talk), "127.0.0.1", 0)
            await stack.enter_async_context(server)
            ports.append(server.sockets[0].getsockname()[1])
        parrot.base = f"http://127.0.0.1:{ports[0]}"
        yield parrot, ports[0], ports[1], ports[2]


def configuration(http: int, smtp: int, later: int, database: str) -> str:
    host = f"127.0.0.1:{http}"
    return f"""
database = "{database}"

[[feeds]]
url = "http://{host}/fine/feed"
username = "reader"
password_file = "feed"
[[feeds]]
url = "http://{host}/401/feed"
username = "reader"
password_file = "feed"
[[feeds]]
url = "http://{host}/nohttp/feed"
username = "reader"
password_file = "feed"
[feeds.headers]
X-Key = "${{HEADER}}"
[[feeds]]
url = "http://{host}/500/feed"
cookies_file = "cookie"
[feeds.headers]
X-Key = "${{HEADER}}"
[[feeds]]
url = "https://secure.example/feed"
proxy = "http://me:${{PROXY}}@{host}"
[[feeds]]
url = "http://news.example/407/feed"
proxy = "http://me:${{PROXY}}@{host}"

[receivers.desk]
urls = [
  "mailto://me:${{SMTP}}@127.0.0.1:{smtp}/?from=m@x.example&to=desk@x.example&mode=insecure",
  "json://{host}/500/${{HOOKPATH}}?rto=2",
  "json://{host}/404/${{HOOKPATH}}?rto=2",
  "json://{host}/nohttp/${{HOOKPATH}}?rto=2",
  "json://{host}/redirect/${{HOOKPATH}}?rto=2",
  "gotify://127.0.0.1:1/${{REFUSED}}?rto=2",
]
[receivers.wire]
urls_file = "receivers"
[alerts]
default = ["desk"]
[heartbeat]
url_file = "heartbeat"
[network]
allow = ["127.0.0.0/8"]
timeout = "3s"
robots = false
[log]
level = "debug"
[workers]
processes = 1
"""


def write_secrets(folder: Path, http: int, later: int) -> None:
    """The files that the configuration names, each with its canaries."""
    user, query, header, mail = (
        quote(canary(name), safe="") for name in ("hookuser", "hookquery", "hookheader", "mail2")
    )
    host = f"127.0.0.1:{http}"
    (folder / "feed").write_text(canary("feed"))
    (folder / "cookie").write_text(f"sid={canary('cookie')}")
    (folder / "heartbeat").write_text(f"http://{host}/500/{quote(canary('heartbeat'), safe='')}")
    (folder / "receivers").write_text(
        f"json://me:{user}@{host}/401?rto=2&-key={query}&+X-Key={header}\n"
        f"form://me:{user}@{host}/429?rto=2&-key={query}\n"
        f"xml://{host}/403?rto=2&+Authorization={header}\n"
        f"mailto://me:{mail}@127.0.0.1:{later}/?from=m@x.example&to=wire@x.example&mode=insecure\n"
    )
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.yaml").write_text(RULES)


COMMANDS = (
    "status", "status --json", "status --check", "doctor", "doctor --json", "check", "check --json",
    "feeds list", "feeds list --json", "alerts list", "alerts list --json", "alerts show 1", "alerts show 1 --json",
    "alerts route quagga", "alerts replay", "articles list --json", "articles show 1", "matches list --json",
    "stories list --json", "notify desk", "notify desk --json", "notify wire", "explain quagga 1", "silence list",
    "why-not {base}/page/one", "why-not {base}/page/two", "feeds discover {base}/401/x", "backup backup.db",
)  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'monitor.db'}"
    address = make_url(request.getfixturevalue("postgres_address"))
    store = Database(address.render_as_string(hide_password=False))
    with store.write() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    store.close()
    return f"postgresql://monitor:${{DATABASE}}@{address.host}:{address.port}/{address.database}"


def stored(address: str) -> bytes:
    """All that the database holds."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return b"".join(file.read_bytes() for file in Path(str(url.database)).parent.glob("monitor.db*"))
    database = Database(address.replace("${DATABASE}", quote(canary("database"), safe="")))
    with database.read() as connection:
        rows = [tuple(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    database.close()
    return repr(rows).encode()


async def test_no_secret_is_told_to_anybody(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in BY_ENVIRONMENT:
        monkeypatch.setenv(name.upper(), canary(name))
    told: dict[str, bytes] = {}
    async with parrots() as (parrot, http, smtp, later):
        write_secrets(tmp_path, http, later)
        config = tmp_path / "monitor.toml"
        config.write_text(configuration(http, smtp, later, database))
        async with child(config, "run", "--once", "--since", "7d", name="log") as running:
            await running.end(60)
            told["log"] = running.log.text.encode()
        told["heartbeat"] = (await ask((tmp_path / "heartbeat").read_text())).encode()
        # What commands say is the same whatever the database is.
        for command in COMMANDS if "sqlite" in database else COMMANDS[:6]:
            said = await asyncio.to_thread(monitor, config, *command.format(base=parrot.base).split())
            told[command] = said.text.encode()
        heard = b" ".join(parrot.heard)
    told["database"] = stored(database)
    if (tmp_path / "backup.db").exists():
        told["backup"] = (tmp_path / "backup.db").read_bytes()
    for name in sorted({*BY_ENVIRONMENT, *BY_FILE} - {"database", "refused"}):
        assert any(song in heard for song in songs(canary(name))), f"{name} was never used"
    assert leaks(told) == []


def leaks(told: dict[str, bytes]) -> list[str]:
    """Which secrets are in what, with the words around them."""
    found = []
    for where, text in told.items():
        for name in (*BY_ENVIRONMENT, *BY_FILE):
            at = max(text.find(song) for song in songs(canary(name)))
            if at >= 0:
                found.append(f"{where}: {name}: {text[max(at - 150, 0) : at + 60]!r}")
    return found


SECRET = canary("mistake")
MISTAKES = {
    "unknown key": f'[heartbeat]\nurll = "https://h.example/{SECRET}"',
    "no heartbeat": f'[heartbeat]\nurl = "ftp://h.example/{SECRET}"',
    "a list": f'[[feeds]]\nurl = "https://h.example/"\nusername = "me"\npassword = ["{SECRET}"]',
    "no end": f'[[feeds]]\nurl = "https://h.example/"\npassword = "{SECRET}',
    "no list": f'[receivers.desk]\nurls = "json://{SECRET}@h.example/"',
    "no end of a list": f'[receivers.desk]\nurls = ["json://{SECRET}@h.example/"',
    "no value": f"[receivers.desk]\nurls = [json://{SECRET}@h.example/]",
    "twice": f'[heartbeat]\nurl = "https://a.example/{SECRET}"\nurl = "https://b.example/{SECRET}"',
    "no service": f'[receivers.desk]\nurls = ["jsn://{SECRET}@h.example/{SECRET}"]',
    "no address": f'[receivers.desk]\nurls = ["{SECRET}"]',
    "an incomplete address": f'[receivers.desk]\nurls = ["slack://{SECRET}"]',
    "no proxy": f'[network]\nproxy = "socks9://me:{SECRET}@h.example"',
    "half a proxy": f'[network]\nproxy = "http://me:{quote(SECRET, safe="")}@"',
    "in a feed's address": f'[[feeds]]\nurl = "https://me:{SECRET}@h.example/feed"',
    "a header of two lines": f'[[feeds]]\nurl = "https://h.example/"\nheaders = {{X-Key = "{SECRET}\\nX: 1"}}',
    "a header of ours": f'[[feeds]]\nurl = "https://h.example/"\nheaders = {{Host = "{SECRET}"}}',
    "a cookie with a blank": f'[[feeds]]\nurl = "https://h.example/"\ncookies = {{sid = "{SECRET} x"}}',
    "a file of no cookies": '[[feeds]]\nurl = "https://h.example/"\ncookies_file = "secret"',
    "both": f'[heartbeat]\nurl = "https://h.example/{SECRET}"\nurl_file = "secret"',
    "missing in the environment": f'[receivers.desk]\nurls = ["json://{SECRET}:${{MISSING}}@h.example/"]',
    "no port": f'database = "postgresql://me:{SECRET}@h.example:port/x"',
    "no database of ours": f'database = "mysql://me:{SECRET}@h.example/x"',
    "no database": f'database = "{SECRET}"',
    "nobody there": f'database = "postgresql://me:{quote(SECRET, safe="")}@127.0.0.1:1/x"',
    "a misspelt receiver": f'[recievers.desk]\nurls = ["json://{SECRET}@h.example/"]',
}


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("command", ["check", "status", "doctor"])
def test_a_mistake_beside_a_secret_does_not_show_it(tmp_path: Path, name: str, command: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yaml").write_text(RULES.replace(", to: [desk, wire]", ""))
    (tmp_path / "secret").write_text(SECRET)
    config = tmp_path / "monitor.toml"
    config.write_text(MISTAKES[name])
    with logged("debug") as log:
        said = monitor(config, command)
    assert said.code != 0 or (command == "check" and MISTAKES[name].startswith("database")), said.text
    for text in (said.text, log.text):
        assert not any(song.decode() in text for song in songs(SECRET)), text
