"""Stories: how well articles are put into stories, beside plain TF-IDF centroids in the same run.

    python -m tests.benchmarks stories FILE [--language en] [--out FILE]

FILE has a line an article in time order, tab-separated: id, story, language, time, title and, optionally,
text. A true story's first article should open a story and its others join it.

Measures: B-cubed P, R and F1, pairwise F1, CEAF-e, first-story P, R and F1 (an article that opens a story is an
alert, right if it is the first of its true story), alerts per story (stories opened / true stories), and articles
a second. With --out, an object an article: id, story, decision (new, update, none, copy), of (whose copy), and new
(the sentences, figures and names that made it an update).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.model import Article, Novelty, Relation, Span
from monitor.relate.copies.folding import Candidate, band_keys
from monitor.relate.features import Features, features
from monitor.relate.figures.comparing import counted
from monitor.relate.index import StoryIndex
from monitor.relate.novelty import News, news
from monitor.relate.profile import vector
from monitor.relate.stories import join, origin, relate
from monitor.relate.words.vocabulary import Vocabulary
from monitor.text import words
from tests.benchmarks._story_measures import scores

DECISIONS = {Novelty.STORY: "new", Novelty.COPY: "copy", Novelty.NOTHING: "none"}


@dataclass(frozen=True)
class Row:
    name: str
    story: str
    article: Article


@dataclass(frozen=True)
class Filed:
    """What became of one article."""

    row: Row
    story: int
    relation: Relation
    new: dict[str, list[str]]


def read(path: Path, language: str | None = None) -> list[Row]:
    """The articles of `path`, all or of one language. Raises ValueError, with the line, for a broken one."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if len(cells) < 5:
            raise ValueError(f"{path}:{number}: id, story, language, time and title are needed")
        if language in (None, cells[2]):
            rows.append(_row(number, cells))
    return rows


def _row(number: int, cells: Sequence[str]) -> Row:
    name, story, language, at, title, *text = cells
    published = datetime.fromisoformat(at)
    body = text[0] if text else ""
    return Row(
        name,
        story,
        Article(title, body, language=language, published=published, collected=published, id=number),
    )


class Newsroom:
    """The stage as the pipeline uses it, with tables in memory in the store's place.

    Its tables of copies grow with the file and nothing is forgotten, as is right for a file that is read once; what
    the store keeps is bounded.
    """

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.index = StoryIndex()
        self.bands: dict[int, list[Candidate]] = defaultdict(list)
        self.stories = 0

    def file(self, row: Row) -> Filed:
        article, found = row.article, features(row.article)
        now = article.published
        assert now is not None
        self.vocabulary.observe(found.terms, article.language)
        copies = self._candidates(found)
        unit = vector(found, self.vocabulary)
        near = {p.id: p for p in self.index.nearest(unit)}
        near |= {c.story: p for c in copies if (p := self.index.get(c.story))}
        relation = relate(article, found, near.values(), copies, self.vocabulary, now, unit)
        before = near.get(relation.story)
        told = relation.novelty not in (Novelty.STORY, Novelty.COPY, Novelty.NOTHING)
        added = news(article, found, origin(article), before, self.vocabulary) if before and told else None
        new = _new(article, found, relation, added)
        if not relation.story:
            self.stories += 1
            relation = replace(relation, story=self.stories)
        self.index.update(join(before, article, found, relation, self.vocabulary, now, unit))
        original = relation.copy_of or article.id
        filed = Candidate(original, relation.story, found.signature, now, article.source)
        for key in band_keys(found.signature):
            self.bands[key].append(filed)
        return Filed(row, relation.story, relation, new)

    def _candidates(self, found: Features) -> list[Candidate]:
        shared = [c for key in band_keys(found.signature) for c in self.bands.get(key, ())]
        return list({id(c): c for c in shared}.values())


def _new(article: Article, found: Features, relation: Relation, added: News | None) -> dict[str, list[str]]:
    """What made an article an update: the sentences, figures and names that no earlier report gave."""
    texts = {"title": article.title, "body": article.body}
    said = [texts[span.field][span.start : span.end] for span in relation.where]
    if added is None:
        figures = [
            figure.text for figure in found.figures if Span(figure.field, *figure.sentence) in relation.where
        ]
        return {"sentences": said, "figures": figures, "names": []}
    said += [texts[span.field][span.start : span.end] for span in added.statements]
    return {
        "sentences": list(dict.fromkeys(said)),
        "figures": [
            *[change.reason for change in added.changes],
            *[counted(figure) for figure in added.first],
        ],
        "names": [*added.names, *added.dates, *([added.source] if added.source else [])],
    }


def plain(rows: Sequence[Row], threshold: float = 0.20, hours: float = 48) -> list[int]:
    """The floor: words cut to five letters, running idf, nearest centroid, exponential decay; no more."""
    counts: Counter[str] = Counter()
    centroids: list[dict[str, float]] = []
    last: list[datetime] = []
    filed = []
    for seen, row in enumerate(rows, 1):
        at = row.article.published
        assert at is not None
        terms = Counter(w[:5] for w in words(row.article.title) * 3 + words(row.article.body))
        counts.update(terms.keys())
        raw = {t: (1 + math.log(n)) * math.log(1 + seen / counts[t]) for t, n in terms.items()}
        norm = math.sqrt(sum(w * w for w in raw.values())) or 1.0
        unit = {t: w / norm for t, w in raw.items()}
        best, story = 0.0, -1
        for i, centroid in enumerate(centroids):
            dot = sum(w * centroid[t] for t, w in unit.items() if t in centroid)
            if dot:
                length = math.sqrt(sum(w * w for w in centroid.values()))
                score = dot / length * math.exp(-((at - last[i]) / timedelta(hours=hours)))
                best, story = max((best, story), (score, i))
        if best < threshold:
            story = len(centroids)
            centroids.append({})
            last.append(at)
        for t, w in unit.items():
            centroids[story][t] = centroids[story].get(t, 0.0) + w
        last[story] = at
        filed.append(story)
    return filed


def lines(filed: Iterable[Filed]) -> Iterator[str]:
    """A JSON object an article: id, story, decision, of, new."""
    names: dict[int, str] = {}
    for item in filed:
        names[item.row.article.id] = item.row.name
        relation = item.relation
        yield json.dumps(
            {
                "id": item.row.name,
                "story": item.story,
                "decision": DECISIONS.get(relation.novelty, "update"),
                "of": names[relation.copy_of] if relation.copy_of else None,
                "new": item.new,
                "reason": relation.reason,
            },
            ensure_ascii=False,
        )


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks stories", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--language", help="only articles of this language")
    parser.add_argument("--out", type=Path, help="write a JSON object an article")
    options = parser.parse_args(argv)
    rows = read(options.file, options.language)
    if not rows:
        print("no articles", file=sys.stderr)
        return 1
    newsroom = Newsroom()
    started = time.process_time()
    filed = [newsroom.file(row) for row in rows]
    took = time.process_time() - started
    if options.out:
        options.out.write_text("".join(f"{line}\n" for line in lines(filed)), encoding="utf-8")
    true = [row.story for row in rows]
    ours, floor = scores(true, [item.story for item in filed]), scores(true, plain(rows))
    print(f"{len(rows)} articles, {len(set(true))} stories: {len(rows) / took:,.0f} articles a second")
    print(f"{'':18}{'relate':>8}{'plain':>8}")
    for name, value in ours.items():
        print(f"{name:18}{value:8.3f}{floor[name]:8.3f}")
    print("decisions:", dict(Counter(str(item.relation.novelty) for item in filed)))
    return 0
