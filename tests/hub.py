"""A hub on loopback: takes subscriptions, verifies them, pushes, and does all else that hubs do."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

ATOM = "application/atom+xml"


@dataclass
class Hub:
    """`asked` holds every form; `lease` is what is granted; `status` what forms are answered with.

    It verifies before it answers, as many hubs do, unless `verifies` is false.
    """

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    heard: list[tuple[int, str]] = field(default_factory=list)  # what verifications were answered
    lease: str = "864000"
    status: int = 202
    verifies: bool = True
    runner: web.AppRunner | None = None
    challenge: str = "b1946ac9<b>&2492d2347c6235b4d2611184"

    async def close(self) -> None:
        assert self.runner is not None
        await self.runner.cleanup()

    async def handle(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.verifies and self.status // 100 == 2:
            await self.verify(form)
        said = f"what the hub says of {form['hub.callback']} and {form.get('hub.secret')}"
        return web.Response(status=self.status, text=said)

    async def verify(self, form: dict[str, str], **more: str) -> tuple[int, str]:
        """Ask our side whether it meant `form`; its answer."""
        parameters = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": self.challenge,
            "hub.lease_seconds": self.lease,
        } | {f"hub.{name}": value for name, value in more.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.get(form["hub.callback"], params=parameters) as answer,
        ):
            self.heard.append((answer.status, await answer.text()))
        return self.heard[-1]

    async def push(
        self,
        body: str | bytes,
        *,
        secret: str | None = None,
        method: str = "sha256",
        signature: str | None = None,
        kind: str = "application/rss+xml",
    ) -> int:
        """Push to the newest subscription, signed with its secret if there is one; the status."""
        form = self.asked[-1]
        data = body.encode() if isinstance(body, str) else body
        secret = form.get("hub.secret") if secret is None else secret
        headers = {"Content-Type": kind}
        if signature is None and secret:
            signature = f"{method}={hmac.new(secret.encode(), data, getattr(hashlib, method)).hexdigest()}"
        if signature:
            headers["X-Hub-Signature"] = signature
        async with (
            aiohttp.ClientSession() as session,
            session.post(form["hub.callback"], data=data, headers=headers) as answer,
        ):
            return answer.status

    async def push_status(self) -> int | None:
        """What an empty push is answered; None where nobody listens."""
        try:
            return await self.push("")
        except aiohttp.ClientConnectorError:
            return None


@asynccontextmanager
async def hub() -> AsyncIterator[Hub]:
    found = Hub()
    app = web.Application()
    app.router.add_post("/hub", found.handle)
    runner = found.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hub"
    try:
        yield found
    finally:
        await runner.cleanup()
