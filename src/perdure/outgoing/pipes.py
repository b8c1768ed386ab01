"""Connections that lead where the guard looked, and end when the request's time is over.

Time is measured in every read and write, so a server that sends a byte now and then gets no more
of it than one that sends nothing.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import httpcore2
import httpx2

from perdure.outgoing.addresses import Guard


class Backend(httpcore2.NetworkBackend):
    """Opens connections to addresses that the guard has checked, never to names."""

    def __init__(self, guard: Guard, deadline: float) -> None:
        """Take the guard, and the moment (`time.monotonic`) at which all ends."""
        self._guard = guard
        self._deadline = deadline
        self._below = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of a host's addresses that answers."""
        failure: Exception = httpcore2.ConnectError("the host has no address")
        for address in self._guard.addresses(host, port):
            left = _left(self._deadline, timeout)
            try:
                stream = self._below.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return Stream(stream, self._deadline)
        raise failure


class Stream(httpcore2.NetworkStream):
    """A connection whose every operation ends at the deadline."""

    def __init__(self, below: httpcore2.NetworkStream, deadline: float) -> None:
        """Wrap an open connection."""
        self._below = below
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came, as the wrapped connection does."""
        return self._below.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._below.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """Close the connection."""
        self._below.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Go on encrypted; the certificate is compared with the host's name, not its address."""
        left = _left(self._deadline, timeout)
        return Stream(self._below.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Tell what the wrapped connection tells."""
        return self._below.get_extra_info(info)


class Transport(httpx2.BaseTransport):
    """Carries requests of one `httpx2.Client` over such connections. No proxy is used."""

    def __init__(self, guard: Guard, deadline: float) -> None:
        """Take the guard, and the moment (`time.monotonic`) at which all ends."""
        backend = Backend(guard, deadline)
        self._pool = httpcore2.ConnectionPool(ssl_context=_tls(), network_backend=backend)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; its answer's body is read by whoever asked."""
        url = request.url
        assert isinstance(request.stream, Iterable)
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, below: Any) -> None:
        self._below = below

    def __iter__(self) -> Iterator[bytes]:
        yield from self._below

    def close(self) -> None:
        self._below.close()


@cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time for the request is over")
    return left if timeout is None else min(left, timeout)
