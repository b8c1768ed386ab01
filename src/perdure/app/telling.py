"""What can be told to runs: signals, and what people ask of them."""

import warnings
from collections.abc import Mapping
from typing import Any

from perdure.app.addresses import addressee
from perdure.app.importing import is_importing
from perdure.app.looking import Looking
from perdure.app.outbox import Enlisted, check_transaction
from perdure.app.rewinding import Point, edited, fork_of, point_of, rewind_of, with_keys
from perdure.app.settling import settlement
from perdure.app.signals import SignalAnswer
from perdure.app.transactions import Block
from perdure.app.views import Run
from perdure.authoring.steps.outcomes import Answer as Outcome
from perdure.errors import CannotRewindError
from perdure.ids import new_id
from perdure.kernel import messages
from perdure.runtime.envelopes import Told


class Telling(Looking):
    """The part of an engine that tells runs something."""

    def signal(  # noqa: PLR0913 - who is to have it
        self,
        name: str,
        payload: Mapping[str, Any] | None = None,
        *,
        run_id: str | None = None,
        key: str | int | None = None,
        workflow: str | None = None,
        match: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        transaction: Block | Enlisted | None = None,
    ) -> SignalAnswer:
        """Signal every run that waits for `name`, or one run, or the waits with this key.

        The payload's keys are merged into the context. `workflow` narrows it to the runs of one
        workflow, `match` to those whose context has these values. A signal to one run is kept if
        its wait has not come yet; one with a key that nobody waits with is kept in a mailbox for
        seven days. One with an `idempotency_key` is sent once. Returns which runs were woken, kept
        it, or refused it and why. Raises InvalidValueError, RunNotFoundError.
        """
        if is_importing():
            return unsent(name)
        self._check_open()
        keep = self.config.mailbox_seconds
        to = addressee(run_id, key, workflow, idempotency_key, match, keep)
        if transaction is not None:
            check_transaction(transaction)
            transaction.join(self._process)
            return transaction.signal(name, payload, to, self._process.clock.now())
        return self._opened.signals.send(name, payload, to)

    def cancel(self, run_id: str, *, by: str = "", why: str = "", force: bool = False) -> bool:
        """End a run on request; False if it is unknown or has ended. Durable when it returns.

        Its hook, if it has one, runs first; until then it is `cancelling`, and a second cancel is
        False, too. With `force` it ends at once: no hook begins, and one that runs is stopped.
        """
        asked = messages.CancelNow if force else messages.Cancel
        return self._tell(run_id, asked(by, why))

    def pause(self, run_id: str, *, by: str = "", why: str = "", children: bool = False) -> bool:
        """Let running attempts end and begin no more; False if that changes nothing.

        With `children` its live children are paused, too, and theirs.
        """
        return self._tell_kin(run_id, messages.Pause(by, why), children=children)

    def resume(self, run_id: str, *, by: str = "", why: str = "", children: bool = False) -> bool:
        """Let a paused run go on; False if it was not paused. `children` as in `pause`."""
        return self._tell_kin(run_id, messages.Resume(by, why), children=children)

    def retry(self, run_id: str, *, by: str = "", why: str = "") -> bool:
        """Let a failed run go on at what failed, in its full time; False if it has not failed."""
        return self._tell(run_id, messages.Retry(by, why))

    def rewind(  # noqa: PLR0913 - where to, with what, and who says so
        self,
        run_id: str,
        step: str,
        *,
        visit: int | None = None,
        context: Mapping[str, Any] | None = None,
        keep_keys: bool = False,
        by: str = "",
        why: str = "",
    ) -> Run:
        """Take a run, ended or not, back to before a visit of a step, and let it go on from there.

        The last visit, unless `visit` says which. The context is what the visit began with, with
        the keys of `context` set. What has happened since stays in the history, and is not undone
        elsewhere; what is open is called off, and the step comes anew under a new key. With
        `keep_keys` it and those after it come under the idempotency keys that they had, each
        step's visits in their order, until the run comes to more than there were. In a graph the
        step runs again with all that depends on it. Raises RunNotFoundError, CannotRewindError,
        InvalidValueError.
        """
        run = self.run(run_id)
        point = self._point(run_id, step, visit, context)
        if keep_keys:
            point = with_keys(self.store, point)
        last = run.ending.last
        (answer,) = self._send([rewind_of(point, by, why)])
        if not answer.events:
            raise CannotRewindError(run_id, step, "it has gone on meanwhile. Look again")
        if run.ending.last is last:
            run.ending.reset()  # that end is none any more
        return run.refresh()

    def fork(
        self,
        run_id: str,
        step: str,
        *,
        visit: int | None = None,
        context: Mapping[str, Any] | None = None,
        by: str = "",
        why: str = "",
    ) -> Run:
        """Start a new run where another one stood before a visit of a step; that one is left alone.

        See `rewind`. It has the other's tags and search attributes, and none of its keys.
        """
        point = self._point(run_id, step, visit, context)
        now = self._process.clock.now()
        birth = fork_of(self.store, point, new_id("run", now), now, by, why)
        with self.secrets.resealing(birth, run_id):
            self._send([birth])
        return self.run(birth.run)

    def _point(
        self, run_id: str, step: str, visit: int | None, context: Mapping[str, Any] | None
    ) -> Point:
        self._check_open()
        loaded = self.loaded(run_id)
        plan = self._process.plans.get(loaded.row.plan)
        point = point_of(self.store, loaded, plan, step, visit)
        changes = self.secrets.changed(run_id, plan, point.context, context)
        return edited(point, changes)

    def settle(
        self, run_id: str, step: str, outcome: Outcome, *, by: str = "", why: str = ""
    ) -> bool:
        """Say what came of a step of which nobody knows; False if it is not (any more) unknown.

        `outcome.done(data, then=STEP)`: it was done; the data is merged into the context (of a
        graph it is the step's result). `outcome.not_done()`: it is run again under the same key.
        `outcome.failed(why)`: it has failed. Raises InvalidValueError for what cannot be said.
        """
        self._check_open()
        loaded = self.loaded(run_id)
        plan = self._process.plans.get(loaded.row.plan)
        told = settlement(loaded, plan, step, outcome, by=by, why=why)
        return told is not None and bool(self._send([told])[0].events)

    def _tell_kin(self, run: str, message: messages.Message, *, children: bool) -> bool:
        """Tell a run something, then its live children: none of them is started after that."""
        changed = self._tell(run, message)
        todo = [run] if children else []
        for parent in todo:  # grows on the way
            live = [row.id for row in self.store.children(parent) if row.ended_at is None]
            if live:
                answers = self._send([Told(child, message) for child in live])
                changed |= any(answer.events for answer in answers)
            todo += live
        return changed

    def _tell(self, run: str, message: messages.Message) -> bool:
        self._check_open()
        (answer,) = self._send([Told(run, message)])
        return bool(answer.events)


def unsent(name: str) -> SignalAnswer:
    """Warn that a signal is not sent now, and return that it reached nobody."""
    warnings.warn(
        f"signal {name!r} was not sent: perdure is importing this module to find its workflows. "
        'Put the call under: if __name__ == "__main__":',
        stacklevel=3,
    )
    return SignalAnswer()
