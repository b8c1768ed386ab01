"""`perdure run`: start a run, watch it, print what it came to."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from perdure.app.preflight import refuse_unusable
from perdure.app.sealing import wants_sealing
from perdure.authoring.functions import default_registry
from perdure.authoring.registry import Workflow
from perdure.cli.hosting import host
from perdure.cli.inputs import read_inputs, read_secrets
from perdure.cli.interrupts import Interrupts
from perdure.cli.leaving import leave
from perdure.cli.opening import Common, engine_of
from perdure.cli.problems import tell_warnings
from perdure.cli.targets import import_code, is_definition, load_workflow
from perdure.errors import InvalidInputError, InvalidValueError, PerdureError
from perdure.wire.wrappers import unwrapped


def run(  # noqa: PLR0913 - a command's options
    definition: str,
    /,
    *,
    input: tuple[str, ...] = (),  # noqa: A002 - the option's name
    inputs: Path | None = None,
    secret: tuple[str, ...] = (),
    module: tuple[str, ...] = (),
    stay: bool = False,
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Run a workflow and print what it came to.

    The run is durable: when it is interrupted, `perdure resume RUN` goes on where it was. If it
    comes to a wait for a signal or a long sleep, it is left there, and goes on in the same way.

    Parameters
    ----------
    definition
        A definition's file (.json, .yaml), or code: MODULE:CLASS or workflows.py:CLASS.
    input
        An input, as NAME=TEXT or NAME:=JSON; given once for each.
    inputs
        A JSON file with inputs by name.
    secret
        An input that is sealed, as NAME=VARIABLE: what stands in this environment variable.
    module
        A module or file that declares functions which the definition's steps call.
    stay
        Stay until the run has ended, also while it waits for a signal or sleeps.
    json
        Print one JSON document at the end, and nothing before.
    """
    common = common or Common()
    for name in module:
        import_code(name)
    flow, warnings = load_workflow(definition)
    given = {**read_inputs(input, inputs), **read_secrets(secret, os.environ)}
    ready = _ready(flow, given)
    tell_warnings(warnings)
    with Interrupts() as interrupts, engine_of(common, worker=True, create=True) as engine:
        (started,) = engine.start_many(ready, [given])
        stayed = host(engine, started.id, interrupts, silent=json, stay=stay, is_new=True)
        code = () if is_definition(definition) else (definition.rpartition(":")[0] or definition,)
        return leave(engine.store, stayed, json=json, modules=(*code, *module))


def _ready(flow: Workflow, given: Mapping[str, Any]) -> Workflow:
    """Check the inputs before anything is opened, and return the workflow with what came of them.

    So a store is not even made for a run that cannot start, and a `create_context` is called once.
    """
    try:
        if wants_sealing(given, None):
            flow.begin({name: unwrapped(name, value) for name, value in given.items()})
            return flow
        first = flow.opening(given)
        refuse_unusable(*first, default_registry())
    except InvalidValueError as error:
        error.add_note(
            "Inputs are given as --input NAME=TEXT, or --input NAME:=JSON for numbers, lists and "
            "objects. Nothing was started."
        )
        raise
    except InvalidInputError as error:
        error.add_note("Nothing was started.")
        raise
    except PerdureError:
        raise
    except Exception as error:  # a workflow's create_context is anybody's code
        message = f"{flow.name}: create_context raised {type(error).__name__}: {error}"
        raise InvalidValueError(message) from error
    ready = [first]
    return replace(flow, opens=lambda given: ready.pop() if ready else flow.opening(given))
