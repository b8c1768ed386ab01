"""Which keys a run keeps that goes back: read from its history."""

from perdure.kernel import history
from perdure.kernel.plan import StepPlan
from perdure.runtime.returning import keys_since
from tests.runtime.scenes import NOW, graph, machine

PLAN = machine("a", "b", "c")
START = history.RunStarted()


def visit(step, number):
    """Come to a step, and leave it well."""
    return history.StepScheduled(step, number, 1, NOW), history.StepSucceeded(step, number, 1)


def failed(step, number):
    broke = history.StepFailed(step, number, 1, "oops", "it broke")
    return history.StepScheduled(step, number, 1, NOW), broke


def keys(plan, *events, step="a", visit=1):
    return keys_since(plan, events, step, visit)


def test_each_steps_visits_since_then_are_told_in_their_order():
    events = (START, *visit("a", 1), *visit("b", 1), *visit("a", 2), *visit("b", 2), *visit("c", 1))

    assert keys(PLAN, *events, step="b") == {
        "b": [[1, 2, 1]],
        "a": [[1, 1, 2]],
        "c": [[1, 1, 1]],
    }
    assert keys(PLAN, *events, step="c") == {"c": [[1, 1, 1]]}


def test_attempts_are_of_one_visit():
    again = history.StepScheduled("a", 1, 2, NOW)
    broke = history.AttemptFailed("a", 1, 1, "oops", "it broke")

    assert keys(PLAN, START, visit("a", 1)[0], broke, again) == {"a": [[1, 1, 1]]}


def test_what_came_after_the_run_had_gone_back_is_another_story():
    events = (START, *visit("a", 1), *visit("b", 1), history.RunRewound("a", 1, "", ""))

    assert keys(PLAN, *events, *visit("a", 2), *visit("c", 1)) == {
        "a": [[1, 1, 1]],
        "b": [[1, 1, 1]],
    }
    assert keys(PLAN, *events, *visit("a", 2), visit=2) == {"a": [[1, 1, 2]]}


def test_keys_that_were_kept_are_kept_again():
    kept = history.RunRewound("a", 1, "", "", None, {"a": [[2, 1, 1]], "b": [[2, 1, 1]]})
    events = (START, *visit("a", 1), *visit("b", 1), kept, *visit("a", 2), *visit("b", 2))

    assert keys(PLAN, *events, *visit("a", 3), visit=2) == {
        "a": [[1, 1, 1], [2, 1, 3]],
        "b": [[1, 1, 1]],
    }


def test_a_visit_that_failed_gives_way_to_its_retry():
    events = (START, *visit("a", 1), *failed("b", 1), history.RunFailed("b", "oops", "it broke"))
    retried = (*events, history.RunRetried("ann"), *visit("b", 2), *visit("b", 3))

    assert keys(PLAN, *events) == {"a": [[1, 1, 1]], "b": [[1, 1, 1]]}
    assert keys(PLAN, *retried) == {"a": [[1, 1, 1]], "b": [[1, 2, 2]]}


def test_a_visit_after_a_failure_that_a_hook_prevented_is_no_retry():
    plan = machine("a", "b", "undo", on_fail="undo")
    failing = (
        *failed("a", 1), history.RunFailing("a", "oops", "it broke"), *visit("undo", 1),
        history.RunRecovered(), history.Moved("a"), *failed("a", 2),
    )  # fmt: skip
    events = (START, *failing, history.RunFailed("a", "oops", "it broke"))

    assert keys(plan, *events)["a"] == [[1, 2, 1]]


def test_a_visit_that_is_not_of_this_history_has_no_keys():
    """That of a run that was forked began in another run."""
    assert keys(PLAN, history.RunForked("run_0", "b", 1, "", "", ""), *visit("b", 1)) is None


# -- graphs ----------------------------------------------------------------------------------
def test_a_graph_keeps_the_last_key_of_each_step_that_has_run_since():
    web = graph(StepPlan(name="a"), StepPlan(name="b", needs=("a",)), StepPlan(name="c"))
    first = (history.StepScheduled("a", 1, 1, NOW), history.StepScheduled("c", 1, 1, NOW))
    ended = (history.StepSucceeded("a", 1, 1), history.StepSucceeded("c", 1, 1))

    assert keys(web, START, *first, *ended, *failed("b", 1)) == {
        "a": [[1, 1, 1]],
        "c": [[1, 1, 1]],
        "b": [[1, 1, 1]],
    }


def test_an_item_that_was_run_again_has_a_key_of_its_own():
    web = graph(StepPlan(name="each", window=2))
    listed = (history.StepScheduled("each", 1, 1, NOW), history.ScopeBegun("each", 1, 1, 2, NOW))
    items = (*visit("each[0]", 1), *failed("each[1]", 1))
    over = history.ScopeEnded("each", 1, 1, 2, NOW, 0, "oops", "it broke")
    ends = (over, history.RunFailed("each", "oops", "it broke"), history.RunRetried("ann"))

    made = keys(web, START, *listed, *items, *ends, *visit("each[1]", 2), step="each")

    assert made == {"each": [[1, 1, 1]], "each[1]": [[1, 1, 2]]}
