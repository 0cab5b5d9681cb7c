"""News pages for tests and benchmarks: heavy and cluttered as real ones, the same for the same number."""

from __future__ import annotations

import json
import random


def _list(text: str) -> list[str]:
    return text.split("; ")


_PLACES = _list("Seoul; Moscow; Kyiv; Berlin; Paris; Tokyo; Geneva; Vienna; Ottawa; Nairobi; Lima; Oslo")
_WHO = _list(
    "the interior minister; a spokesman for the ministry; two officials with knowledge of the talks; "
    "the mayor; the central bank's governor; residents of the district; the company's chief executive; "
    "a union leader; the head of the election commission; the port authority; an army spokeswoman; the "
    "regional governor"
)
_DID = _list(
    "rejected the proposal; announced a review of the contracts; called for patience; opened the new "
    "terminal; visited the damaged bridge; signed the agreement; postponed the vote; published the "
    "figures; raised the forecast; warned of further delays; met the delegation; questioned the "
    "findings"
)
_WHY = _list(
    "after three days of talks; because the budget had not been approved; as heavy rain closed several "
    "roads; following complaints by {n} households; while prices rose by {n} percent; in a letter seen "
    "by reporters; during a ceremony attended by {n} guests; despite objections from neighbouring "
    "towns; to make room for {n} new apartments; before the deadline on {day}"
)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_SECTIONS = _list(
    "World; Politics; Business; Markets; Technology; Science; Health; Sport; Culture; Opinion; Weather; Video"
)
_OUTLETS = _list(
    "Morning Courier; Harbour Times; The Daily Ledger; Northern Post; City Observer; Evening Dispatch"
)


def article_page(n: int, seed: int = 0) -> tuple[str, bytes]:
    """The title and the HTML (UTF-8, 30 to 60 KB) of the `n`-th page: an article of 300 to 600 words with
    navigation, scripts, styles, JSON-LD, a cookie banner, related links, and a footer around it."""
    dice = random.Random(f"{seed}/{n}")
    outlet, place = dice.choice(_OUTLETS), dice.choice(_PLACES)
    title = f"{_clause(dice).capitalize()} in {place}, report {n}"
    words = dice.randint(300, 540)
    paragraphs = [f"{place.upper()} - {_sentence(dice)}"]
    while sum(len(paragraph.split()) for paragraph in paragraphs) < words:
        paragraphs.append(" ".join(_sentence(dice) for _ in range(dice.randint(1, 4))))
    day = f"2025-10-{dice.randint(1, 28):02d}T{dice.randint(0, 23):02d}:{dice.randint(0, 59):02d}:00+00:00"
    html = _HEAD.format(
        title=title, outlet=outlet, day=day, data=_linked_data(title, outlet, day), styles=_styles(dice)
    )
    html += (
        _navigation(dice) + _article(title, day, paragraphs, dice) + _sidebar(dice) + _footer(dice, outlet)
    )
    return title, html.encode()


def _clause(dice: random.Random) -> str:
    return f"{dice.choice(_WHO)} {dice.choice(_DID)}"


def _sentence(dice: random.Random) -> str:
    why = dice.choice(_WHY).format(n=dice.randint(2, 900), day=dice.choice(_DAYS))
    clause = _clause(dice)
    told = f"the {dice.choice(_OUTLETS)} reported on {dice.choice(_DAYS)}"
    return f"{clause[0].upper()}{clause[1:]} {why}, {told}."


def _headline(dice: random.Random) -> str:
    return f"{_clause(dice).capitalize()} in {dice.choice(_PLACES)}"


def _linked_data(title: str, outlet: str, day: str) -> str:
    return json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": day,
            "author": {"@type": "Person", "name": "Robin Example"},
            "publisher": {"@type": "Organization", "name": outlet},
        }
    )


def _styles(dice: random.Random) -> str:
    return "".join(
        f".c{dice.randint(1, 9999)}-{k}{{margin:{k}px;color:#{dice.randint(0, 0xFFFFFF):06x}}}\n"
        for k in range(120)
    )


def _links(dice: random.Random, count: int, css: str) -> str:
    return "".join(
        f'<li class="{css}__item"><a class="{css}__link" data-track="{css}-{k}" '
        f'href="/{dice.choice(_SECTIONS).lower()}/'
        f'{dice.randint(1000, 9999)}/story-{k}.html"><span>{_headline(dice)}</span></a></li>\n'
        for k in range(count)
    )


def _navigation(dice: random.Random) -> str:
    sections = "".join(
        f'<li class="nav__item"><a href="/{section.lower()}" class="nav__link"><svg width="12"><path '
        f'd="M0 0h12v{k}"/></svg>'
        f"{section}</a><ul>{_links(dice, 3, 'subnav')}</ul></li>"
        for k, section in enumerate(_SECTIONS)
    )
    return (
        f'<body class="page"><header class="header"><a href="/"><img src="/logo.svg" alt="logo"></a><nav>'
        f"<ul>{sections}</ul></nav>"
        '</header><div id="cookie-banner" class="cookie-consent" role="dialog"><p>We use cookies to '
        "improve your experience. By "
        "continuing to use this site you accept our cookie policy.</p><button>Accept all cookies</button>"
        "</div>"
    )


def _article(title: str, day: str, paragraphs: list[str], dice: random.Random) -> str:
    text = [f"<p>{paragraph}</p>\n" for paragraph in paragraphs]
    text.insert(len(text) // 2, '<div class="ad ad--inline" data-slot="mid"><span>Advertisement</span></div>')
    return (
        f'<main><div class="wrap"><article class="article"><header><h1>{title}</h1><p class="byline">By '
        f'<a rel="author" href="/by/robin">Robin Example</a> <time datetime="{day}">{day[:10]}</time></p>'
        f"</header>"
        '<figure><img src="/p.jpg" alt=""><figcaption>A street on the day of the announcement. Photo: '
        "Robin Example"
        f'</figcaption></figure><div class="article__body">{"".join(text)}</div></article>'
        f'<section class="related-articles"><h2>Related articles</h2><ul>'
        f"{_links(dice, 8, 'related')}</ul></section>"
        '<form class="newsletter"><h3>Sign up for our newsletter</h3><input type="email"><button>'
        "Subscribe</button></form>"
        "</div>"
    )


def _sidebar(dice: random.Random) -> str:
    return (
        f'<aside class="sidebar"><h2>Most read</h2><ol>{_links(dice, dice.randint(10, 50), "most-read")}</ol>'
        "<h2>Latest</h2>"
        f"<ul>{_links(dice, 25, 'latest')}</ul></aside></main>"
    )


def _footer(dice: random.Random, outlet: str) -> str:
    script = "".join(
        f"window.dataLayer.push({{'slot':'{k}','id':{dice.randint(1, 10**9)}}});\n" for k in range(150)
    )
    return (
        f"<footer><ul>{_links(dice, 12, 'footer')}</ul><p>Copyright 2025 {outlet}. All rights "
        f"reserved.</p></footer>"
        f"<script>{script}</script></body></html>"
    )


_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - {outlet}</title>
<meta name="viewport" content="width=device-width"><meta property="og:title" content="{title}">
<meta property="og:site_name" content="{outlet}"><meta property="og:type" content="article">
<meta property="article:published_time" content="{day}"><meta name="author" content="Robin Example">
<link rel="stylesheet" href="/site.css"><link rel="alternate" type="application/rss+xml" href="/rss">
<script type="application/ld+json">{data}</script><style>{styles}</style></head>
"""
