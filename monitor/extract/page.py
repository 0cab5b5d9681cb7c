"""The article on a web page, with what its feed said of it. The only module that loads trafilatura."""

from __future__ import annotations

import functools
import logging
import re
from datetime import datetime, timedelta
from typing import Any

from lxml import etree
from trafilatura.core import bare_extraction
from trafilatura.metadata import extract_title
from trafilatura.settings import Extractor

from monitor.errors import ExtractError
from monitor.extract import address, language
from monitor.extract.agency import credit_line
from monitor.extract.body import Body, tidy
from monitor.extract.dates import has_time, of_feed, parse_date
from monitor.extract.decode import page_text
from monitor.extract.feed_content import names
from monitor.extract.headline import from_text
from monitor.extract.html_text import paragraphs
from monitor.extract.metadata import PageMetadata, read_metadata
from monitor.extract.tree import parse
from monitor.model import Article, Dated, Entry
from monitor.scraps import plain_line
from monitor.text import one_line

# Workers are forked from a process that imported this module: the model, half a second and 100 MB, is
# loaded there once for all of them.
language.load()

# It logs every page without an article as an error; here that is an ExtractError with its reason.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_SHORTEST_BODY = 40  # characters; less is a caption or a button
_SURELY_ARTICLE = 400  # characters that a page or feed calls its article, and that no teaser has
_DAY = timedelta(days=1)
_EARLIER = timedelta(days=3)  # how much earlier than the feed a page may date itself and be believed
# What trafilatura takes out in any case, after it has copied it several times, and, before it looks again for more,
# counted as text of the page that it has not found. Structured data has been read by then.
_NO_ARTICLE = ("script", "style", "svg", "template", "nav", "aside", "footer", "select", "iframe", "button")
_SEPARATORS = ("-", "–", "—", "|", "·", "::", "»", "/")
_CUT_SHORT = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])$")


def extract_page(body: bytes, content_type: str, url: str, entry: Entry) -> Article:
    """The article on the page `body` that `url` answered with, for the feed's `entry`.

    Raises ExtractError: not a page, empty, larger than 4 million characters, or no article on it. Field by
    field: title and date are the feed's where it gives them (see the functions), authors and site name
    the page's, which names persons and brands where feeds name accounts.
    """
    text = page_text(body, content_type)
    tree = parse(text)
    about = read_metadata(tree)
    title = _title(entry, about) or plain_line(extract_title(tree) or "")
    published, dated = _published(entry, about, tree, url)
    content = _body(tree, title, about, entry)
    if content is None:
        raise ExtractError("no article was found on the page")
    title = title or from_text(content.text)
    authors = names(about.authors) or names(entry.authors)
    return Article(
        title=title,
        body=content.text,
        url=_url(url, about, entry) or None,
        source=one_line(about.site, 100) or address.host(url or entry.url or ""),
        agency=content.agency or next((credit_line(name) for name in authors if credit_line(name)), None),
        authors=tuple(name for name in authors if not credit_line(name)),
        language=language.detect(f"{title}\n{content.text}", about.language or entry.language),
        published=published,
        dated=dated,
        modified=_modified(published, about.modified or entry.updated),
        tags=entry.tags,
    )


def _body(tree: Any, title: str, about: PageMetadata, entry: Entry) -> Body | None:
    """The article's text, if any. Fast mode without comments: on news as good as any (F1 .96), in half the time.

    What the page's structured data says, or the feed, is taken where the layout gives up less than half of it,
    or something else: another article, or what asks for consent.
    """
    etree.strip_elements(tree, *_NO_ARTICLE, with_tail=False)
    document: Any = bare_extraction(tree, options=_options())
    found = tidy((document.text or "") if document else "", title)
    if 2 * len(about.body) > len(found.text):
        found = _better(found, paragraphs(about.body), title)
    if len(found.text) < _SHORTEST_BODY:
        return None
    if len(entry.text) >= _SURELY_ARTICLE and 2 * len(entry.text) > len(found.text):
        found = _better(found, paragraphs(entry.text), title)
    return found


def _better(found: Body, told: list[str], title: str) -> Body:
    other = tidy("\n".join(told), title)
    size = len(other.text)
    if size > 2 * len(found.text) or (
        size >= _SURELY_ARTICLE and 2 * size > len(found.text) and not _says_the_same(found.text, other.text)
    ):
        return other
    return found


def _says_the_same(found: str, other: str) -> bool:
    """Whether `found` holds a quarter of the paragraphs of `other` or more, judged by a piece of each."""
    pieces = [line[4:28] for line in other.split("\n")[:40] if len(line) >= 28]
    return 4 * sum(piece in found for piece in pieces) >= len(pieces)


@functools.cache
def _options() -> Extractor:
    return Extractor(output_format="python", fast=True, comments=False)


def _title(entry: Entry, about: PageMetadata) -> str:
    """The feed's title, as pages append sections and sites; the page's if the feed gives none or cuts it."""
    fed = _without_site(one_line(entry.title), about.site)
    if not fed or fed.casefold() == about.site.casefold():
        return _without_site(about.title, about.site)
    start = _CUT_SHORT.sub("", fed).rstrip()
    if start != fed and about.title.casefold().startswith(start.casefold()):
        return _without_site(about.title, about.site)
    return fed


def _without_site(title: str, site: str) -> str:
    """`title` without " - Site name" at its end or "Site name | " at its beginning, where it is that site's."""
    if not site:
        return title
    if title.casefold().endswith(site.casefold()):
        shorter = title[: len(title) - len(site)].rstrip()
        if shorter.endswith(_SEPARATORS):
            return _if_a_title(shorter.rstrip(" -–—|·:»/"), title)
    if title.casefold().startswith(site.casefold()):
        shorter = title[len(site) :].lstrip()
        if shorter.startswith(_SEPARATORS):
            return _if_a_title(shorter.lstrip(" -–—|·:»/"), title)
    return title


def _if_a_title(shorter: str, title: str) -> str:
    """`shorter`, unless too little is left of `title`: "About - Harbour Times". Han and Hangul say more in less."""
    return shorter if len(shorter.encode()) > 14 else title


def _published(
    entry: Entry, about: PageMetadata, tree: Any, url: str
) -> tuple[datetime | None, Dated | None]:
    """The feed's date, or the page's where that is a little earlier: feeds date edited entries anew.

    A page that dates itself days before its feed is a template with a wrong date as often as not, and
    believing it would make news old. Where the feed knows only the day, the page may know the time.
    """
    fed, on_page = entry.published, about.published
    if fed is None and on_page is None:
        fed = entry.updated
    if fed is None and on_page is None:
        searched = _searched_date(tree, url)
        return searched, Dated.GUESS if searched else None
    if fed is None:
        return on_page, about.dated
    if on_page is not None and about.dated is Dated.EXACT and has_time(on_page):
        if not has_time(fed) and abs(on_page - fed) <= _DAY:
            return on_page, about.dated
        if timedelta() < fed - on_page <= _EARLIER:
            return on_page, about.dated
    return fed, of_feed(fed)


def _modified(published: datetime | None, modified: datetime | None) -> datetime | None:
    return modified if modified and (published is None or modified > published) else None


def _searched_date(tree: Any, url: str) -> datetime | None:
    """The day found by searching the page, for pages and feeds that declare none: slow, so it comes last."""
    from htmldate import find_date

    return parse_date(find_date(tree, url=url or None, original_date=True, extensive_search=False))


def _url(url: str, about: PageMetadata, entry: Entry) -> str:
    """The address the page calls its own, if it is one of the same site; else the one it was fetched from."""
    fetched = address.canonical(url or entry.url or "")
    own = address.page_address(about.canonical)
    if own and (not fetched or _same_site(own, fetched)) and _names_a_page(own):
        return own
    return fetched


def _same_site(one: str, other: str) -> bool:
    return _bare_host(one) == _bare_host(other)


def _bare_host(url: str) -> str:
    return re.sub(r"^(?:m|mobile|amp|www\d?)\.", "", address.host(url))


def _names_a_page(url: str) -> bool:
    """Whether there is more than a home page in it: broken templates name the home page on all pages."""
    return re.match(r"https?://[^/]+/(?:[a-z]{2}/?)?$", url) is None
