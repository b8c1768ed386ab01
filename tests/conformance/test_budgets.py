"""Budgets: reserved before a call and settled after it, each exactly once, in every store."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from perdure.ports.budgets import NANO, BudgetRow, Call, Cap, Reserved
from tests.conformance.given import NOW, apply, born, moved

DOLLAR = NANO
OF_RUN = Cap("run", "r1", 10 * DOLLAR, "ever")
DAY = 86_400.0


def call(run="r1", amount=4 * DOLLAR, at=NOW, workflow="order"):
    return Call(run, workflow, "ask", 1, 1, "m", amount, at)


def reserve(store, declared=(OF_RUN,), **but):
    return store.budgets.reserve(call(**but), declared)


def spent(store, cap=OF_RUN, now=NOW):
    return store.budgets.spent(cap, now) / DOLLAR


def test_what_is_reserved_counts_until_a_call_would_be_too_much(store):
    first, second, third = (reserve(store) for _ in range(3))

    assert first.number != second.number
    assert third == Reserved(None, OF_RUN, 8 * DOLLAR)
    assert spent(store) == 8


def test_exactly_the_budget_may_be_spent(store):
    assert reserve(store, amount=10 * DOLLAR).number is not None
    assert reserve(store, amount=0).number is not None
    assert reserve(store, amount=1).number is None


def test_what_it_cost_takes_the_place_of_what_was_reserved_once(store):
    number = reserve(store).number

    assert store.budgets.settle(number, DOLLAR)
    assert not store.budgets.settle(number, 3 * DOLLAR)
    assert spent(store) == 1


def test_a_call_may_have_cost_more_than_was_reserved(store):
    number = reserve(store).number
    store.budgets.settle(number, 11 * DOLLAR)

    assert spent(store) == 11
    assert reserve(store, amount=1).number is None


def test_a_call_that_nobody_made_cannot_be_settled(store):
    assert not store.budgets.settle(4711, DOLLAR)


def test_nothing_is_reserved_where_one_of_several_budgets_has_not_enough(store):
    little = Cap("workflow", "order", 3 * DOLLAR, "ever")

    assert reserve(store, declared=(OF_RUN, little)).cap == little
    assert spent(store) == 0


def test_all_runs_of_a_workflow_spend_from_its_budget(store):
    shared = Cap("workflow", "order", 10 * DOLLAR, "ever")

    done = [reserve(store, declared=(shared,), run=f"r{n}").number for n in range(3)]

    assert done[:2] != [None, None]
    assert done[2] is None
    assert reserve(store, declared=(shared._replace(name="other"),), workflow="other").number


@pytest.mark.parametrize(("span", "later"), [("day", DAY), ("month", 31 * DAY)])
def test_a_workflow_has_its_budget_anew_in_each_span(store, span, later):
    cap = Cap("workflow", "order", 5 * DOLLAR, span)
    reserve(store, declared=(cap,))

    assert reserve(store, declared=(cap,)).number is None
    assert reserve(store, declared=(cap,), at=NOW + later).number is not None
    assert spent(store, cap) == 4


def test_a_call_that_is_settled_later_counts_when_it_was_made(store):
    cap = Cap("workflow", "order", 5 * DOLLAR, "day")
    number = reserve(store, declared=(cap,)).number
    store.budgets.settle(number, DOLLAR)

    assert spent(store, cap) == 1
    assert spent(store, cap, NOW + DAY) == 0


def test_what_was_set_holds_in_place_of_what_is_declared(store):
    store.budgets.put(OF_RUN._replace(most=3 * DOLLAR, exceeded="stop"))
    assert reserve(store).cap.exceeded == "stop"

    store.budgets.put(OF_RUN._replace(most=None))
    assert reserve(store, amount=99 * DOLLAR).number is not None


def test_what_was_set_can_be_taken_back(store):
    store.budgets.put(OF_RUN._replace(most=DOLLAR))
    assert reserve(store).number is None

    store.budgets.drop("run", "r1")

    assert reserve(store).number is not None


def test_what_was_set_is_told_with_what_is_spent(store):
    shared = Cap("workflow", "order", 10 * DOLLAR, "month", "degrade")
    store.budgets.put(shared)
    store.budgets.put(OF_RUN)
    reserve(store)

    assert store.budgets.standing(NOW) == [
        BudgetRow(OF_RUN, 4 * DOLLAR),
        BudgetRow(shared, 4 * DOLLAR),
    ]
    assert store.budgets.caps("r1", "order") == [OF_RUN, shared]
    assert store.budgets.caps("r2", "other") == []


def test_no_two_take_the_last_of_it(store):
    with ThreadPoolExecutor(8) as threads:
        done = [*threads.map(lambda _: reserve(store).number, range(20))]

    assert sum(number is not None for number in done) == 2
    assert spent(store) == 8


def test_a_run_that_is_forgotten_leaves_what_its_workflow_spent(store):
    shared = Cap("workflow", "order", 10 * DOLLAR, "ever")
    store.budgets.put(OF_RUN)
    apply(store, born=[born("r1"), born("r2")])
    reserve(store)
    apply(store, moved=[moved("r1", status="completed", ended_at=NOW)])

    over = store.archive.over(0, 10)
    assert store.archive.forget(over) == ["r1"]

    assert store.budgets.standing(NOW) == []
    assert spent(store) == 0
    assert spent(store, shared) == 4


def test_turns_are_as_far_apart_as_they_must_be(store):
    pace = store.budgets.pace

    assert [pace("a", 0.5, NOW) for _ in range(3)] == [NOW, NOW + 0.5, NOW + 1.0]
    assert pace("b", 0.5, NOW) == NOW
    assert pace("a", 0.5, NOW + 60) == NOW + 60
