"""What people write who know another product, and how it is written here."""

from __future__ import annotations

import re
from difflib import get_close_matches

# Keys of rule files and fields of queries under the names that others give them.
KEYS = {
    "a rule file": {
        "rule": "did you mean rules?",
        "lists": "did you mean terms?",
        "macros": "did you mean terms?",
    },
    "a rule": {
        **dict.fromkeys(("name", "rule", "key", "uid"), "id: a-short-name, and title: for people"),
        **dict.fromkeys(("headline", "subject", "label"), "did you mean title?"),
        **dict.fromkeys(
            ("q", "search", "expression", "match", "pattern", "condition"), "did you mean query?"
        ),
        **dict.fromkeys(("priority", "level", "importance"), "did you mean severity?"),
        **dict.fromkeys(("to", "receivers", "receiver", "notify", "channel"), "alert: {to: [desk]}"),
        **dict.fromkeys(("per", "frequency"), "alert: {per: story}"),
        **dict.fromkeys(("lang", "language", "site", "feed", "tag"), "where: {lang: [en, ko]}"),
        **dict.fromkeys(("not", "except", "exclusions", "ignore"), "did you mean exclude?"),
        **dict.fromkeys(("terms", "lists"), "terms: stands once in a file, beside rules:"),
        **dict.fromkeys(
            ("enabled", "disabled", "active", "status"), "take the rule out, or set enabled_until:"
        ),
        **dict.fromkeys(("until", "expires", "expiry"), "did you mean enabled_until?"),
        **dict.fromkeys(("author", "contact"), "did you mean owner?"),
        **dict.fromkeys(("<<",), "rule files have no merge keys: write the keys out"),
    },
    "tests:": {
        **dict.fromkeys(
            ("should_match", "positive", "hits", "yes", "must_match", "ruleid"), "did you mean match?"
        ),
        **dict.fromkeys(
            ("should_not_match", "not_match", "no_match", "negative", "misses", "no", "ok"),
            "did you mean ignore?",
        ),
        **dict.fromkeys(("known_false_positive", "todook"), "did you mean known_false?"),
        **dict.fromkeys(("known_false_negative", "todo", "todoruleid"), "did you mean known_miss?"),
    },
    "a test": {
        **dict.fromkeys(("text", "content", "story"), "did you mean body?"),
        **dict.fromkeys(("headline", "subject"), "did you mean title?"),
        **dict.fromkeys(("language",), "did you mean lang?"),
        **dict.fromkeys(("link", "address"), "did you mean url?"),
    },
    "where:": {
        **dict.fromkeys(("source", "domain", "host", "outlet"), "did you mean site?"),
        **dict.fromkeys(("language", "languages"), "did you mean lang?"),
        **dict.fromkeys(("category", "section"), "did you mean tag?"),
    },
    "alert:": {
        **dict.fromkeys(("receiver", "receivers", "channel", "email", "mail"), "did you mean to?"),
        **dict.fromkeys(("frequency", "once", "every"), "did you mean per?"),
    },
}
FIELDS = {
    **dict.fromkeys(("headline", "hl", "hd", "head", "intitle", "subject"), "title"),
    **dict.fromkeys(("text", "content", "fulltext", "story", "article"), "body"),
    **dict.fromkeys(("ingress", "intro", "hlead", "lp", "summary", "standfirst"), "lead"),
    **dict.fromkeys(("byline", "by", "writer"), "author"),
    **dict.fromkeys(("source", "domain", "host", "outlet", "publication", "sitename"), "site"),
    **dict.fromkeys(("link", "inurl", "links"), "url"),
    **dict.fromkeys(("category", "section", "keyword", "tags"), "tag"),
    **dict.fromkeys(("language", "la"), "lang"),
    **dict.fromkeys(("wc", "wordcount", "length", "word"), "words"),
    **dict.fromkeys(("exact", "case", "allcaps", "cs"), "raw"),
}

_LANGUAGES = """
arabic=ar chinese=zh dutch=nl english=en french=fr german=de jp=ja hebrew=he hindi=hi indonesian=id
italian=it japanese=ja korean=ko persian=fa farsi=fa polish=pl portuguese=pt russian=ru spanish=es
turkish=tr ukrainian=uk vietnamese=vi ua=uk kr=ko cn=zh eng=en
"""
_LANGUAGE_CODES = dict(pair.split("=") for pair in _LANGUAGES.split())

_DISTANCE = re.compile(r"(?i)(WITHIN|NEAR|ONEAR|PRE|W|N|ADJ|NEXT)[/:~]?(\d{0,4})")
NO_COMMENT = "# begins no comment in a query: put the comment above query:"
_AND_NOT = ("ANDNOT", "BUT", "EXCEPT", "UNLESS", "WITHOUT", "BUTNOT")
_CALL = re.compile(r"(?i)(atleast|first)/?(\d*)")
_NO_NUMBER = re.compile(r"(ONEAR|NEAR|PRE|WITHIN)[/:~]\D*")
_NOT_NEAR = re.compile(r"(?i)NOT[/:]?(?:NEAR|W)?[/:]?(\d{1,4})")
_SIGNS = {"|": "OR", "&": "AND", "+": "AND"}
_OTHER_QUOTES = "«»‹›「『‘’'`"


def key_meant(what: str, key: str) -> str:
    """The hint for a key that `what` does not have; empty where nothing is known of it."""
    if re.search(r"\s", key):
        return "a text with a colon in it needs quotes around it"
    return KEYS.get(what, {}).get(key.lower(), "")


def field_meant(name: str) -> str:
    found = FIELDS.get(name.lower())
    return f"did you mean {found}:?" if found else ""


def language_meant(name: str) -> str:
    """The hint for what is no language code, but may be a language's name; empty where it is neither."""
    near = get_close_matches(name.lower(), _LANGUAGE_CODES, 1, 0.7)
    return f"did you mean {_LANGUAGE_CODES[near[0]]}?" if near else ""


def operator_meant(word: str, ahead: str) -> tuple[str, str] | None:
    """What to say of `word`, with `ahead` behind it, where an operator was expected; None if it is just a word."""
    if word in _AND_NOT:
        return f"{word} is no operator", "did you mean AND NOT?"
    if word == "XOR":
        return "XOR is no operator", "(a NOT b) OR (b NOT a)"
    if word in ("SAME", "SENTENCE", "PARAGRAPH"):
        return f"{word} is no operator", f"did you mean {'w/s' if word == 'SENTENCE' else 'w/p'}?"
    if word in _SIGNS:
        return f"{word} is no operator", f"did you mean {_SIGNS[word]}? else quote the phrase"
    if len(word) > 1 and word[0] in _OTHER_QUOTES and word[-1] not in _OTHER_QUOTES:
        return f"{word[0]} opens no phrase", f'a phrase stands in straight quotes: "{word[1:]} …"'
    if found := _NOT_NEAR.fullmatch(word):
        return f"{word} is no operator", f"did you mean NOT NEAR/{found[1]}?"
    if found := _NO_NUMBER.fullmatch(word):
        return _distance(found[1], "")
    if (found := _CALL.fullmatch(word)) and (found[2] or ahead == "("):
        return f"{word} needs its number and its parentheses", _call(found[1].lower(), found[2] or "3")
    found = _DISTANCE.fullmatch(word)
    if found and (found[2] or (len(word) > 1 and word.isupper())):
        digits = found[2] or (ahead if ahead.isdigit() else "")
        return _distance(found[1].upper(), digits)
    return None


def _call(name: str, digits: str) -> str:
    return f"atleast{digits}(x)" if name == "atleast" else f"FIRST/{digits}(x)"


def _distance(name: str, digits: str) -> tuple[str, str]:
    ours = name if name in ("NEAR", "ONEAR", "PRE", "W") else "ONEAR" if name in ("ADJ", "NEXT") else "NEAR"
    if not digits:
        return "a proximity needs its distance", f"{ours}/5"
    if name == "ADJ":  # counts the words that may stand between, and one more
        return f"{name} is no operator", f"did you mean ONEAR/{max(int(digits) - 1, 0)}?"
    message = f"{name} is no operator" if ours != name else "a proximity is written with a slash"
    return message, f"did you mean {ours}/{digits}?"
