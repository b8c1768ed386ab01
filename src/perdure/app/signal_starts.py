"""A signal that starts its run if there is none, and finds it if there is: in one transaction."""

from collections.abc import Callable
from typing import Protocol

from perdure.app.addresses import Addressee, address
from perdure.app.refusals import plan_refusal, refusal_of
from perdure.app.signals import SignalAnswer
from perdure.errors import InvalidValueError, RunNotFoundError
from perdure.ports.commit import InboxMade
from perdure.ports.store import Store
from perdure.runtime.bundles import Bundle, SignalStart
from perdure.runtime.envelopes import Birth
from perdure.runtime.process import Process

NO_KEY = (
    "it needs a unique_key or an idempotency_key for the run, by which it is found if it was "
    "started before. To start a new one in any case: start(...), and signal(..., run_id=...)"
)


class Sends(Protocol):
    """Sends a signal to a run that there is."""

    def __call__(self, to: Addressee) -> SignalAnswer:
        """Return what became of it."""


def signal_with_start(
    process: Process, make: Callable[[], Birth], send: Sends, name: str, payload: str | None,
    to: Addressee,
) -> SignalAnswer:  # fmt: skip
    """Signal the run that has the keys of the birth that is made; start it if there is none.

    `to` has no run yet. Raises InvalidValueError for a payload that the new run would refuse.
    """
    while True:
        birth = make()
        holder = _holder(process.store, birth)
        if holder is not None:
            answer = send(to._replace(run=holder))
            if not (answer.refused and _is_free(process.store, birth, holder)):
                return answer
        elif _begin(process, birth, name, payload, to):
            return SignalAnswer(kept=(birth.run,), started=birth.run)


def signal_start_of(
    process: Process, birth: Birth, name: str, payload: str | None, to: Addressee
) -> SignalStart:
    """Return what a transaction is to write: who has the keys then is known only when it ends.

    Raises InvalidValueError for what the run would refuse that has them now, or a new one.
    """
    holder = _holder(process.store, birth)
    if holder is None:
        why = plan_refusal(birth.plan, payload)
    else:
        why = refusal_of(process, holder, name, key=None, match=None, payload=payload)
    if why:
        raise InvalidValueError(
            f"{holder or 'a new run'} would refuse signal {name!r}: {why}", "signal"
        )
    return SignalStart(birth, _message(birth, name, payload, to))


def _holder(store: Store, birth: Birth) -> str | None:
    """Return the run that has one of the keys; None if both are free."""
    born = birth.born
    if born.start_key is not None and (run := store.by_start_key(born.start_key)) is not None:
        return run
    return store.by_unique_key(born.unique_key) if born.unique_key is not None else None


def _is_free(store: Store, birth: Birth, holder: str) -> bool:
    """Whether the run that refused has ended meanwhile, so that its key is another's to take."""
    return birth.born.unique_key is not None and _holder(store, birth) != holder


def _begin(process: Process, birth: Birth, name: str, payload: str | None, to: Addressee) -> bool:
    """Start the run with the signal in its inbox; False if somebody else has its key now.

    Raises LimitReachedError.
    """
    if why := plan_refusal(birth.plan, payload):
        raise InvalidValueError(f"a new run would refuse signal {name!r}: {why}", "signal")
    bundle = Bundle(births=[birth], messages=[_message(birth, name, payload, to)])
    try:
        brought = process.bundles.write(bundle, strict=True)
    except RunNotFoundError:
        return False
    process.bundles.take_up(bundle, brought)
    return True


def _message(birth: Birth, name: str, payload: str | None, to: Addressee) -> InboxMade:
    made = address(name, payload, to._replace(run=birth.run), birth.born.created_at)
    assert isinstance(made, InboxMade)
    return made
