"""What runs of scripted workflows must come to, worked out apart from the engine."""

from collections.abc import Mapping, Sequence

from perdure.kernel import history
from perdure.kernel.directives import (
    Choose,
    Complete,
    Fail,
    Failed,
    Goto,
    Join,
    Next,
    Outcome,
    Sleep,
    Spread,
    Wait,
)
from perdure.kernel.plan import MIN_LOST_ATTEMPTS, Plan, PlanKind
from perdure.kernel.run import Status
from perdure.ports.commit import StepEnded, Written
from perdure.ports.executor import ChildWanted, visit_key
from perdure.ports.rows import Loaded
from perdure.ports.store import Store
from perdure.testing.simulation.crossroads import Crossroads
from perdure.testing.simulation.eventful import brought_by, told_by
from perdure.testing.simulation.hooks import hook_follows
from perdure.testing.simulation.releases import MOVED
from perdure.testing.simulation.scripts import Act, Script, result_of
from perdure.testing.simulation.services import Services
from perdure.testing.simulation.track import News, Track
from perdure.wire.encoding import decode

OTHER_FAILURES = ("timeout", "worker_died")
"""How an attempt may fail whatever its script says."""


class ScriptJudge:
    """Holds each run to its workflow's scripts. `scripts` are by workflow and step."""

    def __init__(
        self, scripts: Mapping[str, Mapping[str, Script]], services: Services | None = None
    ) -> None:
        self._scripts = scripts
        self._services = services or Services()
        self._crossroads = Crossroads()

    # -- after each transaction --------------------------------------------------------------
    def look(self, track: Track, loaded: Loaded, news: News) -> None:
        """Hold what has just happened to the scripts, and the context to what has succeeded."""
        self._crossroads.look(track, loaded, news)
        for written, events in news:
            for number, event in enumerate(events):
                self._event(track, event, events[number + 1 :], written)
        if track.plan.kind is PlanKind.MACHINE and track.seq:
            trail = [tuple(visit) for visit in decode(loaded.context).get("trail", ())]
            if trail != track.succeeded:
                raise track.broken("model", f"the context says {trail}, not {track.succeeded}")

    def _event(
        self, track: Track, event: history.Event, rest: Sequence[history.Event], written: Written
    ) -> None:
        match event:
            case history.StepSucceeded(step, visit, attempt):
                settled = written.message.startswith('["Settle"')  # by whom knows what was done
                script = self._scripts[track.plan.workflow][step]
                act = script.act(visit)
                wrong = act.fatal or act.poison or act.unkeepable or attempt <= act.flaky
                if wrong and not settled:
                    raise track.broken("model", f"{event} of {act}")
                if script.transactional:
                    writes = script.shop.writes(visit_key(track.id, step, visit))
                    if writes != 1:
                        raise track.broken("once", f"{event}, and it has written {writes} times")
                once = track.plan.step(step).at_most_once
                if once and not self._services.has_acted(track.id, step, visit):
                    raise track.broken("once", f"{event}, and it has not acted")
                if not _has_started(act.children, rest):
                    raise track.broken("model", f"{act.children} were to be started: {rest}")
                if not track.cancelled and not self._goes_as_asked(
                    track, event, act, rest, written
                ):
                    raise track.broken("model", f"{act.outcome} was followed by {rest}")
            case history.AttemptFailed() | history.StepFailed():
                self._failed(track, event)
            case _:
                pass

    def _goes_as_asked(
        self,
        track: Track,
        event: history.StepSucceeded,
        act: Act,
        rest: Sequence[history.Event],
        written: Written,
    ) -> bool:
        if event.step == track.plan.on_fail:
            return hook_follows(track.allowance, act.outcome, rest, written.at)
        return _follows(track.plan, act.outcome, rest, written.at)

    def _failed(self, track: Track, event: history.AttemptFailed | history.StepFailed) -> None:
        act = self._scripts[track.plan.workflow][event.step].act(event.visit)
        policy = track.plan.step(event.step).retry
        last = isinstance(event, history.StepFailed)
        if track.plan.step(event.step).at_most_once:
            if not _ends_once(event, act, last=last):
                raise track.broken("model", f"{event} of {act}, run at most once")
            return
        match event.kind:
            case "flaky":
                right = event.attempt <= act.flaky
                right = right and last == (event.attempt >= policy.max_attempts)
            case "fatal":
                right = act.fatal and last
            case "store_refused":
                right = act.unkeepable and last
            case "worker_died":
                most = max(policy.max_attempts, MIN_LOST_ATTEMPTS)
                right = last == (event.attempt >= most)
            case "timeout":
                right = last == (event.attempt >= policy.max_attempts)
            case _:
                right = False
        if not right:
            raise track.broken("model", f"{event} of {act}, {policy}")

    # -- at the end --------------------------------------------------------------------------
    def end(self, track: Track, loaded: Loaded, store: Store) -> None:
        """Hold the results of the run to the scripts."""
        if track.plan.kind is PlanKind.GRAPH:
            self._graph(track, store)
        elif track.run.status in (Status.COMPLETED, Status.CANCELLED):
            self._payloads(track, loaded)

    def _payloads(self, track: Track, loaded: Loaded) -> None:
        """Every signal that was taken has left its mark in the context, and no other has."""
        told = {key for key in decode(loaded.context) if key not in ("trail", MOVED)}
        taken = set(brought_by(track))
        source = track.source
        while source is not None:
            taken |= set(brought_by(source))
            source = source.source
        for row in track.earlier.told:
            taken |= set(told_by(row))
        if told != taken:
            raise track.broken("model", f"payloads {sorted(told)} instead of {sorted(taken)}")

    def _graph(self, track: Track, store: Store) -> None:
        """Every step has the result that its needs call for; the run failed if a step did."""
        rows: dict[str, StepEnded] = {}
        for row in store.steps(track.id):
            twice = row.step in rows and rows[row.step].status == row.status == "completed"
            if twice and not track.earlier.rewound:
                raise track.broken("model", f"{row.step} has two results")
            rows[row.step] = row
        results = {name: row.output for name, row in rows.items()}
        for name, row in rows.items():
            needs = track.plan.step(name).needs
            wanted = result_of(name, [results.get(need) for need in self._needs(track, name)])
            if row.status == "completed" and row.output != wanted:
                raise track.broken("model", f"{name} came to {row.output}, not {wanted} ({needs})")
        if track.run.status is Status.COMPLETED:
            for step in track.plan.steps:
                row_ = rows.get(step.name)
                if row_ is None or (row_.status != "completed" and not step.continue_on_error):
                    raise track.broken("model", f"completed, but {step.name} is {row_}")

    def _needs(self, track: Track, step: str) -> tuple[str, ...]:
        return self._scripts[track.plan.workflow][step].needs


def _ends_once(event: history.AttemptFailed | history.StepFailed, act: Act, *, last: bool) -> bool:
    """Whether a visit may end so that is run at most once, or with `last` false go on to be asked."""
    match event.kind:
        case "flaky":
            return event.attempt <= act.flaky and last
        case "fatal":
            return act.fatal and last
        case "store_refused":
            return act.unkeepable and last
        case "failed":
            return last  # somebody said so
        case _:
            return event.kind in (*OTHER_FAILURES, "outcome_unknown") and not last


def _follows(plan: Plan, asked: Outcome, rest: Sequence[history.Event], at: float) -> bool:
    """Whether these events are what a step of a machine asked for."""
    after = [event for event in rest if not isinstance(event, history.SignalDropped)]
    if after and isinstance(after[0], history.ChildrenStarted):
        del after[0]
    first = after[0] if after else None
    match asked:
        case Goto(step):
            return first == history.Moved(step)
        case Sleep(seconds, then):
            return (
                isinstance(first, history.SleepBegun)
                and first.due == at + seconds
                and first.then == (then or first.step)
            )
        case Wait() | Join():
            return _begins(asked, first, at)
        case Complete():
            return any(isinstance(event, history.RunCompleted) for event in after)
        case Fail():
            end = history.RunFailed if plan.on_fail is None else history.RunFailing
            return any(isinstance(event, end) for event in after)
        case Next() | Choose() | Spread() | Failed():
            return True


def _has_started(children: Sequence[ChildWanted], rest: Sequence[history.Event]) -> bool:
    """Whether these children, and no others, are started by what follows a step's success."""
    first = rest[0] if rest else None
    count = first.count if isinstance(first, history.ChildrenStarted) else 0
    return count == len(children)


def _begins(asked: Wait | Join, event: history.Event | None, at: float) -> bool:
    """Whether an event is the beginning of this wait."""
    due = at + asked.timeout if asked.timeout is not None else None
    match asked, event:
        case Join(), history.JoinBegun():
            same = event.need == asked.need
        case Wait(), history.WaitBegun():
            ways = [(way.kind, way.name, way.key, way.accepts) for way in event.ways]
            same = ways == [(w.kind, w.name, w.key, w.accepts) for w in (asked, *asked.also)]
        case _:
            return False
    return same and (event.due, event.on_timeout) == (due, asked.on_timeout)
