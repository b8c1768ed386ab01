"""Runs to look at: an engine on a file, and a console whose text can be read."""

import io

from rich.console import Console

from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete
from perdure.authoring.steps.retry import Retry
from perdure.cli.scene import Scene
from tests.app.parcels import post_office, start_graph, until, until_waiting

__all__ = [
    "post_office",
    "start_graph",
    "stranded",
    "terminal",
    "text_of",
    "until",
    "until_waiting",
    "view",
]


def stranded(path):
    """Leave a run in a store whose step is not in the code that is there now; return its id."""
    again = Retry(max_attempts=99, base_delay=0.01, backoff_factor=1)
    old, new = Registry(), Registry()

    @workflow("cli stranded", registry=old, default_retry=again)
    class Old:
        @step
        def pay(self):
            raise RuntimeError("the shop is away")

    @workflow("cli stranded", registry=new)
    class New:
        @step
        def charge(self):
            return complete()

    with Engine(path, registry=old) as engine:
        run = engine.start("cli stranded")
        until(lambda: engine.loaded(run.id).jobs[0].attempt > 1)
    with Engine(path, registry=new) as engine:
        until(lambda: engine.view(run.id).stranded)
    return run.id


def terminal(width=80, height=24):
    """Return a console that takes itself for a terminal."""
    return Console(file=io.StringIO(), width=width, height=height, force_terminal=True)


def view(engine, run):
    """Return a scene of a run, and its rows as they stand."""
    loaded = engine.loaded(run.id)
    return Scene(engine.store, loaded), loaded


def text_of(renderable, width=80):
    """Return what is drawn, without colours."""
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()
