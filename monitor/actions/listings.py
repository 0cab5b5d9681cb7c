"""Articles, matches and alerts as rows: the shapes that `--json` promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from monitor.errors import UsageError
from monitor.extract.address import canonical
from monitor.model import Article, Dated, Origin, Revision, Span, Verdict
from monitor.text import one_line

SNIPPET = 160  # characters on either side of the first span


class Articles(Protocol):
    def find_article(self, name: str, keys: Sequence[str] = ()) -> Article | None: ...


def article_row(article: Article, story: int | None = None, copy_of: int | None = None) -> dict[str, Any]:
    row = asdict(article)
    del row["body"], row["headline"]
    return {
        "id": row.pop("id"),
        **row,
        "story": story,
        "copy_of": copy_of,
        "length": len(article.body),
    }


def published_in_words(article: Article) -> str:
    """When an article was published, as exactly as that is known; empty where it is not."""
    if article.published is None:
        return ""
    day, minute = f"{article.published:%Y-%m-%d}", f"{article.published:%Y-%m-%d %H:%M} UTC"
    if article.dated in (Dated.DAY, Dated.GUESS):
        return day if article.dated is Dated.DAY else f"{day}, found on the page"
    return f"{minute}, if its zone is UTC" if article.dated is Dated.NO_ZONE else minute


def revision_row(before: Revision) -> dict[str, Any]:
    """What an article said before, as `articles show --json` gives it."""
    return asdict(before)


def match_row(found: Mapping[str, Any], held: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A match as `matches list --json` gives it: spans as objects, and a snippet around the first.

    `held` are those who are told of it later: receiver, until, and why (model.Hold).
    """
    row = dict(found)
    texts = {"title": row["title"], "body": row.pop("body")}
    spans: Sequence[Span] = row["spans"]
    row["spans"] = [span_row(span, texts[span.field]) for span in spans]
    row["snippet"] = snippet(texts, spans)
    row["held"] = list(held)
    return row


def span_row(span: Span, text: str) -> dict[str, Any]:
    return {"field": span.field, "start": span.start, "end": span.end, "text": text[span.start : span.end]}


def snippet(texts: Mapping[str, str], spans: Sequence[Span]) -> str:
    """The words around the first span in the body, or in the title where none is in the body."""
    if not spans:
        return one_line(texts["body"], 2 * SNIPPET)
    first = next((span for span in spans if span.field == "body"), spans[0])
    text = texts[first.field]
    start, end = max(first.start - SNIPPET, 0), min(first.end + SNIPPET, len(text))
    cut = text[start:end]
    return ("…" if start else "") + one_line(cut, 10 * SNIPPET) + ("…" if end < len(text) else "")


def delivery_line(deliveries: Sequence[Mapping[str, Any]]) -> str:
    """The deliveries of an alert on one line: what arrived by its channel, what did not with its reason."""
    if not deliveries:
        return "nobody: no receiver is configured"
    return "; ".join(
        f"{d['channel']} {d['state']}" + (f" ({d['error']})" if d["error"] else "") for d in deliveries
    )


def find_article(store: Articles, name: str) -> Article:
    """The stored article with this id or address. Raises UsageError."""
    found = store.find_article(name, [canonical(name)] if "://" in name else [])
    if found is None:
        raise UsageError(
            f"no stored article has the id or address {name!r}; `monitor articles list` shows them"
        )
    return found


def checked_origin(origin: str | None) -> str | None:
    return _one_of(origin, [item.value for item in Origin], "origin")


def checked_decision(decision: str | None) -> str | None:
    return _one_of(decision, [item.value for item in Verdict], "decision")


def _one_of(value: str | None, allowed: Sequence[str], what: str) -> str | None:
    if value is not None and value not in allowed:
        raise UsageError(f"no {what} is called {value!r}; there are {', '.join(allowed)}")
    return value
