"""The hubs' listener against everybody who is no hub: raw sockets on loopback."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from monitor.adapters import listener as adapter
from monitor.adapters.listener import CONNECTIONS, Callback, Listener
from monitor.collect.websub import Subscription
from monitor.errors import MonitorError, StoreBusy
from monitor.model import Feed

TOKEN = "a-token-that-nobody-can-guess_0123456789"
CALLBACK = (Subscription(1, "https://hub.example/", "https://wire.example/rss", TOKEN), Feed(1, "k", "u"))
PATH = f"/websub/{TOKEN}"


@dataclass
class Box:
    """Who is behind the callbacks. `trouble` is raised by whatever is asked."""

    trouble: Exception | None = None
    found: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    taken: list[tuple[bytes, str, str]] = field(default_factory=list)
    confirms: bool = True
    holds: asyncio.Event | None = None
    at_once: int = 0
    most_at_once: int = 0

    async def find(self, token: str) -> Callback | None:
        self.found.append(token)
        if self.trouble:
            raise self.trouble
        return CALLBACK if token == TOKEN else None

    async def confirm(self, callback: Callback, parameters: Mapping[str, str]) -> bool:
        self.asked.append(dict(parameters))
        return self.confirms

    async def take(self, callback: Callback, body: bytes, content_type: str, signature: str) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.holds:
                await self.holds.wait()
        finally:
            self.at_once -= 1
        self.taken.append((body, content_type, signature))


@asynccontextmanager
async def listening(box: Box, *, max_bytes: int = 100_000, seconds: float = 5.0) -> AsyncIterator[Listener]:
    found = Listener(box, "127.0.0.1", 0, max_bytes=max_bytes, seconds=seconds)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


async def say(there: Listener, *parts: bytes, pause: float = 0.0) -> bytes:
    """What is answered to these bytes, until the listener hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    length = [f"Content-Length: {len(body)}"] if body else []
    lines = [f"{method} {path} HTTP/1.1", "Host: monitor.example", *length, *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def text(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


async def test_a_challenge_comes_back_as_plain_text_and_nothing_else_does() -> None:
    box = Box()
    async with listening(box) as there:
        query = "?hub.mode=subscribe&hub.challenge=%3Cscript%3E1%26%C3%A9&hub.topic=https%3A%2F%2Fwire.example%2Frss"
        answer = await say(there, request("GET", PATH + query))
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert status(answer) == 200 and text(answer) == "<script>1&é".encode()
    assert b"content-type: text/plain; charset=utf-8" in head and b"nosniff" in head and b"no-store" in head
    assert b"connection: close" in head
    assert b"python" not in head and b"aiohttp" not in head
    assert box.asked[0]["hub.topic"] == "https://wire.example/rss"


async def test_what_is_not_confirmed_is_not_found_and_not_repeated() -> None:
    box = Box(confirms=False)
    async with listening(box) as there:
        answer = await say(there, request("GET", f"{PATH}?hub.mode=subscribe&hub.challenge=secretive"))
        assert (status(answer), text(answer)) == (404, b"")
        box.confirms = True
        long = await say(there, request("GET", f"{PATH}?hub.mode=subscribe&hub.challenge={'x' * 5000}"))
        assert (status(long), text(long)) == (404, b"")


async def test_a_push_arrives_as_it_was_sent() -> None:
    box, body = Box(), bytes(range(256)) * 300
    async with listening(box) as there:
        headers = ("Content-Type: application/atom+xml; charset=utf-8", "X-Hub-Signature: sha256=ab")
        answer = await say(there, request("POST", PATH, *headers, body=body))
        assert (status(answer), text(answer)) == (204, b"")
        chunked = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        assert status(await say(there, request("POST", PATH, "Transfer-Encoding: chunked") + chunked)) == 204
        waiting = await say(
            there, request("POST", PATH, "Expect: 100-continue", "Content-Length: 2"), b"ok", pause=0.05
        )
        assert waiting.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204")
    kind = "application/atom+xml; charset=utf-8"
    assert box.taken == [(body, kind, "sha256=ab"), (b"abcde", "", ""), (b"ok", "", "")]


@pytest.mark.parametrize(
    "path",
    ["/", "/websub/", "/websub", f"/websub/{TOKEN}x", f"/websub/{TOKEN[:-1]}", f"{PATH}/", "/websub/../../etc/passwd",
     f"/websub/{'A' * 40}%00", f"/websub/{'A' * 5000}", "/websub/é", "//", "/favicon.ico", "/metrics"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_is_no_callback_is_not_found(path: str, method: str) -> None:
    box = Box()
    async with listening(box) as there:
        answer = await say(
            there, request(method, path.encode().decode("latin-1"), body=b"x" * (method == "POST"))
        )
    assert (status(answer), text(answer)) in ((404, b""), (400, b"")) and box.taken == [] and box.asked == []
    assert all(adapter._TOKEN.fullmatch(token) for token in box.found), "nothing else is looked up"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "X"])
async def test_other_methods(method: str) -> None:
    box = Box()
    async with listening(box) as there:
        answer = await say(there, request(method, PATH if method != "CONNECT" else "monitor.example:443"))
    assert status(answer) in (400, 405) and text(answer) == b"" and box.found == []


async def test_what_is_no_http_is_answered_without_repeating_it() -> None:
    async with listening(Box()) as there:
        for junk in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"leak" * 20 + b"\r\n\r\n",
            b"GET leak\r\n\r\n",
            b"GET / HTTP/9.9\r\nleak\r\n\r\n",
            request("POST", PATH, "Content-Length: leak"),
            request("POST", PATH, "Content-Length: 5", "Transfer-Encoding: chunked"),
            request("GET", PATH, "Long: " + "leak" * 5000),
            request("GET", "/" + "leak" * 5000),
            request("GET", PATH, *(f"H{n}: leak" for n in range(500))),
        ):
            answer = await say(there, junk)
            assert status(answer) in (0, 400) and b"leak" not in answer, junk[:40]
        assert status(await say(there, request("GET", "/"))) == 404, "and it goes on"


async def test_a_long_push_is_refused_before_it_is_read_and_while_it_is() -> None:
    box = Box()
    async with listening(box, max_bytes=50_000) as there:
        announced = await say(there, request("POST", PATH, "Content-Length: 99999999"))
        assert status(announced) == 413
        endless = (b"8000\r\n" + b"x" * 0x8000 + b"\r\n" for _ in range(20))
        sent = await say(there, request("POST", PATH, "Transfer-Encoding: chunked"), *endless)
        assert status(sent) in (413, 0), "an answer, or a reset while we were still sending"
        exact = await say(there, request("POST", PATH, body=b"x" * 50_000))
        assert status(exact) == 204
    assert [len(body) for body, _, _ in box.taken] == [50_000]


async def test_nothing_is_unpacked() -> None:
    box = Box()
    async with listening(box) as there:
        for encoding in ("gzip", "deflate", "br", "zstd", "identity, gzip"):
            answer = await say(there, request("POST", PATH, f"Content-Encoding: {encoding}", body=b"bomb"))
            assert status(answer) == 415
        assert status(await say(there, request("POST", PATH, "Content-Encoding: identity", body=b"x"))) == 204
    assert len(box.taken) == 1


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"G", b"E", b"T", b" ", b"/"),
        (b"POST " + PATH.encode() + b" HTTP/1.1\r\n", b"H", b"o", b"s", b"t", b":", b"x"),
        (request("POST", PATH, "Content-Length: 100"), b"a", b"b", b"c", b"d", b"e"),
    ],
)
async def test_whoever_is_slow_is_hung_up_on(parts: tuple[bytes, ...]) -> None:
    box = Box()
    loop = asyncio.get_running_loop()
    async with listening(box, seconds=0.5) as there:
        began = loop.time()
        answer = await asyncio.wait_for(say(there, *parts, pause=0.15), 5)
        assert loop.time() - began < 2
        assert status(answer) in (0, 400, 408) and box.taken == []
        assert status(await say(there, request("POST", PATH, body=b"x"))) == 204


async def test_idle_connections_are_only_so_many_and_hold_up_nobody_for_long() -> None:
    box = Box()
    async with listening(box, seconds=1.0) as there:
        idle = [await asyncio.open_connection("127.0.0.1", there.port) for _ in range(CONNECTIONS + 20)]
        await asyncio.sleep(0.2)
        assert sum(reader.at_eof() or reader.exception() is not None for reader, _ in idle) == 20
        await asyncio.sleep(1.0)
        assert status(await say(there, request("POST", PATH, body=b"x"))) == 204
        for _, writer in idle:
            writer.close()


async def test_only_so_many_pushes_are_read_at_once() -> None:
    box = Box(holds=asyncio.Event())
    async with listening(box) as there:
        pushes = [asyncio.create_task(say(there, request("POST", PATH, body=b"x"))) for _ in range(20)]
        while box.at_once < adapter.BODIES:
            await asyncio.sleep(0.01)
        assert box.holds is not None
        box.holds.set()
        assert {status(answer) for answer in await asyncio.gather(*pushes)} == {204}
    assert box.most_at_once == adapter.BODIES


async def test_only_so_many_requests_a_second_are_looked_at() -> None:
    box = Box()
    async with listening(box) as there:
        answers = []
        for _ in range(12):
            answers += await asyncio.gather(*(say(there, request("GET", "/" + "A" * 30)) for _ in range(50)))
    said = [status(answer) for answer in answers]
    assert set(said) == {404, 503} and said.count(404) == len(box.found) < 500
    refused = next(answer for answer in answers if status(answer) == 503)
    assert b"Retry-After: 60" in refused and text(refused) == b""


async def test_trouble_of_ours_is_said_without_what_it_is() -> None:
    box = Box(trouble=StoreBusy("postgresql://user:password@host is locked"))
    async with listening(box) as there:
        busy = await say(there, request("POST", PATH, body=b"x"))
        assert status(busy) == 503 and b"Retry-After: 60" in busy and b"postgresql" not in busy
        box.trouble = RuntimeError("a defect with a password")
        broken = await say(there, request("POST", PATH, body=b"x"))
        assert status(broken) == 500 and b"password" not in broken and text(broken) == b""
        box.trouble = None
        assert status(await say(there, request("POST", PATH, body=b"x"))) == 204


async def test_a_place_that_is_taken_is_said() -> None:
    async with listening(Box()) as there:
        second = Listener(Box(), "127.0.0.1", there.port, max_bytes=1)
        with pytest.raises(MonitorError, match=f"nothing can listen at 127.0.0.1:{there.port}"):
            await second.start()
        await second.stop()


async def test_it_stops_while_somebody_is_slow_and_lets_a_push_end() -> None:
    box = Box(holds=asyncio.Event())
    loop = asyncio.get_running_loop()
    async with listening(box) as there:
        push = asyncio.create_task(say(there, request("POST", PATH, body=b"x")))
        _, slow = await asyncio.open_connection("127.0.0.1", there.port)
        slow.write(b"POST ")
        while not box.at_once:
            await asyncio.sleep(0.01)
        assert box.holds is not None
        loop.call_later(0.3, box.holds.set)
        began = loop.time()
        await there.stop()
        assert loop.time() - began < 3
        assert status(await push) == 204 and len(box.taken) == 1
        slow.close()


async def test_a_hub_that_pushes_to_what_was_given_up_may_forget_it() -> None:
    given_up = f"/websub/{secrets.token_urlsafe(32)}"
    async with listening(Box()) as there:
        assert status(await say(there, request("POST", given_up, body=b"x"))) == 410
        assert status(await say(there, request("GET", given_up))) == 404, "nobody means it any more"
