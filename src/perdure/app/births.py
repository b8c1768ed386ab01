"""How a run is born: when, until when, under which keys, and what becomes of a key that is taken."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from perdure.app.labels import labels_of
from perdure.app.starting import OnConflict, StartOptions
from perdure.errors import InvalidValueError, RunNotFoundError, UniqueKeyTakenError
from perdure.ids import new_id
from perdure.kernel.messages import Cancel, Start
from perdure.kernel.plan import Plan
from perdure.ports.commit import Born
from perdure.ports.store import Store
from perdure.runtime.envelopes import Answer, Birth, Envelope, Told


def birth_of(plan: Plan, body: str, context: str, now: float, options: StartOptions) -> Birth:
    """Return the birth of a run with these options. Raises InvalidValueError for wrong ones."""
    run = new_id("run", now)
    at = _start(options, now)
    born = Born(
        run=run, seq=0, namespace="default", workflow=plan.workflow, version=plan.version,
        plan=plan.hash, status="running", cursor=None, marks="", visits="",
        priority=options.priority, created_at=now, ended_at=None, error=None,
        start_key=options.idempotency_key, unique_key=options.unique_key,
        deadline=_allowance(options, now if at is None else at), fair=options.fair_key,
    )  # fmt: skip
    labels = labels_of(run, options.tags, options.attributes or {})
    return Birth(born, plan, body, context, start=Start(at), labels=labels)


def _start(options: StartOptions, now: float) -> float | None:
    """Return when the run is to begin; None for now."""
    if options.delay is not None and options.at is not None:
        raise InvalidValueError("a run begins after a delay or at a moment. Give one of them", "at")
    if options.at is not None:
        return moment("at", options.at)
    if options.delay is not None:
        return now + span_seconds("delay", options.delay)
    return None


def _allowance(options: StartOptions, begins: float) -> float | None:
    """Return the seconds that the run has from its start; None where its plan says so."""
    deadline = options.deadline
    if deadline is None:
        return None
    if isinstance(deadline, datetime):
        seconds = moment("deadline", deadline) - begins
    else:
        seconds = span_seconds("deadline", deadline)
    if seconds <= 0:
        raise InvalidValueError("it has passed before the run begins", "deadline")
    return seconds


def moment(name: str, given: object) -> float:
    """Return a moment in seconds since 1970. Raises InvalidValueError for one without a zone."""
    if not isinstance(given, datetime) or given.tzinfo is None:
        hint = "Give a datetime with a time zone, such as datetime.now(UTC) + timedelta(hours=1)"
        raise InvalidValueError(f"{given!r} is no moment. {hint}", name)
    return given.timestamp()


def span_seconds(name: str, span: object) -> float:
    """Return the seconds of a span. Raises InvalidValueError that names it."""
    from perdure.authoring.steps.spans import seconds_of  # most starts give no span

    try:
        return seconds_of(span)
    except ValueError as error:
        raise InvalidValueError(str(error), name) from error


class Started(NamedTuple):
    """The run that a start has come to, and whether it waits in line."""

    run: str
    in_line: bool = False


class Starter:
    """Has runs born, and settles whose a key is. `send` returns the answers to envelopes."""

    def __init__(
        self,
        store: Store,
        send: Callable[[list[Envelope]], list[Answer]],
        await_end: Callable[[str], object],
    ) -> None:
        self._store = store
        self._send = send
        self._await_end = await_end

    def start(self, birth: Birth, on_conflict: OnConflict) -> Started:
        """Have a run born, and return its id, or that of the run which has its key.

        With `replace` the run that has the unique key is cancelled in the same breath; where it
        has a clean-up step, its end is waited for. Raises UniqueKeyTakenError, LimitReachedError.
        """
        first: list[Envelope] = []
        while not (answer := self._send([*first, birth])[-1]).found:
            born = birth.born
            if (taken := self._of_start_key(born)) is not None:
                return Started(taken)
            holder = self._store.by_unique_key(born.unique_key) if born.unique_key else None
            if holder == born.run or born.unique_key is None:
                return Started(born.run)  # a commit bore it of which nobody could say so
            if holder is not None and on_conflict == "return":
                return Started(holder)
            if holder is not None and on_conflict == "refuse":
                raise UniqueKeyTakenError(holder, born.unique_key)
            if first and holder is not None:
                self._await_end(holder)  # its clean-up runs
            why = f"replaced by {born.run}"
            first = [Told(holder, Cancel("start", why))] if holder is not None else []
            birth = replace(birth, reply=None, again=False)
        return Started(birth.run, answer.in_line)

    def _of_start_key(self, born: Born) -> str | None:
        if born.start_key is None:
            return None
        taken = self._store.by_start_key(born.start_key)
        if taken is None and born.unique_key is None:
            hint = f"Its idempotency key {born.start_key!r} was taken and is free again."
            raise RunNotFoundError(born.run, hint)
        return taken
