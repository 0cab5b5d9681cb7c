"""Whose turn it is: no machine of others is asked by too many at once, nor in too quick a succession."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Share:
    turns: asyncio.Semaphore
    start: asyncio.Lock = field(default_factory=asyncio.Lock)  # whoever has it is the next to begin
    next_start: float = 0.0  # by the event loop's clock
    users: int = 0  # with a turn, or waiting for one


class HostShares:
    """At most `at_once` requests to one share at a time, and `pace` seconds between their beginnings.

    The others wait their turn in the order in which they came, whether they are for feeds or for pages.
    A share is whatever its name says: a registrable domain (collect.hosts.share_of), an origin.
    """

    def __init__(self, at_once: int, pace: float = 0.0) -> None:
        self._at_once, self._pace = at_once, pace
        self._shares: dict[str, _Share] = {}

    def of(self, name: str, pace: float | None = None) -> _Turn:
        """Begins when it is one's turn; `pace` seconds, where given, are this turn's own distance to the next."""
        return _Turn(self, name, self._pace if pace is None else pace)

    def _enter(self, name: str) -> _Share:
        share = self._shares.get(name)
        if share is None:
            share = self._shares[name] = _Share(asyncio.Semaphore(self._at_once))
        share.users += 1
        return share

    def _leave(self, name: str, share: _Share) -> None:
        share.users -= 1
        self._forget(name, share)

    def _forget(self, name: str, share: _Share) -> None:
        """Drop a share that nobody waits for, but not before its next request might begin."""
        if share.users or self._shares.get(name) is not share:
            return
        loop = asyncio.get_running_loop()
        if share.next_start > loop.time():
            loop.call_at(share.next_start, self._forget, name, share)
        else:
            del self._shares[name]


class _Turn:
    """`async with` it; a class, since every request goes through here, and a generator costs twice as much."""

    __slots__ = ("_name", "_pace", "_share", "_shares")

    def __init__(self, shares: HostShares, name: str, pace: float) -> None:
        self._shares, self._name, self._pace = shares, name, pace
        self._share: _Share | None = None

    async def __aenter__(self) -> None:
        share = self._shares._enter(self._name)
        try:
            await share.turns.acquire()
            try:
                await _begin(share, self._pace)
            except BaseException:
                share.turns.release()
                raise
        except BaseException:
            self._shares._leave(self._name, share)
            raise
        self._share = share

    async def __aexit__(self, *_raised: object) -> None:
        assert self._share is not None
        self._share.turns.release()
        self._shares._leave(self._name, self._share)


async def _begin(share: _Share, pace: float) -> None:
    clock = asyncio.get_running_loop().time
    async with share.start:
        if pace and (wait := share.next_start - clock()) > 0:
            await asyncio.sleep(wait)
        share.next_start = clock() + pace
