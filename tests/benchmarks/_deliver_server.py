"""The services that `deliver` sends to, in a process of their own: SMTP and web hooks, some slow, some failing.

Says its ports on standard output, then, whenever it is given a line, what it received since: a JSON object of
channel numbers with the moments (of the monotonic clock, in seconds) of what they took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections import defaultdict
from typing import Any

from aiohttp import web
from aiosmtpd.controller import Controller


class Services:
    """What each channel does, by its number, and what it took."""

    def __init__(self, slow: set[int], failing: set[int], seconds: float) -> None:
        self.slow, self.failing, self.seconds = slow, failing, seconds
        self.taken: defaultdict[int, list[float]] = defaultdict(list)

    async def take(self, channel: int) -> bool:
        if channel in self.failing:
            return False
        if channel in self.slow:
            await asyncio.sleep(self.seconds)
        self.taken[channel].append(time.monotonic())
        return True

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        channel = int(envelope.rcpt_tos[0].partition("@")[0].removeprefix("box"))
        return "250 taken" if await self.take(channel) else "451 not now"

    async def hook(self, request: web.Request) -> web.Response:
        await request.read()
        taken = await self.take(int(request.match_info["channel"]))
        return web.Response(status=200 if taken else 503)


async def serve(services: Services) -> None:
    app = web.Application()
    app.router.add_post("/{channel}", services.hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    controller = Controller(services, hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    assert runner.addresses
    print(json.dumps({"hook": runner.addresses[0][1], "smtp": controller.port}), flush=True)
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def listen() -> None:
        for _ in sys.stdin:
            loop.call_soon_threadsafe(asked.set)
        loop.call_soon_threadsafe(loop.stop)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        await asked.wait()
        asked.clear()
        said, services.taken = services.taken, defaultdict(list)
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    _slow, _failing = (set(json.loads(text)) for text in sys.argv[2:4])
    try:
        asyncio.run(serve(Services(_slow, _failing, float(sys.argv[4]))))
    except RuntimeError:  # the loop was stopped: nobody listens any more
        sys.exit(0)
