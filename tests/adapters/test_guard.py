"""Which addresses may be connected to: the whole table, as literals, names and redirects see it."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.adapters.guard import AddressGuard, refusal
from monitor.errors import AddressRefused

GUARD = AddressGuard()

PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "1.1.1.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",  # mapped
    "64:ff9b::808:808",  # NAT64, as in networks without IPv4
    "2002:808:808::1",  # 6to4
]
PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.1.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",  # IPv4-compatible
    "::10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:100.64.0.1",
    "::ffff:0:127.0.0.1",  # translated
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::7f00:1",
    "64:ff9b:1:ffff::a00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:a00:1::1",
    "2002:c0a8:1::1",
    "2a00:1450::5efe:7f00:1",  # ISATAP of 127.0.0.1
    "2a00:1450::200:5efe:c0a8:1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
]


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("port", [80, 443])
def test_public_addresses_are_reached(address: str, port: int) -> None:
    GUARD.check(address, port)


@pytest.mark.parametrize("address", PRIVATE)
def test_all_others_are_refused_and_the_line_says_what_to_do(address: str) -> None:
    with pytest.raises(AddressRefused, match=r"no public address; .* add it to \[network\] allow"):
        GUARD.check(address, 80)


@pytest.mark.parametrize("address", METADATA)
@pytest.mark.parametrize("allow", [(), ("0.0.0.0/0", "::/0")])
def test_cloud_metadata_is_never_contacted(address: str, allow: tuple[str, ...]) -> None:
    with pytest.raises(AddressRefused, match="metadata"):
        AddressGuard([ip_network(network) for network in allow]).check(address, 80)


@pytest.mark.parametrize("port", [0, 22, 25, 6379, 8080, 65535])
def test_public_addresses_are_reached_on_the_ports_of_the_web_only(port: int) -> None:
    with pytest.raises(AddressRefused, match=f"port {port}"):
        GUARD.check("8.8.8.8", port)


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203", "2002:a01:203::"])
@pytest.mark.parametrize("port", [80, 8080])
def test_an_allowed_range_is_reached_on_any_port_in_every_spelling(address: str, port: int) -> None:
    AddressGuard([ip_network("10.0.0.0/8")]).check(address, port)


def test_an_allowed_range_allows_itself_only() -> None:
    guard = AddressGuard([ip_network("10.0.0.0/24"), ip_network("fd12::/16")])
    guard.check("fd12::7", 8000)
    for address in ("10.0.1.1", "127.0.0.1", "fd13::1"):
        with pytest.raises(AddressRefused):
            guard.check(address, 80)


def test_a_public_range_may_be_allowed_for_its_other_ports() -> None:
    AddressGuard([ip_network("8.8.8.0/24")]).check("8.8.8.8", 8080)


def test_a_tunnel_is_allowed_only_where_both_its_ends_are() -> None:
    teredo = "2001:0:4136:e378:8000:63bf:f5ff:fffe"  # server 65.54.227.120, client 10.0.0.1
    with pytest.raises(AddressRefused):
        AddressGuard([ip_network("10.0.0.0/8")]).check(teredo, 80)


def test_the_socket_factory_makes_sockets_and_errors_that_the_event_loop_understands() -> None:
    guard = AddressGuard([ip_network("127.0.0.0/8")])
    info = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 9))
    with guard.socket_factory(info) as made:
        assert (made.family, made.type) == (socket.AF_INET, socket.SOCK_STREAM)
    with pytest.raises(OSError) as caught:
        GUARD.socket_factory(info)
    assert caught.value.errno == errno.EACCES
    assert isinstance(refusal(caught.value), AddressRefused)
    assert refusal(OSError("something else")) is None


@given(st.ip_addresses(v=4))
def test_every_embedding_of_an_address_is_treated_like_the_address(address: object) -> None:
    def verdict(text: str) -> bool:
        try:
            GUARD.check(text, 443)
        except AddressRefused:
            return False
        return True

    number = int(address)  # type: ignore[call-overload]
    high, low = number >> 16, number & 0xFFFF
    expected = verdict(str(address))
    for embedding in (f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{high:x}:{low:x}::1"):
        assert verdict(embedding) == expected, embedding


# --- through a proxy: what is asked for by its address alone -----------------------------------------

LITERALS = [
    *(f"{address}" for address in PRIVATE if "%" not in address),
    *METADATA,
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "0",
    "0.0.0.0.",
    "10.1",
    "169.254.43518",
    "localhost",
    "LocalHost.",
    "news.localhost",
    "metadata.google.internal",
    "METADATA.google.internal.",
    "instance-data",
]


@pytest.mark.parametrize("host", LITERALS)
@pytest.mark.parametrize("port", [80, 443])
def test_through_a_proxy_an_address_is_refused_however_it_is_written(host: str, port: int) -> None:
    with pytest.raises(AddressRefused):
        GUARD.check_target(host, port)


@pytest.mark.parametrize(
    "host",
    ["news.example", "localhost.example", "metadata.example", "127.0.0.1.example", "0x7f.example", "8.8.8.8"],
)
def test_through_a_proxy_names_are_the_proxys_to_refuse(host: str) -> None:
    GUARD.check_target(host, 443)


def test_through_a_proxy_a_name_has_any_port_and_an_address_those_of_the_web() -> None:
    GUARD.check_target("news.example", 8443)
    with pytest.raises(AddressRefused, match="port 8443"):
        GUARD.check_target("8.8.8.8", 8443)


def test_through_a_proxy_what_is_allowed_is_allowed() -> None:
    guard = AddressGuard([ip_network("127.0.0.0/8")])
    for host in ("127.0.0.1", "127.1", "localhost"):
        guard.check_target(host, 8080)
    with pytest.raises(AddressRefused, match="metadata"):
        AddressGuard([ip_network("0.0.0.0/0")]).check_target("metadata.google.internal", 80)


@given(st.ip_addresses())
def test_through_a_proxy_an_address_fares_as_without_one(address: object) -> None:
    def verdict(check: object) -> str:
        try:
            check(str(address), 443)  # type: ignore[operator]
        except AddressRefused as refused:
            return str(refused)
        return "passed"

    assert verdict(GUARD.check_target) == verdict(GUARD.check)
