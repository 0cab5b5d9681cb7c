"""Seed files: the articles people supply as examples of what a rule is to find."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from monitor.errors import Problem, SeedError
from monitor.extract import address, dates, headline, language
from monitor.extract.body import tidy
from monitor.extract.html_text import plain_line
from monitor.model import Article, Origin
from monitor.text import clean, one_line

MAX_BYTES = 2_000_000  # a long book; articles hold a hundredth
_LONGEST_TITLE = 250
# The article's fields, and the names that people give them in headers.
_FIELDS = {
    "title": "title, headline, заголовок, 제목",
    "published": "published, date, pubdate, published at, publication date, дата, 날짜, datum, fecha, 日期",
    "modified": "modified, updated",
    "url": "url, link, address",
    "source": "source, site, publisher, outlet, источник, 출처",
    "agency": "agency",
    "authors": "authors, author, by, автор",
    "language": "language, lang",
    "tags": "tags, keywords",
}
_NAMES = {name: field for field, names in _FIELDS.items() for name in names.split(", ")}
_HEADER = re.compile(r"\s*(?P<name>[^\W\d_][\w ]{1,18}?)\s*[:：]\s*(?P<value>.*)")
_BARE_DATE = re.compile(
    r"\s*(?i:(?:date|published|дата|날짜|datum|fecha|日期)\b\s*[:：]?\s*)?"
    r"(?P<date>\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|\s?[+-]\d{2}:?\d{2})?)?)"
    r"(?=\s|$)\s*[|:—–-]?\s*"
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*\s*")
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
_MARKDOWN_MARKS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_SENTENCE_END = re.compile(r"[.。…!?！？][\"”’»」)]*$")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_seed(name: str, data: bytes) -> Article:
    """The article in the seed file `name` (.txt, .md, .html), origin "seed". Raises SeedError.

    Header lines ("Date: 2025-10-24", or a block between lines of "---") fill its fields. A short first line
    that is no sentence is the title; where there is none, the first sentence makes one.
    """
    text = _decoded(name, data)
    if name.lower().endswith((".html", ".htm")) or re.match(r"\s*<(?:!doctype|html)\b", text, re.I):
        return _from_page(name, data, text)
    fields, lines, closed = _headers(text.split("\n"))
    if name.lower().endswith((".md", ".markdown")):
        lines = [_without_markdown(line) for line in lines]
    title, lines = (fields["title"], lines) if "title" in fields else _title_line(lines, closed)
    body = tidy("\n".join(lines), title)
    if not body.text:
        raise _problem(name, "it holds no text" if not title else "it holds a title and no text")
    title = one_line(title) or headline.from_text(body.text)
    return _article(title, body.text, fields, fields.get("agency") or body.agency)


def format_seed(article: Article) -> str:
    """The seed file that `read_seed` reads back to `article` (but for what only the store knows of it)."""
    fields = {
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "agency": article.agency,
        "author": "; ".join(article.authors),
        "language": article.language,
        "published": _written(article.published),
        "modified": _written(article.modified),
        "tags": "; ".join(article.tags),
    }
    header = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
    return f"---\n{header}---\n{article.body}\n"


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _article(title: str, body: str, fields: dict[str, str], agency: str | None) -> Article:
    url = fields.get("url")
    return Article(
        title=title,
        body=body,
        url=address.canonical(url) if url else None,
        source=fields.get("source", "") or (address.host(url) if url else ""),
        agency=agency,
        authors=_listed(fields.get("authors")),
        language=language.normalise(fields.get("language")) or language.detect(f"{title}\n{body}"),
        published=dates.parse_date(fields.get("published")),
        modified=dates.parse_date(fields.get("modified")),
        origin=Origin.SEED,
        tags=_listed(fields.get("tags")),
    )


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in (value or "").split(";")) if part)


def _from_page(name: str, data: bytes, text: str) -> Article:
    """An HTML file goes the way of every page; only here is trafilatura loaded."""
    from dataclasses import replace

    from monitor.errors import ExtractError
    from monitor.extract.page import extract_page
    from monitor.model import Entry

    try:
        article = extract_page(data, "text/html", "", Entry(identity=name))
    except ExtractError as error:
        raise _problem(name, str(error)) from error
    return replace(article, origin=Origin.SEED, url=article.url or None)


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
    """Text of the days before UTF-8: Russian and Ukrainian in Windows' code page, else nothing is guessed."""
    if b"\x00" not in data:
        text = data.decode("cp1251", "replace")
        letters = sum(character.isalpha() for character in text)
        if (
            sum("\u0400" <= character <= "\u04ff" for character in text) * 2 > letters > 0
            and "\ufffd" not in text
        ):
            return text
    raise _problem(name, "it is not UTF-8 text", "save it as UTF-8")


def _checked(name: str, text: str) -> str:
    controls = sum(character < " " and character not in "\t\n\r\f" for character in text)
    if "\x00" in text or controls * 50 > len(text) or text.startswith(("%PDF-", "PK\x03\x04", "{\\rtf")):
        raise _problem(name, "it is a binary file, not text", "save it as plain text in UTF-8")
    text = clean(text)
    if not text.strip():
        raise _problem(name, "it is empty")
    return text


def _problem(
    name: str, message: str, hint: str = "a seed is a .txt, .md or .html file with one article"
) -> SeedError:
    return SeedError(Problem(path=name, line=0, column=0, message=message, hint=hint))


def _headers(lines: list[str]) -> tuple[dict[str, str], list[str], bool]:
    """The fields that lines at the top give, the lines after them, and whether there were any."""
    lines = _trimmed(lines)
    if lines and lines[0].strip() == "---" and "---" in (line.strip() for line in lines[1:60]):
        end = next(number for number, line in enumerate(lines[1:60], 1) if line.strip() == "---")
        return _fields(lines[1:end]), _trimmed(lines[end + 1 :]), True
    fields: dict[str, str] = {}
    while lines:
        found, rest = _header(lines[0])
        if not found or set(found) & set(fields):
            break
        fields |= found
        lines = _trimmed([rest, *lines[1:]])
    return fields, lines, bool(fields)


def _header(line: str) -> tuple[dict[str, str], str]:
    """The field that `line` gives, and what follows it on the line: "date 2025-10-24 North Korea has"."""
    if (bare := _BARE_DATE.match(line)) and dates.parse_date(bare["date"]):
        return {"published": bare["date"]}, line[bare.end() :]
    return _fields([line]), ""


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        field = _NAMES.get(match["name"].strip().lower()) if match else None
        if match is None or field is None or not _plausible(field, match["value"].strip()):
            continue
        fields.setdefault(
            field, one_line(match["value"].strip().strip("\"'") if field != "title" else match["value"])
        )
    return fields


def _plausible(field: str, value: str) -> bool:
    """Whether `value` can be that field's: "Date: the end of an era" is a headline, not a header."""
    if field in {"published", "modified"}:
        return dates.parse_date(value.strip("\"'")) is not None
    if field == "url":
        return re.match(r"https?://\S+$", value.strip("\"'")) is not None
    if field == "language":
        return language.normalise(value.strip("\"'")) is not None
    return bool(value) and (field in {"title", "tags"} or len(value) <= 200)


def _title_line(lines: list[str], after_headers: bool) -> tuple[str, list[str]]:
    """The first line as the title, where it is one: short, no sentence, followed by text."""
    if not lines:
        return "", lines
    first, rest = lines[0].strip(), _trimmed(lines[1:])
    heading = _MARKDOWN_HEADING.fullmatch(first)
    if heading and rest:
        return plain_line(heading[1]), rest
    if (
        rest
        and len(first) <= _LONGEST_TITLE
        and (_SENTENCE_END.search(first) is None or first.endswith(("?", "!", "…")))
    ):
        return first, rest
    return "", lines


def _trimmed(lines: list[str]) -> list[str]:
    """`lines` from the first that holds something."""
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    return lines[start:]


def _without_markdown(line: str) -> str:
    return _MARKDOWN_MARKS.sub(r"\2", _MARKDOWN_LINK.sub(r"\1", line))
