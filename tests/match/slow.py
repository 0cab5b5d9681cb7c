"""What a query means, as plainly as it can be written: no index, no memory, every possibility tried.

Shares nothing with the engine but the tree and the words of a text. Read the query language's table
beside it.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from itertools import product

from monitor.match.language import nodes
from monitor.model import Article
from monitor.text import paragraphs, sentences, tokenize

Span = tuple[int, int]  # words [start, end)


class Text:
    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text
        self.tokens = tokenize(text)
        self.words = [token.text for token in self.tokens]

    def unit(self, name: str, place: int) -> int:
        if self.kind != "body":
            return 0
        ranges = sentences(self.text) if name == "s" else paragraphs(self.text)
        start = self.tokens[place].start
        return next(number for number, (first, last) in enumerate(ranges) if first <= start < last)

    def lead(self) -> int:
        lines = paragraphs(self.text)
        return min(100, sum(token.start < lines[0][1] for token in self.tokens)) if lines else 0


def holds(node: nodes.Node, article: Article) -> bool:
    texts = [Text("title", article.title), Text("body", article.body)]
    texts += [Text("author", name) for name in article.authors]
    return _holds(node, article, texts)


def _holds(node: nodes.Node, article: Article, texts: list[Text]) -> bool:
    match node:
        case nodes.And(parts=parts):
            return all(_holds(part, article, texts) for part in parts)
        case nodes.Or(parts=parts):
            return any(_holds(part, article, texts) for part in parts)
        case nodes.Of(count=count, parts=parts):
            return sum(_holds(part, article, texts) for part in parts) >= count
        case nodes.Not(part=part):
            return not _holds(part, article, texts)
        case nodes.First(count=count, part=part):
            return any(end <= count for _, end in spans(part, texts[1]))
        case nodes.AtLeast(count=count, part=part):
            return sum(most_apart(spans(part, text)) for text in texts) >= count
        case nodes.Filter(field="lang", value=value):
            return (article.language or "").split("-")[0] == value
        case nodes.Filter(field="site", value=value):
            host = (article.url or "").removeprefix("https://").split("/")[0]
            return f".{host}".endswith(f".{value}") or article.source.casefold() == value
        case nodes.Filter(field="url", value=value):
            return value in (article.url or "")
        case nodes.Filter(field="feed", value=value):
            return value in (article.feed_url or "")
        case nodes.Filter(field="words", op=op, value=value):
            size, limit = len(texts[1].words), int(value)
            return {
                "<": size < limit,
                "<=": size <= limit,
                ">": size > limit,
                ">=": size >= limit,
                "=": size == limit,
            }[op]
        case nodes.Filter(field="tag", value=value):
            return value.casefold() in [tag.casefold() for tag in (*article.tags, *article.feed_tags)]
        case nodes.Raw() | nodes.Regex():
            return any(_hits(node, text) for text in texts)
    return any(spans(node, text) for text in texts)


def most_apart(found: set[Span]) -> int:
    """The largest number of spans that do not overlap, by trying every subset from each start on."""
    ordered = sorted(found)

    @cache
    def best(free_from: int) -> int:
        return max((1 + best(end) for start, end in ordered if start >= free_from), default=0)

    return best(0)


def marks(node: nodes.Node, article: Article) -> list[tuple[str, int, int]]:
    """The characters of title and body that made `node` hold, those that overlap made one."""
    texts = [Text("title", article.title), Text("body", article.body)]
    everything = texts + [Text("author", name) for name in article.authors]
    found = []
    for text in texts:
        reached = 0
        for start, end in sorted(_marks(node, article, text, everything)):
            if start < reached:
                field, first, last = found.pop()
                found.append((field, first, max(last, end)))
            else:
                found.append((text.kind, start, end))
            reached = found[-1][2]
    return found


def _marks(node: nodes.Node, article: Article, text: Text, texts: list[Text]) -> set[Span]:
    match node:
        case nodes.And(parts=parts):
            return {mark for part in parts for mark in _marks(part, article, text, texts)}
        case nodes.Or(parts=parts) | nodes.Of(parts=parts):
            true = [part for part in parts if _holds(part, article, texts)]
            return {mark for part in true for mark in _marks(part, article, text, texts)}
        case nodes.First(count=count, part=part):
            inside = {span: own for span, own in where(part, text).items() if span[1] <= count}
            return {mark for own in inside.values() for mark in own} if text.kind == "body" else set()
        case nodes.AtLeast(part=part):
            return _marks(part, article, text, texts)
        case nodes.Not() | nodes.Filter():
            return set()
        case nodes.Raw() | nodes.Regex():  # of their own accord they need no word
            return _hits(node, text)
    return {mark for own in where(node, text).values() for mark in own}


def spans(node: nodes.Node, text: Text) -> set[Span]:
    """The words [start, end) at which `node` is found."""
    return set(where(node, text))


Where = dict[Span, set[Span]]  # for each span of words, the characters that stand behind it


def where(node: nodes.Node, text: Text) -> Where:
    found: Where = {}
    match node:
        case nodes.Or(parts=parts):
            for part in parts:
                for span, own in where(part, text).items():
                    found.setdefault(span, set()).update(own)
            return found
        case nodes.Near(negated=True):
            rights = spans(node.right, text)
            return {
                left: own
                for left, own in where(node.left, text).items()
                if not any(_spoils(node, left, right, text) for right in rights)
            }
        case nodes.Near():
            lefts, others = where(node.left, text), where(node.right, text)
            for one, other in product(lefts, others):
                if _near(node, one, other, text):
                    cover = min(one[0], other[0]), max(one[1], other[1])
                    found.setdefault(cover, set()).update(lefts[one] | others[other])
            return found
    return _leaf(node, text)


def _near(node: nodes.Near, left: Span, right: Span, text: Text) -> bool:
    in_order = left[1] <= right[0]
    if not in_order and (node.ordered or right[1] > left[0]):
        return False
    if node.unit != "w":
        ends = (left[0], left[1] - 1, right[0], right[1] - 1)
        return len({text.unit(node.unit, place) for place in ends}) == 1
    between = right[0] - left[1] if in_order else left[0] - right[1]
    return between <= node.distance


def _spoils(node: nodes.Near, left: Span, right: Span, text: Text) -> bool:
    if left == right:
        return False
    overlap = set(range(*left)) & set(range(*right))
    return bool(overlap) or _near(node, left, right, text)


def _is_read(node: nodes.Leaf, text: Text) -> bool:
    if node.field == "":
        return text.kind != "author"
    return text.kind == ("body" if node.field == "lead" else node.field)


def _leaf(node: nodes.Node, text: Text) -> Where:
    if not isinstance(node, nodes.Leaf) or not _is_read(node, text):
        return {}
    found: Where = {}
    match node:
        case nodes.Word(text=word):
            ways = [(i,) for i, each in enumerate(text.words) if fnmatchcase(each, word)]
        case nodes.Fuzzy(text=word, distance=distance):
            ways = [(i,) for i, each in enumerate(text.words) if _edits(word, each, distance)]
        case nodes.Phrase(words=words, slop=slop):
            ways = _phrase(words, slop, text)
        case nodes.Raw() | nodes.Regex():
            ways = []
            for start, end in _hits(node, text):
                touched = [
                    i for i, token in enumerate(text.tokens) if token.start < end and token.end > start
                ]
                if touched:
                    span = touched[0], touched[-1] + 1
                    found.setdefault(span, set()).add((start, end))
    for places in ways:
        marked = [places] if isinstance(node, nodes.Phrase) and not node.slop else [(i,) for i in places]
        characters = {(text.tokens[each[0]].start, text.tokens[each[-1]].end) for each in marked}
        found.setdefault((min(places), max(places) + 1), set()).update(characters)
    if node.field == "lead":
        return {span: own for span, own in found.items() if span[1] <= text.lead()}
    return found


def _phrase(words: tuple[str, ...], slop: int, text: Text) -> list[tuple[int, ...]]:
    """Lucene's definition: the places moved back by each word's offset differ by at most `slop`."""
    places = [[i for i, each in enumerate(text.words) if fnmatchcase(each, word)] for word in words]
    found = []
    for chosen in product(*places):
        moved = [place - offset for offset, place in enumerate(chosen)]
        if len(set(chosen)) == len(chosen) and max(moved) - min(moved) <= slop:
            found.append(chosen)
    return found


def _hits(node: nodes.Raw | nodes.Regex, text: Text) -> set[Span]:
    """The characters that exact text or an expression is found at."""
    if not _is_read(node, text):
        return set()
    if isinstance(node, nodes.Raw):
        found = _raw(node.text, text.text)
    else:
        hits = re.finditer(node.pattern, text.text, re.IGNORECASE)
        found = {hit.span() for hit in hits if hit[0]}
    if node.field == "lead":
        lead = text.lead()
        # Where the lead is cut at its hundredth word, it ends with that word, else with its paragraph.
        end = text.tokens[99].end if lead == 100 else paragraphs(text.text)[0][1] if text.text.strip() else 0
        return {hit for hit in found if hit[1] <= end}
    return found


def _in_word(character: str) -> bool:
    return (character.isalnum() and not "\u3040" <= character <= "\u9fff") or character in (
        "_",
        "\u00ad",
        "\u0301",
    )


def _raw(content: str, text: str) -> set[Span]:
    found = set()
    for start in range(len(text)):
        end = start + len(content)
        if text[start:end] != content:
            continue
        before, after = text[start - 1 : start] if start else "", text[end : end + 1]
        if (_in_word(before) and _in_word(content[0])) or (_in_word(after) and _in_word(content[-1])):
            continue
        found.add((start, end))
    return found


def _edits(left: str, right: str, limit: int) -> bool:
    """Whether at most `limit` edits lead from one to the other, none touching what another made."""

    @cache
    def cost(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        best = min(cost(i - 1, j) + 1, cost(i, j - 1) + 1, cost(i - 1, j - 1) + (left[i - 1] != right[j - 1]))
        if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
            best = min(best, cost(i - 2, j - 2) + 1)
        return best

    return cost(len(left), len(right)) <= limit
