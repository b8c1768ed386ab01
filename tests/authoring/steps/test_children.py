"""Child runs, as steps start them, wait for them, and read what they came to."""

import time

import pytest
from pydantic import BaseModel

from perdure import Engine, children, complete, fail, get_context, goto, start_child, step, wait
from perdure.app.doctor import examine_run
from perdure.app.shown import show
from perdure.authoring.registry import Registry
from perdure.authoring.steps.compiler import compile_class
from perdure.errors import ChildFailedError, ChildNotEndedError, OutsideStepError


class Square:
    class Context(BaseModel):
        n: int
        out: int = 0

    @step()
    def go(self):
        context = get_context()
        if context.n < 0:
            return fail("it is negative")
        context.out = context.n**2
        return complete()


class Waiter:
    @step()
    def go(self):
        return wait.for_signal("never")


class Sum:
    class Context(BaseModel):
        numbers: list[int]
        total: int = 0
        failed: list[str] = []

    @step(start=True)
    def split(self):
        for n in get_context().numbers:
            start_child("square", n=n)
        return wait.for_children()

    @step()
    def collect(self):
        context = get_context()
        for child in children():
            try:
                context.total += child.result()["out"]
            except ChildFailedError as error:
                context.failed.append(
                    f"{error.workflow} {error.child_kind} {child.error['message']}"
                )
        return complete()


@pytest.fixture
def run():
    """Start a run of a class, beside `square` and `waiter`, and return it."""
    registry = Registry()
    for name, cls in {"square": Square, "waiter": Waiter}.items():
        registry.add(compile_class(cls, name))
    engine = Engine(":memory:", registry=registry)

    def start(cls, **inputs):
        flow = compile_class(cls, cls.__name__)
        registry.add(flow)
        made = engine.start(flow, inputs=inputs)
        return engine, made

    yield start
    engine.close()


def test_a_step_starts_children_and_the_next_one_has_their_results(run):
    _, made = run(Sum, numbers=[1, 2, 3])

    assert made.result(10)["total"] == 14


def test_a_childs_failure_names_it_its_kind_and_its_message(run):
    _, made = run(Sum, numbers=[2, -1])

    result = made.result(10)

    assert (result["total"], result["failed"]) == (4, ["square failed it is negative"])


def test_a_wait_for_no_children_goes_on(run):
    _, made = run(Sum, numbers=[])

    assert made.result(10)["total"] == 0


def test_a_thousand_children_are_counted_in_a_row_that_does_not_grow(run):
    engine, made = run(Sum, numbers=list(range(1000)))

    assert made.result(60)["total"] == sum(n * n for n in range(1000))
    assert len(engine.loaded(made.id).row.brood) < 300


def test_the_first_child_that_completes_is_enough_and_the_rest_is_called_off(run):
    class First:
        class Context(BaseModel):
            ids: list[str] = []
            done: list[str] = []

        @step(start=True)
        def split(self):
            context = get_context()
            context.ids = [start_child("waiter"), start_child("square", n=1)]
            return wait.for_children("any")

        @step()
        def collect(self):
            get_context().done = [child.run_id for child in children() if child.ended]
            return complete()

    engine, made = run(First)
    result = made.result(10)

    assert result["done"] == result["ids"][1:]
    assert engine.run(result["ids"][0]).wait(10).status == "cancelled"
    assert [view.id for view in engine.runs(parent=made.id)] == result["ids"][::-1]


def test_a_cancel_reaches_children_but_not_those_detached(run):
    class Both:
        class Context(BaseModel):
            ids: list[str] = []

        @step(start=True)
        def split(self):
            get_context().ids = [start_child("waiter"), start_child("waiter", detached=True)]
            return wait.for_children()

    engine, made = run(Both)
    while made.refresh().status != "waiting":
        pass
    engine.cancel(made.id)
    with_it, alone = made.refresh().data["ids"]

    assert engine.run(with_it).wait(10).status == "cancelled"
    assert engine.run(alone).status in ("running", "waiting")


def test_a_failed_attempt_starts_no_child(run):
    class Fragile:
        @step(start=True)
        def split(self):
            start_child("square", n=1)
            raise ChildFailedError("x", "y", "z", "not retried")

    engine, made = run(Fragile)

    assert made.wait(10).status == "failed"
    assert engine.runs(parent=made.id) == []


def test_a_result_that_is_not_there_is_an_error_that_says_so(run):
    class Early:
        @step(start=True)
        def split(self):
            start_child("waiter")
            return goto(self.look)

        @step()
        def look(self):
            with pytest.raises(ChildNotEndedError, match="Wait for all children"):
                children()[0].result()
            assert repr(children()[0]).startswith("<Child run_")
            assert children()[0].error is None
            return complete()

    _, made = run(Early)

    assert made.wait(10).status == "completed", made.error


def test_a_step_that_ends_the_run_starts_no_child_by_mistake(run):
    class Forgets:
        @step(start=True)
        def split(self):
            start_child("square", n=1)
            return complete()

    _, made = run(Forgets)

    assert made.wait(10).status == "failed"
    assert "return wait.for_children(then=self.STEP)" in made.error["message"]


def test_a_step_starts_at_most_a_thousand_children_in_one_visit(run):
    class Many:
        @step(start=True)
        def split(self):
            for _ in range(1001):
                start_child("waiter")
            return wait.for_children()

    _, made = run(Many)

    assert made.wait(10).status == "failed"
    assert "at most 1000 children" in made.error["message"]


def test_children_are_started_and_seen_in_steps_only():
    with pytest.raises(OutsideStepError, match=r"engine\.start"):
        start_child("square", n=1)
    with pytest.raises(OutsideStepError, match=r"engine\.runs\(parent"):
        children()


@pytest.mark.parametrize("need", [0, -1, True, "some", None])
def test_a_wait_is_for_all_any_or_a_number(need):
    from perdure.errors import InvalidStepResultError

    with pytest.raises(InvalidStepResultError, match="any"):
        wait.for_children(need)


def test_who_looks_at_a_run_sees_its_children_and_what_it_waits_for(run):
    class Waits:
        @step(start=True)
        def split(self):
            start_child("waiter")
            start_child("square", n=1)
            return wait.for_children()

    engine, made = run(Waits)
    while made.refresh().status != "waiting" or len(engine.runs(parent=made.id, live=True)) != 1:
        time.sleep(0.001)
    shown = show(engine.store, made.id)
    (finding,) = examine_run(engine.store, made.id, time.time())

    assert [child.workflow for child in shown.children] == ["waiter", "square"]
    assert (shown.steps[0].status, shown.steps[0].children) == ("waiting", True)
    assert "waits for children" in finding.text
    assert not finding.problem
    assert engine.run(shown.children[0].id).view.parent == made.id
