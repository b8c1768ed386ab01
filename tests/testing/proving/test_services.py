"""Fake services note what is done at them, once for a key where they honour one."""

import random
from types import SimpleNamespace

import pytest

from perdure.testing import world
from perdure.testing.proving.services import (
    Book,
    ServiceDown,
    ServiceError,
    ServiceTimeout,
    closed,
    opened,
    working,
)
from perdure.testing.simulation.executor import PoisonError


@pytest.fixture
def book():
    made = Book(random.Random(1))
    made.work = SimpleNamespace(run="r", path="s", visit=1, attempt=1)
    opened(made)
    with working(made.work):
        yield made
    closed()


def test_a_key_makes_one_effect_where_it_is_honoured(book):
    pay = world.service("pay")

    assert pay("charge", key="k") == pay("charge", key="k") == "pay-1"
    assert pay("charge") != pay("charge")


def test_a_service_that_honours_no_keys_acts_each_time(book):
    till = world.service("till", idempotent=False)

    assert till("charge", key="k") != till("charge", key="k")


def test_a_lost_answer_is_an_effect_that_nobody_heard_of(book):
    book.lost = 1.0

    with pytest.raises(ServiceTimeout):
        world.service("pay")("charge")

    assert (book.calls[0].effect, book.calls[0].answered) == (1, False)


def test_a_service_that_is_down_has_done_nothing(book):
    book.down = 1.0

    with pytest.raises(ServiceDown):
        world.service("pay")("charge")

    assert book.calls[0].effect is None


def test_trouble_ends_before_retries_do(book):
    book.down = 1.0
    pay = world.service("pay")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            pay("charge")

    assert pay("charge") == "pay-1"


def test_a_process_may_die_at_a_call(book):
    book.crash = 2.0

    with pytest.raises(PoisonError):
        world.service("pay")("charge")

    assert book.doomed
    assert "just before pay.charge" in book.mishaps[0]


def test_a_call_outside_of_any_step_is_refused_and_noted(book):
    book.work = None

    with pytest.raises(ServiceError, match="outside of any step"):
        world.service("pay")("charge")

    assert book.forbidden[0][0] == "effect outside"


def test_a_fake_service_answers_only_in_a_proof():
    with pytest.raises(ServiceError, match="only while prove"):
        world.service("pay")("charge")
