"""Where hubs call us (WebSub): an HTTP server of its own, which knows nothing but callbacks.

It stands behind a reverse proxy, in the open all the same: every connection has one request and little
time, there are only so many, a body is read only for a callback that exists, and nothing is said but what
the Recommendation asks for. What a push holds is for whoever is given it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Protocol

import structlog
from aiohttp import web

from monitor.collect.websub import Subscription
from monitor.errors import MonitorError
from monitor.model import Feed

log = structlog.get_logger(__name__)

Callback = tuple[Subscription, Feed]

SECONDS = 30.0  # of a connection's life: to ask, to be read, to be answered
CONNECTIONS = 100  # at once; what comes beyond is hung up on
BODIES = 8  # that are read and worked on at once
RATE, BURST = 100.0, 200.0  # requests a second on average, and at once
STOP_SECONDS = 5.0  # for what is under way when the listener stops
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_GIVEN_OUT = re.compile(r"[A-Za-z0-9_-]{43}")  # what secrets.token_urlsafe(32) makes
_MOST_CHALLENGE = 4_000  # characters
_SAID = {"Server": "callback", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_LATER = {"Retry-After": "60"}


class Inbox(Protocol):
    """Who is behind the callbacks. Raises MonitorError where it cannot answer now."""

    async def find(self, token: str) -> Callback | None: ...

    async def confirm(self, callback: Callback, parameters: Mapping[str, str]) -> bool:
        """Whether what the hub says of our subscription is what we asked for, or concerns us at all."""
        ...

    async def take(self, callback: Callback, body: bytes, content_type: str, signature: str) -> None:
        """A push, which is stored when this returns."""
        ...


class Listener:
    """Serves callbacks at `host:port` from `start` to `stop`. `max_bytes` bounds a push."""

    def __init__(
        self, inbox: Inbox, host: str, port: int, *, max_bytes: int, seconds: float = SECONDS
    ) -> None:
        self._inbox, self._host, self._port = inbox, host, port
        self._max_bytes, self._seconds = max_bytes, seconds
        self._bodies = asyncio.Semaphore(BODIES)
        self._rate = _Rate(RATE, BURST)
        self._runner: web.ServerRunner | None = None

    async def start(self) -> None:
        """Raises MonitorError where the address cannot be had."""
        server = _Server(self._handle, self._seconds)
        runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port, backlog=CONNECTIONS).start()
        except OSError as error:
            await runner.cleanup()
            where = f"{self._host}:{self._port}"
            why = error.strerror or str(error)
            raise MonitorError(f"hubs cannot call: nothing can listen at {where} ({why})") from None
        self._runner = runner

    @property
    def port(self) -> int:
        """Where it listens: the port that was found where 0 was asked for."""
        assert self._runner is not None
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Hang up, but let what is under way come to its end, for STOP_SECONDS."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            answer = await self._answer(request)
        except MonitorError as error:
            log.error("a hub could not be answered", why=str(error))
            answer = web.Response(status=503, headers=_LATER)
        answer.headers.update(_SAID)
        answer.force_close()
        return answer

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        if request.method not in ("GET", "POST"):
            return web.Response(status=405, headers={"Allow": "GET, POST"})
        if not self._rate.allows(asyncio.get_running_loop().time()):
            return web.Response(status=503, headers=_LATER)
        token = request.path.rpartition("/")[2]
        callback = await self._inbox.find(token) if _TOKEN.fullmatch(token) else None
        if callback is None:
            # A hub that still pushes to what was given up may forget it (section 7 of the Recommendation).
            given_up = request.method == "POST" and _GIVEN_OUT.fullmatch(token)
            return web.Response(status=410 if given_up else 404)
        if request.method == "GET":
            return await self._confirm(callback, request.query)
        async with self._bodies:
            return await self._take(callback, request)

    async def _confirm(self, callback: Callback, parameters: Mapping[str, str]) -> web.Response:
        challenge = parameters.get("hub.challenge", "")
        if len(challenge) > _MOST_CHALLENGE or not await self._inbox.confirm(callback, parameters):
            return web.Response(status=404)
        return web.Response(text=challenge)

    async def _take(self, callback: Callback, request: web.BaseRequest) -> web.Response:
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return web.Response(status=415)
        if (request.content_length or 0) > self._max_bytes:
            return web.Response(status=413)
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # or no answer could follow
        body = await _body(request, self._max_bytes)
        if body is None:
            return web.Response(status=413)
        kind = request.headers.get("Content-Type", "")
        await self._inbox.take(callback, body, kind, request.headers.get("X-Hub-Signature", ""))
        return web.Response(status=204)


async def _body(request: web.BaseRequest, most: int) -> bytes | None:
    """The body as it was sent; None where it is longer than `most` bytes."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > most:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


class _Rate:
    """So many a second on average, and so many at once (a token bucket)."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second, self._burst = per_second, burst
        self._left, self._at = burst, 0.0

    def allows(self, now: float) -> bool:
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class _Server(web.Server):
    """aiohttp's server with connections of ours."""

    def __init__(self, handler: object, seconds: float) -> None:
        super().__init__(
            handler,  # type: ignore[arg-type]
            handler_cancellation=True,
            access_log=None,
            keepalive_timeout=seconds,
            lingering_time=1.0,
            auto_decompress=False,
        )
        self._seconds = seconds

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, self._seconds, self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    """One connection: it ends by itself after so many seconds, whatever it waits for."""

    __slots__ = ("_ending", "_seconds", "_server")

    def __init__(
        self, server: _Server, seconds: float, loop: asyncio.AbstractEventLoop, **options: object
    ) -> None:
        super().__init__(server, loop=loop, **options)  # type: ignore[arg-type]
        self._server, self._seconds = server, seconds
        self._ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        if len(self._server.connections) > CONNECTIONS:
            transport.abort()
        else:
            self._ending = self._loop.call_later(self._seconds, transport.abort)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._ending is not None:
            self._ending.cancel()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is no HTTP, or a defect of ours: an answer that tells nothing, of ours a line in the log."""
        if status >= 500:
            log.error("unexpected error", exc_info=exc)
        answer = web.Response(status=status, headers=_SAID)
        answer.force_close()
        return answer
