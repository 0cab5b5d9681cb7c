"""Where an alert would go, why, and when: as the daemon would decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.actions.routing import (
    Destination,
    Given,
    destination,
    facts_given,
    lines,
    local,
    now_in_force,
    operator_rule,
)
from monitor.adapters.store import Store
from monitor.adapters.store.desk import AlertDesk
from monitor.app import policy_of
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.match.rulefiles.book import load_rules
from monitor.model import Article, Hold, Severity
from monitor.route.matchers import read_matcher
from monitor.route.silences import Silence
from monitor.route.troubles import Trouble
from monitor.send.keys import delivery_key

SETTINGS = Settings.model_validate(
    {
        "receivers": {
            "desk": {
                "urls": ["json://127.0.0.1:9/desk"],
                "zone": "Asia/Seoul",
                "quiet": "22:00-06:00",
                "quiet_except": "critical",
            },
            "asia": {"urls": ["json://127.0.0.1:9/asia"]},
            "mute": {},
        },
        "alerts": {"default": ["desk"], "group_wait": "1m", "group_interval": "10m", "repeat_interval": "2h"},
        "routes": [
            {"match": {"severity": ">=high"}, "to": ["asia"], "continue": True, "group_wait": "0s"},
            {"match": {"tag": "wire"}, "to": ["desk"], "during": "mon-fri 09:00-18:00"},
        ],
    }
)
RULES = """
rules:
  - {id: troops, title: Troops, query: troops, tags: [army], tests: {match: [troops]}}
  - {id: weekly, query: week, alert: {per: digest}, tests: {match: [week]}}
  - {id: named, query: named, alert: {to: [asia, gone]}, tests: {match: [named]}}
  - {id: mute, query: mute, alert: {to: [mute]}, tests: {match: [mute]}}
"""
BOOK = {rule.id: rule for rule in load_rules({"rules.yaml": RULES}).rules}
TUESDAY = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)  # 18:30 in Seoul
NIGHT = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)  # 23:00 in Seoul
AS_IT_IS = Given()


def ask(
    rule: str = "troops",
    given: Given = AS_IT_IS,
    at: datetime = TUESDAY,
    silences: Sequence[Silence] = (),
    surging: Mapping[tuple[str, str], datetime] | None = None,
) -> Destination:
    facts = facts_given(BOOK[rule], None, None, given)
    return destination(BOOK[rule], facts, policy_of(SETTINGS), silences, surging or {}, at)


def whom(found: Destination) -> dict[str, tuple[datetime | None, Hold | None]]:
    return {one.name: (one.new.until, one.new.why) for one in found.recipients}


@pytest.mark.parametrize(
    ("rule", "given", "at", "expected"),
    [
        ("troops", Given(), TUESDAY, {"desk": (None, None)}),
        ("troops", Given(severity="high"), TUESDAY, {"asia": (None, None)}),
        (
            "troops",
            Given(severity="high", tags=("wire",)),
            TUESDAY,
            {"asia": (None, None), "desk": (None, None)},
        ),
        (
            "troops",
            Given(severity="high", tags=("wire",)),
            NIGHT + timedelta(hours=5),
            {"asia": (None, None)},
        ),
        ("named", Given(), TUESDAY, {"asia": (None, None)}),
        ("troops", Given(), NIGHT, {"desk": (datetime(2026, 3, 10, 21, tzinfo=UTC), Hold.QUIET)}),
        (
            "troops",
            Given(severity="critical", tags=("wire",)),
            NIGHT,
            {"asia": (None, None), "desk": (None, None)},
        ),
        ("weekly", Given(), TUESDAY, {"desk": (datetime(2026, 3, 10, 22, tzinfo=UTC), Hold.DIGEST)}),
    ],
)
def test_who_is_told_of_a_new_story_and_when(
    rule: str, given: Given, at: datetime, expected: dict[str, tuple[datetime | None, Hold | None]]
) -> None:
    assert whom(ask(rule, given, at)) == expected


def test_every_step_says_what_was_asked_and_why() -> None:
    steps = ask("named", Given(tags=("wire",)), NIGHT + timedelta(hours=5)).routing.steps
    assert [(step.asked, step.holds) for step in steps] == [
        ("the rule's own receivers", True),
        ("route 1", False),
        ("route 2", False),
    ]
    assert steps[1].why == "severity is medium, not >=high"
    assert steps[2].why == "it is not mon-fri 09:00-18:00"


def test_what_surges_is_told_together() -> None:
    spike = ask(surging={("spike", "troops"): TUESDAY - timedelta(minutes=10)})
    assert whom(spike) == {"desk": (TUESDAY + timedelta(minutes=50), Hold.SPIKE)}
    flood = ask(surging={("flood", "desk"): TUESDAY - timedelta(minutes=4)})
    assert whom(flood) == {"desk": (TUESDAY + timedelta(minutes=6), Hold.FLOOD)}
    assert whom(ask(surging={("flood", "asia"): TUESDAY, ("spike", "named"): TUESDAY})) == {
        "desk": (None, None)
    }


def test_a_silence_that_would_keep_it_quiet_is_named() -> None:
    matcher = read_matcher({"rule": "troops", "language": "ko"})
    silence = Silence(3, matcher, "an exercise", "anna", TUESDAY, TUESDAY + timedelta(hours=1), wakes=True)
    assert ask(silences=[silence]).told
    found = ask(given=Given(language="ko"), silences=[silence])
    assert not found.told
    said = [text for _, _, text in lines(found)]
    assert "nobody is told: silence 3 until 2026-03-10 10:30 UTC (an exercise, anna)" in said
    assert any("is told all the same, and wakes silence 3" in text for text in said)
    assert ask(given=Given(language="ko"), silences=[silence], at=NIGHT).told, "it is over by then"


def test_the_lines_say_who_when_and_what_is_wrong() -> None:
    said = [(level, text) for level, _, text in lines(ask("named", Given(sources=("Wire",))))]
    assert said[:2] == [("head", "named · named · medium · 2026-03-10 09:30 UTC"), ("note", "source Wire")]
    assert ("ok", "the rule's own receivers → asia (alert: to)") in said
    assert ("no", "route 1 → asia (severity is medium, not >=high)") in said
    assert ("bad", "the rule names gone, and monitor.toml has no such receiver") in said
    assert ("ok", "a new story: at once") in said
    updates = "updates: 60 s after the first, with others of its story; then ever later, up to 10 min"
    assert ("ok", updates) in said
    assert ("note", "again every 2 h until somebody acknowledges it") in said
    night = [text for _, _, text in lines(ask(at=NIGHT))]
    assert "a new story: Wed 2026-03-11 06:00 KST (Tue 21:00 UTC), after its quiet hours" in night
    assert "quiet hours 22:00-06:00, except critical and graver (Asia/Seoul)" in night


def test_nobody_and_nowhere() -> None:
    found = ask("mute")
    assert not found.told
    assert "it has no address: urls = [...] in [receivers.mute]" in [text for _, _, text in lines(found)]
    alone = destination(
        BOOK["troops"],
        facts_given(BOOK["troops"], None, None, Given()),
        policy_of(Settings()),
        [],
        {},
        TUESDAY,
    )
    assert not alone.told
    assert any(text.startswith("never: nobody is named") for _, _, text in lines(alone))


def test_what_is_given_comes_before_the_article_and_the_rule() -> None:
    article = Article(
        "t", "b", "https://www.wire.example/1", "Wire", language="ko", feed_url="f", feed_tags=("wire",)
    )
    facts = facts_given(BOOK["troops"], article, 7, Given())
    assert (facts.tags, facts.language, facts.feed, facts.story) == (("army", "wire"), "ko", "f", 7)
    assert facts.sources == ("Wire", "www.wire.example") and facts.severity is Severity.MEDIUM
    other = facts_given(BOOK["troops"], article, 7, Given("low", ("wire", "x"), "en", ("Other",), "g"))
    assert other == replace(
        facts, severity=Severity.LOW, tags=("army", "wire", "x"), language="en", sources=("Other",), feed="g"
    )


@pytest.mark.parametrize(
    ("severity", "said"), [("hihg", "did you mean high?"), ("x", "there are low, medium, high, critical")]
)
def test_a_severity_that_is_none(severity: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"--severity: no severity is called '{severity}'; {said}"):
        facts_given(BOOK["troops"], None, None, Given(severity))


def test_what_is_in_force_comes_from_the_database(store: Store, now: datetime) -> None:
    assert now_in_force(None, now) == ([], {})
    desk = AlertDesk(store.database, delivery_key)
    end = now + timedelta(hours=1)
    id = desk.add_silence(read_matcher({"rule": "troops"}), "x", "anna", now, end, wakes=False)
    store.report_troubles("spike", [Trouble("troops", "h", "t")], lambda _: None, {}, now)
    silences, surging = now_in_force(store, now)
    assert [one.id for one in silences] == [id]
    assert surging == {("spike", "troops"): now}
    assert now_in_force(store, end)[0] == []


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "Tue 2026-03-10 22:00 UTC"),
        ("Asia/Seoul", "Wed 2026-03-11 07:00 KST (Tue 22:00 UTC)"),
        ("Europe/Berlin", "Tue 2026-03-10 23:00 CET (22:00 UTC)"),
    ],
)
def test_a_moment_by_the_receivers_clock(zone: str, said: str) -> None:
    assert local(datetime(2026, 3, 10, 22, tzinfo=UTC), zone) == said


def test_the_row_is_plain() -> None:
    row = ask("named").row()
    assert list(row) == ["id", "at", "per", "facts", "steps", "receivers", "silenced", "told"]
    assert row["id"] == "named" and row["told"] is True and row["silenced"] is None
    assert [one["receiver"] for one in row["receivers"]] == ["asia"]
    assert row["receivers"][0]["new"] == {"until": None, "why": None}
    assert [step["to"] for step in row["steps"]] == [("asia",), ("asia",), ("desk",)]


@pytest.mark.parametrize(
    ("operator", "at", "expected"),
    [
        ((), TUESDAY, {"asia": (None, None)}),  # graver than high, says a route
        # That route asks for no rule, and the operator is named.
        (("desk",), TUESDAY, {"desk": (None, None)}),
        (("desk",), NIGHT, {"desk": (datetime(2026, 3, 10, 21, tzinfo=UTC), Hold.QUIET)}),
    ],
)
def test_the_monitors_own_troubles_go_where_the_daemon_sends_them(
    operator: tuple[str, ...], at: datetime, expected: dict[str, tuple[datetime | None, Hold | None]]
) -> None:
    alerts = SETTINGS.alerts.model_copy(update={"operator": operator})
    policy = policy_of(SETTINGS.model_copy(update={"alerts": alerts}))
    rule = operator_rule("monitor.feeds", policy)
    assert rule is not None
    everything = Silence(1, read_matcher({"rule": "*"}), "x", "anna", at, at + timedelta(hours=1))
    surging = {("flood", "asia"): at}
    found = destination(rule, facts_given(rule, None, None, Given()), policy, [everything], surging, at)
    assert whom(found) == expected and set(expected) == set(policy.operators("feeds", at))
    assert not any("updates" in text or "until somebody" in text for _, _, text in lines(found))
    assert operator_rule("troops", policy) is None
