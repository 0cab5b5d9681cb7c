"""What people do with alerts: "I'm on it", "not relevant", and to have tried again what did not arrive."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.adapters.store.alert_list import WAITING
from monitor.adapters.store.desk import AlertDesk
from monitor.adapters.store.replay import DEAD, EVEN_SENT, NOT_ARRIVED, Which
from monitor.errors import UsageError
from monitor.model import DeliveryState, Kind, Severity
from monitor.policy import Policy
from monitor.text import one_line
from monitor.troubles.notices import when

_LONGEST = 200  # characters of a note, a name, a reason


def login_name() -> str:
    """Who types, as this machine knows it; "somebody" where it does not."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"


def states_asked(*, dead: bool, waiting: bool) -> tuple[str, ...]:
    """The states of deliveries that the filters of `alerts list` ask for; none where they ask for all."""
    return (DEAD if dead else ()) + (WAITING if waiting else ())


def require_alert(desk: AlertDesk, alert_id: int) -> dict[str, Any]:
    """The alert with this id, as `alerts show --json` gives it. Raises UsageError."""
    found = desk.alert(alert_id)
    if found is None:
        raise UsageError(f"there is no alert {alert_id}; `monitor alerts list` shows them")
    return found


# --- I'm on it, not relevant -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer to one alert. `alerts` are all that it holds for; `told` who else hears of it."""

    id: int
    said: str
    alerts: tuple[int, ...] = ()
    told: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """As `--json` gives it."""
        return {"id": self.id, "said": self.said, "alerts": list(self.alerts), "told": list(self.told)}


def acknowledge(
    desk: AlertDesk,
    ids: Sequence[int],
    by: str,
    note: str,
    policy: Policy,
    now: datetime,
    *,
    quietly: bool,
) -> list[Answered]:
    """Acknowledge alerts, each with all of its rule and story, and tell the others. Raises UsageError.

    Who has quiet hours now, and would not have been told of the alert in them, hears of it when they are over.
    """
    if quietly and note:
        raise UsageError("--note is told to the others, and --quietly tells nobody; leave one of them out")
    by = one_line(by, _LONGEST)
    for id in ids:
        require_alert(desk, id)
    done = []
    for id in dict.fromkeys(ids):
        alert = require_alert(desk, id)  # as those before it left it
        words = None if quietly else _on_it(alert, by, one_line(note, _LONGEST), now)
        quiet = policy.quiet_until(now, Severity(alert["severity"]))
        result = desk.ack(alert["id"], by, now, words, policy.channel_names(), quiet)
        done.append(_acknowledged(alert, by, result.alerts, sorted({name for name, _ in result.told})))
    return done


def _on_it(alert: Mapping[str, Any], by: str, note: str, now: datetime) -> tuple[str, str]:
    """Headline and text of what the others are told."""
    what = one_line(alert["title"] or alert["rule"], _LONGEST)
    text = f"{by} has taken this on, {when(now)}: it is not repeated any more."
    return f"{by} is on it: {what}", f"{text}\n“{note}”" if note else text


def _acknowledged(alert: Mapping[str, Any], by: str, alerts: Sequence[int], told: Sequence[str]) -> Answered:
    if not alerts:
        before = alert["acked"]
        said = f"{before['by']} is on it since {when(before['at'])}"
        return Answered(alert["id"], f"alert {alert['id']}: {said}")
    said = f"alert {alert['id']}: {by} is on it{_among(alert, alerts)}; nothing of it is repeated"
    if told:
        said += f"; {', '.join(told)} will be told"
    return Answered(alert["id"], said, tuple(alerts), tuple(told))


def _among(alert: Mapping[str, Any], alerts: Iterable[int]) -> str:
    """The other alerts that an answer holds for as well."""
    others = [str(id) for id in alerts if id != alert["id"]]
    return f" (and of {', '.join(others)}, of the same story)" if others else ""


_NO_ANSWER = {
    Kind.DIGEST.value: "is a digest of several stories; to hear no more of one of them: "
    "monitor silence add --rule RULE --story STORY --for 30d --reason TEXT",
    Kind.NOTICE.value: "is a notice of the monitor itself",
    Kind.TEST.value: "is a test",
}


def dismiss(desk: AlertDesk, ids: Sequence[int], by: str, why: str, now: datetime) -> list[Answered]:
    """Call alerts not relevant: nothing more of their rules in their stories is told. Raises UsageError."""
    by, why = one_line(by, _LONGEST), one_line(why, _LONGEST)
    done = []
    for id in _dismissible(desk, ids):
        alert = require_alert(desk, id)
        alerts = desk.dismiss(alert["id"], by, why, now)
        if alerts:
            said = f"not relevant{_among(alert, alerts)}; no more updates of {alert['rule']} in story {alert['story']}"
        else:
            before = alert["dismissed"]
            said = f"{before['by']} said so already, {when(before['at'])}"
        done.append(Answered(alert["id"], f"alert {alert['id']}: {said}", tuple(alerts)))
    return done


def undo(desk: AlertDesk, ids: Sequence[int]) -> list[Answered]:
    """Take back that alerts are not relevant: what comes is told again. Raises UsageError."""
    done = []
    for id in _dismissible(desk, ids):
        alert = require_alert(desk, id)
        alerts = desk.undo_dismiss(alert["id"])
        said = f"relevant again{_among(alert, alerts)}" if alerts else "nobody said that it is not relevant"
        done.append(Answered(alert["id"], f"alert {alert['id']}: {said}", tuple(alerts)))
    return done


def _dismissible(desk: AlertDesk, ids: Sequence[int]) -> list[int]:
    """The ids, each once, if what they name can be relevant or not. Raises UsageError."""
    for id in ids:
        alert = require_alert(desk, id)
        if alert["kind"] in _NO_ANSWER or alert["story"] is None:
            raise UsageError(f"alert {id} {_NO_ANSWER.get(alert['kind'], 'belongs to no story')}")
    return list(dict.fromkeys(ids))


# --- replay ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `alerts replay` was asked for. `dead` asks for all dead deliveries; `again` for sent ones as well."""

    ids: tuple[int, ...] = ()
    dead: bool = False
    again: bool = False
    channel: str | None = None
    receiver: str | None = None
    since: datetime | None = None


def replay(desk: AlertDesk, wanted: Wanted, now: datetime) -> list[tuple[int, str]]:
    """Let deliveries be due at once under their own keys: alert and channel of each. Raises UsageError.

    Of alerts that are named, also what failed and is waiting to be tried again.
    """
    if bool(wanted.ids) == wanted.dead:
        raise UsageError("name the alerts by their ids, or say --dead for all that was given up")
    if wanted.again and wanted.dead:
        raise UsageError("--again sends what was sent already, so it asks for the ids of the alerts")
    for id in wanted.ids:
        require_alert(desk, id)
    _check_names(desk, wanted)
    states = DEAD if wanted.dead else EVEN_SENT if wanted.again else NOT_ARRIVED
    alerts = None if wanted.dead else tuple(dict.fromkeys(wanted.ids))
    which = Which(alerts, states, wanted.channel, wanted.receiver, wanted.since)
    return desk.replay(which, now)


def _check_names(desk: AlertDesk, wanted: Wanted) -> None:
    """A receiver or channel that nothing was ever sent to is a slip of the keyboard."""
    from monitor.match.language.query import did_you_mean

    known = desk.channels()
    for what, name, names in (
        ("receiver", wanted.receiver, sorted({receiver for receiver, _ in known})),
        ("channel", wanted.channel, sorted({channel for _, channel in known})),
    ):
        if name is not None and name not in names:
            hint = did_you_mean(name, names) or f"there are {', '.join(names) or 'none'}"
            raise UsageError(f"nothing was ever to be sent to the {what} {name!r}; {hint}")


def nothing_replayed(desk: AlertDesk, wanted: Wanted) -> str:
    """Why there was nothing to try again."""
    if wanted.dead:
        return "nothing that was given up is like that"
    states = [state for each in desk.delivery_states(wanted.ids).values() for state in each]
    if not states:
        return "nobody was to be told: no receiver was configured"
    if all(state == DeliveryState.SENT.value for state in states):
        return "everything arrived; --again sends it once more"
    return "nothing of it failed: it waits to be sent, is being sent, or arrived"
