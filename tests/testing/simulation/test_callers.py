"""Callers share how they tell everybody who waits something, with keys and without."""

import pytest

from perdure.app.addresses import Addressee, address
from tests.testing.simulation.test_clients import clients_of
from tests.testing.simulation.test_node import Yard


def test_broadcasts_go_to_the_mailbox_and_are_sent_once_for_a_key():
    yard = Yard(count=2, seed=1)
    clients = clients_of(yard)
    yard.run(1.0)
    to = Addressee(key="k")
    made = address("go", '{"said-1":1}', to, yard.world.time)

    for _ in range(2):
        clients._proclaim(yard.mates.any(), made, "once")

    counts = yard.world.trace.counts
    assert counts["a broadcast went to the mailbox"] == 1
    assert counts["a broadcast's key had been used"] == 1
    assert [letter.key for letter in yard.witness.store.letters(9)] == ["k"]


def test_a_broadcast_is_sent_again_until_a_process_lives():
    yard = Yard(count=2, seed=1)
    clients = clients_of(yard)
    clients.open += 3
    for _ in range(3):
        clients._broadcast()()

    yard.run(10.0)

    assert clients.open == 0


@pytest.mark.parametrize("seed", range(6))
def test_a_signal_with_a_start_is_with_one_run_whatever_goes_wrong(seed):
    yard = Yard(count=2, seed=seed, crash=0.05, unknown=0.1, busy=0.1, lease=2.0)
    for node in yard.nodes:
        node.watch()
    clients = clients_of(yard, seed=seed)
    for number in range(4):
        clients.open += 1
        yard.world.after(0.1 * number, "signal with start", clients._with_start())

    yard.run(20.0)
    yard.world.calm()
    yard.run(60.0)

    assert clients.open == 0
    assert len(yard.witness.tracks) <= 1
