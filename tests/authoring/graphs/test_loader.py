"""A definition goes all the way to a workflow, or is refused with everything that is wrong."""

import json
from pathlib import Path

import pytest
import yaml

from perdure.authoring.functions import FunctionRegistry
from perdure.authoring.graphs.loader import check_definition, load_definition
from perdure.errors import InvalidDefinitionError, InvalidValueError
from perdure.packs import register
from perdure.wire.encoding import decode
from tests.authoring.graphs.support import (
    QUICK_START,
    Echo,
    ask,
    define,
    functions,
    gather,
    work_on,
)

ROOT = Path(__file__).resolve().parents[3]
PAPER = ROOT / "examples" / "paper_analysis.json"
ECHO = Echo("m")


def loaded(source):
    return load_definition(source, functions=functions(), providers=[ECHO])


def refusal(source):
    with pytest.raises(InvalidDefinitionError) as raised:
        loaded(source)
    return raised.value


SAMPLE = define(
    work_on("a", "${workflow.input.text}"),
    ask("b", "Of: ${a.result}"),
    gather("c", depends_on=["a", "b"]),
    name="Sample flow",
)


def test_data_a_json_file_and_a_yaml_file_are_the_same_workflow(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(SAMPLE))
    (tmp_path / "two.yaml").write_text(yaml.safe_dump(SAMPLE))

    flows = [loaded(source)[0] for source in (SAMPLE, tmp_path / "one.json", tmp_path / "two.yaml")]

    assert len({flow.plan.hash for flow in flows}) == 1
    assert [flow.name for flow in flows] == ["Sample flow"] * 3
    assert flows[1].place == (str(tmp_path / "one.json"), "Sample flow")
    assert flows[0].place == ("", "Sample flow")


def test_a_workflow_begins_with_its_inputs():
    flow, warnings = loaded(SAMPLE)

    assert decode(flow.begin({"text": "x"})) == {"text": "x"}
    assert warnings == ()
    with pytest.raises(InvalidValueError, match=r"inputs\.text: is needed"):
        flow.begin({"txt": "x"})


def test_warnings_come_beside_the_workflow():
    _, warnings = loaded(define(ask("a", model="scibert")))

    assert [problem.severity for problem in warnings] == ["warning"]


def test_a_refusal_names_the_definition_and_every_problem(tmp_path):
    error = refusal(define(ask("a", timeout=0), ask("a"), name="Papers"))
    (tmp_path / "cut.json").write_text('{"name": ')

    assert str(error) == (
        "definition 'Papers' has 2 problem(s):"
        "\n  steps[0].timeout: must be more than 0, not 0."
        "\n  steps[1].id: 'a' is the id of steps[0] already."
    )
    assert str(refusal(tmp_path / "cut.json")).startswith("definition 'cut.json' has 1 problem")


def test_a_definition_without_a_name_is_called_by_its_file(tmp_path):
    (tmp_path / "x.json").write_text('{"name": 3}')

    assert "definition 'x.json' has" in str(refusal(tmp_path / "x.json"))
    assert "definition '' has" in str(refusal({}))


def test_problems_can_be_asked_for_without_an_error(tmp_path):
    (tmp_path / "cut.json").write_text("[")
    (tmp_path / "list.json").write_text("[]")

    def told(source):
        found = check_definition(source, functions=functions(), providers=[ECHO])
        return [(problem.severity, problem.path) for problem in found]

    assert told(SAMPLE) == []
    assert told(tmp_path / "cut.json") == [("error", "line 1, column 2")]
    assert told(tmp_path / "list.json") == [("error", "")]
    assert told(define(ask("a", model="x"), ask("b", timeout=0))) == [("error", "steps[1].timeout")]
    assert told(define(ask("a", model="x"))) == [("warning", "steps[0].model")]


def test_what_is_installed_is_asked_where_nothing_else_is_given():
    """S004-40: any model's name is accepted."""
    flow, _ = load_definition(define(ask("a", model="sentiment-model")))
    problems = check_definition(define(ask("a", model="no/such-model")))

    assert flow.plan.steps[0].kind == "inference"
    assert [problem.severity for problem in problems] == ["warning"]


def paper(**more):
    registry = FunctionRegistry()
    register(registry)
    return load_definition(PAPER, functions=registry, **more)


def test_the_paper_analysis_of_document_004_is_an_example():
    flow, _ = paper(providers=[Echo("builtin/summary", "builtin/extract")])

    assert {step.name: step.needs for step in flow.plan.steps} == {
        "extract_text": (),
        "summarize": ("extract_text",),
        "extract_methods": ("extract_text",),
        "final_analysis": ("summarize", "extract_methods"),
    }
    assert {step.retry.max_attempts for step in flow.plan.steps} == {4}
    assert flow.plan.steps[0].timeout == 300
    assert decode(flow.plan.schema)["required"] == ["pdf_url"]


def test_the_papers_models_end_at_built_in_ones():
    _, warnings = paper(providers=[Echo("builtin/summary", "builtin/extract")])

    assert [str(problem) for problem in warnings] == [
        (
            "steps[1].model: no provider here has the model 'gpt-4'. "
            "'builtin/summary' will answer in its place, by 'fallback_models'"
        ),
        (
            "steps[2].model: no provider here has the model 'scibert'. "
            "'builtin/extract' will answer in its place, by 'fallback_models'"
        ),
    ]


def test_document_004s_quick_start_is_a_workflow():
    """S004-07, S004-40 to S004-44."""
    flow, warnings = loaded(QUICK_START)

    assert flow.plan.sinks() == ["summary"]
    assert len(warnings) == 3


def test_document_004s_parallel_analysis_is_a_workflow():
    """S004-27, S004-33, S004-47."""
    names = ["sentiment_analysis", "entity_extraction", "topic_modeling"]
    steps = [ask(name, model="sentiment-model", parallel_group="analysis") for name in names]

    flow, _ = loaded(define(*steps, gather("combine_results", depends_on=names)))

    assert [step.needs for step in flow.plan.steps] == [(), (), (), tuple(names)]


def test_document_004s_nested_error_handling_is_taken():
    """S004-58, S004-60."""
    handling = {
        "retry_policy": {
            "max_retries": 3,
            "retry_delay_seconds": 30,
            "backoff_multiplier": 2.0,
            "retry_on_errors": ["timeout", "rate_limit", "temporary_failure"],
        },
        "fallback_strategy": {
            "enabled": True,
            "fallback_models": {"gpt-4": "gpt-3.5-turbo", "claude-3-opus": "claude-3-sonnet"},
        },
    }

    flow, _ = loaded(define(ask("a", model="gpt-4"), error_handling=handling))

    assert flow.plan.steps[0].retry.base_delay == 30.0


@pytest.mark.parametrize("number", [1, 7, 8, 9, 40, 65, 10_000])
def test_steps_nested_at_any_depth_are_refused_or_taken(number):
    deep = "x"
    for _ in range(number):
        deep = [deep]

    problems = check_definition(define(ask("a", deep)), functions=functions(), providers=[ECHO])

    assert bool(problems) == (number > 60)
    assert all("nested deeper than 64 levels" in str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("step", "place"),
    [
        (ask("{{7*7}}"), "steps[0].id"),
        (ask("a'; DROP TABLE runs; --"), "steps[0].id"),
        (ask(""), "steps[0].id"),
        (ask("\uff41"), "steps[0].id"),
        (ask("a\r\nSet-Cookie: x"), "steps[0].id"),
        (ask("a", "${a.__class__.__mro__}"), "steps[0].input"),
        (ask("a", "${().__class__}"), "steps[0].input"),
        (ask("a", "${${workflow.input.x}}"), "steps[0].input"),
        (ask("a", "${a.result"), "steps[0].input"),
        (work_on("a", "x", "os.system"), "steps[0].function"),
        (work_on("a", "x", "__import__"), "steps[0].function"),
    ],
)
def test_what_looks_like_code_is_refused_as_the_data_it_is(step, place):
    problems = refusal(define(step)).problems

    assert {problem.path for problem in problems} == {place}
    assert all("\n" not in str(problem) for problem in problems)


def test_a_name_with_line_breaks_forges_no_line():
    message = str(refusal(define(ask("a", **{"x\ny: ok": 1}))))

    assert len(message.splitlines()) == 2


def test_a_message_is_short_however_long_what_is_wrong_is():
    long = "x" * 500_000
    definition = define(
        ask(long, f"${{{long}}} ${{{long}.result}} ${{a.{long}}} ${{input.{long}}}", model=long),
        ask(long, depends_on=[long, f"{long}y"], parallel_group=long, timeout=long),
        work_on("b", "x", long, **{long: 1}),
        input_schema={long: {"type": long, long: 1}, "x": {}},
        error_handling={"fallback_models": {long: long}},
    )

    problems = check_definition(definition, functions=functions(), providers=[ECHO])

    assert len(problems) > 12
    assert max(len(str(problem)) for problem in problems) < 700
