"""Forms for hubs: the same guard and limits as for feeds, and a secret that goes nowhere else."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from monitor.adapters.http import HttpFetcher
from monitor.errors import AddressRefused, FetchError
from tests.adapters.test_http import raw_server, saying, serving

FIELDS = {"hub.mode": "subscribe", "hub.topic": "https://wire.example/a?b=c&d=é"}


def fetcher(**options: object) -> HttpFetcher:
    return HttpFetcher(**{"allow": [ip_network("127.0.0.0/8")], "total": 5.0, **options})  # type: ignore[arg-type]


def moved(status: int, where: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": where})

    return handler


async def test_fields_arrive_as_they_are_and_any_answer_is_one() -> None:
    seen: list[tuple[str, str, dict[str, str]]] = []

    async def handler(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        seen.append((request.method, request.content_type, form))
        return web.Response(status=400, text="no such topic")

    async with serving(handler) as hub, fetcher() as http:
        answer = await http.post(f"{hub}/hub", FIELDS)
    assert (answer.status, answer.body) == (400, b"no such topic")
    assert seen == [("POST", "application/x-www-form-urlencoded", FIELDS)]


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_that_keeps_the_form_is_followed(status: int) -> None:
    async def handler(request: web.Request) -> web.Response:
        assert dict(await request.post()) == FIELDS
        return web.Response(status=202)

    async with serving(handler) as hub, fetcher() as http, serving(moved(status, f"{hub}/b")) as first:
        answer = await http.post(first, FIELDS)
    assert (answer.status, answer.url) == (202, f"{hub}/b")


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_makes_it_a_get_is_an_answer(status: int) -> None:
    async with serving(moved(status, "/elsewhere")) as hub, fetcher() as http:
        assert (await http.post(hub, FIELDS)).status == status


async def test_redirects_end() -> None:
    async with serving(moved(307, "/again")) as hub, fetcher() as http:
        with pytest.raises(FetchError, match="more than 5 times"):
            await http.post(hub, FIELDS)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
async def test_the_secret_never_leaves_tls(tmp_path: Path) -> None:
    certificate, key = tmp_path / "hub.pem", tmp_path / "hub.key"
    making = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    making += ["-days", "2", "-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*making, "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=30
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    asked: list[str] = []

    async def plain(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=202)

    async with serving(plain) as http_only:
        answer = f"HTTP/1.1 307 Moved\r\nLocation: {http_only}/\r\nContent-Length: 0\r\n\r\n".encode()
        async with raw_server(saying(answer), tls) as hub, fetcher(ssl_context=trusting) as http:
            with pytest.raises(FetchError, match="redirects a form with a secret") as caught:
                await http.post(hub.replace("http:", "https:"), FIELDS)
    assert caught.value.kind == "redirect" and asked == []


@pytest.mark.parametrize(
    "where", ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "file:///etc/passwd"]
)
async def test_the_guard_sees_hubs_and_where_they_redirect(where: str) -> None:
    async with serving(moved(307, where)) as hub, fetcher() as http, fetcher(allow=()) as strict:
        with pytest.raises(AddressRefused):
            await strict.post(hub, FIELDS)
        if not where.startswith("http://127."):
            with pytest.raises(FetchError):
                await http.post(hub, FIELDS)


async def test_a_long_answer_is_cut() -> None:
    async def long(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 130_000)

    async with serving(long) as hub, fetcher() as http:
        with pytest.raises(FetchError, match="sends more than 100,000 bytes"):
            await http.post(hub, FIELDS)
