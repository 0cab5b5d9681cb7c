"""Who is told: the receivers a rule names, else the configuration's default."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from monitor.model import AlertPolicy


def receivers_for(policy: AlertPolicy, default: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """The receivers of a rule's alerts, each once, in the order they are named.

    Names that the configuration does not know are left out (`check` reports them); where a rule names
    no receiver that exists, its alerts go to the default rather than nowhere. Empty only where the
    default names none either.
    """
    named = [name for name in policy.to if name in known]
    chosen = named or [name for name in default if name in known]
    return tuple(dict.fromkeys(chosen))
