"""The problems of a definition, as they are printed."""

from collections.abc import Sequence

from rich.text import Text

from perdure.cli import output
from perdure.errors import InvalidDefinitionError, Problem


def tell_problems(error: InvalidDefinitionError) -> None:
    """Print every problem of a refused definition: place, what is wrong, what to do."""
    first, *others = error.problems
    if not (others or first.path):
        output.error(f"{str(first).rstrip()} Nothing was started.")
        return
    count = counted(len(error.problems), "problem")
    output.error(f"the definition has {count}; nothing was started")
    list_problems(error.problems, "red")


def tell_warnings(warnings: Sequence[Problem]) -> None:
    """Print what an author should know."""
    for problem in warnings:
        output.warn(str(problem).rstrip())


def list_problems(problems: Sequence[Problem], style: str, *, to_error: bool = True) -> None:
    """Print problems one below the other."""
    console = output.console(to_error=to_error)
    for problem in problems:
        line = Text("  ")
        if problem.path:
            line.append(output.safe(problem.path), style=style)
            line.append(": ")
        line.append(output.safe(problem.message))
        console.print(line, soft_wrap=True)
        if problem.suggestion:
            console.print(
                Text(f"      {output.safe(problem.suggestion)}", style="dim"), soft_wrap=True
            )


def counted(count: int, what: str) -> str:
    """Return a number with its noun, in the plural but for one."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
