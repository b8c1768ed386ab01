"""`perdure prove`: a workflow in many simulated histories, with crashes at every commit."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from perdure.cli import output
from perdure.cli.inputs import read_inputs
from perdure.cli.targets import import_code, load_workflow
from perdure.errors import ConfigError, InvalidValueError
from perdure.testing.proving.proof import Progressed
from perdure.testing.proving.proof import prove as proved
from perdure.testing.proving.scenario import Scenario, Signal, scenario_of
from perdure.wire.encoding import decode


def prove(  # noqa: PLR0913 - a command's options
    target: str,
    /,
    *,
    histories: int = 1000,
    input: tuple[str, ...] = (),  # noqa: A002 - the option's name
    signal: tuple[str, ...] = (),
    seed: int | None = None,
    trace: bool = False,
    json: bool = False,
) -> int:
    """Run a workflow's own steps through simulated crashes, and say in plain words what breaks it.

    The steps' code runs for real, so give services that act a fake from `testing.world`.

    Parameters
    ----------
    target
        MODULE:CLASS, or MODULE:SCENARIO (made with `perdure.testing.scenario_of`).
    histories
        How many histories to live through.
    input
        An argument of the run, as NAME=TEXT or NAME:=JSON; given once for each.
    signal
        A signal to send, as NAME or NAME:=JSON; without any, all that the workflow names.
    seed
        Live through this one history again.
    trace
        Print every call of the history, and what came of it.
    json
        Print the verdict as one JSON document.
    """
    scenario = _scenario(target, input, signal)
    with _bar(histories if seed is None else 1, silent=json) as progress:
        verdict = proved(scenario, histories=histories, seed=seed, trace=trace, progress=progress)
    if trace:
        for line in verdict.lines:
            output.say(line, to_error=json)
    if json:
        output.document(verdict.as_json())
    else:
        output.say(str(verdict), style="" if verdict.ok else "red")
    return 0 if verdict.ok else 1


def _scenario(target: str, inputs: tuple[str, ...], signals: tuple[str, ...]) -> Scenario:
    module, _, name = target.rpartition(":")
    found = getattr(import_code(module), name, None) if module else None
    if isinstance(found, Scenario):
        if inputs or signals:
            raise ConfigError(f"{target} is a scenario: it says itself what starts and what comes")
        return found
    flow, _ = load_workflow(target)
    if flow.cls is None:
        raise ConfigError(f"{target} is no workflow class. Only their steps have code to prove")
    given = read_inputs(inputs, None)
    flow.begin(given)  # what is wrong with the inputs is told before anything runs
    sent = [_signal(each) for each in signals] or None
    return scenario_of(flow, start=given, signals=sent)


def _signal(text: str) -> Signal:
    name, given, payload = text.partition("=")
    name = name.removesuffix(":")
    if not given:
        return Signal(name)
    try:
        value = decode(payload)
    except ValueError as error:
        raise InvalidValueError(f"is no JSON: {payload}", f"--signal {name}") from error
    if not isinstance(value, dict):
        raise InvalidValueError("a payload is an object", f"--signal {name}")
    return Signal(name, value)


@contextmanager
def _bar(total: int, *, silent: bool) -> Iterator[Progressed]:
    console = output.console(to_error=True)
    columns = (
        TextColumn("proving"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    hidden = silent or not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("proving", total=total)
        yield lambda done: bar.update(task, completed=done)
