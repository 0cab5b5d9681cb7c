"""Every way in which a request fails, in one line for the operator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from yarl import URL

from monitor.adapters.guard import refusal
from monitor.errors import FetchError
from monitor.text import one_line

REFUSED_BY_PROXY = "the proxy asks for another name and password (407)"


@contextmanager
def explained(target: URL, total: float) -> Iterator[None]:
    """Every way in which a request fails, as a FetchError with one line."""
    try:
        yield
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        if refused := refusal(error):
            raise type(refused)(f"{target}: {refused}") from None
        kind, what = _explanation(error, total)
        # Some of the library's errors hold the headers that were sent, with what is secret of them.
        cause = None if isinstance(error, aiohttp.ClientResponseError) else error
        raise FetchError(kind, one_line(f"{target}: {what}")) from cause


def _explanation(error: Exception, total: float) -> tuple[str, str]:
    host = getattr(error, "host", "the host")
    match error:
        case aiohttp.ConnectionTimeoutError():
            return "timeout", "no connection in time"
        case TimeoutError():
            return "timeout", f"no complete answer within {total:g} s"
        case aiohttp.ClientHttpProxyError():
            return "proxy", _proxy_said(error)
        case aiohttp.ClientProxyConnectionError():
            return "proxy", f"no connection to the proxy {host}: {error.os_error.strerror or error.os_error}"
        case aiohttp.ClientConnectorDNSError():
            return "dns", f"{host} has no address, or the name server does not answer"
        case aiohttp.ClientConnectorCertificateError():
            return (
                "tls",
                f"{host} shows a certificate that is not valid: {_tls_said(error.certificate_error)}",
            )
        case aiohttp.ClientSSLError():
            return "tls", f"no TLS with {host}: {_tls_said(error.os_error)}"
        case aiohttp.ClientConnectorError():
            return "connect", f"no connection to {host}: {error.os_error.strerror or error.os_error}"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return "connect", "the server hung up before it answered"
        case aiohttp.ClientPayloadError():
            return "protocol", f"the answer broke off or cannot be unpacked: {_without_quotes(str(error))}"
        case aiohttp.ClientResponseError():
            return "protocol", f"the answer is not HTTP: {_without_quotes(error.message)}"
        case aiohttp.InvalidURL():
            return "protocol", "not a usable address"
    return "connect", str(error) or type(error).__name__


def _tls_said(error: Exception) -> str:
    """OpenSSL's reason without its file and line: `certificate has expired`, `wrong version number`."""
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    return str(reason).replace("_", " ").rstrip(".").lower()


def _proxy_said(error: aiohttp.ClientHttpProxyError) -> str:
    if error.status == 407:
        return REFUSED_BY_PROXY
    return f"the proxy opens no connection to it: it answered {error.status}"


def _without_quotes(said: str) -> str:
    """What the library says of an answer, without the words of the answer: it may echo passwords that were sent."""
    return re.split(r"""b?['"]|:\s*\n|<|\n""", said, maxsplit=1)[0].strip(" :") or "it cannot be read"
