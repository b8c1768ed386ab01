"""Laws of definitions: whatever is written is refused with reasons, or compiles and can run."""

import copy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perdure.authoring.graphs.bodies import body_makers
from perdure.authoring.graphs.loader import check_definition, load_definition
from perdure.authoring.plans import dump, load
from perdure.authoring.registry import Registry
from perdure.errors import InvalidDefinitionError, InvalidValueError, StepError
from perdure.wire.encoding import decode
from tests.authoring.graphs.support import (
    QUICK_START,
    Echo,
    ask,
    attempt,
    define,
    functions,
    gather,
    value_of,
    work_on,
)

ECHO = Echo("m")
SAMPLE = define(work_on("a", "${workflow.input.t}"), ask("b", "Of: ${a.result}"))

EACH = {
    "id": "e", "type": "loop", "iterate_over": "${workflow.input.t}", "on_item_error": "collect",
    "step": work_on("", "${loop.current_item} ${loop.index}") | {"id": None},
}  # fmt: skip
EITHER = {
    "id": "c", "type": "conditional", "condition": "${e.result[0]} == 'x' && has(${a.result.y})",
    "if_true": ask("yes", "${e.result}"),
    "if_false": {"type": "conditional", "condition": "true", "if_true": ask("")},
}  # fmt: skip
EITHER["if_false"]["if_true"]["id"] = None
INNER = {"steps": [work_on("i", "${workflow.input.n}")]}
RESTS = (
    {"id": "py", "type": "python", "function": "test_shout", "input": "${a.result}"},
    {
        "id": "http", "type": "http", "url": "https://${workflow.input.t}/", "method": "POST",
        "headers": {"x": "${a.result}"}, "query": {"q": [1]}, "body": {"t": "${b.result}"},
        "accept_status": [404],
    },
    {
        "id": "ok", "type": "wait", "signal": "ok", "key": "${workflow.input.t}", "timeout": 5,
        "form": {"n": {"type": "integer"}}, "on_timeout": "continue", "default": {"n": 1},
    },
    {"id": "paid", "type": "wait", "event": "paid", "entity": 5, "match": {"a": "${a.result}"}},
    {"id": "nap", "type": "sleep", "seconds": "${ok.result.n}"},
    {"id": "late", "type": "sleep", "until": "2027-01-01T00:00:00Z"},
    {"id": "w", "type": "workflow", "workflow": INNER, "inputs": {"n": "${nap.result}"}},
    {
        "id": "items", "type": "loop", "iterate_over": [1, 2], "timeout": 9,
        "step": {
            "type": "conditional", "condition": "${loop.current_item} > 1",
            "if_true": {"type": "wait", "signal": "go", "key": "${loop.index}"},
            "if_false": {"type": "workflow", "workflow": "other"},
        },
    },
)  # fmt: skip
RULES = {
    "max_retries": 2,
    "rules": [
        {"error_type": ["timeout", "rate_limit"], "action": "wait_and_retry", "wait_seconds": 1},
        {"error_type": "any", "action": "use_fallback", "fallback_model": "m"},
    ],
}
WHOLE = define(
    *SAMPLE["steps"], EACH, EITHER, gather("d", depends_on=["c", "yes"]), *RESTS,
    error_handling=RULES,
)  # fmt: skip


def test_the_whole_sample_is_right():
    """What is spoilt below is refused for what was spoilt."""
    assert loaded(WHOLE)[1] == ()


def loaded(source):
    return load_definition(source, functions=functions(), providers=[ECHO])


IDS = st.sampled_from(["a", "b", "c", "d", "loop", "1x", "", "wait", "sleep", "workflow", "http"])
TEXTS = st.sampled_from(
    [
        "x",
        "loop",
        "conditional",
        "${loop.index}",
        "${e.result} and 1",
        "${workflow.input.t}",
        "${a.result}",
        "of ${b.result.x[0]}",
        "${c.result}",
        "${",
        "$${",
    ]
)
TEMPLATES = st.recursive(
    TEXTS | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@st.composite
def good_definitions(draw):
    """Definitions that are right by the way they are made: needs lead back only."""
    count = draw(st.integers(1, 6))
    steps = []
    for number in range(count):
        earlier = [f"s{before}" for before in range(number)]
        after = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        parts = ["${workflow.input.t}", "x", *(f"${{{name}.result}}" for name in earlier)]
        text = " ".join(draw(st.lists(st.sampled_from(parts), max_size=3)))
        kind = draw(st.sampled_from(["ask", "work", "gather"]))
        if kind == "ask":
            steps.append(ask(f"s{number}", {"q": [text]}, depends_on=after))
        elif kind == "work" or not after:
            steps.append(work_on(f"s{number}", text, depends_on=after))
        else:
            steps.append(gather(f"s{number}", depends_on=after))
    return define(*draw(st.permutations(steps)))


@settings(deadline=None)
@given(good_definitions())
def test_a_right_definition_compiles_and_every_step_of_it_can_run(definition):
    flow, warnings = loaded(definition)
    registry = Registry()
    for kind, maker in body_makers(functions, lambda: [ECHO]).items():
        registry.add_kind(kind, maker)
    stored = load(dump(flow.plan), flow.plan.hash)
    results = {step.name: "r" for step in stored.steps}

    assert warnings == ()
    for step in stored.steps:
        made = registry.body(stored, step)(
            attempt(stored, step.name, inputs={"t": "x"}, results=results)
        )
        assert value_of(made) is not None


@st.composite
def spoilt_definitions(draw):
    """Right definitions in which something, somewhere, was replaced by something else."""
    definition = copy.deepcopy(
        draw(good_definitions() | st.sampled_from([SAMPLE, WHOLE, WHOLE, QUICK_START]))
    )
    for _ in range(draw(st.integers(1, 3))):
        there = definition
        for _ in range(draw(st.integers(0, 4))):
            inner = there.values() if isinstance(there, dict) else there
            below = [part for part in inner if isinstance(part, dict | list) and part]
            if not below:
                break
            there = draw(st.sampled_from(below))
        keys = list(there) if isinstance(there, dict) else range(len(there))
        key = draw(st.sampled_from(keys))
        action = draw(st.sampled_from(["anything", "template", "name", "drop", "add"]))
        if action == "drop":
            there.pop(key)
        elif action == "add" and isinstance(there, dict):
            there[draw(st.text(max_size=6))] = draw(ANYTHING)
        elif action == "name":
            there[key] = draw(IDS)
        else:
            there[key] = draw(TEMPLATES if action == "template" else ANYTHING)
        if not there:
            break
    return definition


spoilt_or_strange = (
    spoilt_definitions() | ANYTHING.map(lambda value: {"name": "x", "steps": value}),
    ANYTHING,
)


def check_any(data, inputs):
    """Check that a definition is refused or compiles, and its inputs are refused or kept."""
    problems = check_definition(data, functions=functions(), providers=[ECHO])
    is_refused = any(problem.severity == "error" for problem in problems)
    try:
        flow, _ = loaded(data)
    except InvalidDefinitionError as error:
        assert is_refused
        assert tuple(error.problems) == problems[: len(error.problems)]  # noqa: PT017
        return

    assert not is_refused
    assert load(dump(flow.plan), flow.plan.hash) == flow.plan
    try:
        kept = decode(flow.begin(inputs))
    except InvalidValueError as error:
        kept = None
        assert str(error)  # noqa: PT017
    assert kept is None or set(inputs) <= set(kept)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(*spoilt_or_strange)
def test_any_definition_is_refused_or_compiles_and_any_inputs_are_refused_or_kept(data, inputs):
    """And what `check_definition` says is what loading does."""
    check_any(data, inputs)


@settings(deadline=None)
@given(good_definitions(), st.dictionaries(st.sampled_from(["t", "u"]), ANYTHING))
def test_a_step_fails_only_with_errors_of_its_own(definition, inputs):
    """Whatever the inputs are: what cannot be used is an invalid input, not a crash."""
    flow, _ = loaded(definition)
    makers = body_makers(functions, lambda: [ECHO])
    results = dict.fromkeys((step.name for step in flow.plan.steps), inputs.get("u"))
    try:
        flow.begin({"t": "", **inputs})
    except InvalidValueError:
        return
    for step in flow.plan.steps:
        body = makers[step.kind](flow.plan, step)
        try:
            body(attempt(flow.plan, step.name, inputs={"t": "", **inputs}, results=results))
        except StepError as error:
            assert error.kind == "invalid_input"  # noqa: PT017
