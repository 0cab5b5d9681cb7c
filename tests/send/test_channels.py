from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.send.channels import expand, expand_all, login_of
from monitor.send.forms import GENERIC, Markup, form_of, mask

CANARY = "c4n4ry"


def urls(*addresses: str) -> list[str]:
    return [channel.url for channel in expand("desk", addresses)]


def names(*addresses: str) -> list[str]:
    return [channel.name for channel in expand("desk", addresses)]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mailto://u:p@h.org?to=a@x.org", ["mailto://u:p@h.org/?to=a@x.org"]),
        (
            "mailtos://u:p@h.org?to=a@x.org,b@x.org&cc=c@x.org&mode=ssl",
            [
                "mailtos://u:p@h.org/?cc=c@x.org&mode=ssl&to=a@x.org",
                "mailtos://u:p@h.org/?mode=ssl&to=b@x.org",
            ],
        ),
        (
            "mailto://h:25/a@x.org/b%40x.org?from=m@x.org",
            ["mailto://h:25/?from=m@x.org&to=a@x.org", "mailto://h:25/?from=m@x.org&to=b@x.org"],
        ),
        ("mailto://h:25?to=a@x.org&to=a@x.org", ["mailto://h:25/?to=a@x.org"]),
        ("mailto://me:p@h.org", ["mailto://me:p@h.org"]),
        ("tgram://1:t/2/3", ["tgram://1:t/2", "tgram://1:t/3"]),
        ("slack://A/B/C/#x/%40y?footer=no", ["slack://A/B/C/#x?footer=no", "slack://A/B/C/%40y?footer=no"]),
        ("slack://A/B/C/#x", ["slack://A/B/C/#x"]),
        ("matrixs://u:p@h/#a/!b:h", ["matrixs://u:p@h/#a", "matrixs://u:p@h/!b:h"]),
        ("json://u:p@h:80/a/b?x=1", ["json://u:p@h:80/a/b?x=1"]),
        ("jsons://[::1", ["jsons://[::1"]),
        ("mailto://[::1?to=a@x.org", ["mailto://[::1?to=a@x.org"]),
    ],
)
def test_one_channel_for_each_recipient(address, expected):
    assert urls(address) == expected


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"mailtos://u:{CANARY}@h.org?to=a@x.org", "mail:a@x.org#"),
        (f"mailto://me:{CANARY}@h.org", "mail:me@h.org#"),
        (f"mailto://h.org?from=me@x.org&pass={CANARY}&user=me", "mail:me@x.org#"),
        (f"jsons://u:{CANARY}@hook.example:8443/{CANARY}", "json:hook.example:8443#"),
        (f"slack://{CANARY}A/{CANARY}B/{CANARY}/#general", "slack#"),
        (f"discord://123/{CANARY}", "discord#"),
        (f"tgram://123:{CANARY}/456", "telegram#"),
        (f"ntfy://{CANARY}", "ntfy#"),
        (f"pover://{CANARY}@{CANARY}", "pushover#"),
        (f"json://u:pa/{CANARY}@host/x", "json#"),  # a slash in a password: its start is no host
        (f"unheard-of://{CANARY}", "unheard-of#"),
        (CANARY + " no address", "?#"),
        ("mailto://h?to=a@x.org\r\nBcc: z@x.org", "mail:a@x.orgBcc:?z@x.org#"),
    ],
)
def test_names_show_no_secret(address, shown):
    (name,) = names(address)
    start, _, digest = name.partition("#")
    assert start + "#" == shown
    assert len(digest) == 8
    assert CANARY not in name
    assert name.isascii()
    assert name.isprintable()


@pytest.mark.parametrize("scheme", ["json", "mailto", "slack", "ntfy", "tgram", "matrix"])
@given(before=st.text("ab/:[]%=&,;", max_size=8), after=st.text("ab/:[]%=&,;", max_size=8))
def test_names_show_no_part_of_a_password_of_any_shape(scheme, before, after):
    for name in names(f"{scheme}://user:{before}{CANARY}{after}@h.example/x?to=y@x.org"):
        assert CANARY not in name


def test_a_new_password_keeps_the_name_and_anything_else_changes_it():
    first = names("mailtos://u:old@h.org?to=a@x.org")
    assert names("mailtos://u:new@h.org?to=a@x.org") == first
    others = [
        "mailtos://v:old@h.org?to=a@x.org",
        "mailtos://u:old@i.org?to=a@x.org",
        "mailtos://u:old@h.org:99?to=a@x.org",
        "mailto://u:old@h.org?to=a@x.org",
        "mailtos://u:old@h.org?to=b@x.org",
        "mailtos://u:old@h.org?to=a@x.org&mode=ssl",
    ]
    assert len({*first, *names(*others)}) == 1 + len(others)
    assert len(set(names("slack://A/B/C/#x", "slack://A/B/C/#y", "slack://A/B/D/#x"))) == 3


def test_the_same_address_twice_is_one_channel_and_its_url_is_not_shown():
    (channel,) = expand("desk", [f"json://u:{CANARY}@h", f" json://u:{CANARY}@h "])
    assert CANARY not in repr(channel)
    assert channel.receiver == "desk"


def test_receivers_in_order():
    found = expand_all({"desk": ["json://a"], "chat": ["xml://b", "json://a"]})
    assert [(c.receiver, c.form.service) for c in found] == [
        ("desk", "json"),
        ("chat", "xml"),
        ("chat", "json"),
    ]


@given(st.text())
def test_any_text_has_channels_with_printable_names(text):
    for channel in expand("desk", [text]):
        assert channel.name.isascii()
        assert channel.name.isprintable()
        assert len(channel.name) < 100


@pytest.mark.parametrize(
    ("address", "service", "markup"),
    [
        ("mailtos://x", "mail", Markup.MAIL),
        ("MAILTO://x", "mail", Markup.MAIL),
        ("slack://x", "slack", Markup.MRKDWN),
        ("discord://x", "discord", Markup.MARKDOWN),
        ("tgram://x", "telegram", Markup.HTML),
        ("ntfys://x", "ntfy", Markup.TEXT),
        ("jsons://x", "json", Markup.TEXT),
        ("twilio://x", "other", Markup.TEXT),
    ],
)
def test_forms(address, service, markup):
    form = form_of(address)
    assert (form.service, form.markup) == (service, markup)
    assert form is GENERIC or form.service != "other"
    assert mask(address)


SAME = "mailtos://robot:secret@smtp.news.example/?from=a@x.org&to=desk@x.org"


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("mailtos://robot:another@smtp.news.example:465/?from=a@x.org&to=night@x.org", True),
        ("MAILTO://Robot@SMTP.news.example/night@x.org", True),
        ("mailtos://x.org/?user=robot&pass=secret&smtp=smtp.news.example&to=night@x.org", True),
        ("mailtos://robot%20two:secret@smtp.news.example/?to=desk@x.org", False),
        ("mailtos://robot:secret@smtp.other.example/?to=desk@x.org", False),
    ],
)
def test_a_login_is_a_user_at_a_server(url: str, same: bool) -> None:
    assert (login_of(url) == login_of(SAME)) is same
    assert "secret" not in login_of(url) and "robot" not in login_of(url)


@pytest.mark.parametrize(
    "url",
    ["mailto://127.0.0.1:25/?to=desk@x.org", "json://robot:x@127.0.0.1/hook", "mailto://[::1/", "mailto", ""],
)
def test_where_nobody_logs_in_there_is_no_login(url: str) -> None:
    assert login_of(url) == ""
