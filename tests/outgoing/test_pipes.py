"""Connections that end at the deadline, whatever they carry."""

import ssl
import time

import httpcore2
import pytest

from perdure.errors import UrlNotAllowedError
from perdure.outgoing.addresses import Guard
from perdure.outgoing.pipes import Backend, Stream
from tests.outgoing.servers import local, serving


class Below(httpcore2.NetworkStream):
    """A connection that tells how long each operation may take."""

    def __init__(self):
        self.allowed = []

    def read(self, max_bytes, timeout=None):
        self.allowed.append(timeout)
        return b"x"

    def write(self, buffer, timeout=None):
        self.allowed.append(timeout)

    def close(self):
        self.allowed.append("closed")

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self.allowed += [timeout, server_hostname]
        return self

    def get_extra_info(self, info):
        return info


def test_each_operation_has_what_is_left_of_the_time():
    below = Below()
    stream = Stream(below, time.monotonic() + 100)

    stream.read(1)
    stream.write(b"x", 3)
    inner = stream.start_tls(ssl.create_default_context(), "a.test", 5)
    inner.read(1, 200)
    inner.close()

    assert 99 < below.allowed[0] <= 100
    assert below.allowed[1:4] == [3, 5, "a.test"]
    assert 99 < below.allowed[4] <= 100
    assert below.allowed[5] == "closed"
    assert inner.get_extra_info("socket") == "socket"


def test_after_the_deadline_nothing_is_read_or_written():
    below = Below()
    stream = Stream(below, time.monotonic() - 1)

    with pytest.raises(httpcore2.ReadTimeout):
        stream.read(1)
    with pytest.raises(httpcore2.ReadTimeout):
        stream.write(b"x")
    assert below.allowed == []


def test_a_connection_is_made_to_what_the_guard_gives():
    with serving(lambda asked: None) as site:
        backend = Backend(local(a_test="127.0.0.1"), time.monotonic() + 10)
        stream = backend.connect_tcp("a.test", site.port, socket_options=[])
        where = stream.get_extra_info("server_addr")
        stream.close()

    assert where == ("127.0.0.1", site.port)


def test_a_host_without_an_address_is_not_reached():
    backend = Backend(Guard(resolver=lambda host, port: []), time.monotonic() + 10)

    with pytest.raises(httpcore2.ConnectError):
        backend.connect_tcp("a.test", 80)


def test_no_connection_is_begun_to_what_the_guard_refuses():
    backend = Backend(Guard(), time.monotonic() + 10)

    with pytest.raises(UrlNotAllowedError):
        backend.connect_tcp("127.0.0.1", 80)
