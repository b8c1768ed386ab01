"""Frames over a socket: whole, in order, of any size, from any thread."""

import socket
import threading

import pytest

from perdure.executors.links import Link
from perdure.ports.spawn import ChildEndedError


@pytest.fixture
def ends():
    made = [Link(end) for end in socket.socketpair()]
    yield made
    for link in made:
        link.close()


def test_frames_come_whole_and_in_order(ends):
    here, there = ends
    for frame in ("one", "", "zwölf", "x" * 100):
        here.send(frame)

    assert [there.receive(1.0) for _ in range(4)] == ["one", "", "zwölf", "x" * 100]


def test_nothing_comes_where_nothing_was_sent(ends):
    assert ends[0].receive(0.0) is None


def test_a_frame_that_has_not_come_whole_is_waited_for(ends):
    here, there = ends
    here._line.sendall(b"\0\0\0\5fi")
    first = there.receive(0.0)
    here._line.sendall(b"rst")

    assert first is None
    assert there.receive(1.0) == "first"


def test_a_large_frame_goes_through_while_it_is_read(ends):
    here, there = ends
    large = "x" * 3_000_000
    sender = threading.Thread(target=here.send, args=(large,))
    sender.start()

    assert there.receive() == large
    sender.join()


def test_several_threads_may_send(ends):
    here, there = ends
    senders = [threading.Thread(target=here.send, args=(str(n) * 50,)) for n in range(8)]
    for sender in senders:
        sender.start()

    assert {there.receive(5.0) for _ in senders} == {str(n) * 50 for n in range(8)}
    for sender in senders:
        sender.join()


def test_the_end_of_the_line_comes_after_what_was_sent(ends):
    here, there = ends
    here.send("last")
    here.close()

    assert there.receive(1.0) == "last"
    with pytest.raises(ChildEndedError):
        there.receive(1.0)


def test_nothing_can_be_sent_to_nobody(ends):
    here, there = ends
    there.close()

    with pytest.raises(ChildEndedError):
        here.send("x" * 1_000_000)


def test_a_line_that_was_closed_here_has_ended(ends):
    here, _ = ends
    here._line.shutdown(socket.SHUT_RDWR)

    with pytest.raises(ChildEndedError):
        here.receive(1.0)
