"""Runs to draw: definitions that were played under virtual time."""

from itertools import count

from perdure.app.shown import show
from perdure.authoring.functions import function
from perdure.authoring.graphs.loader import load_definition
from perdure.testing import Sandbox

_numbers = count(1)


@function("test_pictures_shout", returns="text")
def shout(input: str) -> str:  # noqa: A002
    """Return the text louder; fail where there is none."""
    if not input:
        raise ValueError("there is nothing to shout")
    return input.upper()


def clean(name, text, **more):
    """Return a step that cleans a text."""
    return {"id": name, "type": "data_processing", "function": "clean_text", "input": text, **more}


NAMELESS = {"type": "data_processing", "function": "clean_text", "input": "no"}
CONDITION = {
    "steps": [
        clean("tidy", "${workflow.input.text}"),
        {
            "id": "is",
            "type": "conditional",
            "condition": "size(${tidy.result}) > 0",
            "if_true": clean("yes", "yes: ${tidy.result}"),
            "if_false": NAMELESS,
        },
        clean("after", "${is.result}"),
    ]
}
LOOP = {
    "steps": [
        {
            "id": "each",
            "type": "loop",
            "iterate_over": "${workflow.input.lines}",
            "parallel": True,
            "max_parallel": 2,
            "on_item_error": "collect",
            "error_handling": {"max_retries": 0},
            "step": {
                "type": "data_processing",
                "function": "test_pictures_shout",
                "input": "${loop.current_item}",
            },
        }
    ]
}


def played(definition, inputs):
    """Run a definition to its end, and return its picture."""
    flow, _ = load_definition({"name": f"pictured {next(_numbers)}", **definition})
    with Sandbox() as engine:
        run = engine.start(flow, inputs=inputs)
        while engine.clock.skip():
            pass
        return show(engine.store, run.id)
