from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Article, Kind, Severity, Span
from monitor.send.forms import Markup, form_of
from monitor.send.keys import delivery_key
from monitor.send.operator import Templates
from monitor.send.render import render
from tests.send.alerts import MUSEUM, PUBLISHED, alert, item

MAIL = form_of("mailto://")
CHATS = ["slack://", "discord://", "tgram://", "mmost://", "workflow://", "ntfy://", "matrix://", "sms://"]


def rendered(made=None, form=MAIL, zone="Asia/Seoul", install="monitor.example", **more):
    return render(made or alert(), form, zone=zone, key="0f3a", install=install, **more)


def test_a_mail_says_everything_in_text():
    message = rendered(alert(item(copies=2)))
    assert message.fallback is None
    assert message.subject == "[Memorials] Museum for those who fought in Kursk opens in Pyongyang"
    text = message.text.splitlines()
    assert text[0] == "NEW STORY · Memorials · 3 sources"
    assert "Example Wire (EW) · Sat 21 Nov, 17:12 KST (08:12 UTC) · en" in text
    assert "> A museum for **soldiers** who fought in the **Kursk** region opened on Saturday." in text
    assert "> Officials said that 15,000 **troops** had been **sent to Russia** since October." in text
    assert "https://news.example/museum?id=3&lang=en" in text
    assert "Also carried by 2 others." in text
    assert "Matched: Kursk, soldiers, troops, sent to, Russia · found 4 min after publication" in text
    assert "Entry is free" not in message.text


def test_a_mail_says_the_same_in_html():
    html = rendered(alert(item(copies=2))).html
    shown = visible_text(html)
    for part in (
        "New story",
        "Museum for those who fought in Kursk opens in Pyongyang",
        "Example Wire (EW) · Sat 21 Nov, 17:12 KST (08:12 UTC) · en",
        "A museum for soldiers who fought in the Kursk region opened on Saturday.",
        "carried by 2 others",
        "found 4 min after publication",
    ):
        assert part in shown
    assert marked_words(html) == ["soldiers", "Kursk", "troops", "sent to Russia"]
    assert 'href="https://news.example/museum?id=3&amp;lang=en"' in html
    assert "Kursk" in preheader(html)


def test_an_update_leads_with_what_is_new():
    message = rendered(alert(item(reason="12,000 → 15,000 troops"), kind=Kind.UPDATE))
    assert message.text.startswith("UPDATE · Memorials · 12,000 → 15,000 troops · Example Wire\n")
    assert preheader(message.html).startswith("12,000 → 15,000 troops · Example Wire · found 4 min")
    assert "What is new: 12,000 → 15,000 troops" in message.text
    assert "What is new: 12,000 → 15,000 troops" in visible_text(message.html)


def test_what_is_new_is_said_to_be_so_once():
    message = rendered(alert(item(reason="new: “The dam was known to have cracks.”"), kind=Kind.UPDATE))
    assert message.text.startswith(
        "UPDATE · Memorials · “The dam was known to have cracks.” · Example Wire\n"
    )
    assert "What is new: “The dam" in message.text
    assert "What is new: “The dam" in visible_text(message.html)
    assert (
        "12,000 → 15,000 troops"
        in rendered(alert(item(reason="12,000 → 15,000 troops"), kind=Kind.UPDATE), form_of("slack://")).text
    )


def test_a_digest_is_grouped_by_rule():
    german = Article(
        "15.000 Soldaten entsandt", "Seoul nennt 15.000 Soldaten.", source="Zeitung", language="de"
    )
    digest = alert(
        item(rule_title="Memorials", kind=Kind.NEW),
        item(
            german,
            "Soldaten",
            rule_title="Troops",
            kind=Kind.UPDATE,
            reason="12,000 → 15,000 troops",
            copies=3,
        ),
        item(replace(MUSEUM, title="A second museum"), rule_title="Memorials", kind=Kind.NEW),
        kind=Kind.DIGEST,
        story=None,
        story_uid=None,
    )
    message = rendered(digest)
    assert message.subject == "[Digest] 3 stories: 2 Memorials, 1 Troops"
    alone = replace(digest, rule_title="Digest", items=digest.items[:1])
    assert rendered(alone).subject == "[Memorials] Digest: 1 story"
    order = [
        "== Memorials ==",
        "Museum for those",
        "A second museum",
        "== Troops ==",
        "15.000 Soldaten entsandt",
    ]
    assert [message.text.find(part) for part in order] == sorted(message.text.find(part) for part in order)
    assert "Update: 12,000 → 15,000 troops" in message.text
    assert visible_text(message.html).count("Memorials") == 2  # among the counts, and above its own
    assert "References" not in message.headers


def test_a_flood_says_that_it_is_one_and_since_when_it_was_held():
    made = alert(
        item(rule_title="Memorials"),
        item(rule_title="Troops", seen_at=PUBLISHED),
        kind=Kind.DIGEST,
        rule="monitor.flood",
        rule_title="Flood",
        story=None,
        story_uid=None,
    )
    message = rendered(made)
    assert message.subject == "[Flood] 2 alerts held since 17:12 KST: 1 Memorials, 1 Troops"
    assert message.text.startswith("FLOOD · 2 alerts held since 17:12 KST: 1 Memorials, 1 Troops\n")
    shown = visible_text(message.html)
    assert "Flood" in shown and "2 alerts held since 17:12 KST" in shown
    for said in (message.text, shown):
        assert "this was held and comes together" in said
    unknown = rendered(replace(made, items=tuple(replace(each, seen_at=None) for each in made.items)))
    assert unknown.subject == "[Flood] 2 alerts held: 1 Memorials, 1 Troops"


def test_headers_thread_sort_and_identify():
    headers = rendered().headers
    assert headers == {
        "Message-ID": "<0f3a@monitor.example>",
        "In-Reply-To": "<story-a81c@monitor.example>",
        "References": "<story-a81c@monitor.example>",
        "List-Id": '"Memorials" <kpa-memorial.monitor.example>',
        "Idempotency-Key": "0f3a",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    assert rendered(form=form_of("slack://")).headers == {}


def test_a_title_in_any_script_names_its_list():
    listed = rendered(alert(rule_title='북한군 "기념" <관>\r\nX-Evil: 1' * 3, rule="kpa memorial/2")).headers[
        "List-Id"
    ]
    assert listed.isascii()
    assert "\n" not in listed
    assert listed.endswith(" <kpa-memorial-2.monitor.example>")
    assert rendered(install="").headers["Message-ID"] == "<0f3a@monitor.invalid>"


def test_keys_are_stable_and_apart():
    key = delivery_key("5e0f", "desk", "mail:a@x.org#1")
    assert key == delivery_key("5e0f", "desk", "mail:a@x.org#1")
    assert (
        len(
            {
                key,
                delivery_key("5e0f", "desk", "mail:b@x.org#1"),
                delivery_key("5e0", "fdesk", "mail:a@x.org#1"),
            }
        )
        == 3
    )
    assert len(key) == 40


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "Sat 21 Nov, 08:12 UTC"),
        ("America/Los_Angeles", "Sat 21 Nov, 00:12 PST (08:12 UTC)"),
        ("Pacific/Kiritimati", "Sat 21 Nov, 22:12 +14 (08:12 UTC)"),
        ("Nowhere/None", "Sat 21 Nov, 08:12 UTC"),
    ],
)
def test_local_time_beside_utc(zone, shown):
    assert f"· {shown} · en" in rendered(zone=zone).text


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (datetime(2025, 12, 31, 20, 0, tzinfo=UTC), "Thu 1 Jan, 05:00 KST (Wed 20:00 UTC)"),
        (datetime(2025, 12, 31, 10, 0, tzinfo=UTC), "Wed 31 Dec 2025, 19:00 KST (10:00 UTC)"),
        (datetime.max.replace(tzinfo=UTC), "9999-12-31"),
    ],
)
def test_days_and_years_are_named_where_they_differ(published, shown):
    assert shown in rendered(alert(item(replace(MUSEUM, published=published)))).text


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "found 1 min after"),
        (100, "found 100 min after"),
        (600, "found 10 h after"),
        (5000, None),
        (-3, None),
    ],
)
def test_how_fast_it_was_found(minutes, said):
    text = rendered(alert(item(seen_at=PUBLISHED + timedelta(minutes=minutes)))).text
    assert (said in text) if said else ("found" not in text)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//news.example/x",
        "https://",
        "https://user:pw@news.example/",
        "http://[::1",
        "https://news.example/" + "x" * 3000,
        "ht\ud800tps://news.example/",
    ],
)
def test_only_web_addresses_are_linked(url):
    for form in (MAIL, form_of("discord://")):
        message = rendered(alert(item(replace(MUSEUM, url=url))), form)
        assert message.fallback is None
        assert "href" not in (message.html or "")
        assert "Read the article" not in message.text
        assert not url or url not in message.text


def test_a_link_cannot_leave_its_quotes():
    url = 'https://news.example/"><script>x</script>\u202e ä)'
    html = rendered(alert(item(replace(MUSEUM, url=url)))).html
    assert 'href="https://news.example/%22%3E%3Cscript%3Ex%3C/script%3E%E2%80%AE%20%C3%A4)"' in html
    chat = rendered(alert(item(replace(MUSEUM, url=url))), form_of("discord://")).text
    assert "(https://news.example/%22%3E%3Cscript%3Ex%3C/script%3E%E2%80%AE%20%C3%A4%29)" in chat


@pytest.mark.parametrize(
    ("address", "title", "shown"),
    [
        ("slack://", "5 > 3 & <!channel>", "*5 &gt; 3 &amp; &lt;!channel&gt;*"),
        ("tgram://", "5 > 3 & <i>x</i>", "<b>5 &gt; 3 &amp; &lt;i&gt;x&lt;/i&gt;</b>"),
        (
            "discord://",
            "a_b *c* [x](y) `q` ~z~ |s| #1 \\",
            r"**a\_b \*c\* \[x\](y) \`q\` \~z\~ \|s\| \#1 \\**",
        ),
        ("sms://", "5 > 3 & *c*", "5 > 3 & *c*"),
        ("discord://", "@everyone look", "**@\u2060everyone look**"),
        ("slack://", "@channel", "*@\u2060channel*"),
    ],
)
def test_chats_show_a_title_as_it_stands(address, title, shown):
    first, *rest = rendered(alert(item(replace(MUSEUM, title=title))), form_of(address)).text.split("\n")
    assert first == f"🟠 NEW STORY · Memorials: {shown} (Example Wire)"
    assert title not in rest


def test_a_chat_in_its_short_form():
    assert rendered(form=form_of("tgram://")).text.split("\n") == [
        "🟠 NEW STORY · Memorials: <b>Museum for those who fought in Kursk opens in Pyongyang</b> (Example Wire)",
        "Example Wire, Sat 21 Nov, 17:12 KST (08:12 UTC) · found 4 min after publication",
        "“Officials said that 15,000 <b>troops</b> had been <b>sent to Russia</b> since October.”",
        "https://news.example/museum?id=3&amp;lang=en",
        "#5e0f6f1c",
    ]
    push = rendered(form=form_of("ntfy://"))
    assert (
        push.subject
        == "[Memorials] New: Museum for those who fought in Kursk opens in Pyongyang (Example Wire)"
    )
    assert push.text.startswith("Example Wire, ")


@pytest.mark.parametrize("address", CHATS)
@pytest.mark.parametrize("character", ["W", "&", "*", "<", "북", "🟠", "@a"])
def test_chats_stay_within_their_limit(address, character):
    long = character * 5000
    article = replace(
        MUSEUM, title=long, body=long + " troops", source=long, url="https://n.example/" + "x" * 390
    )
    form = form_of(address)
    for kind in Kind:
        made = alert(*[item(article, "troops", reason=long, copies=3)] * 9, kind=kind, rule_title=long)
        message = rendered(made, form)
        assert message.fallback is None
        assert len(message.text) <= form.limit
        assert "#5e0f6f1c" in message.text.replace("\\", "")


@pytest.mark.parametrize("address", ["mailto://", *CHATS])
def test_every_message_has_a_short_form_without_markup(address):
    assert rendered(form=form_of(address)).plain.split("\n") == [
        "[Memorials] New: Museum for those who fought in Kursk opens in Pyongyang (Example Wire)",
        "https://news.example/museum?id=3&lang=en",
        "#5e0f6f1c",
    ]


def test_a_digest_of_hundreds_says_how_many_are_left_out():
    made = alert(*[item(replace(MUSEUM, title=f"Report {n}")) for n in range(600)], kind=Kind.DIGEST)
    chat = rendered(made, form_of("slack://"))
    assert "600 stories" in chat.text
    assert "592 more" in chat.text
    mail = rendered(made)
    assert "Report 499" in mail.text
    assert "15,000" not in mail.text  # headlines only
    assert len(mail.html) < 600_000
    assert "and 100 more" in mail.text


def test_a_broken_template_costs_the_looks_only():
    broken = Templates(
        tuple(dict.fromkeys(("alert.txt", "alert.chat"), "{{ items[0].nothing.at.all }}").items())
    )
    for form in (MAIL, *map(form_of, CHATS)):
        message = rendered(form=form, templates=broken)
        assert "nothing" in message.fallback
        assert message.html is None
        assert "Museum for those who fought in Kursk" in message.text
        assert len(message.text) <= form.limit
        assert "news.example/museum" in message.text.replace("\\", "")
        assert "5e0f6f1c" in message.text
    assert rendered(templates=broken).headers["Message-ID"] == "<0f3a@monitor.example>"


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ items.append(1) }}",
        "{% include '/etc/passwd' %}",
        "{{ undefined_name }}",
        "{% for x in range(10**9) %}a{% endfor %}",
        "{{ 1/0 }}",
        "{% broken",
    ],
)
def test_a_template_reaches_nothing(template):
    message = rendered(form=form_of("sms://"), templates=Templates((("alert.chat", template),)))
    assert message.fallback
    assert "Museum" in message.text


# --- whatever a feed may say -----------------------------------------------------------------------

NASTY = st.one_of(
    st.text(st.characters(), max_size=80),  # with lone surrogates, controls, separators
    st.sampled_from(
        [
            "",
            " \t ",
            "W" * 5000,
            "a\r\nBcc: z@x.org\r\n\r\nbody",
            "line\u2028and\u2029paragraph\x0b\x85",
            "<script>alert(1)</script>",
            "</title></style></head><img src=x onerror=alert(1)>",
            "{{ 7*7 }}{% raw %}",
            "\u202eesrever\u202c \u2066x\u2069",
            "nul\x00 and \ud800 lone",
            "٣\u0301" * 300,
            "]]><!--",
        ]
    ),
)
MOMENTS = st.none() | st.datetimes(timezones=st.just(UTC))


@st.composite
def alerts(draw):
    def article():
        title, body = (
            draw(NASTY),
            draw(NASTY) + draw(st.sampled_from(["", "\n", " troops. ", "x" * 4000])) + draw(NASTY),
        )
        return Article(
            title=title,
            body=body,
            url=draw(st.none() | NASTY | NASTY.map("https://news.example/".__add__)),
            source=draw(NASTY),
            agency=draw(st.none() | NASTY),
            language=draw(st.none() | NASTY),
            published=draw(MOMENTS),
            degraded=draw(st.none() | NASTY),
        )

    place = st.builds(
        Span, st.sampled_from(["title", "body", "url"]), st.integers(-5, 6000), st.integers(-5, 6000)
    )
    items = [
        item(
            article(),
            "troops",
            reason=draw(NASTY),
            copies=draw(st.integers(0, 99)),
            rule_title=draw(NASTY),
            seen_at=draw(MOMENTS),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    items = [replace(one, spans=tuple(draw(st.lists(place, max_size=4)))) for one in items]
    made = alert(
        kind=draw(st.sampled_from(Kind)),
        severity=draw(st.sampled_from(Severity)),
        rule=draw(NASTY),
        rule_title=draw(NASTY),
        story_uid=draw(st.none() | NASTY),
        story_title=draw(NASTY),
        uid=draw(NASTY),
    )
    return replace(made, items=tuple(items))


@settings(deadline=None, max_examples=150)
@given(alerts(), st.sampled_from(["mailto://", "json://", *CHATS]), NASTY)
def test_every_match_renders(made, address, install):
    form = form_of(address)
    message = render(made, form, zone="Asia/Seoul", key="0f3a", install=install)
    assert message.fallback is None
    for text in (message.subject, message.text, message.html or ""):
        text.encode("utf-8")
        assert not any(ord(c) < 32 and c != "\n" for c in text)
        assert not {"\u2028", "\u2029", "\u202e", "\u2066", "\x7f", "\x85"} & set(text)
    assert "\n" not in message.subject
    assert 0 < len(message.subject) <= 320
    assert form.is_mail or len(message.subject) <= 250  # the least that a service with titles takes: Pushover
    assert 0 < len(message.plain) <= 500
    message.plain.encode("utf-8")
    assert 0 < len(message.text) <= form.limit
    envelope = EmailMessage()
    for name, value in {**message.headers, "Subject": message.subject}.items():
        envelope[name] = value  # raises on a line break
        assert name == "Subject" or value.isascii()
    if message.html is not None:
        assert only_our_elements(message.html)


def only_our_elements(html: str) -> bool:
    """Whether the HTML holds the elements of our templates and no other, no handler, nothing remote."""
    seen = Elements()
    seen.feed(html)
    handlers = [name for name, _ in seen.attributes if name.startswith("on") or name in ("src", "background")]
    remote = "url(" in html or "@import" in html
    return seen.tags <= OURS and not handlers and not remote


OURS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "span",
        "bdi",
        "h1",
        "h2",
        "h3",
        "a",
        "p",
        "br",
    ),
    *("hr", "mark", "strong", "blockquote", "code"),
}


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.marks: list[str] = []
        self.hidden: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes
        if tag not in ("meta", "br", "hr"):
            self._open.append("hidden" if "display:none" in str(dict(attributes).get("style")) else tag)

    def handle_endtag(self, tag):
        self._open.pop()

    def handle_data(self, data):
        if "hidden" in self._open:
            self.hidden.append(data)
        elif not {"style", "title"} & set(self._open):
            self.text.append(data)
            if "mark" in self._open:
                self.marks.append(data)


def parsed(html: str) -> Elements:
    elements = Elements()
    elements.feed(html)
    return elements


def visible_text(html: str) -> str:
    return " ".join("".join(parsed(html).text).split())


def marked_words(html: str) -> list[str]:
    return parsed(html).marks


def preheader(html: str) -> str:
    return "".join(parsed(html).hidden)


def test_a_form_has_a_markup_of_its_own_only_where_we_know_the_service():
    assert {form_of(address).markup for address in CHATS} == set(Markup) - {Markup.MAIL}
