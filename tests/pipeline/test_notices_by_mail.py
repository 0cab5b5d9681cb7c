"""A broken rule file from end to end: a file on disk, the program over several lives, mail by SMTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from monitor.app import App, create_store
from monitor.config import AlertSettings, ReceiverSettings, Settings, WorkerSettings
from monitor.daemon import Daemon
from monitor.demo.mailbox import Mailbox, open_mailbox

GOOD = "rules:\n  - id: quaggas\n    query: quagga*\n    owner: anna\n    tests: {match: [A quagga]}\n"
BROKEN = GOOD.replace("quagga*\n", "quagga* ADN zoo\n")


@asynccontextmanager
async def life(settings: Settings) -> AsyncIterator[App]:
    """The program from its start to its end."""
    app = App(settings, create_store(settings))
    try:
        await app.load(to_stay=False)
        yield app
    finally:
        await app.close()


async def test_the_owner_is_told_once_that_a_file_is_broken_and_once_that_it_is_mended(
    tmp_path: Path,
) -> None:
    broken = "[Media monitor] quaggas.yaml is broken; 1 rule runs in its last good version"
    mended = "[Media monitor] quaggas.yaml is mended; 1 rule runs as it stands"
    file = tmp_path / "rules" / "quaggas.yaml"
    file.parent.mkdir()
    async with open_mailbox(Mailbox(lambda _: None)) as box:

        def mail(name: str) -> ReceiverSettings:
            address = f"mailto://127.0.0.1:{box.port}/?from=monitor@news.example&mode=insecure"
            return ReceiverSettings(urls=(f"{address}&to={name}@news.example",))

        settings = Settings(
            workers=WorkerSettings(processes=1),
            database=f"sqlite:///{tmp_path / 'monitor.db'}",
            rules=file.parent,
            receivers={"anna": mail("anna"), "desk": mail("desk")},
            alerts=AlertSettings(default=("desk",)),
        )

        async def sent(app: App) -> list[str]:
            """All that arrived, once nothing is due any more."""
            assert set(app.pipeline.rules.rules) == {"quaggas"}
            await Daemon(app).once()
            return [str(each.message["Subject"]) for each in box.receipts]

        file.write_text(GOOD, "utf-8")
        async with life(settings) as app:
            file.write_text(BROKEN, "utf-8")
            await app.reload_rules()  # and the program ends before anything is sent
        async with life(settings) as app:
            assert await sent(app) == [broken]
            await app.reload_rules()
            assert await sent(app) == [broken]
            file.write_text(GOOD, "utf-8")
            await app.reload_rules()
            assert await sent(app) == [broken, mended]
        async with life(settings) as app:
            assert await sent(app) == [broken, mended]

    assert {each.recipients for each in box.receipts} == {("anna@news.example",)}
    first = box.receipts[0].message.get_body(("plain",))
    assert first is not None
    assert f"{file}:3:20: error: an operator is missing before this" in first.get_content()
