"""What a body may read of its attempt."""

from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.executor import Work

PLAN = Plan(workflow="story", version="3", start="a", steps=(StepPlan(name="a"),))


def work(run="run_1", path="a", visit=1, attempt=1, reader=lambda _run, _steps: {}):
    return Work(run, PLAN, PLAN.steps[0], path, visit, attempt, 1, "{}", None, reader)


def test_the_key_is_the_same_for_every_attempt_of_a_visit():
    assert work(attempt=1).key == work(attempt=2).key


def test_no_two_visits_share_a_key():
    keys = {work().key, work(visit=2).key, work(path="a[1]").key, work(run="run_2").key}

    assert len(keys) == 4


def test_the_key_is_text_that_any_service_takes():
    assert work().key.isalnum()
    assert len(work().key) == 32


def test_the_workflow_and_its_version_are_those_of_the_plan():
    assert (work().workflow, work().version) == ("story", "3")


def test_the_results_of_other_steps_are_read_for_this_run():
    asked = []

    def reader(run, steps):
        asked.append((run, steps))
        return {"b": "1"}

    assert work(reader=reader).outputs(["b"]) == {"b": "1"}
    assert asked == [("run_1", ["b"])]
