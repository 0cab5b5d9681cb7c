"""`monitor schema`: what a rule file may hold, as JSON Schema, for editors that complete and check while one writes.

Draft 7, which all editors' YAML support reads.
"""

from __future__ import annotations

import json
from typing import Any

from monitor.match.language.query import LANGUAGES
from monitor.match.rulefiles.lintnames import LINTS
from monitor.match.rulefiles.rulefile import ID_PATTERN
from monitor.model import Per, Severity

Schema = dict[str, Any]

# Letters of any script, digits, - and _, said in a way that JavaScript understands as well.
_LIST_NAME = r"^[^\s!-,./:-@\[-^`{-~]+$"

_LANGUAGE: Schema = {"$ref": "#/definitions/language"}

_PER = {
    Per.STORY: "once for a story, then for its second source and for what is new in it",
    Per.ARTICLE: "for every article that is not a copy",
    Per.DIGEST: "together with others, once a day",
}


def schema() -> Schema:
    """JSON Schema of a rule file."""
    found = _object(
        "A file of rules. `monitor check` says what is wrong in it, `monitor test` tries its rules.",
        terms=_terms(),
        rules=_list(_rule(), "The rules, each beginning with `- id:`"),
        lint=_lint("this file"),
    )
    shared = {"language": _language(), "lint": _lint_name()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Rule file",
        **found,
        "definitions": shared,
    }


def schema_text() -> str:
    """The schema as it is printed and shipped."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _terms() -> Schema:
    return {
        "type": "object",
        "description": "Named lists of words and phrases, used in queries as $name. Lists in terms.yaml are "
        "for all files.",
        "propertyNames": {"pattern": _LIST_NAME},
        "additionalProperties": _some(
            _scalar(
                "A word, a phrase of several words, or a query: anything with a capital operator, quotes, "
                "parentheses, a field or a $name",
                ["North Korea*", 'raw:"KPA"', "朝鲜 NOT NEAR/0 半岛", "$kpa"],
            )
        ),
        "examples": [{"dprk": ["North Korea*", "DPRK", "북한*", "КНДР"]}],
    }


def _rule() -> Schema:
    query = (
        "What to look for: AND OR NOT in capitals with parentheses, \"a phrase\", \"a phrase\"~slop, word*, w?rd, "
        'word~1 (edit distance), raw:"KPA" (exact), /expression/ (RE2), a NEAR/5 b, a ONEAR/5 b (in this order), '
        "a NOT NEAR/5 b, a w/s b (one sentence), a w/p b (one paragraph), 2 OF (a, b, c), atleast3(x), "
        "FIRST/50(x), title: lead: body: author: site: url: feed: tag: lang: words:>300, $list"
    )  # fmt: skip
    rule = _object(
        "A query with what follows from it",
        id={
            **_text("The rule's name for ever: small letters, digits, . - and _", ["kpa-russia-deployment"]),
            "pattern": f"^{ID_PATTERN}$",
        },
        title=_scalar("What people read in the subject of an alert; the id if there is none"),
        severity={
            "enum": [str(each) for each in Severity],
            "default": str(Severity.MEDIUM),
            "description": "How much it matters; shown in alerts",
        },
        query=_scalar(query, ["($kpa NEAR/6 troop*) AND $russia AND (deploy* OR dispatch*)"]),
        exclude=_some(
            _scalar("A query; articles that satisfy it are not matched", ["$sport", "football OR parade*"]),
            "Queries of which none may hold: exclusions that several rules share are best kept in a term list",
        ),
        where=_object(
            "Facts about the article that must hold; several values of a key are alternatives",
            lang=_some(_LANGUAGE, "The language of the article"),
            site=_some(_scalar("A host, a domain above it, or an outlet's name; * is anything", ["yna.co.kr"])),
            feed=_some(_scalar("A part of the feed's address; * is anything", ["*/world/*"])),
            tag=_some(_scalar("A tag of the article or its feed; * is anything", ["wire"])),
        ),
        seeds=_some(
            _text("A text, HTML or Markdown file, from the folder of this file on", ["seeds/wire.txt"]),
            "Articles that the rule was written from: it must match every one",
        ),
        alert=_object(
            "Whom to tell, and how often",
            to=_some(
                _text("A receiver of monitor.toml", ["desk"]), "Receivers; the configuration's where none is named"
            ),
            per={
                "default": str(Per.STORY),
                "description": "When to tell",
                "oneOf": [{"const": str(each), "description": _PER[each]} for each in Per],
            },
            repeat=_duration("Tell again after this, until somebody acknowledges it", "4h"),
            expect={
                "description": "Say so where it matches nothing for this long, or, usual, for unusually long",
                "anyOf": [{"const": "usual"}, _duration("How long", "14d")],
            },
        ),
        tests=_tests(),
        owner=_scalar(
            "Whom to ask about the rule; a receiver of monitor.toml is told when its file is broken", ["desk"]
        ),
        tags=_some(_scalar("A tag, for finding rules"), "Tags, for finding rules"),
        description=_scalar("What the rule is for, in a sentence"),
        enabled_until={
            **_text("The last day on which the rule runs", ["2027-01-31"]),
            "format": "date",
            "pattern": r"^\d{4}-\d{2}-\d{2}$",
        },
        leading_wildcard={
            "type": "boolean",
            "default": False,
            "description": "Allow *word in the query and its lists, which is slow",
        },
        lint=_lint("this rule"),
    )  # fmt: skip
    return {**rule, "required": ["id", "query"]}


def _tests() -> Schema:
    case = {
        "anyOf": [
            _scalar("A text: the body of an article", ["North Korea has sent troops to Russia."]),
            _object(
                "An article with more than a body",
                title=_scalar("Its headline"),
                body=_scalar("Its text"),
                lang=_LANGUAGE,
                url=_text("Its address, which site: and url: look at", ["https://news.example/1"]),
                feed=_text("The address of its feed", ["https://news.example/rss"]),
            ),
        ]
    }
    return _object(
        "Texts that show what the rule does; `monitor test` tries them",
        match=_list(case, "The rule must match these"),
        ignore=_list(case, "The rule must not match these"),
        known_miss=_list(case, "The rule should match these and does not yet; `test` says when it does"),
        known_false=_list(case, "The rule should not match these and still does; `test` says when it ceases"),
    )


def _lint(what: str) -> Schema:
    ignore = _some({"$ref": "#/definitions/lint"}, "Names of lints, as warnings show them in brackets")
    return _object(f"Which warnings of `monitor check` {what} does without", ignore=ignore)


def _lint_name() -> Schema:
    return {"oneOf": [{"const": name, "description": said} for name, said in LINTS.items()]}


def _language() -> Schema:
    return {
        "description": "A language: two letters (ISO 639-1), with or without a region",
        "anyOf": [
            {"enum": sorted(LANGUAGES)},
            {"type": "string", "pattern": "^[A-Za-z]{2}([-_][A-Za-z0-9]+)*$"},
        ],
        "examples": ["en", "ko", "zh"],
    }


def _text(description: str, examples: list[str] | None = None) -> Schema:
    found: Schema = {"type": "string", "minLength": 1, "description": description}
    return {**found, "examples": examples} if examples else found


def _scalar(description: str, examples: list[str] | None = None) -> Schema:
    """A text, which may look like a number or a truth value: it stays as it was written."""
    return {**_text(description, examples), "type": ["string", "number", "boolean"]}


def _duration(description: str, example: str) -> Schema:
    return {**_text(description, [example]), "pattern": r"^(\d+(\.\d+)?\s*(ms|s|m|h|d|w))+$"}


def _list(item: Schema, description: str) -> Schema:
    return {"type": "array", "items": item, "description": description}


def _some(item: Schema, description: str = "") -> Schema:
    """One, or a list of them."""
    return {
        "description": description or item.get("description", ""),
        "anyOf": [item, {"type": "array", "items": item}],
    }


def _object(about: str, /, **properties: Schema) -> Schema:
    return {"type": "object", "description": about, "properties": properties, "additionalProperties": False}
