"""Made-up news pages with the text that a person would read on each: layouts, lengths, languages and clutter vary.

The same number gives the same page. The hard ones are those that extractors are known to lose.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from monitor.model import Entry
from tests.benchmarks._extract_words import TONGUES, Tongue, headline, paragraph, sentence


@dataclass(frozen=True)
class Page:
    """A page, as it is answered, and what stands on it for a reader."""

    layout: str
    language: str
    url: str
    html: bytes
    title: str
    outlet: str
    author: str
    published: str
    text: str  # a paragraph a line, without credits, captions and what points elsewhere
    agency: str | None

    @property
    def entry(self) -> Entry:
        return Entry(identity=self.url, url=self.url, title=self.title)


@dataclass(frozen=True)
class _Story:
    """What a layout is to lay out."""

    tongue: Tongue
    dice: random.Random
    title: str
    paragraphs: tuple[str, ...]
    published: str
    credited: bool


def pages(count: int, seed: int = 0) -> list[Page]:
    """`count` pages of the everyday layouts, in turns, in all languages, 5 to 200 KB."""
    names, languages = list(_LAYOUTS), list(TONGUES)
    return [
        page(names[n % len(names)], languages[n // len(names) % len(languages)], f"{seed}/{n}")
        for n in range(count)
    ]


def hard_pages(seed: int = 0) -> list[Page]:
    """A page of each hard layout in each language."""
    return [page(name, code, f"{seed}/hard") for name in _HARD for code in TONGUES]


def page(layout: str, language: str, seed: str) -> Page:
    """One page: its size varies with the clutter around it more than with its text."""
    tongue = TONGUES[language]
    dice = random.Random(f"{seed}/{layout}/{language}")
    title = headline(tongue, dice)
    texts = tuple(paragraph(tongue, dice) for _ in range(dice.randint(4, 24)))
    day = f"2025-10-{dice.randint(1, 28):02d}T{dice.randint(0, 23):02d}:{dice.randint(0, 59):02d}:00+02:00"
    story = _Story(tongue, dice, title, texts, day, dice.random() < 0.5)
    html = (_LAYOUTS | _HARD)[layout](story)
    return Page(
        layout,
        language,
        f"https://news.example/{language}/{dice.randint(10**6, 10**7)}",
        html.encode(),
        title,
        tongue.outlet,
        tongue.author,
        day,
        "\n".join(texts),
        tongue.credit[1] if story.credited and layout in _CREDITING else None,
    )


# --- parts of pages ------------------------------------------------------------------------------------


def _data(story: _Story, kind: str = "NewsArticle", **more: object) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": story.title,
        "datePublished": story.published,
        "author": [{"@type": "Person", "name": story.tongue.author}],
        "publisher": {"@type": "Organization", "name": story.tongue.outlet},
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def _head(story: _Story, data: str | None = None, more: str = "") -> str:
    rules = "".join(f".c{k}{{margin:{k}px;padding:0 {k}em}}\n" for k in range(story.dice.randint(0, 600)))
    return (
        f'<!DOCTYPE html>\n<html lang="{story.tongue.code}"><head><meta charset="utf-8">'
        f"<title>{story.title} | {story.tongue.outlet}</title>"
        f'<meta property="og:title" content="{story.title}">'
        f'<meta property="og:site_name" content="{story.tongue.outlet}">'
        f'<meta property="article:published_time" content="{story.published}">'
        f'<meta name="author" content="{story.tongue.author}">'
        f"{_data(story) if data is None else data}<style>{rules}</style>{more}</head>"
    )


def _links(story: _Story, count: int, css: str) -> str:
    return "".join(
        f'<li class="{css}-item"><a class="{css}-link" href="/{story.tongue.code}/{k}-{story.dice.random()}">'
        f"{headline(story.tongue, story.dice)}</a></li>\n"
        for k in range(count)
    )


def _top(story: _Story) -> str:
    sections = "".join(
        f'<li><a href="/{k}">{name}</a><ul>{_links(story, story.dice.randint(0, 4), "sub")}</ul></li>'
        for k, name in enumerate(story.tongue.sections)
    )
    return (
        f'<body><div class="cookie-banner" role="dialog"><p>{story.tongue.cookies}</p><button>OK</button></div>'
        f'<header><a href="/"><svg viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg></a><nav><ul>{sections}</ul></nav>'
        "</header>"
    )


def _heading(story: _Story) -> str:
    return (
        f'<h1>{story.title}</h1><div class="byline"><span class="author">{story.tongue.author}</span> '
        f'<time datetime="{story.published}">{story.published[:10]}</time></div>'
        f'<figure><img src="/a.jpg" alt="{story.tongue.photo}"><figcaption>{story.tongue.photo}</figcaption></figure>'
    )


def _after(story: _Story) -> str:
    return (
        f'<div class="share">{story.tongue.share}</div>'
        f'<section class="related"><h3>{story.tongue.related}</h3><ul>{_links(story, 6, "rel")}</ul></section>'
        f'<div class="newsletter-box"><p>{story.tongue.letter}</p><input type="email"></div>'
    )


def _comments(story: _Story, count: int) -> str:
    tongue, dice = story.tongue, story.dice
    texts = "".join(
        f'<li class="comment"><b>user{dice.randint(1, 999)}</b><p>{dice.choice(tongue.opinions)}. '
        f"{sentence(tongue, dice)}</p></li>"
        for _ in range(count)
    )
    return f'<section id="comments" class="comments"><h3>{tongue.comments}</h3><ol>{texts}</ol></section>'


def _bottom(story: _Story) -> str:
    dice = story.dice
    script = "".join(
        f"dl.push({{slot:'{k}',id:{dice.randint(1, 10**9)}}});" for k in range(dice.randint(5, 900))
    )
    most_read = _links(story, dice.randint(5, 120), "most")
    return (
        f'<aside class="sidebar"><ol>{most_read}</ol></aside>'
        f"<footer><p>{story.tongue.rights}</p><ul>{_links(story, 5, 'foot')}</ul></footer>"
        f"<script>{script}</script></body></html>"
    )


def _p(texts: tuple[str, ...]) -> list[str]:
    return [f"<p>{text}</p>\n" for text in texts]


def _credited(story: _Story) -> str:
    return f"<p>{story.tongue.credit[0]}</p>" if story.credited else ""


# --- everyday layouts ----------------------------------------------------------------------------------


def _plain(story: _Story) -> str:
    body = "".join(_p(story.paragraphs)) + _credited(story)
    article = f"<main><article>{_heading(story)}{body}</article>{_after(story)}</main>"
    return _head(story) + _top(story) + article + _bottom(story)


def _components(story: _Story) -> str:
    """As single-page systems write: boxes in boxes, names that say nothing, the text again as data in a script."""
    boxes = "".join(
        f'<div class="css-{k}x1"><div class="css-q{k}"><p class="css-{k}">{text}</p></div></div>'
        for k, text in enumerate(story.paragraphs)
    )
    state = json.dumps({"props": {"blocks": list(story.paragraphs), "ads": list(range(4000))}})
    before, after = '<div class="css-w">' * 14, "</div>" * 14
    return (
        _head(story)
        + _top(story)
        + f'{before}<section itemprop="articleBody">{_heading(story)}{boxes}{_credited(story)}</section>{after}'
        + _after(story)
        + f'<script id="__DATA__" type="application/json">{state}</script>'
        + _bottom(story)
    )


def _interrupted(story: _Story) -> str:
    """Between the paragraphs: one other article, an advertisement, a newsletter, a note to subscribers."""
    tongue, parts = story.tongue, _p(story.paragraphs)
    other = headline(tongue, story.dice)
    parts.insert(1, f'<p><strong>{tongue.also}: <a href="/other">{other}</a></strong></p>')
    parts.insert(3, '<div class="ad-slot" id="ad-3"></div>')
    parts.insert(len(parts) - 1, f"<p>{tongue.letter}</p>")
    parts.append(f"{_credited(story)}<p><em>{tongue.subscribe}</em></p>")
    post = f'<div class="post-content">{_heading(story)}{"".join(parts)}</div>'
    article = f'<div id="content">{post}{_after(story)}</div>'
    return _head(story) + _top(story) + article + _bottom(story)


def _discussed(story: _Story) -> str:
    article = (
        f'<div class="article-body">{_heading(story)}{"".join(_p(story.paragraphs))}{_credited(story)}</div>'
    )
    comments = _comments(story, story.dice.randint(5, 60))
    return _head(story) + _top(story) + article + _after(story) + comments + _bottom(story)


def _amp(story: _Story) -> str:
    body = "".join(_p(story.paragraphs))
    return (
        _head(
            story, more='<script async src="https://cdn.example/v0.js"></script><style amp-custom>p{}</style>'
        )
        + f'<body><amp-consent id="c"><p>{story.tongue.cookies}</p></amp-consent><article class="amp-wp-article">'
        f'{_heading(story)}<amp-ad width="300"></amp-ad><div class="amp-wp-article-content">{body}{_credited(story)}'
        f"</div></article>{_after(story)}{_bottom(story)}"
    )


def _sectioned(story: _Story) -> str:
    """Subheadings, a list and a quotation within the text; they are the article's."""
    texts = list(story.paragraphs)
    parts = _p(tuple(texts))
    parts[1] = f"<h2>{texts[1]}</h2>"
    parts[2] = f"<ul><li>{texts[2]}</li></ul>"
    parts[3] = f"<blockquote><p>{texts[3]}</p></blockquote>"
    article = (
        f'<article class="entry"><div class="entry-content">{_heading(story)}{"".join(parts)}</div></article>'
    )
    return _head(story) + _top(story) + article + _after(story) + _bottom(story)


# --- layouts that extractors lose -----------------------------------------------------------------------


def _deep(story: _Story) -> str:
    inner = _heading(story) + "".join(_p(story.paragraphs))
    return f"{_head(story)}{_top(story)}{'<div>' * 320}<article>{inner}</article>{'</div>' * 320}{_bottom(story)}"


def _deep_unlike(story: _Story) -> str:
    """The boxes are named and hold a word here and there: no run of the same tag."""
    opening = "".join(
        f'<{"div" if k % 2 else "section"} class="l{k}" data-k="a>b"><!-- {k} --><i></i>' for k in range(300)
    )
    closing = "".join(f"</{'div' if k % 2 else 'section'}>" for k in reversed(range(300)))
    inner = _heading(story) + "".join(_p(story.paragraphs))
    return f"{_head(story)}{_top(story)}{opening}<article>{inner}</article>{closing}{_bottom(story)}"


def _behind_script(story: _Story) -> str:
    script = "<script>var state='" + "x1y2" * 2_700_000 + "';</script>"
    article = f"<article>{_heading(story)}{''.join(_p(story.paragraphs))}</article>"
    return _head(story) + _top(story) + script + article + _bottom(story)


def _data_only(story: _Story) -> str:
    """A page that a script draws: the text is in its structured data alone, its paragraphs run together."""
    data = _data(story, articleBody="\n\n".join(story.paragraphs))
    return f'{_head(story, data)}<body><div id="root"></div><noscript>JavaScript</noscript></body></html>'


def _data_graph(story: _Story) -> str:
    """The same, deep in a graph, as HTML, beside a first object that is an article without a text."""
    body = "".join(_p(story.paragraphs))
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebPage", "name": story.title},
            {"@type": "NewsArticle", "headline": story.title, "datePublished": story.published,
             "author": {"@type": "Person", "name": story.tongue.author}},
            {"@type": ["Article", "NewsArticle"], "headline": story.title, "articleBody": body},
        ],
    }  # fmt: skip
    data = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    return f'{_head(story, data)}<body><div id="root"></div></body></html>'


def _breaks(story: _Story) -> str:
    """Paragraphs parted by <br>, in one box, with the related links in it."""
    credit = story.tongue.credit[0] if story.credited else ""
    text = "<br><br>\n".join((*story.paragraphs, credit))
    article = f'<td class="news_text"><h1>{story.title}</h1>{text}</td>'
    return f"{_head(story)}{_top(story)}<table><tr>{article}</tr></table>{_after(story)}{_bottom(story)}"


def _boxes(story: _Story) -> str:
    """Paragraphs that are no <p>: boxes of spans."""
    text = "".join(f'<div class="t"><span>{text}</span></div>' for text in story.paragraphs)
    article = f'<div class="story"><h1>{story.title}</h1><div class="story__text">{text}</div></div>'
    return _head(story) + _top(story) + article + _after(story) + _bottom(story)


def _live(story: _Story) -> str:
    """A live blog: each paragraph an update with its time and headline, and what shares it."""
    updates = "".join(
        f'<div class="live-update" id="u{k}"><time datetime="2025-10-24T09:{k:02d}:00Z"></time>'
        f'<div class="update-body"><p>{text}</p></div><ul class="share-links"><li>{story.tongue.share}</li></ul></div>'
        for k, text in enumerate(story.paragraphs)
    )
    data = _data(
        story,
        "LiveBlogPosting",
        liveBlogUpdate=[{"@type": "BlogPosting", "articleBody": text} for text in story.paragraphs],
    )
    return f"{_head(story, data)}{_top(story)}<main><h1>{story.title}</h1>{updates}</main>{_bottom(story)}"


def _live_data(story: _Story) -> str:
    """A live blog whose updates a script draws."""
    data = _data(
        story,
        "LiveBlogPosting",
        liveBlogUpdate=[{"@type": "BlogPosting", "articleBody": text} for text in story.paragraphs],
    )
    return f'{_head(story, data)}{_top(story)}<main><h1>{story.title}</h1><div id="live"></div></main>{_bottom(story)}'


_Layout = Callable[[_Story], str]
_LAYOUTS: dict[str, _Layout] = {
    "plain": _plain,
    "components": _components,
    "interrupted": _interrupted,
    "discussed": _discussed,
    "amp": _amp,
    "sectioned": _sectioned,
}
_HARD: dict[str, _Layout] = {
    "deep": _deep,
    "deep, unlike": _deep_unlike,
    "behind a script": _behind_script,
    "data only": _data_only,
    "data in a graph": _data_graph,
    "parted by <br>": _breaks,
    "boxes for paragraphs": _boxes,
    "live blog": _live,
    "live blog as data": _live_data,
}
_CREDITING = {"plain", "components", "interrupted", "discussed", "amp", "parted by <br>"}
