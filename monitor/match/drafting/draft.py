"""A rule file drafted from example articles: term lists, a query that finds them all, and tests.

Reading, weighing and composing are in monitor.match.drafting; this module puts the file together.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from monitor.match.drafting import document
from monitor.match.drafting.background import Background
from monitor.match.drafting.cases import Cases, cases
from monitor.match.drafting.compose import (
    ABOUT,
    ALSO,
    NAMES,
    Clause,
    Composed,
    clauses,
    compose,
    joined_across_scripts,
    rule_of,
)
from monitor.match.drafting.concepts import Concept, Finder, pattern
from monitor.match.drafting.names import names
from monitor.match.drafting.reading import Reading, is_cjk, opening, read_seeds
from monitor.match.drafting.stems import transcribed
from monitor.match.drafting.topics import topics
from monitor.match.rules import Rule
from monitor.model import Article
from monitor.text import fold, one_line, words

__all__ = ["Background", "Draft", "Wish", "draft", "seed_words"]

_LONGEST_NAME = 40
_LONGEST_ID = 60
_MOST_UNUSED = 24
_PLAIN = 4  # words


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted rule file. `notes` are what its reader should know, one line each."""

    id: str
    text: str
    rule: Rule
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user decided: `id` and `title` where given, `taken` ids, and how the seeds are named in the file.

    `modeline` is the first line, for editors.
    """

    id: str = ""
    title: str = ""
    taken: frozenset[str] = frozenset()
    seeds: tuple[str, ...] = ()
    modeline: str = ""


_NO_WISH = Wish()


def seed_words(articles: Sequence[Article]) -> frozenset[str]:
    """The different words of the seeds, folded: those whose frequencies a draft asks for."""
    found = {word for article in articles for word in words(f"{article.title}\n{article.body}")}
    return frozenset(word for word in found if len(word) > 1)


def draft(articles: Sequence[Article], background: Background, wish: Wish = _NO_WISH) -> Draft | None:
    """The rule file drafted from `articles`; None where one of them holds no word that a query could ask for.

    Every article matches the rule, and so does every test hold. Takes some 20 ms for a report.
    """
    articles = [opening(article) for article in _distinct(articles)]
    reading = read_seeds(articles)
    finder = Finder(reading, background)
    capitals = names(reading, finder, background)
    rest = topics(reading, finder, background, capitals)
    named = joined_across_scripts([*capitals, *(each for each in rest if each.kind == "name")])
    about = [each for each in rest if each.kind == "word"]
    found = clauses(named, about, len(articles))
    left = frozenset(range(len(articles))).difference(*(clause.seeds for clause in found))
    for seed in sorted(left):
        clause = _plain_clause(reading, finder, seed)
        if clause is None:
            return None
        if not any(clause.names[0].patterns == each.names[0].patterns for each in found):
            found.append(clause)
    labels = _labels([each for clause in found for each in clause.names])
    composed = compose(found, articles, labels)
    rule = rule_of(composed.query, composed.lists)
    parts = [rule_of(f"${name}", composed.lists) for name in composed.lists]
    rule_id = wish.id or _id_of(wish.title or articles[0].title, wish.taken)
    page = _Page(rule_id, wish, articles, composed, cases(rule, parts, articles), labels)
    used = {each for clause in found for each in (*clause.names, *clause.about)}
    unused = [each for each in (*named, *about) if each not in used]
    return Draft(rule_id, page.text(unused), rule, _notes(found, len(articles)))


def _plain_clause(reading: Reading, finder: Finder, seed: int) -> Clause | None:
    """The first words of a seed, as they stand, where nothing rarer is in it."""
    for sentence in reading.sentences:
        shown = [word for word in sentence.words if sentence.seed == seed][:_PLAIN]
        for count in range(len(shown), 0, -1):
            text = sentence.text[shown[0].start : shown[count - 1].end]
            each = pattern(" ".join(text.split()), [word.text for word in shown[:count]])
            if each is not None:
                return Clause(
                    frozenset((seed,)),
                    (replace(finder.weighed("name", text, [each]), seeds=frozenset((seed,))),),
                    (),
                )
    return None


def _distinct(articles: Sequence[Article]) -> tuple[Article, ...]:
    return tuple({(article.title, article.body): article for article in articles}.values())


def _notes(found: Sequence[Clause], seeds: int) -> tuple[str, ...]:
    if len(found) < 2:
        return ()
    return (
        f"the {seeds} seeds share no name or rare word: the query joins {len(found)} with OR; "
        "if they are different stories, draft a rule from each",
    )


# --- names of lists and rules ----------------------------------------------------------------------


def _labels(concepts: Sequence[Concept]) -> dict[Concept, str]:
    """A name for the list of each concept: its commonest spelling as one small word."""
    labels: dict[Concept, str] = {}
    for number, concept in enumerate(concepts, 1):
        if concept in labels:
            continue
        slug = (
            re.sub(r"\W+", "_", fold(concept.label).replace("'", "")).strip("_")[:_LONGEST_NAME]
            or f"name_{number}"
        )
        while slug in labels.values() or _is_reserved(slug):
            slug += "_too"
        labels[concept] = slug
    return labels


def _is_reserved(slug: str) -> bool:
    return re.fullmatch(rf"(?:{NAMES}|{ABOUT})(?:_\d+)?(?:_{ALSO})?", slug) is not None


def _id_of(title: str, taken: frozenset[str]) -> str:
    """A rule's id from a title: its first words in Latin letters; a hash where the script has none."""
    slug = ""
    for word in filter(None, map(_latin, words(title))):
        if len(slug) + len(word) >= _LONGEST_ID:
            break
        slug += f"-{word}" if slug else word
    slug = slug or f"draft-{hashlib.sha256(title.encode()).hexdigest()[:6]}"
    rule_id, number = slug, 2
    while rule_id in taken:
        rule_id, number = f"{slug}-{number}", number + 1
    return rule_id


def _latin(word: str) -> str:
    if is_cjk(word):
        return ""  # a sign is no word
    bare = unicodedata.normalize("NFKD", word)
    return re.sub(r"[^a-z0-9]", "", bare) or re.sub(r"[^a-z]", "", transcribed(re.sub(r"\W", "", word)))


# --- the file --------------------------------------------------------------------------------------

_HEAD = (
    "Draft: what these seeds have in common, to be edited. Strike what is not meant, add the spellings and words that "
    "other reports will use, then `monitor check` and `monitor test`."
)


@dataclass(frozen=True, slots=True)
class _Page:
    id: str
    wish: Wish
    articles: Sequence[Article]
    composed: Composed
    cases: Cases
    labels: dict[Concept, str] = field(default_factory=dict)

    def text(self, unused: Sequence[Concept]) -> str:
        return "".join(
            (
                f"{self.wish.modeline}\n" if self.wish.modeline else "",
                document.comment(_HEAD),
                "\nterms:\n",
                document.mapping_of(self.composed.lists, self._list_notes()),
                self._unused(unused),
                "\nrules:\n",
                self._rule(),
                self._seeds(),
                self._tests(),
            )
        )

    def _list_notes(self) -> dict[str, str]:
        total = len(self.articles)
        notes = {
            name: f"{one_line(concept.label, 60)}: in {len(concept.seeds)} of {total} seeds"
            if total > 1 else ""
            for concept, name in self.labels.items()
        }  # fmt: skip
        for name in self.composed.lists:
            if name.startswith(NAMES) and _is_reserved(name):
                notes[name] = (
                    "the names together; a report has to have two of them"
                    if "2 OF" in self.composed.query
                    else "the names together"
                )
            elif name.endswith(ALSO) and _is_reserved(name):
                notes[name] = "the same in other words, which the seeds do not have: strike what is not meant"
            elif _is_reserved(name):
                notes[name] = "what is said of them, heaviest first"
        return notes

    def _unused(self, unused: Sequence[Concept]) -> str:
        found = [pattern.item for concept in unused[:_MOST_UNUSED] for pattern in concept.patterns[:2]]
        return (
            "\n" + document.comment("In the seeds too, and not asked for: " + ", ".join(found), "  ")
            if found
            else ""
        )

    def _rule(self) -> str:
        title = one_line(self.wish.title or self.articles[0].title, 200) or self.id
        return (
            f"  - id: {document.scalar(self.id)}\n"
            f"    title: {document.scalar(title)}\n"
            "    severity: medium                     # low | medium | high | critical\n"
            '    owner: ""                            # whom to ask about it\n'
            f"    query: |\n{document.block(self.composed.query, '      ')}"
        )

    def _seeds(self) -> str:
        if not self.wish.seeds:
            return ""
        return "    seeds:\n" + "".join(f"      - {document.scalar(path)}\n" for path in self.wish.seeds)

    def _tests(self) -> str:
        if not self.cases.match and not self.cases.ignore:
            return ""
        text = "    tests:\n"
        if self.cases.match:
            text += "      match:\n" + "".join(
                document.test_case(case, "        ") for case in self.cases.match
            )
        if self.cases.ignore:
            text += document.comment(
                "parts of the same reports, no news by themselves; move up those that are", "      "
            )
            text += "      ignore:\n" + "".join(
                document.test_case(case, "        ") for case in self.cases.ignore
            )
        return text
