"""What the newsroom's addresses answer: feeds in five shapes, article pages and front pages. Pure.

Everything is escaped for where it goes. Pages look as pages do: a bar of links, a cookie notice, the
article, a list of other headlines, a footer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from monitor.demo.articles import Format, Outlet, Piece, Published

_STYLE = "body{font:17px/1.5 Georgia,serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"


def feed(outlet: Outlet, items: Sequence[Published], base: str) -> tuple[bytes, str]:
    """The outlet's feed, newest first, and its content type. `base` is its address without a path."""
    write, media = _FEEDS[outlet.format]
    newest = sorted(items, key=lambda item: item.updated, reverse=True)
    text = write(outlet, newest, base)
    return text.encode(outlet.encoding, "xmlcharrefreplace"), f"{media}; charset={outlet.encoding}"


def address(base: str, piece: Piece) -> str:
    """Where the piece's page is."""
    return f"{base}/news/{piece.page}.html"


def article_page(item: Published, others: Sequence[Published], base: str) -> str:
    """The page of an article, with a list of the outlet's `others` beside it."""
    piece = item.piece
    updated = f'<meta property="article:modified_time" content="{item.updated.isoformat()}">'
    head = f"""
<link rel="canonical" href="{address(base, piece)}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{escape(piece.outlet.name)}">
<meta property="og:title" content="{escape(piece.title)}">
<meta property="article:published_time" content="{item.published.isoformat()}">
{updated if item.updated != item.published else ""}"""
    paragraphs = "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in piece.body)
    content = f"""<article>
<h1>{escape(piece.title, quote=False)}</h1>
<p class="byline"><time datetime="{item.published.isoformat()}">{item.published:%Y-%m-%d %H:%M} UTC</time></p>
{paragraphs}
{_read_also(piece)}
</article>
<aside class="related"><h2>{escape(piece.outlet.name)}</h2>{_links(others, base)}</aside>"""
    return _page(piece.outlet, piece.title, head, content)


def front_page(outlet: Outlet, items: Sequence[Published], base: str) -> str:
    """The outlet's front page: its headlines, and a link to its feed."""
    head = f'<link rel="alternate" type="{_FEEDS[outlet.format][1]}" href="{base}/feed">'
    content = f"<main><h1>{escape(outlet.name)}</h1>{_links(items, base)}</main>"
    return _page(outlet, outlet.name, head, content)


def _page(outlet: Outlet, title: str, head: str, content: str) -> str:
    name = escape(outlet.name)
    return f"""<!doctype html>
<html lang="{outlet.language}">
<head><meta charset="utf-8"><title>{escape(title)} – {name}</title><style>{_STYLE}</style>{head}</head>
<body>
<div class="cookie-banner" role="dialog"><p>We use no cookies at all. <button>Good</button></p></div>
<header><nav><a href="/">{name}</a> <a href="/feed">RSS</a> <a href="/#sport">Sport</a></nav></header>
{content}
<footer><p>{name} is invented, and so is everything in it: a demonstration.</p></footer>
</body>
</html>
"""


def _read_also(piece: Piece) -> str:
    if not piece.read_also:
        return ""
    rows = "".join(_link("#", line) for line in piece.read_also)
    return f"<p>Read also:</p>\n<ul>{rows}</ul>"


def _links(items: Sequence[Published], base: str) -> str:
    rows = (_link(address(base, item.piece), item.piece.title) for item in items)
    return f"<ul>{''.join(rows)}</ul>"


def _link(url: str, text: str) -> str:
    return f'<li><a href="{url}">{escape(text, quote=False)}</a></li>'


def _rss(outlet: Outlet, items: Sequence[Published], base: str) -> str:
    rows = "\n".join(
        f"""<item><title>{escape(i.piece.title)}</title><link>{address(base, i.piece)}</link>
<guid isPermaLink="false">{outlet.key}:{i.piece.page}</guid><pubDate>{format_datetime(i.published)}</pubDate>
<description>{escape(i.piece.summary)}</description></item>"""
        for i in items
    )
    return f"""<?xml version="1.0" encoding="{outlet.encoding}"?>
<rss version="2.0"><channel><title>{escape(outlet.name)}</title><link>{base}/</link>
<description>{escape(outlet.name)}</description><language>{outlet.language}</language>
{rows}
</channel></rss>
"""


def _rdf(outlet: Outlet, items: Sequence[Published], base: str) -> str:
    sequence = "".join(f'<rdf:li rdf:resource="{address(base, i.piece)}"/>' for i in items)
    rows = "\n".join(
        f"""<item rdf:about="{address(base, i.piece)}"><title>{escape(i.piece.title)}</title>
<link>{address(base, i.piece)}</link><dc:date>{i.updated.isoformat()}</dc:date>
<description>{escape(i.piece.summary)}</description></item>"""
        for i in items
    )
    return f"""<?xml version="1.0" encoding="{outlet.encoding}"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{base}/feed"><title>{escape(outlet.name)}</title><link>{base}/</link>
<description>{escape(outlet.name)}</description><dc:language>{outlet.language}</dc:language>
<items><rdf:Seq>{sequence}</rdf:Seq></items></channel>
{rows}
</rdf:RDF>
"""


def _atom(outlet: Outlet, items: Sequence[Published], base: str) -> str:
    rows = "\n".join(
        f"""<entry><id>tag:{outlet.key}.example:{i.piece.page}</id><title>{escape(i.piece.title)}</title>
<link rel="alternate" href="{address(base, i.piece)}"/><published>{i.published.isoformat()}</published>
<updated>{i.updated.isoformat()}</updated><summary>{escape(i.piece.summary)}</summary></entry>"""
        for i in items
    )
    updated = max((i.updated.isoformat() for i in items), default="1970-01-01T00:00:00+00:00")
    return f"""<?xml version="1.0" encoding="{outlet.encoding}"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}"><id>{base}/feed</id>
<title>{escape(outlet.name)}</title><link rel="self" href="{base}/feed"/><link href="{base}/"/>
<updated>{updated}</updated><author><name>{escape(outlet.name)}</name></author>
{rows}
</feed>
"""


def _json(outlet: Outlet, items: Sequence[Published], base: str) -> str:
    rows = [
        {
            "id": f"{outlet.key}:{i.piece.page}",
            "url": address(base, i.piece),
            "title": i.piece.title,
            "content_text": i.piece.summary,
            "date_published": i.published.isoformat(),
            "date_modified": i.updated.isoformat(),
        }
        for i in items
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": outlet.name, "language": outlet.language}
    return json.dumps(
        head | {"home_page_url": f"{base}/", "feed_url": f"{base}/feed", "items": rows}, ensure_ascii=False
    )


def _broken(outlet: Outlet, items: Sequence[Published], base: str) -> str:
    content = "<main><h1>Our feed has moved</h1><p>Please ask the editors.</p></main>"
    return _page(outlet, "Moved", "", content)


_FEEDS = {
    Format.RSS: (_rss, "application/rss+xml"),
    Format.RDF: (_rdf, "application/rdf+xml"),
    Format.ATOM: (_atom, "application/atom+xml"),
    Format.JSON: (_json, "application/feed+json"),
    Format.BROKEN: (_broken, "text/html"),
}
