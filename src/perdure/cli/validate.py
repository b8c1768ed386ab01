"""`perdure validate`: every problem of a definition, and what its author should know."""

from dataclasses import asdict

from perdure.authoring.graphs.loader import check_definition
from perdure.cli import output
from perdure.cli.opening import Common
from perdure.cli.problems import counted, list_problems
from perdure.cli.targets import import_code

INVALID = 1


def validate(
    file: str, /, *, module: tuple[str, ...] = (), json: bool = False, common: Common | None = None
) -> int:
    """Check a definition: every problem with its place and what to do. Nothing is run.

    Warnings, such as of a model that nobody here has, stand apart and do not make it invalid. The
    exit code is 1 if it is.

    Parameters
    ----------
    file
        A JSON or YAML file.
    module
        A module or file that declares functions which the definition's steps call.
    json
        Print one JSON document.
    """
    del common  # a definition is checked without a store
    for name in module:
        import_code(name)
    problems = check_definition(file)
    errors = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity != "error"]
    if json:
        output.document(
            {
                "valid": not errors,
                "errors": [asdict(problem) for problem in errors],
                "warnings": [asdict(problem) for problem in warnings],
            }
        )
        return INVALID if errors else 0
    if errors:
        output.say(f"{file} has {counted(len(errors), 'problem')}:", style="bold red")
        list_problems(errors, "red", to_error=False)
    else:
        output.say(f"{file} is valid", style="green")
    if warnings:
        output.say(f"{counted(len(warnings), 'warning')}:", style="yellow")
        list_problems(warnings, "yellow", to_error=False)
    return INVALID if errors else 0
