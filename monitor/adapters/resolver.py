"""Names to addresses, in threads of our own; what they may be used for is the address guard's business."""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.adapters.guard import Network

_THREADS = 32
_MOST_NAMES = 4096


class ThreadResolver(AbstractResolver):
    """The system's resolver in threads of its own, so that dead name servers hold up nothing else."""

    def __init__(self, threads: int = _THREADS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
        )
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=af,
                proto=proto,
                flags=numeric,
            )
            for af, _, proto, _, address in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class OwnNames(AbstractResolver):
    """Asks another resolver, and remembers which names are of the networks in `own`.

    Only for manners: who is spared a pace. Nothing is connected to because of it.
    """

    def __init__(self, inner: AbstractResolver, own: Sequence[Network]) -> None:
        self._inner, self._own = inner, tuple(own)
        self._names: OrderedDict[str, None] = OrderedDict()
        self._is_own = lru_cache(maxsize=_MOST_NAMES)(self._find_own)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        self._names.pop(host, None)
        if found and all(self._is_own(answer["host"]) for answer in found):
            self._names[host] = None
            if len(self._names) > _MOST_NAMES:
                self._names.popitem(last=False)
        return found

    def knows_as_own(self, host: str) -> bool:
        """Whether `host` is an address of our networks, or a name that had only such when it was last asked for."""
        return host in self._names or (bool(self._own) and self._is_own(host))

    def _find_own(self, host: str) -> bool:
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return any(address.version == network.version and address in network for network in self._own)

    async def close(self) -> None:
        await self._inner.close()
