"""A ticket gives its answer to whoever waits, before or after it comes."""

import threading

from perdure.runtime.envelopes import Answer, Birth, Ticket
from tests.runtime.scenes import machine, scene

YES = Answer()


def test_an_answer_that_has_come_is_not_waited_for():
    ticket = Ticket()
    ticket(YES)

    assert ticket.wait(0.0) is YES
    assert ticket.answer is YES


def test_who_waits_gets_the_answer_from_another_thread():
    ticket = Ticket()
    got = []
    waiter = threading.Thread(target=lambda: got.append(ticket.wait(10.0)))
    waiter.start()

    ticket(YES)
    waiter.join(10.0)

    assert got == [YES]


def test_there_is_no_answer_before_its_time():
    ticket = Ticket()

    assert ticket.wait(0.001) is None
    assert ticket.answer is None


def test_an_answer_that_comes_while_one_begins_to_wait_is_not_missed(monkeypatch):
    """It comes after the first look and before there is a flag to set."""
    ticket = Ticket()
    made = threading.Event

    def event():
        ticket(YES)
        return made()

    monkeypatch.setattr(threading, "Event", event)

    assert ticket.wait(10.0) is YES


def test_a_birth_is_of_the_run_that_is_to_be():
    birth = scene(machine("a")).birth()

    assert isinstance(birth, Birth)
    assert birth.run == birth.born.run
