"""What has happened to an execution is read from its history: all of it, once, in order."""

import pytest

from perdure.service import definitions, executions
from perdure.service.flows import flow_of
from perdure.service.standing import run_id
from perdure.service.watching import Watch, is_end
from perdure.wire.problems import ExecutionNotFoundError
from tests.service.scenes import CHOOSING, FAILING, TIDY, begun


def watch(engine, execution, **more):
    return Watch(engine.store, run_id(execution.execution_id), **more)


def told(happenings):
    return [(each.type, each.step_id) for each in happenings]


def test_all_that_has_happened_is_told(engine):
    """S004-51 to S004-54, A004-22."""
    _, execution = begun(engine, TIDY, {"text": "a  b"})
    watching = watch(engine, execution)

    found = watching.look()

    assert told(found) == [
        ("execution_started", None),
        ("step_completed", "clean"),
        ("step_completed", "again"),
        ("execution_completed", None),
    ]
    assert [each.result for each in found] == [None, "a b", "Again: a b", "Again: a b"]
    assert watching.is_over
    assert watching.look() == []
    assert [is_end(each) for each in found] == [False, False, False, True]


def test_what_failed_is_told_with_why(engine):
    """S004-53."""
    _, execution = begun(engine, FAILING, {"text": "a"})

    found = watch(engine, execution).look()

    assert told(found) == [
        ("execution_started", None),
        ("step_completed", "clean"),
        ("step_failed", "ask"),
        ("step_skipped", "last"),
        ("execution_failed", None),
    ]
    assert found[2].error.kind == "model_unavailable"
    assert found[-1].error.step == "ask"


def test_a_choice_is_told_when_its_branch_has_ended_and_a_loop_when_its_items_have(engine):
    _, execution = begun(engine, CHOOSING, {"loud": False, "words": ["a", "b"]})

    found = watch(engine, execution).look()

    assert told(found) == [
        ("execution_started", None),
        ("step_skipped", "choose.if_true"),
        ("step_completed", "choose.if_false"),
        ("step_completed", "choose"),
        ("step_completed", "each"),
        ("execution_completed", None),
    ]
    assert [each.result for each in found[2:5]] == ["low", "low", ["a!", "b!"]]


def test_it_goes_on_from_any_of_them(engine):
    _, execution = begun(engine, CHOOSING, {"loud": True, "words": []})
    found = watch(engine, execution).look()

    assert [each.id for each in found] == sorted({each.id for each in found})
    for number, each in enumerate(found, 1):
        assert watch(engine, execution, after=each.id).look() == found[number:]


def test_it_is_read_page_by_page_and_goes_on_where_it_was(engine, monkeypatch):
    monkeypatch.setattr("perdure.service.watching.PAGE", 1)
    made = definitions.create(engine, TIDY)
    flow = flow_of(definitions.row_of(engine, made.id))
    run = engine.start(flow, inputs={"text": "a"}, delay=60.0)
    watching = Watch(engine.store, run.id)

    before = watching.look()
    engine.clock.advance(60)
    after = watching.look()

    assert (before, watching.is_over) == ([], True)
    assert len(after) == 4


def test_what_is_rewound_is_told_again(engine):
    _, execution = begun(engine, CHOOSING, {"loud": True, "words": ["a"]})
    executions.rewind(engine, execution.execution_id, "choose", inputs={"loud": False})

    found = told(watch(engine, execution).look())

    assert found[6:] == [
        ("step_skipped", "choose.if_true"),
        ("step_completed", "choose.if_false"),
        ("step_completed", "choose"),
        ("step_completed", "each"),
        ("execution_completed", None),
    ]


def test_one_that_is_cancelled_is_told(engine):
    made = definitions.create(engine, TIDY)
    flow = flow_of(definitions.row_of(engine, made.id))
    run = engine.start(flow, inputs={"text": "a"}, delay=60.0)
    engine.cancel(run.id)

    assert told(Watch(engine.store, run.id).look()) == [("execution_cancelled", None)]


def test_a_loop_that_failed_is_told(engine):
    short = {**CHOOSING, "steps": [{**CHOOSING["steps"][1], "max_iterations": 1, "depends_on": []}]}
    _, execution = begun(engine, short, {"words": ["a", "b"]})

    found = watch(engine, execution).look()

    assert ("step_failed", "each") in told(found)


def test_one_that_nobody_knows_is_not_watched(engine):
    with pytest.raises(ExecutionNotFoundError):
        Watch(engine.store, "run_none")


def test_one_that_was_forgotten_is_over(engine):
    _, execution = begun(engine, TIDY, {"text": "a"})
    begun(engine, TIDY, {"text": "a"})
    watching = watch(engine, execution)
    engine.clock.advance(days=1)
    engine.prune(older_than=1.0)

    assert (watching.look(), watching.is_over) == ([], True)


def test_what_rests_is_told_when_it_has_ended(engine):
    sleeping = {"name": "s", "steps": [{"id": "nap", "type": "sleep", "seconds": 60}]}
    _, execution = begun(engine, sleeping)
    watching = watch(engine, execution)

    before = watching.look()
    engine.clock.advance(60)

    assert told(before) == [("execution_started", None)]
    assert told(watching.look()) == [("step_completed", "nap"), ("execution_completed", None)]


def test_no_secret_is_told(engine):
    """A004-26: not even sealed."""
    made = definitions.create(engine, TIDY)
    given = {"text": {"type": "secret", "value": "c4n4ry"}}
    run = run_id(executions.execute(engine, made.id, given).execution_id)
    engine.run(run).wait(20)

    told = Watch(engine.store, run).look()

    results = [each.result for each in told if each.type == "step_completed"]
    assert results == ["<secret>", "<secret>"]
    assert told[-1].result == "<secret>"
