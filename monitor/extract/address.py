"""Addresses: one form for each article, and the address its page is fetched from.

Conservative: only what never changes which page is meant is dropped. http and https, www and m. hosts and
trailing slashes stay apart, because some sites serve other pages there; near copies are folded by
their text later.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from monitor.extract.redirectors import unwrapped

# What links are decorated with by mailings, advertisers, social networks and feeds.
_TRACKING = re.compile(
    r"""(?x)^(?: utm_.* | mtm_.* | hsa_.* | pk_(?:campaign|kwd|source|medium|content)
    | at_(?:campaign|medium|link_.*|format|ptr_name|bbc_team|custom\d?)
    | ns_(?:campaign|mchannel|source|linkname|fee) | fbclid | gclid | gclsrc | dclid | gbraid | wbraid
    | msclkid | yclid | ysclid | twclid | ttclid | li_fat_id | igshid | igsh | mc_cid | mc_eid | mkt_tok
    | _ga | _gl | _hsenc | _hsmi | __twitter_impression | vero_id | vero_conv | oly_enc_id | oly_anon_id
    | wickedid | s_cid | cmpid | icid | ocid | ito | smid | smtyp | spm | wt_mc | wt\.mc_id | wt_zmc | xtor
    | guccounter | guce_referrer(?:_sig)? | ref_src | ref_url | echobox | feature_share | sfnsn | mibextid
    | rss_id | ftag | _hs(?:enc|mi|cta)\w* | mkt_\w+ | vgo_ee | zanpid | wprov | gs_lcrp | ved | usqp
    | srsltid | dm_i | trk(?:info|campaign)? | elqtrack\w* | cx_(?:testid|testvariant|artpos) | kakaotalk
    | utm | amp_js_v | amp_gsa )$"""
)
_AMP_NAMES = {"amp", "outputtype", "is_amp"}
_RSS_NAMES = {"from", "source", "src", "ref", "input", "rss", "partner"}
_RSS_VALUES = {"rss", "feed", "rssfeed", "rss2", "rss20"}
_ROUTES = ("!", "/")  # how fragments begin that name a page of those that a script draws
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_JUNK = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]+")
_HOST = re.compile(r"[A-Za-z0-9.-]+")
_AMP_VIEWER = re.compile(r"/amp/(s/)?([^/?#]+\.[^/?#]+)(/.*)?")
_AMP_CACHE = re.compile(r"/[a-z]/(s/)?([^/?#]+\.[^/?#]+)(/.*)?")
_MOST_UNWRAPPED = 10
MAX_LENGTH = 4000  # longer addresses are no article's


def canonical(url: str) -> str:
    """The one form of `url` under which its article is known. Idempotent; what is no web address stays.

    Scheme and host in lower case, no default port, no fragment but one that names a page ("#!/a/17"), no
    tracking parameters (the others keep their order), escapes in one form, AMP forms folded into the own.
    """
    url = _respaced(url)
    parts = _split(url)
    if parts is None:
        return url
    return _canonical(parts)


def page_address(url: str | None) -> str | None:
    """Where the page of an entry with the link `url` is fetched, or None where it has no web page.

    Forwarding addresses that carry the true one in their query are unwrapped.
    """
    if not url or len(url) > MAX_LENGTH:
        return None
    for _ in range(_MOST_UNWRAPPED):  # what is unwrapped may be an AMP form, and that of what forwards
        before, parts = url, _split(_respaced(unwrapped(_respaced(url))))
        if parts is None:
            return None
        url = _canonical(parts)
        if url == before:
            return url
    return None


def own(declared: str, fetched: str, link: str = "") -> str:
    """The address of an article whose page, `fetched` from there by way of `link`, declares to be at `declared`.

    The declared one counts if it is one of the same site and of more than its home page: broken templates name
    the home page on all pages, and nobody's address is another's to give.
    """
    place, named = canonical(fetched or link), canonical(link)
    if (
        "#" in named and named.partition("#")[0] == place
    ):  # servers are not told of fragments, nor tell of them
        return named
    said = page_address(_joined(fetched, declared)) if declared else None
    if said is None or not _names_a_page(said) or (place and _site(said) != _site(place)):
        return place
    if place.startswith("https:") and said.startswith("http:"):  # templates forget that their site moved
        said = "https" + said.removeprefix("http")
    return said


def _joined(base: str, declared: str) -> str | None:
    try:
        return urljoin(_respaced(base), _respaced(declared))
    except ValueError:
        return None


def _site(url: str) -> str:
    return re.sub(r"^(?:m|mobile|amp|www\d?)\.", "", host(url))


def _names_a_page(url: str) -> bool:
    return re.match(r"https?://[^/]+/(?:[a-z]{2}/?)?$", url) is None


def host(url: str) -> str:
    """The host of `url` as a source's name: lower case, without "www."; empty where there is none."""
    parts = _split(url)
    return (parts.hostname or "").removeprefix("www.") if parts else ""


def _respaced(url: str) -> str:
    """`url` without controls; spaces inside it are escaped, as browsers do."""
    return _JUNK.sub(lambda run: "%20" * run[0].count(" "), url.strip(" \t\r\n\x00\xa0"))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme.lower() in _DEFAULT_PORTS and (parts.hostname or "").strip(".") and parts.port != 0
        )
    except ValueError:  # "http://[", "http://host:port": no address
        return None
    return parts if usable else None


def _canonical(parts: SplitResult) -> str:
    parts = _without_amp_cache(parts)
    scheme = parts.scheme.lower()
    path = _without_amp(_escaped(parts.path, "/") or "/")
    query = "&".join(
        piece for piece in _escaped(parts.query, "/?&=+").split("&") if piece and not _decoration(piece)
    )
    route = _escaped(parts.fragment, "/?&=+!") if parts.fragment.startswith(_ROUTES) else ""
    return urlunsplit((scheme, _host_port(scheme, parts.netloc), path, query, route))


def _host_port(scheme: str, netloc: str) -> str:
    user, at, place = netloc.rpartition("@")
    place = place.lower().removesuffix(_DEFAULT_PORTS[scheme]).removesuffix(":")
    if place.startswith("["):  # an IPv6 address
        return user + at + place
    name, colon, port = place.partition(":")
    return user + at + _ascii_host(name) + colon + port


def _ascii_host(name: str) -> str:
    """Internationalised names in their ASCII form, so that both ways to write them are one."""
    name = name.rstrip(".")
    if name.isascii():
        return name
    try:
        encoded = name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
    return encoded if _HOST.fullmatch(encoded) else name


def _escaped(text: str, safe: str) -> str:
    """`text` with needed escapes only, in capitals: the same letters written in other ways become equal."""
    if text.isascii() and "%" not in text and not _needs_quoting(text):
        return text
    text = _BARE_PERCENT.sub("%25", text)
    text = quote(text, safe=safe + "%!$'()*,;:@[]|~")
    return _ESCAPE.sub(_one_escape, text)


def _needs_quoting(text: str) -> bool:
    return any(character in text for character in '<>"{}\\^`')


def _one_escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _decoration(piece: str) -> bool:
    """Whether a query parameter only says where the reader came from, or asks for the AMP form."""
    name, _, value = piece.partition("=")
    name, value = name.lower(), value.lower()
    if name in _AMP_NAMES:
        return value in {"", "1", "true", "amp"}
    return (name in _RSS_NAMES and value in _RSS_VALUES) or _TRACKING.match(name) is not None


def _without_amp(path: str) -> str:
    """The path of the article itself; repeated, so that the result holds no further AMP ending."""
    while True:
        shorter = re.sub(r"(?i)(?:(?<=[^/])/amp/?|\.amp(?=\.html?$)|\.amp)$|\.amp(?=\.html?$)", "", path)
        if shorter == path:
            return path
        path = shorter


def _without_amp_cache(parts: SplitResult) -> SplitResult:
    """The true address behind Google's AMP viewer and cache."""
    for _ in range(5):
        name = parts.netloc.lower()
        viewer = name in {"www.google.com", "google.com"} and parts.path.startswith("/amp/")
        if not viewer and not name.endswith(".cdn.ampproject.org"):
            return parts
        match = (_AMP_VIEWER if viewer else _AMP_CACHE).fullmatch(parts.path)
        if match is None:
            return parts
        parts = parts._replace(scheme="https" if match[1] else "http", netloc=match[2], path=match[3] or "/")
    return parts
