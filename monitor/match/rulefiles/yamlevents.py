"""The events of a YAML document: as libyaml finds them, which is fast, or as ruamel.yaml does, which explains.

Reading YAML is most of what a cold start with many rules costs, and libyaml is 18 times as fast. What it
refuses, ruamel.yaml is asked about, so that every error is worded and placed by one of them only; and so
is a text with signs that the two may take differently: YAML 1.1 (libyaml) breaks lines at more of them
than YAML 1.2 does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from ruamel.yaml import YAML, events

_AMBIGUOUS = re.compile(
    "[\t\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]"  # breaks, controls
    r"|^%|^\.\.\.|(?!\A)^---"  # directives, several documents
    "|[|>][-+0-9]*#",  # a comment that libyaml takes without a space before it
    re.MULTILINE,
)
_FAST = getattr(yaml, "CSafeLoader", None)  # PyYAML may have been built without libyaml


def parse(text: str) -> Iterator[Any]:
    """The events of `text`, as classes of ruamel.yaml. Raises ruamel.yaml's YAMLError where it is none."""
    fast = fast_events(text)
    return YAML(typ="safe", pure=True).parse(text) if fast is None else iter(fast)


def fast_events(text: str) -> list[Any] | None:
    """What libyaml finds; None where it refuses the text, or may see a part otherwise."""
    if _FAST is None or _AMBIGUOUS.search(text):
        return None
    try:
        found = [_like_ruamels(event) for event in yaml.parse(text, Loader=_FAST)]
    except yaml.YAMLError:
        return None
    is_map = len(found) > 2 and isinstance(found[2], events.MappingStartEvent)
    return found if is_map and not any(map(_is_odd, found)) else None


def _is_odd(event: Any) -> bool:
    """Whether the two may see this differently: a value left out, and what rule files have not."""
    if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
        return True
    return isinstance(event, events.ScalarEvent) and not event.value and not event.style


def _like_ruamels(event: Any) -> Any:
    start, end = event.start_mark, event.end_mark
    match type(event).__name__:
        case "ScalarEvent":
            return events.ScalarEvent(
                event.anchor, event.tag, event.implicit, event.value, start, end, event.style
            )
        case "SequenceStartEvent" | "MappingStartEvent" as name:
            return getattr(events, name)(event.anchor, event.tag, event.implicit, start, end)
        case "AliasEvent":
            return events.AliasEvent(event.anchor, start, end)
        case name:
            return getattr(events, name)(start, end)
