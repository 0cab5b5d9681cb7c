"""Rules that have gone quiet against their own rhythm, where their rule file asks to be told (`alert: expect`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.match.rules import Rule
from monitor.model import Severity
from monitor.policy import Policy
from monitor.ports import Store
from monitor.route.troubles import OpenTrouble, Trouble, receivers_of_owners
from monitor.route.volume import Rhythm, overdue_from
from monitor.text import duration

KIND = "quiet-rules"


def report_quiet_rules(store: Store, policy: Policy, rules: Mapping[str, Rule], now: datetime) -> None:
    """Tell whom a rule tells that it matches nothing any more, once, and once when it does again."""
    asking = {id: rule for id, rule in rules.items() if rule.policy.expect is not None}
    open_now = store.open_troubles(KIND)
    if not asking and not open_now:
        return
    found = quiet_rules(asking, store.rule_rhythms(asking), policy, now)
    if {trouble.subject for trouble in found} == {one.trouble.subject for one in open_now}:
        return
    store.report_troubles(
        KIND,
        found,
        lambda one: farewell(one, rules),
        policy.channel_names(),
        now,
        not_before=policy.quiet_until(now, Severity.HIGH),
    )


def quiet_rules(
    asking: Mapping[str, Rule], rhythms: Mapping[str, Rhythm], policy: Policy, now: datetime
) -> list[Trouble]:
    """A trouble for each rule that is unusually quiet."""
    found = []
    for id, rhythm in rhythms.items():
        rule = asking[id]
        assert rule.policy.expect is not None
        overdue = overdue_from(rhythm, rule.policy.expect)
        if overdue is not None and now >= overdue:
            found.append(_trouble(rule, rhythm, policy, now))
    return found


def _trouble(rule: Rule, rhythm: Rhythm, policy: Policy, now: datetime) -> Trouble:
    since = max(rhythm.last or rhythm.since, rhythm.since)
    usual = f"; usually one in {duration(rhythm.usual_gap)}" if rhythm.usual_gap else ""
    named = [name for name in rule.policy.to if name in policy.receivers]
    owners = (rule.owner,) if rule.owner in policy.receivers else tuple(named)
    return Trouble(
        rule.id,
        f"{rule.title or rule.id} has matched nothing for {duration(now - since)}{usual}",
        f"{_before(rule.id, rhythm)}{usual}.\n"
        "Whether its feeds are well: monitor feeds list. Whether the rule is: monitor test",
        receivers_of_owners(owners, policy.operators(KIND, now), policy.receivers),
        since,
    )


def _before(id: str, rhythm: Rhythm) -> str:
    """Since when it is quiet: since its last match, or since it was made or changed, if that is later."""
    if rhythm.last is None or rhythm.last < rhythm.since:
        return (
            f"The rule {id} runs as it is since {rhythm.since:%Y-%m-%d %H:%M} UTC, and matched nothing since"
        )
    return f"The rule {id} matched last at {rhythm.last:%Y-%m-%d %H:%M} UTC"


def farewell(one: OpenTrouble, rules: Mapping[str, Rule]) -> tuple[str, str]:
    """Headline and text for a rule that is quiet no more."""
    id = one.trouble.subject
    rule = rules.get(id)
    if rule is None or rule.policy.expect is None:
        return f"{id} is not watched for quiet any more", "Its rule file does not ask for it any more."
    return (
        f"{rule.title or id} matches again",
        f"The rule {id} was quiet since {one.since:%Y-%m-%d %H:%M} UTC.",
    )
