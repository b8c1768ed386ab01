"""Defects of starts and signals that are to take effect together, or with the application's own."""

from contextlib import contextmanager

from perdure.app import transactions
from perdure.errors import StoreError
from perdure.outboxes.dbapi import DbApiOutbox
from perdure.runtime import courier
from perdure.runtime.bundles import Brought, Bundles
from perdure.runtime.courier import Courier
from perdure.testing.simulation import blocks
from tests.simulation.defects import defect


@defect
def half_a_block_written(patch):
    """The starts of a block are committed before its signals are."""
    write = Bundles.write

    def in_parts(self, bundle):
        messages, bundle.messages = bundle.messages, []
        numbers = write(self, bundle)
        if messages:
            self._store.put(messages)
        bundle.messages = messages
        return numbers

    patch.setattr(Bundles, "write", in_parts)


@defect
def block_written_though_it_raised(patch):
    """What a block has asked for takes effect though its caller has thought better of it."""

    @contextmanager
    def careless(bundles, drive):
        made = transactions.Block()
        try:
            yield made
        finally:
            made.is_open = False
            bundles.take_up(made.bundle, bundles.write(made.bundle))
            drive()

    patch.setattr(blocks, "block", careless)


@defect
def block_answered_before_its_commit(patch):
    """A block ends well, and what it has asked for is written some time later."""

    def later(self, bundle):
        self._ledger.put_all(bundle.births)
        return Brought([], [])

    patch.setattr(Bundles, "write", later)


@defect
def start_of_a_block_not_kept_back(patch):
    """A start takes effect at once, and not with its block."""

    @contextmanager
    def eager(bundles, drive):
        made = transactions.Block()

        def bear(birth):
            bundles._ledger.put(birth)
            drive()

        made.bear = bear
        yield made
        made.is_open = False
        bundles.take_up(made.bundle, bundles.write(made.bundle))

    patch.setattr(blocks, "block", eager)


# -- outboxes in applications' databases ---------------------------------------------------------
@defect
def outbox_emptied_before_it_was_delivered(patch):
    """A row is deleted first and written into the store then."""
    deliver = Courier._deliver

    def early(self, rows):
        for outbox in self._outboxes():
            outbox.forget([row.id for row in rows])
        return deliver(self, rows)

    patch.setattr(Courier, "_deliver", early)


@defect
def refused_slice_of_an_outbox_dropped(patch):
    """Where the store cannot take a slice now, its rows are taken for delivered."""
    deliver = Courier._deliver

    def careless(self, rows):
        try:
            return deliver(self, rows)
        except StoreError:
            return [row.id for row in rows]

    patch.setattr(Courier, "_deliver", careless)


@defect
def signal_of_an_outbox_without_a_key(patch):
    """A signal that is brought twice is told twice."""
    unpack = courier.unpack

    def keyless(row, plans, bundle):
        unpack(row, plans, bundle)
        bundle.messages[:] = [message._replace(key=None) for message in bundle.messages]

    patch.setattr(courier, "unpack", keyless)


@defect
def broadcast_of_an_outbox_without_a_key(patch):
    """A broadcast that is brought twice is told twice."""
    unpack = courier.unpack

    def keyless(row, plans, bundle):
        unpack(row, plans, bundle)
        bundle.broadcasts += bundle.keyed.values()
        bundle.keyed.clear()

    patch.setattr(courier, "unpack", keyless)


@defect
def start_that_is_rolled_back_lives(patch):
    """What is inserted on an application's connection is there before it commits."""

    def at_once(self, connection, posted):
        add(self, connection, posted)
        connection._db.execute(*connection._inserts.pop())

    add = DbApiOutbox.add
    patch.setattr(DbApiOutbox, "add", at_once)


@defect
def outbox_of_a_dead_process_left(patch):
    """Only who has written into an outbox looks into it."""
    patch.setattr(Courier, "is_wanted", False)
