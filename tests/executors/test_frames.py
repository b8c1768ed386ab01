"""What crosses the line to a child: JSON, and nothing that builds an object of a user's."""

import dataclasses

import pytest

from perdure.executors import frames
from perdure.executors.frames import Origin
from perdure.kernel.directives import Complete, Fail, Failed, Goto, Next, Sleep, Wait
from perdure.ports.executor import Result, Work
from tests.runtime.scenes import machine

PLAN = machine("a", "b")


def a_work(**but):
    work = Work("run_1", PLAN, PLAN.step("b"), "b", 2, 3, 4, '{"n":1}', '{"said":2}', lambda *_: {})
    return dataclasses.replace(work, **but)


def shown(work):
    names = ("run", "plan", "step", "path", "visit", "attempt", "token", "context", "payload")
    return {name: getattr(work, name) for name in names}


def test_an_attempt_comes_to_the_child_as_it_is():
    said = frames.read(frames.dump_work(a_work(), Origin("m"), with_plan=True, number=1))
    beats = []

    work = frames.load_work(
        said["run"], {}, reader=lambda _run, steps: dict.fromkeys(steps), pulse=beats.append
    )

    assert shown(work) == shown(a_work())
    assert work.key == a_work().key
    assert work.outputs(["a"]) == {"a": None}


def test_a_plan_that_was_told_before_need_not_be_told_again():
    known = {}
    for with_plan in (True, False):
        said = frames.read(frames.dump_work(a_work(), Origin("m"), with_plan=with_plan, number=1))
        work = frames.load_work(said["run"], known, reader=lambda *_: {}, pulse=lambda *_: None)

    assert said["run"]["plan"] is None
    assert work.plan is known[PLAN.hash]


def test_an_origin_comes_as_it_is():
    origin = Origin("__main__", "/there/flows.py", "there", ("", "/lib"))
    said = frames.read(frames.dump_work(a_work(), origin, with_plan=False, number=1))

    assert frames.load_origin(said["origin"]) == origin


@pytest.mark.parametrize(
    "outcome",
    [
        Next(),
        Goto("b"),
        Sleep(1.5, "b"),
        Wait(name="go", key="k", timeout=3.0, fresh=True),
        Complete(),
        Fail("as asked"),
        Failed(kind="error", error="oops", retryable=False, retry_after=2.0),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_every_outcome_comes_back_as_it_is(outcome):
    result = Result(outcome=outcome, context="{}", output="1", error="2", meta={"a": [1, {"b": 2}]})

    assert frames.load_result(frames.read(frames.dump_result(result, 1))["done"]) == result


def test_a_result_without_anything_beside_comes_back():
    result = Result(outcome=Complete())

    assert frames.load_result(frames.read(frames.dump_result(result, 1))["done"]) == result


def test_lists_and_nested_directives_come_back():
    """Directives may hold others, in sequences."""
    nested = [Goto("a"), {"of": (Sleep(1.0), 2)}]

    assert frames._loaded(frames._dumped(nested)) == (Goto("a"), {"of": (Sleep(1.0), 2)})


def test_only_the_kernels_own_directives_are_built():
    with pytest.raises(KeyError):
        frames.load_result({"outcome": {"$": "Popen", "args": ["true"]}})
