"""When the page of an article that matched is looked at again, and what its answer says.

Publishers change what they have published within hours, mostly, and many feeds do not say so. Nobody needs to
know of articles that matched nothing, unless their page could not be had: what it says may match. Requests are
conditional, so that a page that stays as it was costs a server next to nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import Article, PageState, QueuedEntry, Response, Standing

# After it was first seen. Corrections and additions thin out by the hour; after three days they are rare.
LOOKS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
# A page that could not be had, or held no article: what it says is wanted as soon as it can be read.
UNREAD_LOOKS = (timedelta(minutes=15), *LOOKS)
UNREAD = PageState(None, None, "")  # of a page that has not been read: whatever it answers is new
_UNREAD_APART = timedelta(minutes=5)
_APART = timedelta(minutes=30)  # what was due in a downtime is not made up for by a look right after another


def next_look(queued: QueuedEntry, now: datetime, *, unread: bool = False) -> datetime | None:
    """When the page of an article that was just read is looked at again; None: no more.

    Only news is: not what was there at the first poll, nor what was published long ago. `unread`: all that is
    known of the article is what its feed gave.
    """
    if queued.standing is not Standing.NEW:
        return None
    looks, apart = (UNREAD_LOOKS, _UNREAD_APART) if unread else (LOOKS, _APART)
    return next((at for after in looks if (at := queued.seen_at + after) >= now + apart), None)


def page_state(response: Response, headline: str = "") -> PageState:
    """What is remembered of a page, to ask later whether it has changed."""
    return PageState(
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        digest=hashlib.sha256(response.body).hexdigest()[:32],
        headline=headline,
    )


def reread(article: Article, response: Response, before: PageState) -> tuple[Article, PageState]:
    """An article as its page says it now, and what is remembered of the page.

    Its title is its feed's, unless its publisher has changed the headline since, which feeds keep as it was.
    """
    first = before.headline or article.headline
    title = article.title if first.casefold() == article.headline.casefold() else article.headline
    return replace(article, title=title or article.title), page_state(response, first)


def request_headers(page: PageState) -> dict[str, str]:
    """What asks for the page only if it has changed: its validators, echoed exactly."""
    headers = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
    return {name: value for name, value in headers.items() if value}


def is_changed(page: PageState, response: Response) -> bool:
    """Whether the answer holds another page: a 304, the same bytes, and errors do not."""
    return response.status == 200 and page_state(response).digest != page.digest


def gone(response: Response, now: datetime) -> str | None:
    """What to say of a page that its publisher took away; None where it did not. What it said stays stored."""
    if response.status not in (404, 410, 451):
        return None
    return f"its page was gone on {now:%Y-%m-%d %H:%M} UTC: it answered {response.status}"


def is_walled(queued: QueuedEntry, before: Article, after: Article) -> bool:
    """Whether a page that was looked at again holds less than half of its article: no correction, but a wall.

    Many publishers ask for a subscription when an article is some hours old.
    """
    return queued.page is not None and 2 * len(after.body) < len(before.body)
