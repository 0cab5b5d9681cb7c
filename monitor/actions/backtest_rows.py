"""A back-test as `backtest --json` gives it: one object a line, told apart by `kind`, each with an `id`.

    summary    first and once: rule, version, in_force (what it is compared with, or null), since, until, covered
               (days of that time of which anything is stored), stored, read, narrowed, matches, news (matches
               that are no seed, import or past of a feed), stories, estimated, alerts and withheld by kind,
               week (matches and alerts a week, or null), gained, lost
    day        matches and alerts of a day (UTC), in order
    match      an article with story, decision, reason, spans and snippet as `matches list --json` has them;
               the newest first, as many as --limit says
    gained, lost   an article that only this version matches, or only that in force
    near-miss  a clause for which alone `count` articles were missed, of `read` of the `of` candidates (`of` is
               null where none could be looked for), with the newest as `articles`

An article is article (its id), url, title, source, published, collected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from monitor.actions.backtest import Report, calendar
from monitor.actions.listings import snippet, span_row
from monitor.actions.near_misses import NearMiss
from monitor.actions.versions import Versions
from monitor.model import Article


def rows(report: Report, missed: Sequence[NearMiss], versions: Versions) -> Iterator[dict[str, Any]]:
    """One summary; then days, matches, gained and lost articles, near-misses: told apart by `kind`."""
    yield _summary(report, versions)
    for day, matches, alerts in calendar(report):
        yield {"id": f"day:{day}", "kind": "day", "day": str(day), "matches": matches, "alerts": alerts}
    for found in report.newest:
        article, spans = found.article, found.match.spans
        texts = {"title": article.title, "body": article.body}
        yield {
            "id": f"match:{article.id}",
            "kind": "match",
            **_article_row(article),
            "story": found.story if found.story > 0 else None,
            "decision": found.decision.verdict,
            "reason": found.decision.reason,
            "spans": [span_row(span, texts[span.field]) for span in spans],
            "snippet": snippet(texts, spans),
        }
    change = report.change
    for kind, articles in (("gained", change.newly), ("lost", change.no_longer)) if change else ():
        for article in articles:
            yield {"id": f"{kind}:{article.id}", "kind": kind, **_article_row(article)}
    for number, miss in enumerate(missed, 1):
        yield {
            "id": f"near-miss:{number}",
            "kind": "near-miss",
            "clause": miss.clause,
            "count": miss.count,
            "read": miss.read,
            "of": miss.of,
            "articles": [_article_row(article) for article in miss.articles],
        }


def _summary(report: Report, versions: Versions) -> dict[str, Any]:
    alerts, change = sum(report.alerts.values()), report.change
    return {
        "id": "summary",
        "kind": "summary",
        "rule": report.rule.id,
        "version": report.rule.version,
        "in_force": change.in_force if change else None,
        "note": versions.note,
        "since": report.within.since,
        "until": report.within.until,
        "covered": report.covered / timedelta(days=1),
        "stored": report.within.count,
        "read": report.read,
        "narrowed": report.narrowed,
        "matches": report.matches,
        "news": report.news,
        "stories": report.stories,
        "estimated": report.estimated,
        "alerts": dict(report.alerts),
        "withheld": dict(report.withheld),
        "week": {"matches": report.weekly(report.news), "alerts": report.weekly(alerts)},
        "gained": change.gained if change else None,
        "lost": change.lost if change else None,
    }


def _article_row(article: Article) -> dict[str, Any]:
    return {
        "article": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "collected": article.collected,
    }
