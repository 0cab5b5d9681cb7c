"""`monitor notify` shows what the operator's templates make of an alert."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from monitor.actions.notify import send_examples
from monitor.config import AlertSettings, ReceiverSettings, Settings, WorkerSettings
from monitor.send.channels import expand


@pytest.mark.parametrize(
    ("template", "arrives", "said"),
    [
        ("desk: {{ headline }}", "desk: Example: this is what an alert looks like", ""),
        (
            "{{ headlin }}",
            "TEST · Example",
            "as shipped: test.json:1: there is no 'headlin'; did you mean headline?",
        ),
    ],
)
async def test_the_example_is_written_by_the_templates(
    tmp_path: Path, httpserver: HTTPServer, template: str, arrives: str, said: str
) -> None:
    (tmp_path / "test.json").write_text(template)
    httpserver.expect_request("/hook").respond_with_data("ok")
    settings = Settings(
        receivers={"desk": ReceiverSettings(urls=(f"json://127.0.0.1:{httpserver.port}/hook",))},
        alerts=AlertSettings(templates=tmp_path),
        workers=WorkerSettings(processes=1),
    )
    channels = expand("desk", settings.receivers["desk"].urls)
    (tried,) = await send_examples(settings, channels, datetime(2026, 11, 21, 8, tzinfo=UTC))
    (request, _response) = httpserver.log[0]
    assert json.loads(request.data)["message"].startswith(arrives)
    assert tried.result.detail.endswith(said)
