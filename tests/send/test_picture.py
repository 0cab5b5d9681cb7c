"""Mail as a browser lays it out: it fits narrow screens, keeps its contrast in the dark, and fetches nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from monitor.model import Kind, Severity
from monitor.send.forms import form_named
from monitor.send.render import render
from tests.send.alerts import MUSEUM, alert, item

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LONG = "Unbroken" * 600
SHARP = 4.5  # WCAG 2.2, 1.4.3: the least contrast of text
# The luminance of a colour and the contrast of two, as WCAG 2.2 defines them.
CONTRAST = """() => {
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const read = c => c.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = read(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, box = e.getBoundingClientRect();
    if (!walker.currentNode.textContent.trim() || box.height < 4) continue;
    const [a, b] = [light(read(getComputedStyle(e).color)), light(behind(e))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walker.currentNode.textContent.trim()]);
  }
  return found.sort((x, y) => x[0] - y[0])[0];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", *quiet]
        )
        yield browser
        browser.close()


@pytest.mark.parametrize(
    ("kind", "width", "scheme"),
    [
        *product([Kind.NEW, Kind.UPDATE, Kind.DIGEST], [375, 640], ["light", "dark"]),
        *product([Kind.REPEAT, Kind.NOTICE], [375], ["light", "dark"]),
    ],
)
def test_mail_fits_reads_and_fetches_nothing(browser: Any, kind: Kind, width: int, scheme: str) -> None:
    hard = replace(
        MUSEUM, title=LONG, source="<b>Wire</b>", body=f"The soldiers of Kursk {LONG} were sent to Russia."
    )
    told = alert(item(), item(hard, reason="12,000 → 15,000 troops", copies=3, kind=Kind.UPDATE), kind=kind)
    told = replace(told, id=42, acked_by=LONG, acked_at=told.created, first_told=told.created, text=LONG)
    told = replace(told, escalated_from=Severity.LOW if kind is Kind.UPDATE else None)
    html = render(told, form_named("mail"), zone="Asia/Seoul", key="k", install="i.monitor").html
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    contrast, text = page.evaluate(CONTRAST)
    assert contrast >= SHARP, f"{text!r} has a contrast of {contrast:.1f}"
    assert asked == []
    context.close()
