"""A simulated process's courier goes by itself, at a hint, and never twice at once."""

from perdure.errors import StoreBusyError
from perdure.runtime.courier import LOOK_SECONDS
from tests.testing.simulation.test_node import Yard


class Watched:
    """An outbox that is empty, and notes when somebody looks."""

    def __init__(self, world):
        self.world = world
        self.looks = []
        self.trouble = []
        self.within = lambda: None

    def read(self, _after, _most):
        self.looks.append(self.world.time)
        self.within()
        if self.trouble:
            raise self.trouble.pop()
        return []


def watched(**faults):
    yard = Yard(**faults)
    outbox = Watched(yard.world)
    yard.site.registry.outboxes.append(outbox)
    return yard, outbox


def test_it_looks_again_and_again():
    yard, outbox = watched()

    yard.run(5 * LOOK_SECONDS)

    assert 4 <= len(outbox.looks) <= 6


def test_without_an_outbox_it_does_not_go():
    yard = Yard()
    yard.run(20.0)

    assert not any("courier" in line for line in yard.world.trace.lines)


def test_a_hint_sends_it_at_once_unless_it_is_lost():
    for deaf, looks in ((0.0, 2), (1.0, 1)):
        yard, outbox = watched()
        yard.run(1.0)
        yard.world.faults = yard.world.faults.__class__(
            **{f: getattr(yard.world.faults, f) for f in yard.world.faults.__slots__}
            | {"deaf": deaf}
        )
        yard.nodes[0].process.process.courier.hint()
        yard.run(0.01)

        assert len(outbox.looks) == looks


def test_trouble_with_the_store_has_it_go_again():
    yard, outbox = watched()
    outbox.trouble.append(StoreBusyError("busy"))

    yard.run(1.5)

    assert len(outbox.looks) >= 2


def test_a_hint_while_it_is_out_sends_it_again_when_it_is_back():
    yard, outbox = watched()
    life = yard.nodes[0].process

    def hinted():
        outbox.within = lambda: None
        life.process.courier.hint()
        yard.run(0.5)  # others go on meanwhile
        assert len(outbox.looks) == 1

    outbox.within = hinted
    yard.run(1.0)

    assert len(outbox.looks) == 2
