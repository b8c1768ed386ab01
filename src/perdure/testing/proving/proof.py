"""Many histories of a scenario, and the one that breaks it, with as few faults as it needs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from perdure.authoring.registry import Workflow
from perdure.testing.proving.findings import Finding, deaths, findings, made
from perdure.testing.proving.scenario import Act, Check, Scenario, Signal, scenario_of
from perdure.testing.proving.services import MOST_TROUBLE
from perdure.testing.proving.stage import Stage, Weather, draw_weather
from perdure.testing.proving.verdict import ProofVerdict
from perdure.testing.simulation.faults import Faults
from perdure.testing.simulation.world import Violation

Progressed = Callable[[int], object]

DEFAULT_HISTORIES = 300
SIMPLER = 60
"""So many more histories are looked through for one that shows the same with less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """How one history went."""

    finding: Finding | None
    mishaps: Sequence[str]
    lines: Sequence[str]
    weather: Weather


def prove(  # noqa: PLR0913 - each is a thing that a scenario says
    workflow: type | Workflow | Scenario,
    *,
    start: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    signals: Sequence[Signal | str] | None = None,
    acts: Sequence[Act] = (),
    check: Check | None = None,
    histories: int = DEFAULT_HISTORIES,
    seed: int | None = None,
    trace: bool = False,
    progress: Progressed | None = None,
) -> ProofVerdict:
    """Run a workflow's own steps through simulated histories, and say what breaks it.

    `start` are the arguments of each run, `signals` what is sent to it (all that the workflow
    names, if not given), `acts` what others do (Cancel, Pause, Event). `check` gets each run at the
    end, and raises or returns False where something is wrong. With `seed` one history is lived
    through, as a verdict names it.
    """
    scenario = (
        workflow
        if isinstance(workflow, Scenario)
        else scenario_of(workflow, start=start, signals=signals, acts=acts, check=check)
    )
    seeds = range(1, histories + 1) if seed is None else (seed,)
    done = 0
    lines: Sequence[str] = ()
    for each in seeds:
        lived = live(scenario, each, draw_weather(each), trace=trace)
        done += 1
        lines = lived.lines if seed is not None else ()
        if progress is not None:
            progress(done)
        if lived.finding is not None:
            others = range(each + 1, each + SIMPLER + 1) if seed is None else ()
            return _told(scenario, done, _simplest(scenario, each, lived, others, trace=trace))
    return ProofVerdict(workflow=scenario.flow.name, histories=done, lines=lines)


def live(scenario: Scenario, seed: int, weather: Weather, *, trace: bool = False) -> Lived:
    """Live through one history, and say what it came to."""
    stage = Stage(scenario, seed, weather, trace=trace)
    found: Finding | None
    try:
        stage.live()
        found = next(findings(stage), None)
    except Violation as broken:
        found = made(broken.rule, str(broken).partition(": ")[2])
        if stage.book.forbidden:
            found = made(*stage.book.forbidden[0])
    finally:
        stage.store.close()
    stage.trace.digest  # noqa: B018 - it takes in the last lines
    return Lived(
        finding=found,
        mishaps=[*stage.book.mishaps, *deaths(stage)],
        lines=stage.trace.lines,
        weather=weather,
    )


def _told(scenario: Scenario, done: int, simplest: tuple[int, Lived]) -> ProofVerdict:
    seed, lived = simplest
    return ProofVerdict(
        workflow=scenario.flow.name, histories=done, finding=lived.finding, seed=seed,
        mishaps=tuple(lived.mishaps), lines=lived.lines,
    )  # fmt: skip


def _simplest(
    scenario: Scenario, seed: int, lived: Lived, others: Sequence[int], *, trace: bool
) -> tuple[int, Lived]:
    """Return the history that shows the same with the fewest mishaps, of this one and others."""
    kind = _kind(lived)
    best = (seed, _shrunk(scenario, seed, lived, trace=trace))
    for other in others:
        if len(best[1].mishaps) <= 1:
            break
        again = live(scenario, other, draw_weather(other), trace=trace)
        if _kind(again) == kind:
            again = _shrunk(scenario, other, again, trace=trace)
            if len(again.mishaps) < len(best[1].mishaps):
                best = (other, again)
    return best


def _shrunk(scenario: Scenario, seed: int, lived: Lived, *, trace: bool) -> Lived:
    """Take away one sort of fault after the other, for as long as the same thing breaks."""
    kind = _kind(lived)
    for calmer in CALMER:
        weather = calmer(lived.weather)
        if weather != lived.weather:
            again = live(scenario, seed, weather, trace=trace)
            if _kind(again) == kind and len(again.mishaps) <= len(lived.mishaps):
                lived = again
    return lived


def _kind(lived: Lived) -> str | None:
    return lived.finding.kind if lived.finding is not None else None


Calmer = Callable[[Weather], Weather]


def _without_fault(name: str) -> Calmer:
    calm: dict[str, Any] = {name: 0.0}
    return lambda weather: replace(weather, faults=replace(weather.faults, **calm))


def _without(name: str) -> Calmer:
    calm: dict[str, Any] = {name: 0.0}
    return lambda weather: replace(weather, **calm)


def _skipping(number: int) -> Calmer:
    return lambda weather: replace(weather, skip=weather.skip | {number})


def _calmers() -> Iterator[Calmer]:
    yield lambda weather: replace(weather, nodes=1)
    yield lambda weather: replace(weather, moods=False)
    for name in ("twice", "down", "lost", "crash"):
        yield _without(name)
    for number in range(1, MOST_TROUBLE + 1):
        yield _skipping(number)
    for field in fields(Faults):
        if field.name not in ("locked", "slow", "lease"):
            yield _without_fault(field.name)


CALMER = tuple(_calmers())
