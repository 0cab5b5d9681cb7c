"""An operator's templates at work: used, picked up when they change, never at an alert's cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.template_folder import read_templates
from monitor.adapters.workers import WorkerPool
from monitor.app import App, create_store
from monitor.config import AlertSettings, Settings, WorkerSettings
from monitor.errors import Problem
from monitor.model import Alert, Kind, Message
from monitor.send.forms import Form, form_named
from monitor.send.operator import Templates
from monitor.writing import KIND, REST, Writer
from tests.fakes import InProcessWorkers
from tests.pipeline.conftest import World
from tests.send.alerts import alert

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
SLACK, MAIL = form_named("slack"), form_named("mail")
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}"


def folder(path: Path, **files: str) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / name.replace("_", ".")).write_text(text, "utf-8")
    return path


async def write(
    writer: Writer, form: Form = SLACK, made: Alert | None = None, now: datetime = NOW
) -> Message:
    return await writer.write(made or alert(), form, zone="UTC", key="k", install="i.org", now=now)


class CountingWorkers(InProcessWorkers):
    def __init__(self) -> None:
        self.rendered = 0

    async def render(self, alert: Alert, form: Form, templates: Templates, **more: str) -> Message:
        self.rendered += 1
        return await super().render(alert, form, templates, **more)


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    async with WorkerPool(1, time_limit=1.0, memory_limit=600_000_000) as workers:
        yield workers


async def test_without_templates_no_worker_is_asked():
    workers = CountingWorkers()
    message = await write(Writer(workers))
    assert message.fallback is None
    assert workers.rendered == 0


async def test_templates_replace_what_is_shipped_and_a_service_its_own(tmp_path):
    writer = Writer(InProcessWorkers())
    await writer.use(
        *read_templates(folder(tmp_path, alert_chat="chat {{ rule }}", alert_slack="slack {{ rule }}"))
    )
    assert writer.broken == {}
    assert (await write(writer)).text == "slack kpa-memorial"
    assert (await write(writer, form_named("discord"))).text == "chat kpa-memorial"
    mail = await write(writer, MAIL)
    assert mail.text.startswith("NEW STORY · Memorials")
    assert mail.subject == "[Memorials] Museum for those who fought in Kursk opens in Pyongyang"


async def test_a_subject_and_a_kind_may_have_templates_of_their_own(tmp_path):
    writer = Writer(InProcessWorkers())
    files = folder(tmp_path, subject="{{ severity | upper }}\n{{ headline }}", repeat_chat="again {{ rule }}")
    await writer.use(*read_templates(files))
    assert (
        await write(writer, MAIL)
    ).subject == "HIGH Museum for those who fought in Kursk opens in Pyongyang"
    assert (await write(writer)).text.startswith("🟠 NEW STORY")
    assert (await write(writer, made=alert(kind=Kind.REPEAT))).text == "again kpa-memorial"


@pytest.mark.parametrize(
    "text", ["{{ nothing }}", "{{ 'x' * 5000 }}", "{% if %}", "{% include 'alert.chat' %}"]
)
async def test_a_template_that_fails_costs_its_looks_only_and_is_told_once(tmp_path, text):
    writer = Writer(InProcessWorkers())
    shipped = await write(writer)
    await writer.use(*read_templates(folder(tmp_path, alert_chat=text)))
    message = await write(writer)
    assert message.fallback
    assert replace(message, fallback=None) == shipped
    (said,) = writer.broken.values()
    assert said.startswith(f"{tmp_path}/alert.chat")


async def test_a_template_that_fails_on_one_message_only_is_used_for_the_others(tmp_path):
    writer = Writer(InProcessWorkers())
    await writer.use(*read_templates(folder(tmp_path, alert_chat="{{ 1 / (total - 7) }} {{ rule }}")))
    assert writer.broken == {}  # no case has seven articles
    message = await write(writer, made=alert(*alert().items * 7))
    assert message.fallback == "alert.chat:1: ZeroDivisionError: division by zero"
    assert list(writer.broken) == [f"{tmp_path}/alert.chat"]
    assert (await write(writer)).fallback is None


async def test_a_template_without_end_is_killed_and_rests(tmp_path, pool):
    writer, why = Writer(pool), "it took more than 1 s"
    await writer.use(Templates((("alert.chat", LOOP),), str(tmp_path)))
    assert writer.broken == {f"{tmp_path}/alert.chat": f"{tmp_path}/alert.chat: error: {why}"}
    message = await write(writer)
    assert message.fallback == f"{why}, for new messages to slack"
    assert message.text.startswith("🟠 NEW STORY")
    assert (await write(writer)).fallback == "they rest until 08:40 UTC"
    assert (await write(writer, MAIL)).fallback is None
    await writer.use(Templates((("alert.chat", "well {{ rule }}"),), str(tmp_path)))
    assert (await write(writer)).text == "well kpa-memorial"
    assert writer.broken == {}


async def test_a_template_that_needs_all_memory_does_not_get_it(tmp_path):
    async with WorkerPool(1, memory_limit=600_000_000) as pool:
        writer = Writer(pool)
        await writer.use(Templates((("repeat.slack", "{{ 'x' * 900000000 }}"),), str(tmp_path)))
        (said,) = writer.broken.values()
        assert said.startswith(f"{tmp_path}/repeat.slack:1: error: it needs more memory than a worker has")
        message = await write(writer, made=alert(kind=Kind.REPEAT))
        assert message.fallback == "repeat.slack:1: it needs more memory than a worker has"
        assert message.text.startswith("🟠 REMINDER")


async def test_when_its_rest_is_over_a_template_has_another_try(tmp_path, pool):
    writer = Writer(pool)
    await writer.use(
        Templates((("alert.slack", "{% if created.startswith('Sat') %}" + LOOP + "{% endif %}x"),))
    )
    assert (await write(writer)).fallback
    later = NOW + REST
    assert (await write(writer, made=alert(created=NOW + timedelta(days=1)), now=later)).text == "x"


async def test_where_no_worker_is_free_in_time_the_alert_does_not_wait():
    class Busy(InProcessWorkers):
        async def render(self, *args: object, **more: object) -> Message:  # type: ignore[override]
            await asyncio.Event().wait()
            raise AssertionError

    writer = Writer(Busy(), patience=0.01)
    await writer.use(Templates((("alert.chat", "x"),)))
    message = await write(writer)
    assert message.fallback == "no worker was free within 0.01 s"
    assert message.text.startswith("🟠 NEW STORY")
    assert writer.broken == {}


async def told(world: World, path: Path | None) -> list[str]:
    world.pipeline.writer.follow(lambda: read_templates(path))
    await world.pipeline.writer.settled()
    world.pipeline.report_health()
    before = len(world.notifier.sent)
    await world.send()
    return [message.subject for _, _, message in world.notifier.sent[before:]]


async def test_the_operator_is_told_once_and_once_when_it_is_over(world: World, tmp_path: Path) -> None:
    broken = folder(tmp_path / "t", alert_json="{{ nothing }}")
    assert await told(world, broken) == ["[Media monitor] A template fails: alert.json"]
    assert await told(world, broken) == []
    assert [one.kind for one in world.store.open_troubles(KIND)] == [KIND]
    folder(broken, alert_json="{{ headline }}")
    assert await told(world, broken) == ["[Media monitor] The template is well again: alert.json"]
    assert await told(world, broken) == []


async def test_a_folder_that_is_gone_is_told_and_what_is_shipped_goes_on(
    world: World, tmp_path: Path
) -> None:
    (said,) = await told(world, tmp_path / "gone")
    assert said == "[Media monitor] A template fails: gone"
    assert "there is no such folder" in world.notifier.sent[-1][2].text


def read(path: Path) -> tuple[frozenset[str], Sequence[Problem]]:
    templates, problems = read_templates(path)
    return templates.names, problems


def test_reading_a_folder(tmp_path):
    folder(tmp_path, alert_chat="\ufeffx", README_md="notes", alert_txt="y")
    for name in ("alert.txt~", ".hidden", "alert.txt.bak"):
        (tmp_path / name).write_text("z")
    (tmp_path / "sub").mkdir()
    assert read(tmp_path) == ({"alert.chat", "alert.txt"}, [])
    assert read_templates(tmp_path)[0].text("alert.chat") == "x"
    (tmp_path / "digest.txt").write_bytes(b"a\n\xff")
    (tmp_path / "notice.txt").write_bytes(b"x" * 300_000)
    names, problems = read(tmp_path)
    assert names == {"alert.chat", "alert.txt"}
    assert [(Path(p.path).name, p.line, p.message) for p in problems] == [
        ("digest.txt", 2, "byte 0xff is not UTF-8"),
        ("notice.txt", 0, "this template is larger than 200 kB"),
    ]
    assert read_templates(None) == (Templates(), [])


async def test_templates_that_changed_are_in_use_after_a_reload(tmp_path: Path) -> None:
    templates = folder(tmp_path / "t", alert_chat="first {{ rule }}")
    settings = Settings(
        database=f"sqlite:///{tmp_path}/monitor.db",
        rules=tmp_path / "rules",
        alerts=AlertSettings(templates=templates),
        workers=WorkerSettings(processes=1),
    )
    settings.rules.mkdir()
    app = App(settings, create_store(settings))
    try:
        await app.load(to_stay=False)
        await app.pipeline.writer.settled()
        assert (await write(app.pipeline.writer)).text == "first kpa-memorial"
        folder(templates, alert_chat="second {{ rule }}")
        await app.reload(settings)
        await app.pipeline.writer.settled()
        assert (await write(app.pipeline.writer)).text == "second kpa-memorial"
    finally:
        await app.close()
