"""Addresses that only forward to another, where that other stands in them: searches, networks, mail guards.

Those that hold a key of their own in its place (t.co, feedproxy, bit.ly, new Google News links) are followed
when the page is fetched: their page's address is the last one.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_MOST_NESTED = 5  # forwarding addresses forward to each other, and must not do so for ever
_MOST_PARAMETERS = 100
_WEB = re.compile(r"https?://[^\s/?#]+", re.I)

# Host and path -> the query parameters that hold the true address. "*.": any host below.
_BY_PARAMETER = {
    "www.bing.com/news/apiclick.aspx": ("url",),
    "l.facebook.com/l.php": ("u",),
    "lm.facebook.com/l.php": ("u",),
    "l.instagram.com/": ("u",),
    "l.threads.net/": ("u",),
    "l.messenger.com/l.php": ("u",),
    "out.reddit.com/": ("url",),
    "vk.com/away.php": ("to",),
    "away.vk.com/away.php": ("to",),
    "ok.ru/dk": ("st.link",),
    "t.umblr.com/redirect": ("z",),
    "www.youtube.com/redirect": ("q",),
    "www.linkedin.com/redir/redirect": ("url",),
    "www.linkedin.com/safety/go": ("url",),
    "slack-redir.net/link": ("url",),
    "steamcommunity.com/linkfilter/": ("url", "u"),
    "duckduckgo.com/l/": ("uddg",),
    "getpocket.com/redirect": ("url",),
    "flipboard.com/redirect": ("url",),
    "go.skimresources.com/": ("url",),
    "link.zhihu.com/": ("target",),
    "link.naver.com/bridge": ("url",),
    "www.douban.com/link2/": ("url",),
    "feedproxy.feedly.com/": ("url",),
}
_SAFELINKS = ".safelinks.protection.outlook.com"
_GOOGLE = re.compile(r"(?:www\.)?google\.(?:com|co|[a-z]{2})(?:\.[a-z]{2,3})?")
_IN_PATH = (
    re.compile(r"https?://[^/]*\.yahoo\.com/.*?/\*(?:\*)?(?P<url>https?(?:://|%3a).+)", re.I),
    re.compile(r"https?://r\.search\.yahoo\.com/.*/RU=(?P<url>https?%3a[^/]+)/.*", re.I),
    re.compile(r"https?://urldefense\.(?:com|us)/v3/__(?P<url>https?:/.+?)__;.*", re.I),
    re.compile(r"https?://(?:www\.)?(?:href\.li|anonym\.to|nullrefer\.com)/\?(?P<url>https?://.+)", re.I),
    re.compile(r"https?://12ft\.io/(?:proxy\?q=)?(?P<url>https?(?:://|%3a).+)", re.I),
    re.compile(r"https?://web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?P<url>https?://.+)", re.I),
)
_GOOGLE_NEWS = re.compile(r"/(?:rss/|__i/rss/rd/)?(?:articles|read)/(?P<key>[\w-]{20,})")


def unwrapped(url: str) -> str:
    """The address that `url` forwards to, or `url` itself. Idempotent; what it forwards to is a web address."""
    for _ in range(_MOST_NESTED):
        inner = next((found for way in _WAYS if (found := way(url)) and _WEB.match(found)), None)
        if inner is None:
            break
        url = inner
    return url


def _by_parameter(url: str) -> str | None:
    parts = _split(url)
    names = _names(parts) if parts else ()
    if parts is None or not names or parts.query.count("&") >= _MOST_PARAMETERS:
        return None
    values = parse_qs(parts.query)
    return next((values[name][0] for name in names if name in values and _WEB.match(values[name][0])), None)


def _names(parts: SplitResult) -> tuple[str, ...]:
    host, path = parts.netloc.lower(), parts.path.lower() or "/"
    if path == "/url" and _GOOGLE.fullmatch(host):
        return ("url", "q")
    return ("url",) if host.endswith(_SAFELINKS) else _BY_PARAMETER.get(host + path, ())


def _in_path(url: str) -> str | None:
    match = next((match for form in _IN_PATH if (match := form.fullmatch(url))), None)
    if match is None:
        return None
    inner = match["url"]
    inner = unquote(inner) if "%3a" in inner[:12].lower() else inner
    return re.sub(r"^(https?:/)(?=[^/])", r"\1/", inner, flags=re.I)  # urldefense may write one slash


def _google_news(url: str) -> str | None:
    """The older links of Google News: base64 of a message whose field 4 is the address, with its length before."""
    parts = _split(url)
    match = _GOOGLE_NEWS.match(parts.path) if parts and parts.netloc.lower() == "news.google.com" else None
    if match is None:
        return None
    try:
        message = base64.urlsafe_b64decode(match["key"] + "=" * (-len(match["key"]) % 4))
    except (binascii.Error, ValueError):
        return None
    start = message.find(b"http")
    if start < 2:
        return None
    size = message[start - 1]
    if message[start - 2] & 0x80:  # a length of two bytes, seven bits each, the low ones first
        size = (message[start - 2] & 0x7F) | (size << 7)
    inner = message[start : start + size]
    return inner.decode("ascii") if len(inner) == size and inner.isascii() else None


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


_WAYS: tuple[Callable[[str], str | None], ...] = (_by_parameter, _in_path, _google_news)
