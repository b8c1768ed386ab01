"""Definitions, and an engine to run them with: in memory, under virtual time."""

from perdure.authoring.registry import Registry
from perdure.service import definitions, executions
from perdure.testing import Sandbox

TIDY = {
    "name": "tidy",
    "version": "1.0",
    "description": "Tidy a text",
    "steps": [
        {
            "id": "clean",
            "type": "data_processing",
            "function": "clean_text",
            "input": "${workflow.input.text}",
        },
        {
            "id": "again",
            "type": "data_processing",
            "function": "clean_text",
            "input": "Again: ${clean.result}",
        },
    ],
}
FAILING = {
    "name": "failing",
    "steps": [
        {
            "id": "clean",
            "type": "data_processing",
            "function": "clean_text",
            "input": "${workflow.input.text}",
        },
        {
            "id": "ask",
            "type": "inference",
            "model": "nobody/has-this",
            "input": "${clean.result}",
        },
        {
            "id": "last",
            "type": "aggregation",
            "depends_on": ["ask"],
        },
    ],
}
CHOOSING = {
    "name": "choosing",
    "steps": [
        {
            "id": "choose",
            "type": "conditional",
            "condition": "${workflow.input.loud} == true",
            "if_true": {"type": "data_processing", "function": "clean_text", "input": "LOUD"},
            "if_false": {"type": "data_processing", "function": "clean_text", "input": "low"},
        },
        {
            "id": "each",
            "type": "loop",
            "iterate_over": "${workflow.input.words}",
            "step": {
                "type": "data_processing",
                "function": "clean_text",
                "input": "${loop.current_item}!",
            },
            "depends_on": ["choose"],
        },
    ],
}


def engine():
    """Return an engine in memory, whose steps run at once."""
    return Sandbox(registry=Registry())


def begun(engine, definition, inputs=None, **more):
    """Keep a definition and begin an execution of it; return both."""
    made = definitions.create(engine, definition)
    return made, executions.execute(engine, made.id, inputs, **more)
