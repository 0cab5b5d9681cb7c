"""What people do with alerts, and the one line that a slip of the keyboard gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.actions import alerts as actions
from monitor.actions.alerts import Wanted
from monitor.adapters.store import Store
from monitor.adapters.store.desk import AlertDesk
from monitor.adapters.store.schema import deliveries
from monitor.collect.due import PollingPolicy
from monitor.errors import UsageError
from monitor.model import Severity
from monitor.policy import Policy
from monitor.route.hours import read_hours
from monitor.route.telling import ReceiverPolicy
from monitor.send.channels import expand
from monitor.send.keys import delivery_key
from tests import told

HOUR = timedelta(hours=1)
# `now` is 09:30 UTC, and 18:30 in Seoul
ASLEEP = ReceiverPolicy("Asia/Seoul", (read_hours("18:00-06:00"),), Severity.CRITICAL)
CHANNELS = [("desk", "mail"), ("asia", "chat"), ("seoul", "mail of seoul")]
POLICY = Policy(
    polling=PollingPolicy(),
    channels={key: replace(expand(key[0], ["json://127.0.0.1:9/x"])[0], name=key[1]) for key in CHANNELS},
    receivers={"seoul": ASLEEP},
    default=(),
)


@pytest.fixture
def desk(store: Store, now: datetime) -> AlertDesk:
    """Alerts 1 and 2 of a story, sent to desk and asia; a digest, a notice, and an alert for nobody."""
    with store.database.write() as c:
        one = told.story(c, now)
        for kind in ("new", "update"):
            alert = told.alert(c, now - HOUR, "troops", one, kind=kind)
            told.delivery(c, now, alert, "sent", receiver="desk", channel="mail")
            told.delivery(c, now, alert, "dead", receiver="asia", channel="chat")
        told.delivery(c, now, 1, "sent", receiver="seoul", channel="mail of seoul")
        told.alert(c, now, "digest", None, kind="digest")
        told.alert(c, now, "monitor.feeds", None, kind="notice")
        told.alert(c, now, "troops", told.story(c, now, "Rain"))
    return AlertDesk(store.database, delivery_key)


def ack(desk: AlertDesk, now: datetime, *ids: int, **more: object) -> list[actions.Answered]:
    asked = {"by": "anna", "note": "", "quietly": False} | more
    return actions.acknowledge(
        desk,
        ids,
        str(asked["by"]),
        str(asked["note"]),
        POLICY,
        now,
        quietly=bool(asked["quietly"]),
    )


def test_im_on_it_is_said_once_and_heard_by_all_that_were_told(desk: AlertDesk, now: datetime) -> None:
    done = ack(desk, now, 2, 1, note="calling them")
    assert [one.said for one in done] == [
        "alert 2: anna is on it (and of 1, of the same story); nothing of it is repeated; desk, seoul will be told",
        "alert 1: anna is on it since 2026-03-10 09:30 UTC",
    ]
    assert [one.row()["alerts"] for one in done] == [[1, 2], []]
    (notice,) = [row for row in desk.alerts(limit=50) if row["id"] > 5]
    assert notice["title"] == "anna is on it: Troops leave"
    shown = desk.alert(notice["id"])
    assert shown is not None
    assert shown["text"].splitlines() == [
        "anna has taken this on, 2026-03-10 09:30 UTC: it is not repeated any more.",
        "“calling them”",
    ]
    due = {one["receiver"]: one["next"] for one in notice["deliveries"]}
    assert due == {"desk": now, "seoul": datetime.fromisoformat("2026-03-10T21:00Z")}, (
        "seoul sleeps until 06:00"
    )


def test_quietly_tells_nobody_and_so_has_no_note(desk: AlertDesk, now: datetime) -> None:
    with pytest.raises(UsageError, match="--note is told to the others, and --quietly tells nobody"):
        ack(desk, now, 1, note="hello", quietly=True)
    (done,) = ack(desk, now, 1, quietly=True)
    assert done.alerts == (1, 2) and done.told == ()
    assert max(row["id"] for row in desk.alerts(limit=50)) == 5, "no notice"


def test_nothing_is_done_where_one_of_the_ids_is_wrong(desk: AlertDesk, now: datetime) -> None:
    for do in (
        lambda: ack(desk, now, 1, 99),
        lambda: actions.dismiss(desk, [1, 99], "anna", "", now),
        lambda: actions.replay(desk, Wanted((1, 99)), now),
    ):
        with pytest.raises(UsageError, match="there is no alert 99; `monitor alerts list` shows them"):
            do()
    rows = {row["id"]: row for row in desk.alerts(limit=50)}
    assert rows[1]["acked"] is None and rows[1]["dismissed"] is None
    assert [one["state"] for one in rows[1]["deliveries"]] == ["sent", "dead", "sent"]


def test_not_relevant_and_relevant_again(desk: AlertDesk, now: datetime) -> None:
    done = actions.dismiss(desk, [1, 2], "anna", "a film", now)
    assert [one.said for one in done] == [
        "alert 1: not relevant (and of 2, of the same story); no more updates of troops in story 1",
        "alert 2: anna said so already, 2026-03-10 09:30 UTC",
    ]
    assert [one.said for one in actions.undo(desk, [2, 1])] == [
        "alert 2: relevant again (and of 1, of the same story)",
        "alert 1: nobody said that it is not relevant",
    ]
    row = desk.alert(1)
    assert row is not None and row["dismissed"] is None
    assert row["acked"] == {"by": "anna", "at": now}, "somebody has looked at it all the same"


@pytest.mark.parametrize(
    ("id", "said"),
    [(3, "alert 3 is a digest of several stories; "), (4, "alert 4 is a notice of the monitor itself")],
)
def test_what_is_of_no_one_story_cannot_be_irrelevant(
    desk: AlertDesk, now: datetime, id: int, said: str
) -> None:
    for do in (lambda: actions.dismiss(desk, [id], "anna", "", now), lambda: actions.undo(desk, [id])):
        with pytest.raises(UsageError) as caught:
            do()
        assert str(caught.value).startswith(said)


def test_replay_takes_what_has_not_arrived(desk: AlertDesk, now: datetime) -> None:
    assert actions.replay(desk, Wanted((1,)), now) == [(1, "chat")]
    assert actions.replay(desk, Wanted(dead=True), now) == [(2, "chat")]
    assert actions.replay(desk, Wanted(dead=True), now) == []
    assert actions.replay(desk, Wanted((1,), again=True), now) == [(1, "mail"), (1, "mail of seoul")]
    with desk.database.read() as c:
        states = c.execute(select(deliveries.c.alert_id, deliveries.c.state).order_by(deliveries.c.id))
        assert [tuple(row) for row in states] == [
            (1, "pending"),
            (1, "pending"),
            (2, "sent"),
            (2, "pending"),
            (1, "pending"),
        ]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(), "name the alerts by their ids, or say --dead for all that was given up"),
        (Wanted((1,), dead=True), "name the alerts by their ids, or say --dead for all that was given up"),
        (Wanted(dead=True, again=True), "--again sends what was sent already, so it asks for the ids"),
        (Wanted(dead=True, receiver="dsk"), "the receiver 'dsk'; did you mean desk?"),
        (Wanted(dead=True, channel="fax"), "the channel 'fax'; there are chat, mail, mail of seoul"),
    ],
)
def test_a_replay_that_cannot_be_meant(desk: AlertDesk, now: datetime, wanted: Wanted, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        actions.replay(desk, wanted, now)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted((5,)), "nobody was to be told: no receiver was configured"),
        (Wanted(dead=True, receiver="desk"), "nothing that was given up is like that"),
        (Wanted((1,), receiver="desk"), "nothing of it failed"),
    ],
)
def test_why_nothing_is_tried_again(desk: AlertDesk, now: datetime, wanted: Wanted, said: str) -> None:
    assert actions.replay(desk, wanted, now) == []
    assert actions.nothing_replayed(desk, wanted).startswith(said)


def test_what_arrived_is_not_sent_twice_by_mistake(desk: AlertDesk, now: datetime) -> None:
    with desk.database.write() as c:
        alert = told.alert(c, now, "troops", None, kind="test")
        told.delivery(c, now, alert)
    assert actions.replay(desk, Wanted((alert,)), now) == []
    assert (
        actions.nothing_replayed(desk, Wanted((alert,))) == "everything arrived; --again sends it once more"
    )


def test_a_name_of_several_lines_is_one(desk: AlertDesk, now: datetime) -> None:
    (done,) = ack(desk, now, 5, by="an\nna\x1b[31m" + "a" * 500)
    row = desk.alert(5)
    assert row is not None
    assert row["acked"]["by"].startswith("an na[31m") and len(row["acked"]["by"]) <= 200
    assert "\n" not in done.said
