"""What a query means, as plainly as it can be written: no index, no memory, every possibility tried.

Shares nothing with the engine but the tree and the words of a text. Read the query language's table
beside it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from itertools import product

from monitor.match import nodes
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
            return article.language == value
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
    return any(spans(node, text) for text in texts)


def most_apart(found: set[Span]) -> int:
    """The largest number of spans that do not overlap, by trying every subset from each start on."""
    ordered = sorted(found)

    @cache
    def best(free_from: int) -> int:
        return max((1 + best(end) for start, end in ordered if start >= free_from), default=0)

    return best(0)


def spans(node: nodes.Node, text: Text) -> set[Span]:
    match node:
        case nodes.Or(parts=parts):
            return {span for part in parts for span in spans(part, text)}
        case nodes.Near(negated=True):
            rights = spans(node.right, text)
            return {
                left
                for left in spans(node.left, text)
                if not any(_spoils(node, left, right, text) for right in rights)
            }
        case nodes.Near():
            pairs = product(spans(node.left, text), spans(node.right, text))
            return {(min(l[0], r[0]), max(l[1], r[1])) for l, r in pairs if _near(node, l, r, text)}  # noqa: E741
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


def _leaf(node: nodes.Node, text: Text) -> set[Span]:
    if isinstance(
        node,
        nodes.Near | nodes.And | nodes.Not | nodes.Of | nodes.First | nodes.AtLeast | nodes.Filter | nodes.Or,
    ):
        return set()
    if node.field == "" and text.kind == "author":
        return set()
    if node.field and text.kind != ("body" if node.field == "lead" else node.field):
        return set()
    match node:
        case nodes.Word(text=word):
            found = {(i, i + 1) for i, each in enumerate(text.words) if fnmatchcase(each, word)}
        case nodes.Fuzzy(text=word, distance=distance):
            found = {(i, i + 1) for i, each in enumerate(text.words) if _edits(word, each, distance)}
        case nodes.Phrase(words=words, slop=slop):
            found = _phrase(words, slop, text)
        case nodes.Raw(text=content):
            found = _raw(content, text)
        case _:
            raise NotImplementedError(node)
    if node.field == "lead":
        found = {span for span in found if span[1] <= text.lead()}
    return found


def _phrase(words: tuple[str, ...], slop: int, text: Text) -> set[Span]:
    """Lucene's definition: the places moved back by each word's offset differ by at most `slop`."""
    places = [[i for i, each in enumerate(text.words) if fnmatchcase(each, word)] for word in words]
    found = set()
    for chosen in product(*places):
        moved = [place - offset for offset, place in enumerate(chosen)]
        if len(set(chosen)) == len(chosen) and max(moved) - min(moved) <= slop:
            found.add((min(chosen), max(chosen) + 1))
    return found


def _in_word(character: str) -> bool:
    return (character.isalnum() and not "\u3040" <= character <= "\u9fff") or character in (
        "_",
        "\u00ad",
        "\u0301",
    )


def _raw(content: str, text: Text) -> set[Span]:
    found = set()
    for start in range(len(text.text)):
        end = start + len(content)
        if text.text[start:end] != content:
            continue
        before, after = text.text[start - 1 : start] if start else "", text.text[end : end + 1]
        if (_in_word(before) and _in_word(content[0])) or (_in_word(after) and _in_word(content[-1])):
            continue
        touched = [i for i, token in enumerate(text.tokens) if token.start < end and token.end > start]
        if touched:
            found.add((touched[0], touched[-1] + 1))
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

    edits = cost(len(left), len(right))
    return edits == 0 or (edits <= limit and edits < min(len(left), len(right)))
