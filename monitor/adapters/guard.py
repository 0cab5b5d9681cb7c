"""The address guard: which addresses may be connected to at all.

It sits where the socket is made, so it sees the very address that is connected to, whatever name,
literal, redirect or changing DNS answer led there. Python's `is_global` alone is not enough: it
takes several tunnels and embedded forms of private addresses for public ones.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from monitor.errors import AddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443})

# Refused whatever is allowed: they hand out the machine's own credentials.
_METADATA = tuple(
    ip_network(network)
    for network in (
        "169.254.169.254/32",  # AWS, Google, Azure, Oracle, DigitalOcean, OpenStack
        "169.254.170.2/32",  # AWS ECS task credentials
        "169.254.170.23/32",  # AWS EKS pod identity
        "169.254.0.23/32",  # Tencent
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure's wire server
        "192.0.0.192/32",  # Oracle, older
        "fd00:ec2::254/128",  # AWS
        "fd00:ec2::23/128",  # AWS EKS pod identity
        "fd20:ce::254/128",  # Google
    )
)
# Not public, though Python (3.11 to 3.14, in one release or another) says is_global.
_SPECIAL = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT
        "192.0.0.0/24",  # protocol assignments
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "100::/64",  # discard
        "2001::/23",  # protocol assignments
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",  # segment routing
        "fc00::/7",
        "fe80::/9",  # link-local and the old site-local
        "ff00::/8",
    )
)
# Names under which clouds hand out credentials. Only who connects by another's resolver needs them.
_METADATA_NAMES = frozenset(
    {"instance-data", "instance-data.ec2.internal", "metadata", "metadata.azure.internal"}
    | {"metadata.goog", "metadata.google.internal", "metadata.tencentyun.com"}
)
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ip_network("::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


class _RefusedError(OSError):
    """What the event loop's connect understands: try the name's next address, or give up."""


def embedded(address: Address) -> list[Address]:
    """`address` and every IPv4 address that is reached through it: mapped, compatible, tunnelled."""
    if not isinstance(address, IPv6Address):
        return [address]
    low = IPv4Address(int(address) & 0xFFFF_FFFF)
    found: list[Address] = [address]
    if address.ipv4_mapped:
        found = [address.ipv4_mapped]
    elif (address in _COMPATIBLE and int(address) > 1) or any(address in network for network in _NAT64):
        found = [low]
    elif address.sixtofour:
        found = [address.sixtofour]
    elif address.teredo:
        found = [address, *address.teredo]
    elif (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        found = [address, low]
    return found


def _is_public(address: Address) -> bool:
    plain = not (address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback)
    return plain and address.is_global and not any(_within(address, network) for network in _SPECIAL)


def _within(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network


class AddressGuard:
    """Decides about addresses. `allow` lists networks that may be reached although they are not public,
    on any port; public addresses are reached on ports 80 and 443. Cloud metadata never.
    """

    def __init__(self, allow: Sequence[Network] = ()) -> None:
        self._allow = tuple(allow)
        self._passed = lru_cache(maxsize=4096)(self._check)  # the table is long, and hosts come again

    def check(self, host: str, port: int) -> None:
        """Raises AddressRefused unless the IP address `host` may be connected to on `port`."""
        self._passed(host, port)

    def _check(self, host: str, port: int) -> None:
        address = ip_address(host.partition("%")[0])
        inner = embedded(address)
        if any(_within(ip, network) for ip in (address, *inner) for network in _METADATA):
            raise AddressRefused(f"{address} is a cloud metadata service and is never contacted")
        if all(any(_within(ip, network) for network in self._allow) for ip in inner):
            return
        if not all(_is_public(ip) for ip in inner):
            raise AddressRefused(f"{address} is no public address; if it is yours, add it to [network] allow")
        if port not in PORTS:
            raise AddressRefused(
                f"{address} on port {port}: only ports 80 and 443 are read; "
                "if it is yours, add it to [network] allow"
            )

    def check_target(self, host: str, port: int) -> None:
        """Raises AddressRefused where `host`, asked for through a proxy, is an address that is refused here.

        Other names are the proxy's to refuse: only it knows their addresses.
        """
        name = host.rstrip(".").lower()
        if name in _METADATA_NAMES:
            raise AddressRefused(f"{name} is a cloud metadata service and is never contacted")
        if name == "localhost" or name.endswith(".localhost"):
            self.check("127.0.0.1", port)
        elif literal := _literal(name):
            self.check(literal, port)

    def socket_factory(self, info: tuple[Any, ...]) -> socket.socket:
        """For aiohttp's TCPConnector: a socket for an address that passed, else an error it reports."""
        family, kind, protocol, _, address = info
        try:
            self.check(str(address[0]), int(address[1]))
        except AddressRefused as refused:
            raise _RefusedError(errno.EACCES, str(refused)) from refused
        return socket.socket(family, kind, protocol)


def _literal(host: str) -> str | None:
    """The address that `host` writes, in any way that some resolver reads (`127.1`, `0x7f000001`)."""
    with suppress(ValueError):
        return str(ip_address(host.partition("%")[0]))
    with suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(host))
    return None


def refusal(error: BaseException | None) -> AddressRefused | None:
    """The guard's refusal behind a library's error, if it was one."""
    for _ in range(10):
        if error is None or isinstance(error, AddressRefused):
            return error
        error = error.__cause__ or error.__context__ or getattr(error, "os_error", None)
    return None
