"""Plans: what is refused, how steps are numbered, how retries are spaced."""

import math

import pytest

from perdure.errors import InvalidPlanError
from perdure.kernel.plan import (
    MIN_LOST_ATTEMPTS,
    NO_RETRY,
    Plan,
    PlanKind,
    RetryPolicy,
    StepPlan,
    find_cycle,
    is_queue,
)
from tests.kernel.scenes import diamond, graph, machine, step


def test_steps_are_numbered_in_the_order_they_are_written():
    plan = diamond()

    assert plan.index == {"top": 0, "left": 1, "right": 2, "bottom": 3}
    assert plan.needs == ((), (0,), (0,), (1, 2))
    assert plan.feeds == ((1, 2), (3,), (3,), ())


def test_a_need_that_is_written_twice_counts_once():
    plan = graph(step("a"), step("b", "a", "a"))

    assert plan.needs == ((), (0,))
    assert plan.feeds == ((1,), ())


def test_a_step_is_found_by_its_name():
    plan = diamond()

    assert plan.step("left") is plan.steps[1]
    with pytest.raises(KeyError):
        plan.step("lefft")


def test_the_sinks_are_what_no_other_step_needs():
    assert diamond().sinks() == ["bottom"]
    assert graph(step("a"), step("b"), step("c", "a")).sinks() == ["b", "c"]


def test_two_plans_of_the_same_steps_are_equal_and_can_be_keys():
    assert diamond() == diamond()
    assert len({diamond(), diamond()}) == 1
    assert diamond() != diamond(max_parallel=2)


def test_a_graph_needs_no_start_and_may_have_no_steps():
    assert Plan(workflow="empty", kind=PlanKind.GRAPH).sinks() == []


def test_code_is_hosted_by_its_name_and_version_and_a_graph_by_anybody():
    plan = Plan(workflow="w", version="2", steps=(StepPlan(name="a"),), start="a")

    assert plan.host == "w@2"
    assert graph(step("a")).host == ""


def test_a_step_is_known_by_the_names_that_it_had():
    plan = machine(step("a"), step("b", formerly=("old", "older")))

    assert plan.step("older") is plan.step("old") is plan.steps[1]


def test_a_plan_is_a_machine_of_version_1_unless_it_says_otherwise():
    plan = Plan(workflow="w", steps=(StepPlan(name="a"),), start="a")

    assert plan.kind is PlanKind.MACHINE
    assert plan.version == "1"
    assert plan.hash == ""


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: graph(step("a"), step("a")), "plan 'web': two steps have the same name"),
        (lambda: graph(step("a", "b")), "plan 'web': step 'a' needs unknown step 'b'"),
        (lambda: Plan(workflow="w", steps=(step("a"),)), "plan 'w': no start step None"),
        (
            lambda: Plan(workflow="w", steps=(step("a"),), start="b"),
            "plan 'w': no start step 'b'",
        ),
        (lambda: machine(step("a", then="b")), "plan 'story': step 'a' leads to unknown step 'b'"),
        (
            lambda: machine(step("a"), step("b", targets=("a", "c"))),
            "plan 'story': step 'b' leads to unknown step 'c'",
        ),
        (
            lambda: machine(step("a"), step("b", formerly=("a",))),
            "plan 'story': step 'b' was formerly 'a', which is a name of another step",
        ),
        (
            lambda: machine(step("a", formerly=("x",)), step("b", formerly=("x",))),
            "plan 'story': step 'b' was formerly 'x', which is a name of another step",
        ),
        (lambda: machine("a", on_cancel="undo"), "plan 'story': no step 'undo'"),
        (
            lambda: graph(step("a"), on_cancel="a"),
            "plan 'web': only a machine can have a hook",
        ),
        (lambda: diamond(max_parallel=0), "plan 'web': max_parallel must be at least 1"),
        (
            lambda: graph(step("z"), step("a", "c", "z"), step("b", "a"), step("c", "b")),
            "plan 'web': steps need each other: a -> c -> b -> a",
        ),
        (lambda: graph(step("a", "a")), "plan 'web': steps need each other: a -> a"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused_with_the_place(make, what):
    with pytest.raises(InvalidPlanError) as refused:
        make()

    assert str(refused.value) == what


def test_a_plan_may_lead_to_its_own_steps_and_clean_up_and_run_one_at_a_time():
    plan = machine(step("a", targets=("b",), then="b"), step("b"), on_cancel="b", max_parallel=1)

    assert plan.on_cancel == "b"


@pytest.mark.parametrize(
    ("needs", "ring"),
    [
        ([], []),
        ([[], [0], [0], [1, 2]], []),
        ([[1], [2], [0]], [0, 1, 2]),
        ([[], [0, 2], [3], [2]], [2, 3]),
        ([[1], [1]], [1]),
        ([[2], [0], [], [1, 0, 3]], [3]),
    ],
)
def test_a_ring_of_needs_is_told_without_what_only_leads_to_it(needs, ring):
    assert find_cycle(needs) == ring


def test_a_long_chain_is_no_ring_and_overflows_no_stack():
    assert find_cycle([[], *([number] for number in range(5_000))]) == []


def test_an_attempt_may_follow_as_long_as_the_policy_allows_it():
    policy = RetryPolicy(max_attempts=3)

    assert [policy.allows(attempt) for attempt in (1, 2, 3, 4)] == [True, True, False, False]
    assert not NO_RETRY.allows(1)


def test_a_worker_may_die_a_few_times_before_the_step_is_blamed():
    """A step that is never retried survives two deaths, one with a longer policy what it says."""
    assert MIN_LOST_ATTEMPTS == 3
    assert [NO_RETRY.allows(n, lost=True) for n in (1, 2, 3)] == [True, True, False]
    assert [RetryPolicy(max_attempts=5).allows(n, lost=True) for n in (4, 5)] == [True, False]


def test_delays_grow_by_their_factor_up_to_the_longest():
    policy = RetryPolicy(base_delay=2.0, backoff_factor=3.0, max_delay=50.0)

    assert [policy.delay(attempt, "") for attempt in (1, 2, 3, 4, 5)] == [2, 6, 18, 50, 50]


def test_the_usual_policy_tries_three_times_and_waits_one_second_then_two():
    policy = RetryPolicy()

    assert (policy.max_attempts, policy.max_delay, policy.jitter) == (3, 300.0, 0.0)
    assert [policy.delay(attempt, "x") for attempt in (1, 2)] == [1.0, 2.0]


@pytest.mark.parametrize(("base", "most"), [(1.0, 60.0), (0.0, 0.0), (1e300, 60.0)])
def test_a_delay_that_grows_beyond_numbers_is_the_longest_there_may_be(base, most):
    policy = RetryPolicy(base_delay=base, backoff_factor=10.0, max_delay=60.0)

    assert policy.delay(100_000, "") == most


def test_a_slow_growth_goes_on_for_as_long_as_it_is_tried():
    policy = RetryPolicy(base_delay=1.0, backoff_factor=1.01, max_delay=1e9)

    assert policy.delay(501, "") == pytest.approx(math.pow(1.01, 500))


def test_jitter_takes_away_up_to_its_share_and_the_same_each_time():
    policy = RetryPolicy(base_delay=100.0, backoff_factor=1.0, jitter=0.2)

    delays = {seed: policy.delay(1, seed) for seed in map(str, range(200))}

    assert all(80.0 <= delay <= 100.0 for delay in delays.values())
    assert min(delays.values()) < 82.0
    assert max(delays.values()) > 98.0
    assert delays == {seed: policy.delay(1, seed) for seed in delays}


def test_jitter_is_a_hash_that_every_machine_has():
    """Pinned: a run that is advanced again elsewhere must get the same moment."""
    delay = RetryPolicy(base_delay=100.0, jitter=0.5).delay(1, "run_1/pay/1/1")

    assert delay == 100.0 * (1.0 - 0.5 * 0x7FAC3BCB / 0xFFFFFFFF)


@pytest.mark.parametrize(
    ("name", "fits"),
    [("mail", True), ("large mail", True), ("", False), ("a,b", False), (" a", False), (1, False)],
)
def test_a_queues_name_is_text_that_can_stand_in_a_list(name, fits):
    assert is_queue(name) is fits


# -- branches --------------------------------------------------------------------------------
def test_a_step_stands_for_its_branches_as_a_sink():
    branches = (step("yes", "ask", within="ask"), step("no", "ask", within="ask"))
    alone = graph(step("ask", branches=("yes", "no")), *branches)
    used = graph(*alone.steps, step("end", "yes"))

    assert alone.sinks() == ["ask"]
    assert used.sinks() == ["end"]


@pytest.mark.parametrize(
    ("steps", "what"),
    [
        (
            (step("ask", branches=("yes",)),),
            "plan 'web': 'yes' is a branch of step 'ask', so it must be a step within it that needs it",
        ),
        (
            (step("ask", branches=("yes",)), step("yes", "ask")),
            "plan 'web': 'yes' is a branch of step 'ask', so it must be a step within it that needs it",
        ),
        (
            (step("ask", branches=("yes",)), step("yes", within="ask")),
            "plan 'web': 'yes' is a branch of step 'ask', so it must be a step within it that needs it",
        ),
        ((step("yes", within="ask"),), "plan 'web': step 'yes' is within unknown step 'ask'"),
    ],
)
def test_branches_that_do_not_hang_together_are_refused(steps, what):
    with pytest.raises(InvalidPlanError) as refused:
        graph(*steps)

    assert str(refused.value) == what


def test_a_step_says_how_many_items_of_each_loop_are_open():
    made = step("each", window=4, collects=True, windows=(2, 1), collecting=(False, True))

    assert [made.window_at(path) for path in ("each", "each[0]", "each[0][1]")] == [4, 2, 1]
    assert made.window_at("each[0][1][2]") == 0
    assert [made.collects_at(path) for path in ("each", "each[0]", "each[0][1]")] == [
        True, False, True,
    ]  # fmt: skip
