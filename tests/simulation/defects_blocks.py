"""Defects of starts and signals that are to take effect together, or with the application's own."""

from contextlib import contextmanager

from perdure.app import transactions
from perdure.runtime.bundles import Brought, Bundles
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
