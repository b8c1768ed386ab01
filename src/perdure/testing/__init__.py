"""The test kit: users test and prove their own workflows with what perdure is proved with.

`sandbox` (an engine in memory under virtual time), `single` (one step alone) and `stories` (given a
history, when something happens, then that follows) are for users, with `plugin` for pytest;
`proving` runs a user's own workflow through crashes (`prove`);
`simulation` proves the engine.
"""

from importlib import import_module  # noqa: TID251 - pytest loads this package in every session
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # type checkers cannot see through `__getattr__` below
    from perdure.testing.proving.proof import prove as prove
    from perdure.testing.proving.scenario import Cancel as Cancel
    from perdure.testing.proving.scenario import Event as Event
    from perdure.testing.proving.scenario import Pause as Pause
    from perdure.testing.proving.scenario import Signal as Signal
    from perdure.testing.proving.scenario import scenario_of as scenario_of
    from perdure.testing.proving.services import world as world
    from perdure.testing.sandbox import Clock as Clock
    from perdure.testing.sandbox import Sandbox as Sandbox
    from perdure.testing.sandbox import SynchronousExecutor as SynchronousExecutor
    from perdure.testing.single import Ended as Ended
    from perdure.testing.single import Started as Started
    from perdure.testing.single import StepRan as StepRan
    from perdure.testing.single import run_step as run_step
    from perdure.testing.stories import Story as Story
    from perdure.testing.stories import given as given

__all__ = [
    "Cancel",
    "Clock",
    "Ended",
    "Event",
    "Pause",
    "Sandbox",
    "Signal",
    "Started",
    "StepRan",
    "Story",
    "SynchronousExecutor",
    "given",
    "prove",
    "run_step",
    "scenario_of",
    "world",
]

_HOMES = {
    "Clock": "perdure.testing.sandbox",
    "Sandbox": "perdure.testing.sandbox",
    "Ended": "perdure.testing.single",
    "Started": "perdure.testing.single",
    "StepRan": "perdure.testing.single",
    "Story": "perdure.testing.stories",
    "SynchronousExecutor": "perdure.testing.sandbox",
    "Cancel": "perdure.testing.proving.scenario",
    "Event": "perdure.testing.proving.scenario",
    "Pause": "perdure.testing.proving.scenario",
    "Signal": "perdure.testing.proving.scenario",
    "given": "perdure.testing.stories",
    "prove": "perdure.testing.proving.proof",
    "scenario_of": "perdure.testing.proving.scenario",
    "world": "perdure.testing.proving.services",
    "run_step": "perdure.testing.single",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its home, once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=None)
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
