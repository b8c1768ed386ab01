"""`perdure graph`: a workflow or a run as a picture, in Mermaid's text."""

from pathlib import Path

from perdure.app.shown import show
from perdure.authoring.graphs.picture import picture
from perdure.cli import output
from perdure.cli.opening import LAST, Common, reading, run_id
from perdure.cli.targets import load_workflow

RUN_PREFIX = "run_"


def graph(what: str, /, *, common: Common | None = None) -> None:
    """Draw a workflow, or a run with its steps coloured by how they stand, as Mermaid text.

    Parameters
    ----------
    what
        A definition's file, MODULE:CLASS, or a run: its id, or `last`.
    """
    if _is_run(what):
        with reading(common or Common()) as store:
            shown = show(store, run_id(store, what))
        drawn = picture(shown.plan, shown.states())
    else:
        flow, _ = load_workflow(what)
        drawn = picture(flow.plan)
    output.raw(drawn)


def _is_run(what: str) -> bool:
    return (what == LAST or what.startswith(RUN_PREFIX)) and not Path(what).exists()
