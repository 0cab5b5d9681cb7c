"""Nothing in the suite leaves the machine: sockets reach loopback addresses and local paths only."""

from __future__ import annotations

import pytest
from pytest_socket import socket_allow_hosts


@pytest.fixture(autouse=True)
def only_loopback() -> None:
    socket_allow_hosts(["127.0.0.0/8", "::1"], allow_unix_socket=True)
