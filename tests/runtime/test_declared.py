"""Schedules that stand at workflows: their rows follow what the classes say."""

from dataclasses import replace

import pytest

from perdure.authoring.registry import Registry
from perdure.authoring.schedules import Schedule, dump
from perdure.runtime.declared import Declared, changed, is_hosted, made
from perdure.stores.memory import MemoryStore
from tests.runtime.scenes import NOW, machine, workflow

DAILY = Schedule(cron="0 9 * * *")
HOURLY = Schedule(cron="0 * * * *")


class Creating:
    def create_context(self):
        """Make a first context."""


@pytest.fixture
def store():
    return MemoryStore()


def hosting(said, cls=None):
    registry = Registry()
    registry.add(replace(workflow(machine("a")), schedule=said, cls=cls))
    return registry


def declare(store, said, now=NOW, *, works=True, cls=None):
    """Have a process start that hosts a workflow with this schedule."""
    Declared(store, hosting(said, cls), lambda: works)(now)
    return {row.name: row for row in store.schedules()}


def test_a_workflow_s_schedule_is_made_under_its_name(store):
    (row,) = declare(store, DAILY).values()

    assert (row.name, row.workflow, row.said, row.declared) == ("story", "story", dump(DAILY), 1)
    assert row.next_at == DAILY.recurrence(0.0).after(NOW)


def test_what_is_as_it_was_is_left_alone(store):
    before = declare(store, DAILY)

    assert declare(store, DAILY, NOW + 5) == before


def test_another_schedule_at_the_class_holds_from_now_on(store):
    declare(store, DAILY)

    row = declare(store, HOURLY, NOW + 5)["story"]

    assert (row.said, row.made_at) == (dump(HOURLY), NOW + 5)
    assert row.next_at == HOURLY.recurrence(0.0).after(NOW + 5)


def test_one_that_was_paused_stays_paused(store):
    row = declare(store, DAILY)["story"]
    store.put_schedule(row._replace(seq=row.seq + 1, paused=1, next_at=None), row.seq)

    row = declare(store, HOURLY)["story"]

    assert (row.said, row.paused, row.next_at) == (dump(HOURLY), 1, None)


def test_one_that_stands_there_no_more_is_dropped(store):
    declare(store, DAILY)

    assert declare(store, None) == {}


def test_one_that_was_made_by_hand_is_neither_changed_nor_dropped(store, caplog):
    flow = workflow(machine("a"))
    store.put_schedule(made("story", flow, HOURLY, NOW, declared=False), 0)

    assert declare(store, None)["story"].said == dump(HOURLY)
    assert declare(store, DAILY)["story"].said == dump(HOURLY)
    assert "made by hand" in caplog.text


def test_a_process_that_does_not_work_declares_nothing(store):
    assert declare(store, DAILY, works=False) == {}


def test_it_is_done_once_and_again_with_more_that_is_hosted(store):
    registry = hosting(DAILY)
    declared = Declared(store, registry, lambda: True)
    declared(NOW)
    store.drop_schedule("story")

    declared(NOW)
    once = store.schedules()
    registry.add(replace(workflow(machine("a", name="other")), schedule=None, place=("f", "o")))
    declared(NOW)

    assert once == []
    assert [row.name for row in store.schedules()] == ["story"]


def test_a_workflow_with_a_context_of_its_own_making_needs_its_code(store):
    assert declare(store, DAILY, cls=Creating)["story"].hosted == 1
    assert declare(store, DAILY)["story"].hosted == 0


def test_code_that_is_not_here_is_needed_to_be_safe():
    assert is_hosted(replace(workflow(machine("a")), bodies={}))


def test_a_sequence_is_never_used_again():
    flow = workflow(machine("a"))
    first = made("s", flow, DAILY, NOW, declared=False)

    assert changed(first, flow, HOURLY, NOW).seq == first.seq + 1
    assert made("s", flow, DAILY, NOW + 1, declared=False).seq > first.seq + 500
    assert not is_hosted(flow)
