"""What events start is shown, and a workflow that is no more is started no more."""

from datetime import UTC, datetime, timedelta

import pytest

from perdure import complete, event_workflow, step
from perdure.app.doctor import examine_store
from perdure.app.engine import Engine
from perdure.app.triggers import starts_to_come, unhosted, views
from perdure.authoring.registry import Registry
from perdure.errors import InvalidValueError
from perdure.testing.sandbox import Sandbox
from tests.app.scenes import until


def registry(*names):
    """What a process hosts that has these workflows, each an hour before an event."""
    made = Registry()
    for name in names:

        @event_workflow("delivery", offset_minutes=-60, name=name, registry=made)
        class Flow:
            @step(start=True)
            def go(self):
                return complete()

    return made


@pytest.fixture
def store(tmp_path):
    """The place of a store on which a process once hosted `gone` and `stays`."""
    place = tmp_path / "p.db"
    with opened(place, "gone", "stays") as engine:
        engine.emit("delivery", entity=5, at=datetime(2099, 5, 1, 15, tzinfo=UTC))
    return place


def opened(place, *names, worker=True):
    return Engine(place, registry=registry(*names), worker=worker)


def until_announced(engine):
    """Wait until the store knows what the engine's process hosts."""
    mine = engine.process.crew.incarnation
    until(lambda: any(row.worker == mine for row in engine.store.revisions()))


def test_what_events_start_is_listed_with_what_is_to_come():
    with Sandbox(registry=registry("gone")) as engine:
        engine.emit("delivery", entity=5, at=engine.clock.utc + timedelta(hours=3))

        (view,) = engine.triggers()
        assert views(engine.store) == [view]

    assert (view.event, view.workflow, view.offset_minutes) == ("delivery", "gone", -60.0)
    assert view.to_come == 1
    assert view.seen_at == engine.clock.utc


def test_a_class_that_is_gone_is_named_by_the_doctor_until_somebody_says_that_it_is(store):
    with opened(store, "stays") as engine:
        alive = engine.store.workers()
        until_announced(engine)
        (finding,) = examine_store(engine.store, engine.process.clock.now()).findings
        gone = engine.forget_triggers("gone")

        assert list(unhosted(engine.store, alive)) == []
        assert examine_store(engine.store, engine.process.clock.now()).findings == ()
        assert [view.workflow for view in engine.triggers()] == ["stays"]
    assert gone == 1
    assert finding.problem
    assert finding.command == "perdure triggers --forget gone"
    assert "starts workflow 'gone', which no process here hosts" in finding.text
    assert "1 start(s) are to come" in finding.text


def test_what_a_process_hosts_is_not_forgotten(store):
    with opened(store, "stays") as engine:
        with pytest.raises(
            InvalidValueError, match="this process hosts workflow 'stays', and says"
        ):
            engine.forget_triggers("stays")
        until_announced(engine)
        with pytest.raises(InvalidValueError, match=r"process \d+ on .* hosts workflow 'stays'"):
            starts_to_come(engine.store, "stays", engine.store.workers())


def test_a_name_that_is_misspelt_gets_a_suggestion(store):
    with opened(store, worker=False) as engine:
        with pytest.raises(InvalidValueError, match="Did you mean 'gone'"):
            engine.forget_triggers("gon")
        with pytest.raises(InvalidValueError, match="Events start: gone, stays"):
            engine.forget_triggers("xyz")
        assert starts_to_come(engine.store, "gone", []) == 1
