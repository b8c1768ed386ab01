"""Defects of going back: where a run stands then, and what is left of what it did."""

from perdure.kernel import history, rewinding
from perdure.runtime import draft, effects, returning, rewinds, traces
from perdure.runtime.packing import dump_visits
from tests.simulation.defects import defect, reword, writes


@defect
def rewound_run_keeps_its_context(patch):
    """A run that goes back keeps what it has put into its context since."""

    def row(before, draft, hot, event, cause):
        now = hot.context
        before(draft, hot, event, cause)
        hot.context = draft.contexts[hot.run.id] = now

    writes(patch, history.RunRewound, row)


@defect
def splice_begins_one_too_early(patch):
    """What a visit changed is cut out one character too early."""
    shared = traces._shared
    patch.setattr(traces, "SHORT", 0)
    patch.setattr(traces, "_shared", lambda one, two, most: shared(one, two, most) + 1)


@defect
def payload_forgotten_by_a_rewind(patch):
    """A visit that goes back to its beginning is not given what its signal brought."""
    pack = rewinds.pack_found
    from perdure.app import rewinding as points

    patch.setattr(points, "pack_found", lambda context, _payload: pack(context, None))


@defect
def rewind_leaves_attempts_running(patch):
    """What runs of a graph that is set back goes on, beside what is begun anew."""
    patch.setattr(rewinding, "_stop", lambda _plan, _run, _step: iter(()))


@defect
def rewind_uses_visit_numbers_again(patch):
    """A graph that goes back counts its visits from the first one on."""

    def reset(plan, run, step):
        run.marks = rewinding.reset_marks(plan, run.marks, step)
        for number in rewinding.dependents(plan, step):
            run.visits.pop(plan.steps[number].name, None)

    from perdure.kernel import evolve

    patch.setattr(evolve, "reset", reset)


@defect
def rewind_leaves_signals_behind(patch):
    """Signals that were kept for what a run has left are still there when it has gone back."""
    patch.setattr(rewinding, "drop_kept", lambda _run: iter(()))


@defect
def rewound_run_without_a_deadline(patch):
    """A run that has gone back may go on for ever."""

    def row(before, draft, hot, event, cause):
        before(draft, hot, event, cause)
        draft.timers.pop((hot.run.id, "", 0, "deadline"), None)

    writes(patch, history.RunRewound, row)


@defect
def rewind_told_twice_goes_back_twice(patch):
    """Whoever asks again because he has no answer takes the run back once more."""
    visits_of = rewinding.visits_of
    rewind = rewinding.rewind

    def again(plan, run, message, now):
        seen = visits_of(plan, run, message.step)
        told = type(message)(message.step, message.visit, seen, message.by, message.why)
        return rewind(plan, run, told, now)

    patch.setattr(rewinding, "rewind", again)


@defect
def fork_begins_with_what_the_other_has_now(patch):
    """A fork has the context that the other run has come to, not the earlier one."""
    from perdure.app import rewinding as points

    patch.setattr(points, "_earlier", lambda _store, here: here)


@defect
def changes_of_a_visit_not_kept(patch):
    """What a visit has changed is written only where it left a whole context."""
    trace = traces.trace

    def forgetful(hot, found, payload):
        text = trace(hot, found, payload)
        return text if text and text.startswith("#") else None

    patch.setattr(effects, "trace", forgetful)


@defect
def kept_key_is_lost_with_a_claim(patch):
    """A visit that comes again under its old key has another one where its job was queued."""
    reword(patch, "commit/claimable", "j.keyed", "NULL")
    reword(patch, "commit/chosen", "j.keyed", "NULL")


@defect
def kept_keys_are_forgotten_with_a_run(patch):
    """A run that is loaded again has forgotten which keys were to be kept."""
    patch.setattr(draft, "dump_visits", lambda visits, _keys: dump_visits(visits, {}))


@defect
def kept_keys_are_those_of_the_visits_after(patch):
    """What comes again has the key of the visit after the one that it is."""
    spans_from = returning.spans_from
    patch.setattr(returning, "spans_from", lambda first, numbers: spans_from(first, numbers[1:]))
