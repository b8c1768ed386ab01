"""Defects of telling many: runs that a batch passes over, and what it says that it has done."""

from dataclasses import replace

from perdure.app import batches
from perdure.testing.simulation import batching
from tests.simulation.defects import defect


@defect
def batch_passes_over_a_run_between_its_slices(patch):
    """The next slice begins one run too late."""

    def slices(store, query):
        asked = replace(query, limit=batches.SLICE, offset=0)
        while rows := store.find(asked):
            yield rows
            asked = replace(asked, before=rows[-1].id, offset=1)

    patch.setattr(batches, "slices", slices)


@defect
def batch_ends_after_its_first_slice(patch):
    """All but the first runs that a filter finds are not told."""
    slices = batches.slices

    def first(store, query):
        yield from list(slices(store, query))[:1]

    patch.setattr(batches, "slices", first)


@defect
def batch_counts_who_was_told_for_who_has_changed(patch):
    """A run that had changed before it was told counts as changed."""
    tell = batches.tell_many

    def boastful(store, ask, message, query):
        done = tell(store, ask, message, query)
        return replace(done, changed=done.changed + done.unchanged)

    patch.setattr(batching, "tell_many", boastful)
