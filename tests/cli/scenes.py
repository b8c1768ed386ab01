"""Runs to look at: an engine on a file, and a console whose text can be read."""

import io

from rich.console import Console

from perdure.cli.scene import Scene
from tests.app.parcels import post_office, start_graph, until, until_waiting

__all__ = ["post_office", "start_graph", "terminal", "text_of", "until", "until_waiting", "view"]


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
