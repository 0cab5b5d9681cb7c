"""`monitor schema`: what a rule file may hold, as JSON Schema."""

from __future__ import annotations

from typing import Any

from monitor.model import Severity


def schema() -> dict[str, Any]:
    """JSON Schema of a rule file, for editors that complete and check while one writes."""
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    some = {"anyOf": [text, texts]}
    case = {
        "anyOf": [
            text,
            _object(
                {"title": text, "body": text, "lang": text, "url": text, "feed": text}, "A text with more"
            ),
        ]
    }
    rule = _object(
        {
            "id": {
                "type": "string",
                "pattern": "^[a-z0-9][a-z0-9._-]{0,79}$",
                "description": "Unique, for ever",
            },
            "title": {"type": "string", "description": "What people read in an alert's subject"},
            "severity": {"enum": [str(each) for each in Severity], "default": "medium"},
            "query": {
                "type": "string",
                "description": 'AND OR NOT, "phrase"~slop, NEAR/n, w/s, wild*, field:, $list',
            },
            "exclude": some | {"description": "Queries that must not hold"},
            "where": _object({"lang": some, "site": some, "feed": some, "tag": some}, "Facts that must hold"),
            "seeds": texts | {"description": "Articles beside this file that the rule must match"},
            "alert": _object(
                {"to": some, "per": {"enum": ["story", "article", "digest"]}}, "To whom, and how often"
            ),
            "tests": _object(
                {
                    name: {"type": "array", "items": case}
                    for name in ("match", "ignore", "known_miss", "known_false")
                },
                "Texts to match and to ignore",
            ),
            "owner": {"type": "string", "description": "Whom to ask"},
            "tags": texts,
            "description": text,
            "enabled_until": {
                "type": "string",
                "format": "date",
                "description": "The last day on which it runs",
            },
            "leading_wildcard": {"type": "boolean", "description": "Allow *word, which is slow"},
        },
        "A rule",
    )
    rule["required"] = ["id", "query"]
    lists = {"type": "object", "additionalProperties": some, "description": "Named lists, used as $name"}
    schema = _object({"terms": lists, "rules": {"type": "array", "items": rule}}, "A file of rules")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Rule file", **schema}


def _object(properties: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": description,
    }
