"""The article on a web page, with what its feed said of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import ExtractError
from monitor.extract import address, content, language
from monitor.extract.agency import credit_line, titled_credit
from monitor.extract.authors import names
from monitor.extract.dates import has_time, of_feed, parse_date
from monitor.extract.decode import page_text
from monitor.extract.headline import from_text
from monitor.extract.metadata import PageMetadata, read_metadata
from monitor.extract.tree import parse
from monitor.model import Article, Dated, Entry
from monitor.text import one_line

# Workers are forked from a process that imported this module: the model, half a second and 100 MB, is
# loaded there once for all of them.
language.load()

_DAY = timedelta(days=1)
_EARLIER = timedelta(days=3)  # how much earlier than the feed a page may date itself and be believed
_SEPARATORS = ("-", "–", "—", "|", "·", "::", "»", "/")
_CUT_SHORT = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])$")


def extract_page(body: bytes, content_type: str, url: str, entry: Entry) -> Article:
    """The article on the page `body` that `url` answered with, for the feed's `entry`.

    Raises ExtractError: not a page, empty, larger than 4 million characters, or no article on it. Field by
    field: title and date are the feed's where it gives them (see the functions), authors and site name
    the page's, which names persons and brands where feeds name accounts.
    """
    tree = parse(page_text(body, content_type))
    about = read_metadata(tree)
    headline = next((one_line(heading.text_content()) for heading in tree.iter("h1")), "")
    title, wire = titled_credit(_above(headline, _title(entry, about)) or content.headline(tree))
    published, dated = _published(entry, about, tree, url)
    signed = names(about.authors, about.site) or names(entry.authors, about.site)
    authors = tuple(name for name in signed if not credit_line(name))
    told = content.Told(url, title, (*authors, about.site, headline), about.body, entry.text)
    found = content.find(tree, told)
    if found is None:
        raise ExtractError("no article was found on the page")
    title = title or from_text(found.text)
    return Article(
        title=title,
        body=found.text,
        url=address.own(about.canonical, url, entry.url or "") or None,
        source=one_line(about.site, 100) or address.host(url or entry.url or ""),
        agency=found.agency or wire or next((name for one in signed if (name := credit_line(one))), None),
        authors=authors,
        language=language.detect(f"{title}\n{found.text}", about.language or entry.language),
        published=published,
        dated=dated,
        modified=_modified(published, about.modified or entry.updated),
        tags=entry.tags,
        headline=_without_site(about.title, about.site) or headline,
    )


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


def _above(headline: str, title: str) -> str:
    """`title` as it stands above the article, where it goes on with what the site calls itself."""
    more = title[len(headline) :].lstrip()
    cut = headline and title.casefold().startswith(headline.casefold()) and more.startswith(_SEPARATORS)
    return _if_a_title(headline, title) if cut else title


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
