"""What a publisher changed in an article, version by version, as a person reads it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from monitor.model import Article, Revision

# A word, or one character of a script that writes no spaces, with the space after it.
_PIECE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]\s*|[^\s\u3040-\u30ff\u3400-\u9fff]+\s*")
_CONTEXT = 6  # pieces shown on either side of a change
_ALIKE = 0.5  # of their pieces in common, and two paragraphs are one that was changed
_MOST_PIECES = 3000  # of a paragraph that is compared word by word: longer ones take seconds


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version changed: lines that begin with "+" (added), "-" (taken out) or "~" (changed within)."""

    revision: int  # that said it anew
    at: datetime  # when that was seen
    lines: tuple[str, ...]


def differences(article: Article, before: Sequence[Revision]) -> list[Difference]:
    """What each version of an article changed, oldest first; `before` are its earlier versions in order."""
    texts = [_lines(version.title, version.body) for version in before]
    texts.append(_lines(article.title, article.body))
    numbers = [version.revision for version in before[1:]] + [article.revision]
    return [
        Difference(number, version.replaced, tuple(_changes(old, new)))
        for number, version, old, new in zip(numbers, before, texts, texts[1:], strict=False)
    ]


def difference_row(difference: Difference) -> dict[str, Any]:
    """A change as `articles show --diff --json` gives it."""
    return asdict(difference)


def _lines(title: str, body: str) -> list[str]:
    return [title, *body.split("\n")]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            yield from _paragraphs(old[a:b], new[c:d])


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Changed paragraphs in the order of the new text, each beside the first that it may have come from."""
    left = list(old)
    for line in new:
        pair = next((one for one in left if _is_alike(one, line)), None)
        if pair is None:
            yield f"+ {line}"
            continue
        yield from (f"- {one}" for one in left[: left.index(pair)])
        left = left[left.index(pair) + 1 :]
        yield f"~ {_within(pair, line)}"
    yield from (f"- {one}" for one in left)


def _is_alike(one: str, other: str) -> bool:
    pieces, others = _pieces(one), _pieces(other)
    if max(len(pieces), len(others)) > _MOST_PIECES:
        return False
    return difflib.SequenceMatcher(None, pieces, others, autojunk=False).ratio() >= _ALIKE


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(f"{text} ")  # the last word as any other


def _within(old: str, new: str) -> str:
    """`new` with its changes as "[1,000 → 1,500]", "[+ added]", "[- taken out]"; what stayed only near them."""
    a, b = _pieces(old), _pieces(new)
    parts = []
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    codes = matcher.get_opcodes()
    for place, (what, i, j, k, m) in enumerate(codes):
        before, after = "".join(a[i:j]).strip(), "".join(b[k:m]).strip()
        if what == "equal":
            parts.append(_shortened(b[k:m], first=place == 0, last=place == len(codes) - 1))
        elif what == "replace":
            parts.append(f"[{before} → {after}]{_space_after(b[k:m])}")
        elif what == "insert":
            parts.append(f"[+ {after}]{_space_after(b[k:m])}")
        else:
            parts.append(f"[- {before}]{_space_after(a[i:j])}")
    return "".join(parts).strip()


def _shortened(pieces: Sequence[str], *, first: bool, last: bool) -> str:
    ahead, behind = 0 if first else _CONTEXT, 0 if last else _CONTEXT
    if len(pieces) <= ahead + behind + 1:
        return "".join(pieces)
    return "".join(pieces[:ahead]) + "… " + "".join(pieces[len(pieces) - behind :] if behind else ())


def _space_after(pieces: Sequence[str]) -> str:
    return " " if pieces and pieces[-1][-1:].isspace() else ""
