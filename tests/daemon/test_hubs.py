"""The real daemon with a hub on loopback: asked, verified, pushed, told; reloads and the end."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

from monitor.demo.mailbox import open_mailbox
from tests.daemon.harness import child, configure, desk, mailbox, monitor, titles, until
from tests.daemon.newsroom import gives, newsroom, piece, rss
from tests.hub import hub
from tests.test_push import free_port


async def test_from_a_push_to_a_mail_and_no_poll_adds_to_it(tmp_path: Path) -> None:
    port = free_port()
    place = f'[websub]\naddress = "http://127.0.0.1:{port}/websub"\nlisten = "127.0.0.1:{port}"\n'
    async with newsroom() as room, open_mailbox(mailbox()) as box, hub() as there:
        site = await room.site("wire")
        link = {"Link": f'<{there.url}>; rel="hub", <{site.feed_url}>; rel="self"'}
        old, new = piece("old"), piece("new")
        site.publish(old)
        site.feed(gives(rss(site.base, old), headers=link))
        config = configure(tmp_path, [site.feed_url], more=desk(box.port) + place)
        text = config.read_text("utf-8").replace('"200ms"', '"300s"').replace('"400ms"', '"1h"')
        config.write_text(text, "utf-8")
        async with child(config) as running:
            await running.watching()
            await until(lambda: there.heard, lambda: running.log.text)
            assert there.heard == [(200, there.challenge)]

            site.publish(new, feed=False)
            began = time.monotonic()
            assert await there.push(rss(site.base, new)) == 204
            await until(lambda: box.receipts, lambda: running.log.text)
            assert time.monotonic() - began < 10 and site.hits() == 1

            # The poll that follows knows it, and so does the hub's second try.
            site.feed(gives(rss(site.base, new, old), headers=link))
            assert await there.push(rss(site.base, new)) == 204
            said = await asyncio.to_thread(monitor, config, "feeds", "poll", site.feed_url)
            assert said.code == 0
            await until(lambda: site.hits() == 2, lambda: running.log.text)
            await until(lambda: _is_polled_rarely(config), lambda: running.log.text)
            assert site.hits("/page/new") == 1 and len(box.receipts) == 1

            # Without an address nobody listens any more; with one, somebody does.
            config.write_text(text.replace(place, ""), "utf-8")
            running.signal(signal.SIGHUP)
            await until(lambda: len(running.log.lines("event=reloaded")) == 1, lambda: running.log.text)
            assert await there.push_status() is None
            config.write_text(text, "utf-8")
            running.signal(signal.SIGHUP)
            await until(lambda: len(running.log.lines("event=reloaded")) == 2, lambda: running.log.text)
            assert await there.push_status() == 204

            # Whoever is slow holds up no end.
            _, slow = await asyncio.open_connection("127.0.0.1", port)
            slow.write(b"POST /websub/")
            running.signal(signal.SIGTERM)
            began = time.monotonic()
            assert await running.end() == 0
            assert time.monotonic() - began < 10
            slow.close()
        running.log.assert_plain()
        assert titles(box) == ["[Quaggas] A quagga at new"]


def _is_polled_rarely(config: Path) -> bool:
    (feed,) = monitor(config, "feeds", "list", "--json").rows()
    assert feed["push"]["state"] == "active" and feed["push"]["relied_on"]
    return str(feed["reason"]).endswith("its hub pushes what is new")
