"""Sending over real sockets: SMTP and HTTP servers on loopback, our workers, Apprise between them."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from monitor.adapters.notifier import AppriseNotifier, verify
from monitor.model import Fault, Message, Outcome, SendResult
from monitor.send.channels import expand
from monitor.send.keys import delivery_key
from monitor.send.render import render
from tests.send.alerts import alert, item

# One process has the servers and what sends for all of them.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("notifier")]
TIMEOUT = 1.5
CANARY = "c4n4ry"


# --- the services ----------------------------------------------------------------------------------


class Mailbox:
    """An SMTP server that answers as the recipient's name says, and keeps what it took."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 (aiosmtpd's name)
        code = address.partition("@")[0]
        if code.isdigit():
            return f"{code} says {CANARY}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        first = envelope.rcpt_tos[0].partition("@")[0]
        self.taken.append((envelope.rcpt_tos, envelope.content))
        if first == "drop":
            session_transport(server).abort()
        if first == "hang":
            await asyncio.sleep(TIMEOUT * 10)
        return {"full": "452 no space", "spam": "554 looks like spam"}.get(first, "250 queued as 7F1")

    def mails(self) -> list[email.message.EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for _, raw in self.taken]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def session_transport(server: Any) -> Any:
    return server.transport


@pytest.fixture(scope="module")
def smtp() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield box, controller.port
    controller.stop()


class Hook(BaseHTTPRequestHandler):
    """Answers as the path says: /503, /429/7 (Retry-After), /302, /hang, /drop; keeps every request."""

    requests: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        code, _, asked = self.path.strip("/").partition("/")
        if code == "hang":
            self.server.release.wait(30)  # type: ignore[attr-defined]
        if code in ("hang", "drop"):
            return
        self.send_response(int(code or 200))
        if code == "302":
            self.send_header("Location", "/200")
        elif asked:
            self.send_header("Retry-After", asked)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class HookServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.release = threading.Event()


@pytest.fixture(scope="module")
def hook() -> Iterator[HookServer]:
    server = HookServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def notifier() -> AsyncIterator[AppriseNotifier]:
    made = AppriseNotifier([], workers=2, timeout=TIMEOUT)
    await made.start()
    yield made
    await made.close()


async def send(notifier: AppriseNotifier, url: str, message: Message | None = None) -> SendResult:
    """One attempt through the only channel of `url`."""
    (channel,) = expand("desk", [url])
    notifier.use([channel])
    key = delivery_key("5e0f", "desk", channel.name)
    written = render(alert(), channel.form, zone="Asia/Seoul", key=key, install="monitor.example")
    return await notifier.send("desk", channel.name, message or written)


def mailto(port: int, recipient: str, more: str = "") -> str:
    return f"mailto://127.0.0.1:{port}/?from=monitor@x.org&to={recipient}&mode=insecure{more}"


# --- mail ------------------------------------------------------------------------------------------


async def test_a_mail_is_ours(notifier, smtp):
    box, port = smtp
    box.taken.clear()
    taken = SendResult(Outcome.SENT, "250 queued as 7F1", status=250)
    assert await send(notifier, mailto(port, "desk@x.org")) == taken
    (mail,) = box.mails()
    key = delivery_key("5e0f", "desk", expand("desk", [mailto(port, "desk@x.org")])[0].name)
    for name, value in {
        "Message-ID": f"<{key}@monitor.example>",
        "References": "<story-a81c@monitor.example>",
        "In-Reply-To": "<story-a81c@monitor.example>",
        "List-Id": '"Memorials" <kpa-memorial.monitor.example>',
        "Idempotency-Key": key,
        "Auto-Submitted": "auto-generated",
        "Subject": "[Memorials] Museum for those who fought in Kursk opens in Pyongyang",
        "To": "desk@x.org",
    }.items():
        assert mail.get_all(name) == [value]
    assert len(mail.get_all("Date")) == 1
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert "> A museum for **soldiers** who fought" in text.get_content()
    assert "<mark" in html.get_content()


async def test_every_attempt_carries_the_same_id(notifier, smtp):
    box, port = smtp
    box.taken.clear()
    for _ in range(2):
        await send(notifier, mailto(port, "desk@x.org"))
    assert len(box.taken) == 2
    assert len({mail["Message-ID"] for mail in box.mails()}) == 1


async def test_a_title_that_no_header_can_hold_arrives(notifier, smtp):
    box, port = smtp
    box.taken.clear()
    message = Message(
        "W" * 5000 + "\r\nBcc: z@x.org 북한", "text", "<p>html</p>", "k", {"Message-ID": "<k@x>"}
    )
    assert (await send(notifier, mailto(port, "desk@x.org"), message)).outcome is Outcome.SENT
    (mail,) = box.mails()
    assert mail["Subject"].startswith("WWWWW")
    assert mail["Bcc"] is None
    assert max(len(line) for line in box.taken[0][1].splitlines()) <= 998


async def test_a_mail_without_html_is_plain(notifier, smtp):
    box, port = smtp
    box.taken.clear()
    await send(notifier, mailto(port, "desk@x.org"), Message("Subject", "только текст", None, "k", {}))
    (mail,) = box.mails()
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().strip() == "только текст"


@pytest.mark.parametrize(
    ("recipient", "outcome", "said"),
    [
        ("550@x.org", Outcome.PERMANENT, "550 says"),
        ("421@x.org", Outcome.TRANSIENT, "421 says"),
        ("451@x.org", Outcome.TRANSIENT, "451 says"),
        ("full@x.org", Outcome.TRANSIENT, "452 no space"),
        ("spam@x.org", Outcome.PERMANENT, "554 looks like spam"),
        ("drop@x.org", Outcome.UNKNOWN, "no answer after the mail was sent"),
        ("hang@x.org", Outcome.UNKNOWN, "no end after 1.5 s"),
    ],
)
async def test_what_a_mail_server_says(notifier, smtp, recipient, outcome, said):
    result = await send(notifier, mailto(smtp[1], recipient))
    assert result.outcome is outcome
    assert said in result.detail


@pytest.fixture(scope="module")
def locked() -> Iterator[int]:
    """An SMTP server that takes nobody's password."""
    controller = Controller(
        Mailbox(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    controller.start()
    yield controller.port
    controller.stop()


async def test_a_wrong_password_is_said_and_not_shown(notifier, locked):
    url = f"mailto://user:{CANARY}@127.0.0.1:{locked}/?from=a@x.org&to=b@x.org&mode=insecure"
    result = await send(notifier, url)
    assert result.outcome is Outcome.TRANSIENT, "it waits until the password is mended"
    assert result.detail.startswith("535 ")
    assert CANARY not in result.detail


async def test_a_refused_copy_does_not_stop_the_mail(notifier, smtp):
    box, port = smtp
    box.taken.clear()
    assert (await send(notifier, mailto(port, "desk@x.org", "&cc=550@x.org"))).outcome is Outcome.SENT
    assert box.taken[0][0] == ["desk@x.org"]


async def test_one_recipient_refused_leaves_the_other_alone(notifier, smtp):
    box, port = smtp
    box.taken.clear()
    channels = expand("desk", [mailto(port, "550@x.org,desk@x.org")])
    notifier.use(channels)
    message = render(alert(), channels[0].form, zone="UTC", key="k", install="x.org")
    results = await asyncio.gather(*(notifier.send("desk", channel.name, message) for channel in channels))
    assert [result.outcome for result in results] == [Outcome.PERMANENT, Outcome.SENT]
    assert [to for to, _ in box.taken] == [["desk@x.org"]]


# --- HTTP ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "outcome", "said", "asked"),
    [
        ("200", Outcome.SENT, "200 OK", None),
        ("204", Outcome.SENT, "204", None),
        ("302", Outcome.PERMANENT, "302", None),
        ("400", Outcome.PERMANENT, "400", None),
        ("401", Outcome.TRANSIENT, "401", None),
        ("403", Outcome.PERMANENT, "403", None),
        ("404", Outcome.PERMANENT, "404", None),
        ("410", Outcome.PERMANENT, "410", None),
        ("408", Outcome.TRANSIENT, "408", None),
        ("429", Outcome.TRANSIENT, "429", None),
        ("429/7", Outcome.TRANSIENT, "429", 7.0),
        ("503/120", Outcome.TRANSIENT, "503", 120.0),
        ("500", Outcome.TRANSIENT, "500", None),
        ("drop", Outcome.UNKNOWN, "the connection broke", None),
        ("hang", Outcome.UNKNOWN, "no end after 1.5 s", None),
    ],
)
async def test_what_a_web_hook_says(notifier, hook, path, outcome, said, asked):
    hook.requests.clear()
    result = await send(notifier, f"json://127.0.0.1:{hook.server_port}/{path}")
    assert result.outcome is outcome
    assert said in result.detail
    assert (result.retry_after.total_seconds() if result.retry_after else None) == asked
    # Nothing is followed, nothing is tried again behind our back, but what is refused as it is: in plain text.
    assert len(hook.requests) == (2 if path == "400" else 1)


async def test_a_message_that_is_refused_goes_as_plain_text(notifier, hook):
    hook.requests.clear()
    message = Message("subject", "*x*", None, "k", plain="short and plain")
    result = await send(notifier, f"mmost://127.0.0.1:{hook.server_port}/400/{'3c' * 12}", message)
    assert result.outcome is Outcome.PERMANENT
    assert (result.status, result.fault) == (400, Fault.MESSAGE)
    first, second = (json.loads(body)["text"] for _, _, body in hook.requests)
    assert "*x*" in first
    assert "short and plain" in second
    hook.requests.clear()
    await send(notifier, f"mmost://127.0.0.1:{hook.server_port}/404/{'3c' * 12}", message)
    assert len(hook.requests) == 1  # nobody is there for the plain text either


@pytest.mark.parametrize("scheme", ["json", "xml", "form"])
async def test_hooks_get_the_key_in_header_and_payload(notifier, hook, scheme):
    hook.requests.clear()
    url = f"{scheme}://127.0.0.1:{hook.server_port}/200"
    for _ in range(2):
        await send(notifier, url)
    key = delivery_key("5e0f", "desk", expand("desk", [url])[0].name)
    assert [headers["Idempotency-Key"] for _, headers, _ in hook.requests] == [key, key]
    assert all(key.encode() in body for _, _, body in hook.requests)
    if scheme == "json":
        payload = json.loads(hook.requests[0][2])
        assert payload["idempotency_key"] == key
        assert payload["title"] == (
            "[Memorials] New: Museum for those who fought in Kursk opens in Pyongyang (Example Wire)"
        )
        assert "15,000 **troops**" in payload["message"]


async def test_a_chat_gets_our_markup_unchanged(notifier, hook):
    hook.requests.clear()
    url = f"mmost://127.0.0.1:{hook.server_port}/{'3c' * 12}"
    made = alert(item())
    (channel,) = expand("desk", [url])
    message = render(made, channel.form, zone="UTC", key="k", install="x.org")
    await send(notifier, url, message)
    assert json.loads(hook.requests[0][2])["text"] == message.text
    assert "\\#5e0f6f1c" in message.text


async def test_a_redirect_is_not_followed_even_where_the_address_asks_for_it(notifier, hook):
    hook.requests.clear()
    url = f"json://127.0.0.1:{hook.server_port}/302?redirect=yes"
    assert (await send(notifier, url)).outcome is Outcome.PERMANENT
    assert [path for path, _, _ in hook.requests] == ["/302"]


# --- nobody there, or nobody we talk to -------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["json", "mailto"])
async def test_nobody_listens(notifier, scheme):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        port = taken.getsockname()[1]
        url = mailto(port, "a@x.org") if scheme == "mailto" else f"json://127.0.0.1:{port}/"
        result = await send(notifier, url)
    assert result.outcome is Outcome.TRANSIENT
    assert "refused" in result.detail


@pytest.mark.parametrize(
    "url", ["json://no-such-host.invalid/", "mailto://no-such-host.invalid/?from=a@x.org&to=b@x.org"]
)
async def test_no_such_host(notifier, url):
    assert (await send(notifier, url)).outcome is Outcome.TRANSIENT


@pytest.mark.parametrize(
    "url",
    [
        "json://169.254.169.254/latest",
        "json://[::ffff:169.254.169.254]/",
        "json://[fd00:ec2::254]/",
        "mailto://169.254.169.254:25/?from=a@x.org&to=b@x.org&mode=insecure",
    ],
)
async def test_cloud_metadata_is_never_connected_to(notifier, url):
    result = await send(notifier, url)
    why = "refused to connect: the address serves cloud metadata"
    assert result == SendResult(Outcome.PERMANENT, why, fault=Fault.ADDRESS)
    assert verify(url) == "its host serves cloud metadata and is never sent to"


async def test_a_channel_that_is_gone(notifier):
    result = await notifier.send("desk", "mail:gone#0", Message("s", "t", None, "k"))
    assert result.outcome is Outcome.PERMANENT
    assert "has no channel" in result.detail


async def test_a_misspelt_receiver_is_said_with_what_was_meant(notifier):
    result = await send(notifier, f"slak://{CANARY}/b/c")
    assert result.outcome is Outcome.TRANSIENT, "it waits until the address is mended"
    assert "did you mean slack://?" in result.detail


# --- killing ---------------------------------------------------------------------------------------


async def test_a_killed_attempt_leaves_the_others_alone(notifier, hook):
    hung, fine = expand("desk", [f"json://127.0.0.1:{hook.server_port}/{path}" for path in ("hang", "200")])
    notifier.use([hung, fine])
    message = Message("s", "t", None, "k")
    hanging = asyncio.create_task(notifier.send("desk", hung.name, message))
    await asyncio.sleep(0)
    assert (await notifier.send("desk", fine.name, message)).outcome is Outcome.SENT
    assert not hanging.done()
    assert (await hanging).outcome is Outcome.UNKNOWN
    assert (await notifier.send("desk", fine.name, message)).outcome is Outcome.SENT


async def test_who_waits_too_long_for_a_turn_is_told_so(hook):
    notifier = AppriseNotifier(
        expand("desk", [f"json://127.0.0.1:{hook.server_port}/hang"]),
        workers=1,
        timeout=TIMEOUT,
        patience=0.05,
    )
    (channel,) = expand("desk", [f"json://127.0.0.1:{hook.server_port}/hang"])
    message = Message("s", "t", None, "k")
    first, second = await asyncio.gather(*(notifier.send("desk", channel.name, message) for _ in range(2)))
    await notifier.close()
    assert first.outcome is Outcome.UNKNOWN
    assert second.outcome is Outcome.TRANSIENT
    assert "no turn" in second.detail


async def test_a_service_that_is_silent_for_as_long_as_its_address_allows(notifier, hook):
    result = await send(notifier, f"json://127.0.0.1:{hook.server_port}/hang?rto=0.2")
    assert result == SendResult(Outcome.UNKNOWN, "no answer in time")


async def test_closing_breaks_off_what_hangs_and_says_so(hook):
    hung = expand("desk", [f"json://127.0.0.1:{hook.server_port}/hang?x={number}" for number in range(3)])
    notifier = AppriseNotifier(hung, workers=3, timeout=60)
    hook.requests.clear()
    message = Message("s", "t", None, "k")
    sending = [asyncio.create_task(notifier.send("desk", channel.name, message)) for channel in hung]
    while len(hook.requests) < 3:
        await asyncio.sleep(0.01)
    began = time.monotonic()
    await notifier.close()
    results = await asyncio.gather(*sending)
    assert {result.outcome for result in results} == {Outcome.UNKNOWN}
    assert time.monotonic() - began < 3


def children_of(parent: int) -> list[int]:
    """By what Linux lists."""
    lists = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(child) for listed in lists for child in listed.read_text().split()]


def servers_of(parent: int) -> list[int]:
    """What the sending workers of a process are forked from."""
    return [c for c in children_of(parent) if b"send_server" in Path(f"/proc/{c}/cmdline").read_bytes()]


def workers_of(parent: int) -> list[int]:
    return [worker for server in servers_of(parent) for worker in children_of(server)]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; the guarantee is Linux's")


@linux
async def test_workers_ignore_the_terminal_and_a_killed_one_is_replaced(notifier, hook):
    workers = workers_of(os.getpid())
    assert len(workers) >= 2
    for child in (*servers_of(os.getpid()), *workers):
        os.kill(child, signal.SIGTERM)
        os.kill(child, signal.SIGINT)
    url = f"json://127.0.0.1:{hook.server_port}/200"
    assert (await send(notifier, url)).outcome is Outcome.SENT
    (channel,) = expand("desk", [f"json://127.0.0.1:{hook.server_port}/hang"])
    hook.requests.clear()
    notifier.use([channel])
    sending = asyncio.create_task(notifier.send("desk", channel.name, Message("s", "t", None, "k")))
    while not hook.requests:
        await asyncio.sleep(0.01)
    for child in workers_of(os.getpid()):
        os.kill(child, signal.SIGKILL)
    result = await sending
    assert result.outcome is Outcome.UNKNOWN
    assert "died" in result.detail
    again = [await send(notifier, url) for _ in range(3)]  # the first may still meet the broken pool
    assert again[-1].outcome is Outcome.SENT


@linux
async def test_workers_do_not_outlive_their_server_and_there_are_new_ones(notifier, hook):
    url = f"json://127.0.0.1:{hook.server_port}/200"
    assert (await send(notifier, url)).outcome is Outcome.SENT
    workers = workers_of(os.getpid())
    for server in servers_of(os.getpid()):
        os.kill(server, signal.SIGKILL)
    assert await ended(workers)
    again = [await send(notifier, url) for _ in range(3)]
    assert again[-1].outcome is Outcome.SENT
    assert not set(workers) & set(workers_of(os.getpid()))


async def ended(workers: list[int]) -> bool:
    """Whether all of them have, within seconds."""
    assert workers
    deadline = time.monotonic() + 5
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    return not any(map(is_running, workers))


HANGING = """
import asyncio, sys
from monitor.adapters.notifier import AppriseNotifier
from monitor.model import Message
from monitor.send.channels import expand
async def main():
    (channel,) = expand("desk", [f"json://127.0.0.1:{sys.argv[1]}/hang?rto=60"])
    await AppriseNotifier([channel], workers=2).send("desk", channel.name, Message("s", "t", None, "k"))
if __name__ == "__main__":
    asyncio.run(main())
"""


@linux
async def test_workers_do_not_outlive_a_killed_daemon_whatever_they_do(tmp_path, hook):
    hook.requests.clear()
    script = tmp_path / "daemon.py"
    script.write_text(HANGING)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(script), str(hook.server_port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment) as daemon:
        try:
            while not hook.requests and daemon.poll() is None:
                await asyncio.sleep(0.01)
            workers = workers_of(daemon.pid)
            assert workers
        finally:
            daemon.kill()
    assert await ended(workers)


# --- secrets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        f"json://user:{CANARY}@127.0.0.1:1/{CANARY}?x={CANARY}",
        f"json://user:{CANARY}@no-such-host.invalid/{CANARY}",
        f"mailto://user:{CANARY}@127.0.0.1:1/?from=a@x.org&to=b@x.org&mode=insecure",
        f"slack://{CANARY}/{CANARY}/{CANARY}",
        f"discord://{CANARY}",
        f"tgram://{CANARY}/x",
        f"slak://{CANARY}",
        f"mailtos://user:{CANARY}@?to={CANARY}",
        f"unheardof{CANARY}",
    ],
)
async def test_results_and_advice_hold_no_secret(notifier, url, caplog, capfd):
    caplog.set_level("DEBUG")
    result = await send(notifier, url)
    advice = verify(url)
    assert CANARY not in result.detail
    assert CANARY not in (advice or "")
    assert CANARY not in caplog.text
    captured = capfd.readouterr()
    assert CANARY not in captured.out + captured.err
    assert result.outcome is not Outcome.SENT


async def test_a_server_that_echoes_a_password_is_not_quoted(notifier, smtp):
    result = await send(
        notifier, f"mailto://user:{CANARY}@127.0.0.1:{smtp[1]}/?from=a@x.org&to=550@x.org&mode=insecure"
    )
    assert result.outcome is not Outcome.SENT
    assert CANARY not in result.detail


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mailtos://user:pw@smtp.example?to=desk@news.example", None),
        ("json://127.0.0.1/hook", None),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", None),
        ("mailtoss://user:pw@smtp.example", "did you mean mailtos://?"),
        ("slak://a/b/c", "did you mean slack://?"),
        ("desk@news.example", "it is not written scheme://"),
        ("json://", "does not understand"),
        ("mailto://127.0.0.1/?from=a@x.org&to=nobody", "no recipient"),
        ("mailto://127.0.0.1/?from=a@x.org&to=b@x.org&mode=sll", "mode"),
        ("slack://abc", "Token"),
        ("discord://abc", "Token"),
    ],
)
async def test_what_is_wrong_with_an_address(url, why):
    said = verify(url)
    assert said is None if why is None else why in said
