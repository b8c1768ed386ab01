"""Document 004 as printed: each block runs, and each of its workflows comes to what the text says.

Models are asked over the network, as anywhere: a server on this machine speaks OpenAI's protocol and
answers with the model's name and the question, so a result tells who was asked what. Time is virtual.
`test_004_running` has what the document does with executions.
"""

import pytest

import perdure
from tests.acceptance.answers import MODELS, PREVIOUS, came_to
from tests.acceptance.scripts import Script, fragment


def test_quick_start(virtual, service, path):
    """S004-01, S004-04, S004-05, S004-40 to S004-44."""
    first = Script(path, 28)
    names = first.run()
    second = Script(path, 66, **names)
    execution = second.run()["execution"]

    assert first.printed == f"Created workflow: {names['workflow'].id}\n"
    assert second.printed == f"Execution ID: {execution.id}\n"
    text = "I love using PRSM for AI research! It's revolutionary."
    parts = f"Sentiment=[{MODELS[0]}: {text}], Entities=[{MODELS[1]}: {text}]"
    assert came_to(execution) == ("completed", f"[gpt-3.5-turbo: Summarize: {parts}]")
    assert [step.model_used for step in execution.steps] == [*MODELS[:2], "gpt-3.5-turbo"]
    assert service.count == 3


def test_scientific_paper_analysis(client, path, monkeypatch):
    """S004-06 to S004-13, S004-57: the request's body, its answer, and its execution."""
    body, request = fragment(path, 84), fragment(path, 160)
    made = client.workflows.create(definition=body)

    assert (made.status, made.version, made.step_count) == ("created", "1.0", 4)
    assert set(fragment(path, 143)) <= set(made.info.model_dump())
    told = client.workflows.test(
        made.id, request["inputs"], mock_steps={"extract_text": {"result": "A paper."}}
    )
    assert told.final_result == {
        "summary": "[gpt-4: Summarize this paper: A paper.]",
        "methods": "[scibert: Extract methodology from: A paper.]",
    }
    assert set(fragment(path, 180)) <= set(told.model_dump())
    assert set(fragment(path, 196)) <= set(told.model_dump())


def test_an_inference_step(ran):
    """S004-28."""
    execution = ran(256, {"text": "Fine"}, PREVIOUS)

    assert came_to(execution) == ("completed", f"[{MODELS[0]}: Fine]")


def test_a_data_processing_step(ran):
    """S004-29, S004-30."""
    assert came_to(ran(270, {"raw_text": "The  SKY is Blue"})) == ("completed", "sky blue")


def test_an_aggregation_step(ran):
    """S004-31, S004-32."""
    builtin = {"type": "inference", "input": "${workflow.input.text}"}
    steps = [
        {**builtin, "id": "sentiment_analysis", "model": "builtin/sentiment"},
        {**builtin, "id": "entity_extraction", "model": "builtin/language"},
    ]

    status, result = came_to(ran(284, {"text": "I love Paris in the spring."}, *steps))

    assert (status, result["label"]) == ("completed", "EN")  # what comes later wins
    assert {"POSITIVE", "EN"} <= set(result["scores"])


@pytest.mark.parametrize(
    ("text", "way"), [("I love it", "positive"), ("I hate it, it is awful", "negative")]
)
def test_a_conditional_step(ran, text, way):
    """S004-34, S004-35, S004-43."""
    asked = {"type": "inference", "model": "builtin/sentiment", "input": "${workflow.input.text}"}

    execution = ran(297, {"text": text}, {"id": "sentiment", **asked})

    wanted = f"[gpt-3.5-turbo: Analyze {way} sentiment: {text}]"
    assert came_to(execution) == ("completed", wanted)


def test_a_loop_step(ran):
    """S004-36, S004-37."""
    execution = ran(316, {"document_list": ["a", "b", "c"]})

    wanted = [f"[gpt-3.5-turbo: Analyze document: {name}]" for name in "abc"]
    assert came_to(execution) == ("completed", wanted)


def test_parallel_execution(client, path):
    """S004-27, S004-33, S004-47, A004-3, A004-4."""
    names = Script(path, 335, client=client).run()

    execution = names["workflow"].execute({"text": "Fine"})

    ids = ("sentiment_analysis", "entity_extraction", "topic_modeling")
    wanted = zip(ids, ("sentiment-model", "ner-model", "topic-model"), strict=True)
    assert came_to(execution) == (
        "completed",
        {id_: f"[{model}: Fine]" for id_, model in wanted},
    )


def test_an_unknown_generator_fails_an_execution_not_the_workflow(client, path):
    """S004-48, A004-45."""
    made = Script(path, 371, client=client).run()["dynamic_workflow"]

    assert made.info.kind == "dynamic"
    assert "generate_steps_for_documents" in str(made.warnings[0])
    with pytest.raises(perdure.errors.StepError) as caught:
        made.execute({"documents": ["a"], "analysis_types": ["tone"]})
    assert caught.value.kind == "generator_unavailable"


def test_dynamic_workflows(client, path, monkeypatch):
    """S004-48, A004-32: the steps are made from the inputs, and frozen into the run."""
    from perdure.authoring import generators

    monkeypatch.setattr(generators, "_declared", {})

    @perdure.generator("generate_steps_for_documents")
    def steps(inputs):
        return [
            {"id": f"{kind}_{number}", "type": "inference", "model": "gpt-4", "input": f"{kind} of {name}"}
            for number, name in enumerate(inputs["documents"])
            for kind in inputs["analysis_types"]
        ]  # fmt: skip

    made = Script(path, 371, client=client).run()["dynamic_workflow"]
    execution = made.execute({"documents": ["a", "b"], "analysis_types": ["tone"]})

    assert came_to(execution) == (
        "completed",
        {"tone_0": "[gpt-4: tone of a]", "tone_1": "[gpt-4: tone of b]"},
    )


def test_workflow_templates(client, path, service):
    """S004-45, S004-49, S004-50, A004-33, A004-44."""
    template = Script(path, 385, client=client).run()["template"]

    made = client.workflows.create_from_template(template.id, {"analysis_depth": "basic"}, "mine")
    execution = made.execute({"text": "Fine"})

    assert came_to(execution) == ("completed", '[gpt-3.5-turbo: {"text":"Fine"}]')
    assert (
        service.bodies[-1].get("max_tokens", service.bodies[-1].get("max_completion_tokens")) == 150
    )
    with pytest.raises(perdure.errors.InvalidDefinitionError):
        client.workflows.create_from_template(template.id, {"analysis_depth": "deep"})
