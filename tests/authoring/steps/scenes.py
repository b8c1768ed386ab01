"""Scenes for step classes: compile one, run one of its steps alone, or live a whole run."""

import asyncio
import inspect
from dataclasses import dataclass, field

from perdure.authoring.registry import Workflow
from perdure.authoring.steps.compiler import compile_class
from perdure.authoring.steps.decorators import step
from perdure.authoring.steps.directives import complete
from perdure.authoring.steps.edges import edges_of
from perdure.authoring.steps.methods import methods_of
from perdure.executors.invoke import failure
from perdure.kernel import history, messages
from perdure.kernel.advance import advance
from perdure.kernel.run import Attempt, Run, Sleeping, Waiting
from perdure.ports.executor import Work
from perdure.wire.encoding import decode, encode


def compiled(cls, **options):
    """Return the workflow that a class is, registered nowhere."""
    return compile_class(cls, "flow", **options)


def plan_step(cls, name):
    return compiled(cls).plan.step(name)


def work_of(flow, step, context="{}", payload=None, *, visit=1, attempt=1, verify=False):
    """Return an attempt of a step."""
    return Work(
        run="run_1",
        plan=flow.plan,
        step=flow.plan.step(step),
        path=step,
        visit=visit,
        attempt=attempt,
        token=1,
        context=context,
        payload=payload,
        reader=lambda _run, _steps: {},
        verify=verify,
    )


def ran(flow, step, context="{}", payload=None, **options):
    """Run one step and return its result; what it raises comes through."""
    result = flow.bodies[step](work_of(flow, step, context, payload, **options))
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def data_after(flow, step, context="{}", payload=None):
    """Return the context that a step leaves, as plain data."""
    return decode(ran(flow, step, context, payload).context or context)


@dataclass
class Life:
    """A run of a class under virtual time: the real kernel and bodies, values kept in memory."""

    flow: Workflow
    run: Run = field(default_factory=lambda: Run(id="run_1"))
    now: float = 1_000_000.0
    context: str = "{}"
    payloads: dict = field(default_factory=dict)
    events: list = field(default_factory=list)
    ran: list = field(default_factory=list)
    pending: str | None = None

    def start(self, **arguments):
        self.context = self.flow.begin(arguments)
        return self.tell(messages.Start())

    def signal(self, name, payload=None, *, key=None, addressed=True):
        number = len(self.payloads) + 1
        self.payloads[number] = payload
        return self.tell(messages.Signal(id=number, name=name, key=key, addressed=addressed))

    def sleep(self, seconds):
        """Let time pass; timers that become due fire at their time."""
        until = self.now + seconds
        while due := min((d for d in self._dues() if d <= until), default=None):
            self.now = max(self.now, due)
            self._fire()
        self.now = until
        return self

    def tell(self, message):
        made = advance(self.flow.plan, self.run, message, self.now).events
        self.events += made
        for event in made:
            if isinstance(event, history.SignalTaken):
                self.pending = self.payloads[event.signal]
        self._work()
        return self

    @property
    def data(self):
        return decode(self.context)

    @property
    def status(self):
        return self.run.status.value

    @property
    def visited(self):
        return [step for step, _ in self.ran]

    def _work(self):
        while ready := [(s, a) for s, a in self.run.attempts() if a.due <= self.now]:
            self._attempt(*ready[0])

    def _attempt(self, step, attempt):
        payload = encode(self.pending) if self.pending is not None else None
        options = {
            "visit": attempt.visit, "attempt": attempt.attempt, "verify": attempt.verify
        }  # fmt: skip
        self.ran.append((step, attempt.attempt))
        try:
            result = ran(self.flow, step, self.context, payload, **options)
        except Exception as error:  # noqa: BLE001 - the step's own, as the engine's invoke has it
            result = failure(error, self.flow.bodies[step])
        if result.error is None:
            self.pending = None
        self.context = result.context or self.context
        report = messages.Report(step, attempt.visit, attempt.attempt, result.outcome)
        self.tell(report)

    def _dues(self):
        for entry in self.run.open.values():
            if isinstance(entry, Attempt | Sleeping | Waiting) and entry.due is not None:
                yield entry.due

    def _fire(self):
        for path, entry in list(self.run.open.items()):
            kind = {Sleeping: "sleep", Waiting: "wait"}.get(type(entry))
            if kind and entry.due is not None and entry.due <= self.now:
                self.tell(messages.Fire(path, entry.visit, kind))
        self._work()


def with_steps(body):
    """Return a class with steps a, b and c, and two helpers, of which `a` has this body."""

    class Made:
        c_by_constant = "c"

        @step()
        def b(self):
            return complete()

        @step()
        def c(self):
            return complete()

        def pick(self):
            return self.b if self.ready() else "c"

        def ready(self):
            return True

        @property
        def last(self):
            return self.c

    body.__name__ = "a"
    Made.a = step(start=True)(body)
    return Made


def edges(body):
    """Return where a step with this body leads, in the class of `with_steps`."""
    return edges_of(methods_of(with_steps(body)))["a"]
