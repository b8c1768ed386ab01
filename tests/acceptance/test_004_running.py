"""Document 004 as printed: executions are followed, judged, tried out, measured and shared."""

import pytest

from perdure.outgoing.addresses import ALLOW_HOSTS
from perdure.packs.functions.scholarly.search import SOURCES
from tests.acceptance.answers import PATIENCE, PREVIOUS, RESILIENT, answer, came_to
from tests.acceptance.scripts import Script
from tests.outgoing.servers import serving
from tests.packs.functions.scholarly.library import answering
from tests.packs.inference.hosted.servers import Refuses


def test_real_time_monitoring(client, path):
    """S004-51 to S004-54, A004-22."""
    made = client.workflows.create(name="watched", steps=[PREVIOUS])
    execution = made.execute({"text": "a  b"})
    script = Script(path, 411, ids={"exec_xyz789": execution.id}, client=client)

    monitor = script.run()["monitor"]
    lines = []
    monitor.on_event(lambda event: lines.append(event.type))
    monitor.wait(PATIENCE)

    assert lines == ["execution_started", "step_completed", "execution_completed"]


def test_a_monitor_prints_what_happens(client, path, capsys):
    """S004-52 to S004-54: the handlers as they are printed."""
    asking = {"id": "ask", "type": "inference", "model": "nobody/has-it", "depends_on": ["previous_step"]}  # fmt: skip
    made = client.workflows.create(name="watched", steps=[PREVIOUS, asking])
    well = client.workflows.create(name="well", steps=[PREVIOUS])
    printed = ""  # while the script ran, and after it
    for flow in (made, well):
        execution = flow.execute({"text": "a  b"})
        script = Script(path, 411, ids={"exec_xyz789": execution.id}, client=client)
        names = script.run()
        names["monitor"].wait(PATIENCE)
        names["step_completed"]("again", 1)
        printed += script.printed

    out = printed + capsys.readouterr().out
    assert "Step previous_step completed: a b\n" in out
    assert "Step ask failed: model_unavailable: " in out
    assert "Workflow completed: a b\n" in out


@pytest.mark.parametrize(
    ("status", "models"),
    [(429, ["gpt-4"] * 4 + ["gpt-3.5-turbo"]), (503, ["gpt-4"] * 4 + ["gpt-3.5-turbo"])],
)
def test_automatic_retry(client, path, service, virtual, status, models):
    """S004-58 to S004-60, A004-19: three more tries, 30, 60 and 120 s apart, then the fallback."""
    service.rules["rule"] = lambda body, number: (
        Refuses(status, "rate_limit_error") if body["model"] == "gpt-4" else answer(body, number)
    )
    made = Script(path, 462, steps=RESILIENT, client=client).run()["workflow"]

    execution = made.execute({"text": "Fine"})
    began = virtual.now()
    while execution.refresh().completed_at is None and virtual.skip():
        pass

    assert came_to(execution) == ("completed", "[gpt-3.5-turbo: Fine]")
    assert [body["model"] for body in service.bodies] == models
    assert virtual.now() - began == pytest.approx(210, abs=1)
    assert execution.step("ask").model_used == "gpt-3.5-turbo"


@pytest.mark.parametrize(
    ("refusal", "came", "models"),
    [
        (Refuses(404, code="model_not_found"), ("completed", "[gpt-3.5-turbo: Fine]"), 2),
        (Refuses(400), ("failed", None), 1),
    ],
)
def test_custom_error_handlers(client, path, service, refusal, came, models):
    """S004-61, S004-62, A004-21."""
    service.rules["rule"] = lambda body, number: (
        refusal if body["model"] == "gpt-4" else answer(body, number)
    )
    made = client.workflows.create(name="handled", steps=RESILIENT)
    Script(path, 486, workflow=made).run()

    execution = made.execute({"text": "Fine"})

    assert came_to(execution) == came
    assert service.count == models


def test_a_handler_may_wait_and_retry(client, path, service, virtual):
    """S004-62: `wait_and_retry`, 60 s."""
    service.rules["rule"] = lambda body, number: (
        Refuses(429, "rate_limit_error") if number == 1 else answer(body, number)
    )
    made = Script(path, 462, steps=RESILIENT, client=client).run()["workflow"]
    Script(path, 486, workflow=made).run()
    began = virtual.now()

    execution = made.execute({"text": "Fine"})
    while execution.refresh().completed_at is None and virtual.skip():
        pass

    assert came_to(execution) == ("completed", "[gpt-4: Fine]")
    assert virtual.now() - began == pytest.approx(60, abs=1)


def test_workflow_permissions(client, path):
    """S004-63, S004-64, A004-47."""
    made = client.workflows.create(name="shared", steps=[PREVIOUS])

    names = Script(path, 503, ids={"wf_abc123": made.id}, client=client).run()

    assert names["permissions"].read == ("user1", "user2", "team:researchers")
    assert names["permissions"].delete == ("user1",)
    assert len(names["permissions"].warnings) == 3


def test_workflow_testing(client, path):
    """S004-70, A004-29."""
    steps = [{**RESILIENT[0], "model": "gpt-3.5-turbo"}]
    made = client.workflows.create(name="tested", steps=steps)

    result = Script(path, 538, ids={"wf_abc123": made.id}, client=client).run()["test_result"]

    assert (result.status, result.final_result) == ("completed", "Mocked response for testing")
    assert (result.duration_seconds, result.total_cost) == (pytest.approx(0.1), 0.0)
    assert client.workflows.list_executions(made.id).total == 0


def test_validation_framework(client, path):
    """S004-71, S004-72."""
    good = {"name": "good", "steps": [PREVIOUS]}
    bad = {"name": "bad", "steps": [{**PREVIOUS, "depends_on": ["nowhere"]}]}

    scripts = [Script(path, 556, client=client, workflow_dict=each) for each in (good, bad)]
    found = [script.run()["validation"] for script in scripts]

    assert [each.is_valid for each in found] == [True, False]
    assert scripts[0].printed == ""
    wrong = "<error at steps[0].depends_on[0]: there is no step 'nowhere'"
    assert scripts[1].printed.startswith(f"Validation errors: ({wrong}")


def test_scientific_research_pipeline(client, path, monkeypatch):
    """S004-30, S004-38, S004-39, S004-46, A004-49."""
    monkeypatch.setenv(ALLOW_HOSTS, "127.0.0.1")
    made = Script(path, 610, client=client).run()["research_workflow"]
    with serving(answering()) as site:
        for name in SOURCES:
            monkeypatch.setenv(f"PERDURE_{name.upper()}_URL", site.url(f"/{name}"))
        execution = made.execute({"research_query": "harbour tides"}).wait(PATIENCE)

    assert execution.status == "completed"
    assert [step.status for step in execution.steps] == ["completed"] * 5
    trends = execution.step("analyze_trends").result
    assert trends.startswith("[gpt-4: Analyze research trends in: [")
    assert execution.final_result == f"[gpt-4: Generate comprehensive summary: {trends}]"
    kept = execution.step("filter_papers").result
    assert len(execution.step("extract_abstracts").result) == len(kept) > 0


def test_performance_analytics(client, path):
    """S004-55, A004-36: measured over what was executed."""
    made = client.workflows.create(name="measured", steps=[PREVIOUS])
    for _ in "abc":
        made.execute({"text": "Fine"})

    script = Script(path, 430, ids={"wf_abc123": made.id}, client=client)
    analytics = script.run()["analytics"]

    assert (analytics.avg_duration_seconds, analytics.success_rate, analytics.avg_cost) == (
        0,
        100,
        0,
    )
    assert script.printed.splitlines() == [
        f"Average execution time: {analytics.avg_duration_seconds}s",
        f"Success rate: {analytics.success_rate}%",
        f"Average cost: ${analytics.avg_cost}",
    ]


def test_resource_usage_tracking(client, path):
    """S004-18, S004-56."""
    made = client.workflows.create(name="used", steps=[PREVIOUS])
    made.execute({"text": "Fine"})

    script = Script(path, 444, client=client)
    usage = script.run()["usage"]

    assert list(usage) == [made.id]
    assert (usage[made.id].cpu_hours, usage[made.id].total_cost) == (0, 0)  # time is virtual
    assert script.printed.splitlines() == [
        f"Workflow {made.id}:",
        f"  CPU hours: {usage[made.id].cpu_hours}",
        f"  RAM GB-hours: {usage[made.id].ram_gb_hours}",
        f"  Total cost: ${usage[made.id].total_cost}",
    ]


def test_performance_optimization(client, path):
    """S004-73, A004-31: a proposal, which changes nothing."""
    made = client.workflows.create(name="optimized", steps=[PREVIOUS])
    made.execute({"text": "Fine"})

    optimized = Script(path, 576, ids={"wf_abc123": made.id}, client=client).run()["optimized"]

    assert optimized.definition["steps"] == [PREVIOUS]
    assert (optimized.applied, optimized.predicted.accuracy) == (False, None)
    assert client.workflows.get(made.id).revision == 1


def test_secure_input_handling(client, path):
    """S004-65 to S004-69, A004-26, A004-27, A004-46: what comes of a secret is one."""
    reading = {**PREVIOUS, "input": "${workflow.input.user_data}"}
    answering_it = {**PREVIOUS, "id": "again", "input": "Once more: ${previous_step.result}"}
    made = client.workflows.create(name="secure", steps=[reading, answering_it])

    names = Script(path, 518, ids={"wf_abc123": made.id}, client=client).run()

    execution = names["execution"].refresh()
    assert [execution.status, *(step.status for step in execution.steps)] == ["completed"] * 3
    assert execution.final_result == "<secret>"
    assert {step.result for step in execution.steps} == {"<secret>"}
    events = list(client.workflows.monitor(execution.id))
    assert {event.result for event in events if event.step_id} == {"<secret>"}
    for told in (execution.info, *events):
        assert "sk-..." not in told.model_dump_json()
        assert "encrypted_data" not in told.model_dump_json()
