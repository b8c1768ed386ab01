"""What counts as broken at the end of a history: effects done twice or unlearnt, stuck runs."""

import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from perdure.kernel import history
from perdure.kernel.paths import plan_name
from perdure.kernel.run import Status, Unsettled, Waiting
from perdure.kernel.ways import named
from perdure.testing.proving.bodies import module_of
from perdure.testing.proving.scenario import RunSeen
from perdure.testing.proving.services import Call, ServiceError
from perdure.testing.proving.stage import Stage
from perdure.testing.simulation.track import Track
from perdure.wire.encoding import decode

NOT_THE_STEPS = ("worker_died", "timeout", "outcome_unknown")
"""How an attempt fails that met more crashes than any engine tries again after."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in one word, in a sentence, and what to do."""

    kind: str
    message: str
    advice: str


ENDS = {
    Status.COMPLETED: "has completed",
    Status.FAILED: "has failed",
    Status.CANCELLED: "was cancelled",
}

ADVICE = {
    "done twice": "Give the service a key that is the same on every attempt: "
    "key=current_step().idempotency_key. If it honours none, make the step at_most_once, or do "
    "nothing in it after the call that can fail.",
    "key used twice": "Give each thing that is done a key of its own, such as "
    'current_step().idempotency_key + "/refund". Where runs are meant to share what is done under a '
    "key, say so: world.service(..., shared=True).",
    "the engine itself": "Start runs with start_child(...), and have signals sent by the scenario.",
    "unlearnt": "The call was done though no answer came. Let the step fail, so that it is tried "
    "again under the same key, or undo the effect before the run goes on.",
    "verify": "The step runs at most once, so it is never tried again. Give it verify=..., a "
    "function that asks the service what was done under the key: payments.find(key).",
    "unrecorded": "Keep what the service answered in the context, in the step that called it.",
    "stuck": "Give the wait a timeout=... and on_timeout=..., or address the signal "
    "(run_id=, key=), which keeps it until the wait comes; fresh=True drops what came before.",
    "never ends": "Count the rounds in the context and leave after some, or sleep between them.",
    "raised": "Data that a step needs must be in the context, declared there with a default where "
    "it may not have come: all else is lost with its process.",
    "effect outside": "Call services inside of a step, and wait for their answer there.",
    "check": "See the error above, and what went before it.",
    "the real clock": "Take times from the context or a payload; use sleep(...) and timeouts.",
    "a real sleep": "Return sleep(...) from the step: it is durable, and holds no worker.",
    "a real network call": "Put world.service(...) in the place of the client.",
}


def made(kind: str, message: str, advice: str | None = None) -> Finding:
    """Return a finding, with the advice of its kind where there is none of its own."""
    known = ADVICE.get(kind, "Please report this: it is perdure's own.")
    return Finding(kind, message, advice or known)


def findings(stage: Stage) -> Iterator[Finding]:
    """Yield what is wrong at the end of a history, the most telling first."""
    for kind, message in stage.book.forbidden:
        yield made(kind, message)
    yield from _swallowed(stage)
    numbers = {run: number for number, run in stage.runs.items()}
    for run, track in sorted(stage.witness.tracks.items()):
        calls = [call for call in stage.book.calls if call.work.run == run]
        yield from _twice(track, calls, stage.book.found)
        if _is_excused(track):
            continue
        yield from _raised(stage, track)
        yield from _stuck(track, {signal.name for signal in stage.scenario.signals})
        seen = _seen(stage, track, numbers.get(run), calls)
        yield from _unlearnt(track, calls, seen, stage.book.found)
        if run in numbers:  # not for the children that it started
            yield from _checked(stage, seen)


def _swallowed(stage: Stage) -> Iterator[Finding]:
    """Yield calls that did nothing, because something else had been done under their key.

    What was done for another run that was started is something else, however alike it looks.
    """
    first: dict[int, Call] = {}
    started = set(stage.runs.values())
    for call in stage.book.calls:
        if call.effect is None:
            continue
        before = first.setdefault(call.effect, call)
        runs = {before.work.run, call.work.run}
        apart = len(runs) == 2 and runs <= started and not call.service.shared
        if apart or (before.name, before.details) != (call.name, call.details):
            yield made(
                "key used twice",
                f"{call.name} {call.details} by step {call.work.path!r} of {call.work.run} did "
                f"nothing: its key {call.key!r} was that of {before.name} {before.details} by step "
                f"{before.work.path!r} of {before.work.run}",
            )


def deaths(stage: Stage) -> Iterator[str]:
    """Yield the attempts that ended with their process, but for those that died at a service."""
    for track in stage.witness.tracks.values():
        for _, events in track.written:
            for event in events:
                if (
                    isinstance(event, history.AttemptFailed | history.StepFailed)
                    and event.kind == "worker_died"
                ):
                    where = f"{track.id}, step {event.step!r}, visit {event.visit}"
                    where += f", attempt {event.attempt}"
                    if not any("died" in m and where in m for m in stage.book.mishaps):
                        yield f"the process died before the step's outcome was kept ({where})"


def _is_excused(track: Track) -> bool:
    """Whether a run failed because its processes died more often than anybody tries again."""
    end = track.end
    return isinstance(end, history.RunFailed) and end.kind in NOT_THE_STEPS


def _learnt(track: Track, call: Call) -> bool:
    """Whether the run knows what came of a call: it was answered, and its attempt counted."""
    work = call.work
    ended = track.ended.get((work.path, work.visit))
    return (
        call.answered and isinstance(ended, history.StepSucceeded) and ended.attempt == work.attempt
    )


def _twice(track: Track, calls: list[Call], found: set[int]) -> Iterator[Finding]:
    done = [call for call in calls if call.effect is not None]
    known = found | {call.effect for call in done if _learnt(track, call)}
    for number, later in enumerate(done):
        for first in done[:number]:
            differ = first.name == later.name and first.effect != later.effect
            if differ and _same_intention(first, later, known=first.effect in known):
                yield made("done twice", _told_twice(first, later))
                return


def _same_intention(first: Call, later: Call, *, known: bool) -> bool:
    one, two = first.work, later.work
    if (one.path, one.visit) == (two.path, two.visit) and one.attempt != two.attempt:
        return first.place == later.place
    if one.attempt == two.attempt and one.path == two.path and one.visit == two.visit:
        return not first.answered and first.details == later.details
    return not known and first.details == later.details


def _told_twice(first: Call, later: Call) -> str:
    one, two = first.work, later.work
    why = (
        f"under another key ({first.key!r}, then {later.key!r})"
        if first.key != later.key
        else "without a key"
        if first.key is None
        else "and the service does not honour keys"
    )
    return (
        f"{first.name} was done twice {why}: by step {one.path!r} (visit {one.visit}, attempt "
        f"{one.attempt}) and by step {two.path!r} (visit {two.visit}, attempt {two.attempt}) of "
        f"{one.run}"
    )


def _unlearnt(track: Track, calls: list[Call], seen: RunSeen, found: set[int]) -> Iterator[Finding]:
    if not track.run.ended:
        return
    known = found | {call.effect for call in calls if _learnt(track, call)}
    text = str(seen.data)
    for number, call in enumerate(calls):
        if call.effect is None:
            continue
        receipt = f"{call.service.name}-{call.effect}"
        if call.effect in known:
            if call.service.recorded and receipt not in text:
                message = f"{call.name} answered {receipt!r}, which is not in the context"
                yield made("unrecorded", f"{message} of {track.id}")
        elif not any(
            later.service is call.service and _learnt(track, later) for later in calls[number:]
        ):
            yield made(
                "unlearnt",
                f"{call.name} was done by step {call.work.path!r} of {track.id}, which "
                f"{ENDS[track.run.status]} and never learnt of it",
                ADVICE["verify"] if call.work.step.at_most_once else None,
            )


def _raised(stage: Stage, track: Track) -> Iterator[Finding]:
    for _, events in track.written:
        for event in events:
            if isinstance(event, history.StepFailed):
                key = (track.id, event.step, event.visit, event.attempt)
                error = stage.book.raised.get(key)
                if error is not None and not _is_a_services(error) and event.kind != "failed":
                    message = f"step {event.step!r} of {track.id} raised {error!r}"
                    yield made("raised", f"{message}{_line_of(stage, error)}")


def _line_of(stage: Stage, error: BaseException) -> str:
    """Say in which line of the user's own module an error came up, if in any."""
    module = module_of(stage.scenario.flow)
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if module is not None and frame.filename == getattr(module, "__file__", None)
    ]
    return f" ({own[-1].filename}, line {own[-1].lineno}: {own[-1].line})" if own else ""


def _is_a_services(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ServiceError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _stuck(track: Track, sent: Collection[str]) -> Iterator[Finding]:
    for step, entry in track.run.open.items():
        if isinstance(entry, Unsettled) and not track.plan.step(plan_name(step)).verify:
            message = f"nobody knows whether step {step!r} was done, and nobody settles it"
            yield made("stuck", f"{track.id} is stuck: {message}", ADVICE["verify"])
        if isinstance(entry, Waiting):
            signals = [way.name for way in entry.ways if way.kind == "signal"]
            near = [m for name in signals for m in get_close_matches(name, sent) if m != name]
            hint = f". The scenario sends {near[0]!r}: is that the same?" if near else ""
            yield made(
                "stuck",
                f"{track.id} is stuck: after step {step!r} it waits for {named(entry.ways)}, and "
                f"nobody will send it any more{hint}",
            )


def _seen(stage: Stage, track: Track, number: int | None, calls: list[Call]) -> RunSeen:
    loaded = stage.store.load([track.id])[track.id]
    effects: dict[int, str] = {c.effect: c.name for c in calls if c.effect is not None}
    data: dict[str, Any] = decode(loaded.context)
    return RunSeen(
        id=track.id,
        status=str(track.run.status),
        data=data,
        error=loaded.row.error,
        effects=list(effects.values()),
        arguments=stage.scenario.starts[number] if number is not None else {},
    )


def _checked(stage: Stage, seen: RunSeen) -> Iterator[Finding]:
    if stage.scenario.check is None:
        return
    try:
        good = stage.scenario.check(seen)
    except Exception as error:  # noqa: BLE001 - a check is the user's, and says what is wrong so
        text = str(error).strip() or type(error).__name__
        line = traceback.extract_tb(error.__traceback__)[-1]
        shown = f"{text} (line {line.lineno}: {line.line})"
        yield made("check", f"the check of {seen.id} ({seen.status}) failed: {shown}")
    else:
        if good is False:
            yield made("check", f"the check of {seen.id} ({seen.status}) returned False")
