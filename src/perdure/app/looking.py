"""Looking at runs: one, many, and waiting for their ends."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from perdure.app.endings import await_end
from perdure.app.labels import Where, filter_of
from perdure.app.life import Life
from perdure.app.sealing import key_of
from perdure.app.views import Run, RunView, error_of, view_of
from perdure.errors import ResultTimeoutError, RunNotFoundError
from perdure.kernel.plan import PlanKind
from perdure.ports.commit import Label
from perdure.ports.rows import Loaded, RunFilter
from perdure.wire.encoding import decode


class Looking(Life):
    """The part of an engine that shows runs."""

    def run(self, run_id: str) -> Run:
        """Return a run. Raises RunNotFoundError."""
        run = Run(self, self.view(run_id))
        self._opened.watched.add(run)
        return run

    def runs(
        self, query: RunFilter | None = None, *, where: Where = (), **wanted: Any
    ) -> list[RunView]:
        """Return runs, newest first: `status=`, `workflow=`, `live=`, `limit=`, `offset=`.

        `where` are further conditions, also on tags and search attributes, such as
        `{"customer": 42}` or `["tag=vip", "amount>=100"]`. Raises InvalidValueError.
        """
        rows = self.store.find(filter_of(where, query or RunFilter(**wanted)))
        ids = [row.id for row in rows]
        loaded = self.store.load(ids)
        labels = self.store.labels(ids)
        return [self._view(loaded[run], labels) for run in ids if run in loaded]

    def view(self, run: str) -> RunView:
        """Return a run's standing now. Raises RunNotFoundError."""
        return self._view(self.loaded(run), self.store.labels([run]))

    def loaded(self, run: str) -> Loaded:
        """Return a run's rows as they stand. Raises RunNotFoundError."""
        found = self.store.load([run]).get(run)
        if found is None:
            hint = f"Runs of {self.config.store} are listed by: perdure runs"
            raise RunNotFoundError(run, hint)
        return found

    def _view(self, loaded: Loaded, labels: Iterable[Label]) -> RunView:
        error = None
        if loaded.row.error is not None:
            error = error_of(loaded.row, self.store.steps(loaded.row.id))
        return view_of(loaded, error, labels, key_of(self.store, loaded))

    def result_of(self, view: RunView) -> Any:
        """Return what a completed run came to: its context, or a graph's final result."""
        flow = self.registry.find(view.name)
        if flow is not None and flow.plan.kind is PlanKind.MACHINE:
            return view.data
        loaded = self.loaded(view.id)
        plan = self._process.plans.get(loaded.row.plan)
        if plan.kind is PlanKind.MACHINE:
            return view.data
        from perdure.authoring.graphs import final_result

        inputs = decode(loaded.context)  # the view's do not tell what is sealed
        return final_result(plan, partial(self.store.outputs, view.id), inputs)

    def await_end(self, run: Run, timeout: float | None) -> bool:
        """Wait for a run's end; False if it did not come within `timeout` seconds."""
        if self._opened.inline:
            return self._run_to_end(run, timeout)
        if run.view.ended_at is not None and self._has_ended(run.id):
            return True
        return await_end(
            run,
            timeout,
            watched=self._opened.watched,
            clock=self._process.clock,
            has_ended=lambda: self._has_ended(run.id),
        )

    def listening(self, run: Run, call: Callable[[], object]) -> AbstractContextManager[None]:
        """Have this called, from any thread, when there may be news of a run's end."""
        return self._opened.watched.listening(run, call)

    @property
    def inline(self) -> bool:
        """Whether steps run in their callers' threads, so that nothing goes on while one waits."""
        return self._opened.inline

    def _run_to_end(self, run: Run, timeout: float | None) -> bool:
        """Run what is ready; where that is not the run's end, no waiting brings it."""
        self._check_open()
        self._opened.run_ready()
        if run.ending.is_here or self._has_ended(run.id):
            return True
        if timeout is None:
            run.refresh()
            raise ResultTimeoutError(
                f"run {run.id} is {run.status} at {run.current_step!r}, and this engine runs inline: "
                f"nothing goes on while a caller waits. Send what it waits for, or let time pass and "
                f"call process_scheduled()"
            )
        return False

    def _has_ended(self, run: str) -> bool:
        self._check_open()
        return self.loaded(run).row.ended_at is not None
