"""What a template is given, name by name: for who writes one, and for hints where one is misspelt."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES: Mapping[str, str] = {
    "badge": "what the message is: New story, Update, Reminder, Digest, Flood, Test, Notice",
    "kind": "the same in one word: new, update, repeat, digest, test, notice",
    "severity": "low, medium, high or critical",
    "light": "the severity as a coloured dot",
    "rule": "the rule's id",
    "rule_title": "the rule's title",
    "headline": "what is reported, in one line; of a digest, how many stories",
    "story_name": "what a person called the story, where the headline does not say that; else empty",
    "subject": "the whole of it in one line, as shipped: rule, what, how new, who reports it",
    "news": "how new it is, where the badge does not say it all: 12,000 → 15,000 troops; else empty",
    "sources": "who reports it: the outlet, or how many with copies: 3 sources",
    "items": "the articles, each as below; of a story the first is what began the message",
    "groups": "the same by rule: each has rule_title, count and items",
    "counts": "of a digest, how many each rule brought: 12 Memorials, 11 Troops",
    "is_spike": "whether it is a digest of a rule that brings far more than usual",
    "held_since": "of a digest of too much at once, since when it was held: 14:03 KST; else empty",
    "total": "how many articles there are",
    "left_out": "how many of them are not in items, for want of room",
    "lines": "of a notice, its text, line by line",
    "lines_left_out": "how many lines there are no room for",
    "escalation": "where it is graver than what was told before: now critical, was high; else empty",
    "acked": "who is on it: Kim is on it since 17:20 KST; else empty",
    "reminder": "of what is repeated: Not acknowledged since 17:16 KST; else empty",
    "how_to": "what can be done, each with what and command: monitor alerts ack 42",
    "created": "when the alert was made, in the receiver's zone and in UTC",
    "id": "the alert's number, as commands take it",
    "uid": "the alert's id, the same for ever",
    "short_uid": "its first eight characters, which make a repeat recognisable",
    "service": "mail, slack, discord, telegram, mattermost, teams, matrix, ntfy, pushover, gotify, json …",
    "titled": "whether the service shows a subject beside the text",
}
ITEM: Mapping[str, str] = {
    "title": "the headline",
    "marked_title": "the same as an excerpt, with what matched marked where no sentence is quoted",
    "excerpts": "the sentences that matched; {{ excerpt }} shows the marks, {{ excerpt | plain }} does not",
    "words": "the different words that matched",
    "badge": "New story or Update",
    "kind": "new or update",
    "reason": "why it is told, where the badge does not say it all; else empty",
    "rule_title": "the title of its rule",
    "source": "the outlet",
    "agency": "the agency, where it is known; else empty",
    "language": "the language, as in <q lang>: en, ko, zh-Hant; else empty",
    "rtl": "whether its text runs from right to left",
    "published": "when it was published, in the receiver's zone and in UTC; else empty",
    "delay": "found 4 min after publication; else empty",
    "url": "a web address that is safe to link; none where there is none",
    "copies": "how many other outlets carry the same text",
    "degraded": "why only what the feed gave is known; else empty",
}
FUNCTIONS: Mapping[str, str] = {
    "bold(text)": "bold, as the service writes it; in .chat and .txt",
    "link(url)": "a link, as the service writes it; in .chat and .txt",
    "marked(excerpt)": "an excerpt with what matched in bold; in .chat and .txt",
    "esc(text)": "text escaped for the service; what {{ … }} writes is escaped anyway",
}
NAMES = (*VARIABLES, *(name.partition("(")[0] for name in FUNCTIONS))
