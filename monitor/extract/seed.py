"""Seed files: the articles people supply as examples of what a rule is to find."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from monitor.errors import ExtractError, Problem, SeedError
from monitor.extract import address, boilerplate, dates, headline, language, seed_header
from monitor.extract.body import tidy
from monitor.model import Article, Dated, Entry, Origin
from monitor.text import clean, one_line

MAX_BYTES = 2_000_000  # a long book; articles hold a hundredth
_LONGEST_TITLE = 250
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*\s*")
_MARKDOWN_BLOCK = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?)+")
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
_MARKDOWN_MARKS = re.compile(r"(\*\*|__)(?=\S)([^*_\n]+)(?<=\S)\1")
_SENTENCE_END = re.compile(r"[.。][\"”’»」)]*$")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HINT = "a seed is a .txt, .md or .html file with one article"


def read_seed(name: str, data: bytes) -> Article:
    """The article in the seed file `name` (.txt, .md, .html), origin "seed". Raises SeedError.

    Header lines ("Date: 2025-10-24", also below the title, or a block between lines of "---") fill its
    fields. A short first line that is no sentence is the title; where there is none, the first sentence makes
    one and the body stays whole.
    """
    text = _decoded(name, data)
    if name.lower().endswith((".html", ".htm")) or re.match(r"\s*<(?:!doctype|html)\b", text, re.I):
        return _from_page(name, data)
    markdown = name.lower().endswith((".md", ".markdown"))
    fields, lines = _parts(text.split("\n"), markdown)
    title = one_line(fields.get("title", ""))
    body = tidy("\n".join(lines))
    if not body.text:
        raise _problem(name, "it holds a title and no text" if title else "it holds no text")
    if not (title := title or headline.from_text(body.text)):
        raise _problem(name, "it holds no words")
    return _article(title, body.text, fields, body.agency)


def format_seed(article: Article) -> str:
    """The seed file that `read_seed` reads back to `article`, but for what only the store knows of it."""
    block = seed_header.write_block(
        {
            "title": article.title,
            "url": article.url,
            "source": article.source,
            "agency": article.agency,
            "author": "; ".join(article.authors),
            "language": article.language,
            "published": _written(article.published, article.dated),
            "modified": _written(article.modified),
            "tags": "; ".join(article.tags),
        }
    )
    return f"{block}{article.body}\n"


def _written(moment: datetime | None, dated: Dated | None = None) -> str | None:
    """A moment as exactly as it is known."""
    if moment is None:
        return None
    text = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if dated in (Dated.DAY, Dated.GUESS):
        return text[:10]
    return text.removesuffix("Z") if dated is Dated.NO_ZONE else text


def _parts(lines: list[str], markdown: bool) -> tuple[dict[str, str], list[str]]:
    """The fields of a file, its title among them, and the lines of its text."""
    block = seed_header.read_block(lines)
    fields, lines = block or seed_header.read_lines(lines)
    if "title" in fields:
        heading = _HEADING.fullmatch(lines[0]) if markdown and lines else None
        lines = lines[1:] if heading and heading[1] == fields["title"] else lines
    else:
        title, lines = _title_line(lines)
        if title and not block:
            later, lines = seed_header.read_lines(lines)
            fields = later | fields
        fields["title"] = _without_markdown(title) if markdown else title
    return fields, [_without_markdown(line) for line in lines] if markdown else lines


def _title_line(lines: list[str]) -> tuple[str, list[str]]:
    """The first line as the title, where it is one: short, no sentence, followed by text."""
    first, rest = (lines[0].strip() if lines else ""), seed_header.trimmed(lines[1:])
    if rest and (heading := _HEADING.fullmatch(first)):
        return heading[1], rest
    short = len(first) <= _LONGEST_TITLE and _SENTENCE_END.search(first) is None
    return (first, rest) if rest and short and boilerplate.cut([first]) else ("", lines)


def _without_markdown(line: str) -> str:
    return _MARKDOWN_MARKS.sub(r"\2", _MARKDOWN_LINK.sub(r"\1", _MARKDOWN_BLOCK.sub("", line)))


def _article(title: str, body: str, fields: dict[str, str], agency: str | None) -> Article:
    url, said = fields.get("url"), fields.get("published")
    published = dates.parse_date(said)
    return Article(
        title=title,
        body=body,
        url=address.canonical(url) if url else None,
        source=fields.get("source", "") or (address.host(url) if url else ""),
        agency=fields.get("agency") or agency,
        authors=_listed(fields.get("authors")),
        language=language.normalise(fields.get("language")) or language.detect(f"{title}\n{body}"),
        published=published,
        dated=dates.certainty(said, published),
        modified=dates.parse_date(fields.get("modified")),
        origin=Origin.SEED,
        tags=_listed(fields.get("tags")),
    )


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in (value or "").split(";")) if part)


def _from_page(name: str, data: bytes) -> Article:
    """An HTML file goes the way of every page; only here is trafilatura loaded."""
    from monitor.extract.page import extract_page

    try:
        article = extract_page(data, "text/html", "", Entry(identity=name))
    except ExtractError as error:
        raise _problem(name, str(error)) from error
    return replace(article, origin=Origin.SEED)


# --- reading ---------------------------------------------------------------------------------------


def _decoded(name: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _problem(name, f"it is too large for an article: {len(data):,} bytes, at most {MAX_BYTES:,}")
    if not data.strip():
        raise _problem(name, "it is empty")
    for encoding in [*(encoding for mark, encoding in _BOMS if data.startswith(mark)), "utf-8"]:
        try:
            return _checked(name, data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _checked(name, _legacy(name, data))


def _legacy(name: str, data: bytes) -> str:
    """Text from before UTF-8: in Windows' Cyrillic code page where that makes Cyrillic text, else refused."""
    text = data.decode("cp1251", "replace")
    letters = sum(map(str.isalpha, text))
    cyrillic = sum("\u0400" <= character <= "\u04ff" for character in text)
    if b"\x00" in data or "\ufffd" in text or cyrillic * 2 <= letters:
        raise _problem(name, "it is not UTF-8 text", "save it as UTF-8")
    return text


def _checked(name: str, text: str) -> str:
    controls = sum(character < " " and character not in "\t\n\r\f" for character in text)
    if "\x00" in text or controls * 50 > len(text) or text.startswith(("%PDF-", "PK\x03\x04", "{\\rtf")):
        raise _problem(name, "it is a binary file, not text", "save it as plain text in UTF-8")
    text = clean(text)
    if not text.strip():
        raise _problem(name, "it is empty")
    return text


def _problem(name: str, message: str, hint: str = _HINT) -> SeedError:
    return SeedError(Problem(path=name, line=0, column=0, message=message, hint=hint))
