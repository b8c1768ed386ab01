"""Chooses how a run is shown while it goes on: a live table in a terminal, else plain lines.

All of it goes to standard error; standard output is for what the run comes to.
"""

from typing import Protocol, Self

from perdure.cli import output
from perdure.cli.lines import Lines
from perdure.cli.scene import Scene
from perdure.cli.table import LiveTable
from perdure.ports.rows import Loaded
from perdure.ports.store import Store


class Watch(Protocol):
    """Shows a run while the context is open; `update` brings what is shown up to date."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(self, *_: object) -> None:
        """Leave what was shown last."""
        ...

    def update(self, loaded: Loaded, now: float, /) -> None:
        """Show the run as it stands."""
        ...


def watch(store: Store, loaded: Loaded, *, silent: bool, is_new: bool) -> Watch:
    """Return what shows a run: nothing, a live table in a terminal, or lines.

    Of a run that is not new, lines tell only what happens from now on.
    """
    if silent:
        return Silence()
    console = output.console(to_error=True)
    scene = Scene(store, loaded)
    if console.is_terminal:
        return LiveTable(scene, console)
    if not is_new:
        scene.look()
    return Lines(scene, console)


class Silence:
    """Shows nothing."""

    def __enter__(self) -> Self:
        """Show nothing."""
        return self

    def __exit__(self, *_: object) -> None:
        """Show nothing."""

    def update(self, _loaded: Loaded, _now: float) -> None:
        """Show nothing."""
