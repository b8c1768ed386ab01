"""A step whose writes to the application's database are committed with what it came to, once."""

from contextvars import ContextVar
from typing import Any

from perdure.authoring.steps.body import StepBody
from perdure.authoring.steps.done import Application
from perdure.errors import OutsideStepError
from perdure.ports.executor import Result, Work

_CONNECTION: ContextVar[Any] = ContextVar("perdure_connection")


def connection() -> Any:
    """Return the connection in whose transaction this step runs. It must neither commit nor close.

    Raises OutsideStepError where no step with `transactional=` runs.
    """
    found = _CONNECTION.get(None)
    if found is None:
        raise OutsideStepError(
            "connection() works only while a step with transactional=... runs, in its own thread"
        )
    return found


class TransactionalBody(StepBody):
    """Runs the step in a transaction of `application`, unless its visit was committed there."""

    application: Application
    starts_children = False

    def __call__(self, work: Work) -> Any:
        """Run the step once, or return what it came to before."""

        def run(opened: Any) -> Result:
            token = _CONNECTION.set(opened)
            try:
                result: Result = super(TransactionalBody, self).__call__(work)
                return result
            finally:
                _CONNECTION.reset(token)

        return self.application.once(work.key, run, run=work.run)
