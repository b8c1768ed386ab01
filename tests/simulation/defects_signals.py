"""Defects of signals, to prove that the simulator would see them."""

from dataclasses import replace

from perdure.app import signal_starts
from perdure.kernel import waits
from perdure.runtime import bundles, effects, parking, turn, ways
from perdure.runtime import waits as waits_
from perdure.runtime.bundles import Bundle
from perdure.stores.sqlite import inbox, mailbox
from tests.simulation.defects import defect


@defect
def held_run_not_found_by_broadcasts(patch):
    """What may come to a machine that a pause holds between two visits is not entered."""
    patch.setattr(effects, "park", lambda _draft, _hot: None)


@defect
def what_a_held_run_entered_is_left(patch):
    """What was entered while a pause held the run stays when it goes on."""

    def park(draft, hot):
        before = hot.parked
        hot.parked = None
        parking.park(draft, hot)
        hot.parked = hot.parked or before

    patch.setattr(effects, "park", park)


# -- several ways out, what they accept, what a signal wants ---------------------------------------
@defect
def other_ways_lead_where_the_first_one_does(patch):
    """A wait with several ways out goes on where its first way leads, whichever was taken."""
    taken = waits._taken

    def wrong(run, step, wait, way, gone):
        yield from taken(run, step, wait, replace(way, then=wait.then), gone)

    patch.setattr(waits, "_taken", wrong)


@defect
def what_a_wait_accepts_is_not_asked_again(patch):
    """A signal is looked at when it is sent, and not when it is taken."""
    patch.setattr(turn, "fitted", lambda _hot, message, _payload: message)
    patch.setattr(turn, "fitted_outcome", lambda _hot, told, _context: told)


@defect
def what_was_kept_fits_every_wait(patch):
    """What came early is taken by its wait, whatever that accepts."""
    patch.setattr(turn, "fitted_outcome", lambda _hot, told, _context: told)


@defect
def only_the_first_way_has_a_row(patch):
    """Of a wait with several ways out, one is written."""
    rows_of = ways.rows_of
    patch.setattr(waits_, "rows_of", lambda *asked: list(rows_of(*asked))[:1])


# -- the mailbox, keys of broadcasts, signals that start their runs --------------------------------
@defect
def a_wait_does_not_call_at_the_mailbox(patch):
    """A wait with a key begins, and nobody looks what is there for it."""
    patch.setattr(waits_, "_call", lambda *_: None)


@defect
def the_mailbox_keeps_nothing(patch):
    """A signal with a key that nobody waits for is said to be kept, and is forgotten."""
    patch.setattr(mailbox, "keep", lambda _db, _number: None)


@defect
def what_is_in_the_mailbox_is_taken_without_end(patch):
    """What was in the mailbox is brought to a wait, and stays."""
    fetch = mailbox.fetch

    def keeping(db, name, **asked):
        return [] if name == "mailbox/taken" else fetch(db, name, **asked)

    patch.setattr(mailbox, "fetch", keeping)


@defect
def a_broadcasts_key_is_free_each_time(patch):
    """A broadcast with an idempotency key is sent as often as it is asked for."""
    patch.setattr(inbox, "take", lambda _db, keys, _now: list(keys))


@defect
def a_run_is_started_without_its_signal(patch):
    """A signal that starts its run is said to be with it, and is not."""

    def begin(process, birth, _name, _payload, _to):
        bundle = Bundle(births=[birth])
        process.bundles.take_up(bundle, process.bundles.write(bundle))
        return True

    patch.setattr(signal_starts, "_begin", begin)


@defect
def a_transactions_signal_is_lost_where_its_run_is_there(patch):
    """A signal with start that a transaction holds is written only with a run that it starts."""
    fresh = bundles._fresh

    def only_new(open_, given, now):
        found = fresh(open_, given, now)
        keys = [(each.birth.born.start_key, each.birth.born.unique_key) for each in found]
        return [each for each, of in zip(found, keys, strict=True) if open_.holder(*of) is None]

    patch.setattr(bundles, "_fresh", only_new)
