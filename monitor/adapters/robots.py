"""The robots.txt of every site whose pages are read, kept in memory for as long as it holds."""

from __future__ import annotations

from collections import OrderedDict

from monitor.adapters.shares import HostShares
from monitor.collect.access import FeedAccess
from monitor.collect.robots import RobotsFile, answered, failed, missing, robots_address, spoilt
from monitor.errors import FetchError, WorkerError
from monitor.ports import Clock, Fetcher, Workers

_HEADERS = {"Accept": "text/plain, */*;q=0.5"}
# Kinds of FetchError that mean that there is no such file: it is redirected without end, or to where nothing
# is read (2.3.1.2); or its address is refused, as its page's will be, which says so itself.
_MISSING = frozenset({"redirect", "refused"})


class RobotsCache:
    """Implements ports.Robots: at most `most` files and `most_bytes` of them, the least recently used go first."""

    def __init__(
        self,
        fetcher: Fetcher,
        workers: Workers,
        clock: Clock,
        *,
        obey: bool = True,
        most: int = 20_000,
        most_bytes: int = 32_000_000,
    ) -> None:
        self._fetcher, self._workers, self._clock, self._obey = fetcher, workers, clock, obey
        self._most, self._most_bytes = most, most_bytes
        self._files: OrderedDict[str, RobotsFile] = OrderedDict()
        self._bytes = 0
        self._asking = HostShares(1)  # one request for a file, however many pages wait for it
        self._turns = HostShares(1)  # of the sites that want some time between two pages

    def use(self, fetcher: Fetcher, *, obey: bool) -> None:
        """Ask through another fetcher from now on, or no more; what is known stays known."""
        self._fetcher, self._obey = fetcher, obey

    async def permit(self, url: str, access: FeedAccess | None = None) -> None:
        """Returns when the page at `url` may be asked for, which its site may want a few seconds later.

        Raises FetchError: of kind `robots` where it is not allowed, `robots-unread` where nobody can say now.
        """
        if not self._obey or (access is not None and not access.robots):
            return
        address = robots_address(url)
        key = f"{access.proxy.url} {address}" if access and access.proxy else address
        file = await self._file(key, address, access)
        if file.unread:
            raise FetchError("robots-unread", f"{address} cannot be read now: {file.unread}")
        if not file.text:
            return
        try:
            verdict = await self._workers.judge_robots(file.text, url)
        except WorkerError as error:
            self._keep(key, spoilt(str(error), self._clock.now()))
            raise FetchError("robots-unread", str(error)) from error
        if not verdict.allowed:
            raise FetchError("robots", f"{address} does not allow its page")
        if verdict.delay:
            async with self._turns.of(address, verdict.delay):
                pass

    async def _file(self, key: str, address: str, access: FeedAccess | None) -> RobotsFile:
        async with self._asking.of(key):
            known, now = self._files.get(key), self._clock.now()
            if known is not None and now < known.until:
                self._files.move_to_end(key)
                return known
            file = await self._asked(address, access, known)
            self._keep(key, file)
            return file

    async def _asked(self, address: str, access: FeedAccess | None, known: RobotsFile | None) -> RobotsFile:
        try:
            response = await self._fetcher.fetch(address, _HEADERS, access=access)
        except FetchError as error:
            if error.kind in _MISSING:
                return missing(self._clock.now())
            return failed(str(error), known, self._clock.now())
        return answered(response, known, self._clock.now())

    def _keep(self, key: str, file: RobotsFile) -> None:
        before = self._files.pop(key, None)
        self._bytes += len(file.text) - (len(before.text) if before else 0)
        self._files[key] = file
        while len(self._files) > self._most or self._bytes > self._most_bytes:
            _, dropped = self._files.popitem(last=False)
            self._bytes -= len(dropped.text)
