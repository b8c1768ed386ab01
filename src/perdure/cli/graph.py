"""`perdure graph`: a workflow or a run as a picture, in Mermaid's text or as an SVG."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from perdure.app.clock import SystemClock
from perdure.app.shown import RunShown, show
from perdure.cli import output
from perdure.cli.opening import LAST, Common, reading, run_id
from perdure.cli.targets import load_workflow
from perdure.errors import ConfigError
from perdure.pictures import bars, boxes, mermaid
from perdure.pictures.plans import draw_plan
from perdure.pictures.rests import read_rests
from perdure.pictures.runs import draw_run
from perdure.pictures.timelines import draw_timeline
from perdure.ports.store import Store

RUN_PREFIX = "run_"
STDOUT = "-"


def graph(
    what: str,
    /,
    *,
    svg: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    timeline: bool = False,
    common: Common | None = None,
) -> None:
    """Draw a workflow, or a run with what became of its steps. Prints Mermaid text without --svg.

    Parameters
    ----------
    what
        A definition's file, MODULE:CLASS, or a run: its id, or `last`.
    svg
        Write an SVG to this file, which every browser shows; `-` prints it.
    timeline
        Draw a run by its times: a row for each step, a bar for each attempt.
    """
    if _is_run(what):
        with reading(common or Common()) as store:
            shown = show(store, run_id(store, what))
            drawn = _timeline(store, shown, svg) if timeline else _run(shown, svg)
    elif timeline:
        raise ConfigError(f"--timeline needs a run: its id, or `last`. {what!r} has no times")
    else:
        flow, _ = load_workflow(what)
        drawing = draw_plan(flow.plan)
        drawn = boxes.write(drawing) if svg is not None else mermaid.write(drawing)
    _give(drawn, svg)


def _run(shown: RunShown, svg: str | None) -> str:
    drawing = draw_run(shown)
    return boxes.write(drawing) if svg is not None else mermaid.write(drawing)


def _timeline(store: Store, shown: RunShown, svg: str | None) -> str:
    drawn = draw_timeline(shown, read_rests(store, shown.view.id), SystemClock().now())
    return bars.write_svg(drawn) if svg is not None else bars.write_mermaid(drawn)


def _give(drawn: str, svg: str | None) -> None:
    if svg is None or svg == STDOUT:
        output.raw(drawn)
        return
    try:
        Path(svg).write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--svg: {svg} cannot be written: {error.strerror}") from error
    output.note(f"wrote {svg}")


def _is_run(what: str) -> bool:
    return (what == LAST or what.startswith(RUN_PREFIX)) and not Path(what).exists()
