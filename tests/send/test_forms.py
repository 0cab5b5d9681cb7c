"""Whatever a feed says, on every service: within its limit, in its own markup, and nobody is called by it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Alert, AlertItem, Kind, Severity, Span
from monitor.send.excerpt import visible
from monitor.send.forms import Form, Markup, all_forms, form_named
from monitor.send.hard_cases import cases
from monitor.send.markup import bold, escape
from monitor.send.render import render
from tests.send.alerts import MUSEUM, PUBLISHED, alert, item

SHORT = [form for form in all_forms() if not form.long]
# What services themselves take, in characters: what is sent must stay below.
TAKEN = {
    "slack": 40_000, "discord": 2_000, "telegram": 4_096, "mattermost": 4_000, "teams": 28_000, "matrix": 20_000,
    "ntfy": 4_096, "pushover": 1_024, "gotify": 100_000, "other": 1_024,
}  # fmt: skip


def rendered(made: Alert, form: Form):
    return render(made, form, zone="Asia/Seoul", key="0f3a", install="monitor.example")


def flood(*items: AlertItem) -> Alert:
    """What was too much at once, told ten minutes later."""
    told = {
        "kind": Kind.DIGEST,
        "rule": "monitor.flood",
        "rule_title": "Flood",
        "story": None,
        "story_uid": None,
    }
    return alert(*items, created=PUBLISHED + timedelta(minutes=14), **told)


def named(form: Form) -> str:
    return form.service


def test_every_short_form_is_known_here():
    assert {form.service for form in SHORT} == set(TAKEN)
    assert all(form.limit <= TAKEN[form.service] for form in SHORT)


@pytest.mark.parametrize("form", all_forms(), ids=named)
def test_hard_cases_stay_within_what_a_service_takes(form):
    for said, made in cases():
        message = rendered(made, form)
        assert message.fallback is None, said
        assert len(message.text) <= form.limit, said
        if form.service == "ntfy":  # which counts bytes
            assert len(message.text.encode("utf-8", "replace")) <= TAKEN["ntfy"], said
        assert made.uid[:8] in message.text.replace("\\", ""), said


TEXTS = {
    "5 > 3 & *bold* _it_ ~no~ `c` <b>": {
        "slack": "5 &gt; 3 &amp; *bold* _it_ ~no~ `c` &lt;b&gt;",
        "telegram": "5 &gt; 3 &amp; *bold* _it_ ~no~ `c` &lt;b&gt;",
        "discord": r"5 \> 3 & \*bold\* \_it\_ \~no\~ \`c\` \<b\>",
        "mattermost": r"5 \> 3 & \*bold\* \_it\_ \~no\~ \`c\` \<b\>",
        "teams": r"5 \> 3 & \*bold\* \_it\_ \~no\~ \`c\` \<b\>",
        "matrix": "5 > 3 & *bold* _it_ ~no~ `c` <b>",
        "ntfy": "5 > 3 & *bold* _it_ ~no~ `c` <b>",
        "pushover": "5 > 3 & *bold* _it_ ~no~ `c` <b>",
        "gotify": "5 > 3 & *bold* _it_ ~no~ `c` <b>",
    },
    "[a](https://x.example) # h | t": {
        "slack": "[a](https://x.example) # h | t",
        "telegram": "[a](https://x.example) # h | t",
        "discord": r"\[a\](https://x.example) \# h \| t",
        "mattermost": r"\[a\](https://x.example) \# h \| t",
    },
    "@here <!channel> <@U1> <@&1>": {
        "slack": "@\u2060here &lt;!channel&gt; &lt;@\u2060U1&gt; &lt;@\u2060&amp;1&gt;",
        "telegram": "@\u2060here &lt;!channel&gt; &lt;@\u2060U1&gt; &lt;@\u2060&amp;1&gt;",
        "discord": "@\u2060here \\<!channel\\> \\<@\u2060U1\\> \\<@\u2060&1\\>",
        "ntfy": "@\u2060here <!channel> <@\u2060U1> <@\u2060&1>",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "service"), [(text, name) for text, shown in TEXTS.items() for name in shown]
)
def test_text_is_escaped_as_its_service_reads_it(text, service):
    markup = form_named(service).markup
    shown = TEXTS[text][service]
    assert escape(text, markup) == shown
    mark = {Markup.MRKDWN: "*", Markup.MARKDOWN: "**"}.get(markup, "")
    assert bold(text, markup) == (f"<b>{shown}</b>" if markup is Markup.HTML else f"{mark}{shown}{mark}")


CALLS = re.compile(r"@(everyone|here|channel|all|room|desk|U123|&9)", re.IGNORECASE)
CALLING = "@everyone @here <!channel> <!here|x> @channel <@U123> <@&9> @room @ everyone @All ＠here a@desk"
NAMES = st.sampled_from([*CALLING.split(), "*", "`", "<b>", "&lt;", "\u202e", "\n"])
SAYINGS = st.lists(NAMES | st.text(max_size=6), max_size=8).map("".join)


@st.composite
def callers(draw: st.DrawFn) -> Alert:
    """Alerts in which every text would call somebody, cut into pieces wherever a match may be."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        title, body = draw(SAYINGS), draw(SAYINGS) + " " + draw(SAYINGS)
        places = st.integers(0, 40)
        spans = draw(
            st.lists(st.builds(Span, st.sampled_from(["title", "body"]), places, places), max_size=4)
        )
        article = replace(MUSEUM, title=title, body=body, source=draw(SAYINGS), agency=draw(SAYINGS))
        one = item(
            article, "troops", reason=draw(SAYINGS), rule_title=draw(SAYINGS), copies=draw(st.integers(0, 2))
        )
        found.append(
            replace(one, spans=tuple(spans), kind=draw(st.sampled_from([None, Kind.NEW, Kind.UPDATE])))
        )
    return alert(
        *found,
        kind=draw(st.sampled_from(Kind)),
        severity=draw(st.sampled_from(Severity)),
        rule_title=draw(SAYINGS),
        story_title=draw(SAYINGS),
        text=draw(SAYINGS),
        acked_by=draw(SAYINGS),
        acked_at=PUBLISHED,
        first_told=draw(st.none() | st.just(PUBLISHED)),
        escalated_from=draw(st.none() | st.sampled_from(Severity)),
        thread_title=draw(SAYINGS),
        id=draw(st.integers(0, 9)),
    )


@settings(deadline=None, max_examples=100)
@given(callers(), st.sampled_from(SHORT))
def test_nobody_is_called_by_what_a_feed_says(made, form):
    message = rendered(made, form)
    assert message.fallback is None
    assert 0 < len(message.text) <= form.limit
    assert not CALLS.search(message.text)
    if form.markup is Markup.MARKDOWN:
        assert not re.search(r"(?<!\\)<[!@]", message.text)
    if form.markup is Markup.HTML:
        assert well_formed(message.text)
    if form.markup is Markup.MRKDWN:
        assert not {"<", ">"} & set(message.text)


def well_formed(text: str) -> bool:
    """Whether Telegram takes it: <b> and </b> in turn, nothing else; it refuses a whole message for one tag."""
    reader = Bold()
    reader.feed(text)
    reader.close()
    return reader.fine and not reader.open and not re.search(r"&(?!amp;|lt;|gt;|quot;)", text)


class Bold(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fine, self.open = True, 0

    def handle_starttag(self, tag, attrs):
        self.fine &= tag == "b" and not attrs and not self.open
        self.open += 1

    def handle_endtag(self, tag):
        self.fine &= tag == "b" and self.open == 1
        self.open -= 1


# --- what is said in one line ----------------------------------------------------------------------

REPORT = "Museum for those who fought in Kursk opens in Pyongyang"
UPDATE = item(reason="12,000 → 15,000 troops", kind=Kind.UPDATE, copies=2)


@pytest.mark.parametrize(
    ("made", "line", "title"),
    [
        (
            alert(item(copies=2)),
            f"🟠 NEW STORY · Memorials: *{REPORT}* (3 sources)",
            f"[Memorials] New: {REPORT} (3 sources)",
        ),
        (
            alert(UPDATE, kind=Kind.UPDATE),
            f"🟠 UPDATE · Memorials: *{REPORT}* · 12,000 → 15,000 troops (3 sources)",
            f"[Memorials] Update: {REPORT} · 12,000 → 15,000 troops (3 sources)",
        ),
        (
            alert(UPDATE, kind=Kind.UPDATE, severity=Severity.CRITICAL, escalated_from=Severity.LOW),
            f"🔴 UPDATE · Memorials: *{REPORT}* · now critical, was low · 12,000 → 15,000 troops (3 sources)",
            f"[Memorials] Escalated: {REPORT} · now critical, was low · 12,000 → 15,000 troops (3 sources)",
        ),
        (
            alert(kind=Kind.REPEAT, first_told=PUBLISHED),
            f"🟠 REMINDER · Memorials: *{REPORT}* · Not acknowledged since 17:12 KST (Example Wire)",
            f"[Memorials] Reminder: {REPORT} (Example Wire)",
        ),
        (
            alert(item(kind=Kind.NEW), UPDATE, UPDATE),
            f"🟠 NEW STORY · Memorials: *{REPORT}* · and 2 updates since (5 sources)",
            f"[Memorials] New: {REPORT} · and 2 updates since (5 sources)",
        ),
        (
            alert(*[item(kind=Kind.NEW, rule_title="Memorials")] * 4, kind=Kind.DIGEST),
            "🟠 DIGEST · Memorials · *4 stories* at once, far more than usual",
            "[Memorials] 4 stories at once, far more than usual",
        ),
        (
            alert(item(rule_title="Troops"), *[item(rule_title="Rain")] * 2, kind=Kind.DIGEST, rule="digest"),
            "🟠 DIGEST · *3 stories*: 2 Rain, 1 Troops",
            "[Digest] 3 stories: 2 Rain, 1 Troops",
        ),
        (
            flood(item(rule_title="Troops"), *[item(rule_title="Rain")] * 2),
            "🟠 FLOOD · *3 alerts* held since 17:16 KST: 2 Rain, 1 Troops",
            "[Flood] 3 alerts held since 17:16 KST: 2 Rain, 1 Troops",
        ),
        (
            flood(item(rule_title="Troops"), item(rule_title="Troops", seen_at=PUBLISHED - timedelta(days=1))),
            "🟠 FLOOD · *2 alerts* held since Fri 20 Nov, 17:12 KST",
            "[Flood] 2 alerts held since Fri 20 Nov, 17:12 KST: 2 Troops",
        ),
    ],
    ids=["new", "update", "escalation", "reminder", "quiet hours", "spike", "digest", "flood", "flood by night"],
)  # fmt: skip
def test_one_line_says_which_rule_what_how_new_and_who_reports_it(made, line, title):
    assert rendered(made, form_named("slack")).text.split("\n")[0] == line
    assert rendered(made, form_named("ntfy")).subject == title
    assert rendered(made, form_named("ntfy")).plain.split("\n")[0] == visible(title, 160)


def test_mails_of_a_story_keep_one_subject_whatever_they_tell():
    first = alert()
    later = replace(MUSEUM, title="Troops in Kursk now 20,000")
    follow = [
        alert(item(later, reason="15,000 → 20,000 troops"), kind=kind, thread_title=REPORT)
        for kind in (Kind.UPDATE, Kind.REPEAT)
    ]
    mails = [rendered(made, form_named("mail")) for made in (first, *follow)]
    assert [mail.subject for mail in mails] == [f"[Memorials] {REPORT}"] + [f"Re: [Memorials] {REPORT}"] * 2
    assert len({mail.headers["References"] for mail in mails}) == 1
    assert "15,000 → 20,000 troops" in mails[1].text.split("\n")[0]


def test_who_is_on_it_and_what_can_be_done_is_said_on_its_own_lines():
    made = alert(id=42, acked_by="Kim", acked_at=PUBLISHED - timedelta(days=1))
    chat = rendered(made, form_named("ntfy")).text.split("\n")
    assert chat[-2:] == [
        "Kim is on it since Fri 20 Nov, 17:12 KST",
        "#5e0f6f1c · not relevant: monitor alerts dismiss 42",
    ]
    mail = rendered(alert(id=42), form_named("mail"))
    for line in (
        "I'm on it: monitor alerts ack 42",
        "Not relevant: monitor alerts dismiss 42",
        "Mute the story: monitor silence add --story 4 --for 7d --reason ...",
        "Why: monitor alerts show 42",
    ):
        assert line in mail.text.split("\n")
        assert line.partition(": ")[2] in mail.html
    assert "monitor alerts" not in rendered(alert(), form_named("mail")).text


def test_a_sentence_in_another_language_is_tagged_and_runs_its_own_way():
    arabic = replace(MUSEUM, title="متحف", body="أرسلوا 15,000 جندي.", language="ar")
    html = rendered(alert(item(arabic, "جندي")), form_named("mail")).html
    assert '<blockquote dir="auto" lang="ar"' in html
    assert "border-right:3px" in html
    for odd in ('en" onload="x', "english", "x", ""):
        html = rendered(alert(item(replace(MUSEUM, language=odd))), form_named("mail")).html
        assert html.count(' lang="') == 1  # the page's own
        assert "border-left:3px" in html
