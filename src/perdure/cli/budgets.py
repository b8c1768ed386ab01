"""`perdure budgets`: what runs and workflows may spend on models, and have spent."""

from collections.abc import Iterator
from dataclasses import asdict

from cyclopts import App

from perdure.app.budgets import BudgetView, view_of
from perdure.app.clock import SystemClock
from perdure.app.costs import dollars
from perdure.cli import output
from perdure.cli.columns import print_columns
from perdure.cli.opening import Common, engine_of, reading, run_id
from perdure.errors import ConfigError, InvalidValueError

NONE = "none"
HEADER = ("OF", "NAME", "SPENT", "AT MOST", "PER", "THEN")

app = App(name="budgets", version_flags=[], help_epilogue="")


@app.default
def budgets(*, json: bool = False, common: Common | None = None) -> None:
    """List the budgets that were set, and what is spent or reserved of each.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    with reading(common or Common()) as store:
        found = [view_of(row) for row in store.budgets.standing(SystemClock().now())]
    if json:
        output.document({"budgets": [asdict(budget) for budget in found]})
    elif found:
        print_columns(output.console(), HEADER, [[*_row(each)] for each in found], shrinks=(1,))
    else:
        output.note(
            "no budget is set. One is by: perdure budgets set --workflow NAME --max-cost DOLLARS"
        )


@app.command(name="set")
def set_budget(  # noqa: PLR0913 - one option each
    *,
    max_cost: str,
    run: str | None = None,
    workflow: str | None = None,
    per: str = "ever",
    on_budget: str = "pause",
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Let a run, or all runs of a workflow, spend at most so much, whatever the definition says.

    Parameters
    ----------
    max_cost
        US dollars; `none` is any amount.
    run
        The run's id, or `last`.
    workflow
        The workflow's name.
    per
        For a workflow: in each `day`, in each `month`, or `ever`.
    on_budget
        What becomes of a run whose next call would be too much: `pause`, `degrade` or `stop`.
    json
        Print one JSON document: the budget.
    """
    if (run is None) == (workflow is None):
        raise ConfigError("name one of the two: --run RUN, or --workflow NAME")
    amount = _amount(max_cost)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        named = run_id(engine.store, run) if run is not None else None
        made = engine.budgets.set(
            max_cost=amount, run=named, workflow=workflow, per=per, on_budget=on_budget
        )
    if json:
        output.document({"budget": asdict(made)})
        return
    most = "any amount" if made.max_cost is None else f"at most {dollars(made.max_cost)}"
    output.say(f"{made.run or made.workflow}: {most}, {dollars(made.spent)} spent or reserved")
    if made.run is not None:
        output.note(f"  a run that is paused goes on by:  perdure resume {made.run}")


def _amount(text: str) -> float | None:
    if text == NONE:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InvalidValueError(
            f"{text!r} is neither an amount of US dollars nor {NONE!r}", "--max-cost"
        ) from error


def _row(budget: BudgetView) -> Iterator[str]:
    yield "run" if budget.run is not None else "workflow"
    yield output.safe(budget.run or budget.workflow or "")
    yield dollars(budget.spent)
    yield "-" if budget.max_cost is None else dollars(budget.max_cost)
    yield "-" if budget.run is not None else budget.per
    yield budget.on_budget
