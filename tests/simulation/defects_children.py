"""Defects that are planted between parents and children."""

from dataclasses import replace

from perdure.kernel import history, joins
from perdure.kernel.brood import Brood
from perdure.ports.commit import CalledOff
from perdure.runtime import draft, effects, kin
from perdure.runtime.draft import Draft
from perdure.stores.sqlite import commit
from tests.simulation.defects import defect, reword, writes


@defect
def childs_end_not_told(patch):
    """A child ends, and its parent is left to wait."""
    for kind in history.ENDINGS:
        writes(patch, kind, lambda _before, draft_, hot, *_: effects.call_off_children(
            draft_, hot, "ended"
        ))  # fmt: skip


@defect
def failed_child_told_as_completed(patch):
    """Whatever became of a child, its parent is told that all is well."""
    tell = kin.Mail
    patch.setattr(kin, "Mail", lambda run, to, told: tell(run, to, told.replace("false", "true")))


@defect
def children_outlive_their_parent(patch):
    """A run that ends or is cancelled says nothing to its children."""
    patch.setattr(effects, "call_off_children", lambda *_: None)


@defect
def detached_children_called_off(patch):
    """Children that were to go on alone are cancelled with their parent."""
    reword(patch, "commit/called_off", " AND NOT c.detached", "")


@defect
def children_born_though_their_parent_failed(patch):
    """Children are born though their parent's move did not pass the fence."""
    patch.setattr(
        commit,
        "_bear_offspring",
        lambda db, made, _: commit._births(db, made.offspring, made.batch),
    )


@defect
def child_counted_with_each_of_its_ends(patch):
    """A child that was retried and ends again is counted again."""
    patch.setattr(
        Brood, "awaits", lambda self, number, place: number == self.number and place < self.total
    )
    counts = Brood.after

    def after(self, place, *, ok):
        return replace(counts(self, place, ok=ok), failed=self.failed + (not ok))

    patch.setattr(Brood, "after", after)


@defect
def wait_over_before_the_last_child(patch):
    """A wait for all children is over when one of them has not ended."""
    patch.setattr(Brood, "suffices", lambda self, need: self.open < 2 or self.completed > 1)


@defect
def children_added_to_a_brood_that_was_waited_for(patch):
    """Children of a later round count among those of the round before."""
    patch.setattr(Brood, "next_number", lambda self, *, again=False: max(self.number, 1))


@defect
def later_children_take_the_places_of_earlier_ones(patch):
    """The second visit that starts children numbers them from zero."""
    start = joins.start_children

    def from_zero(run, message):
        return (replace(event, first=0) for event in start(run, message))

    from perdure.kernel import decide

    patch.setattr(decide, "start_children", from_zero)


@defect
def counts_of_children_not_written(patch):
    """What is known of the children is lost with the process."""
    patch.setattr(draft, "pack_brood", lambda _brood: None)


@defect
def wait_for_children_left(patch):
    """A wait for children that is over leaves its row."""
    drop = Draft.drop_waits

    def drop_all_others(self, run, step, visit, kind):
        if kind != "children" or (run, step, visit, kind) in self.waits:
            drop(self, run, step, visit, kind)

    patch.setattr(Draft, "drop_waits", drop_all_others)


@defect
def cancel_forgets_the_children(patch):
    """Only a run that has ended calls its children off: a long clean-up leaves them at work."""

    def row(_before, draft_, hot, _event, _cause):
        if hot.run.status.ended:
            draft_.commit.called_off.append(CalledOff(hot.run.id, '["Cancel","parent",""]'))

    writes(patch, history.CancelRequested, row)
