"""Schedules in SQLite: few statements, and none for who has no schedules."""

from perdure.stores.sqlite import SqliteStore
from tests.conformance.given import apply, born
from tests.conformance.test_schedules import bear, schedule


def statements(store, action):
    said = []
    connection = store._database.shared.connection
    connection.exec_trace = lambda _, text, __: bool(said.append(text)) or True
    action()
    connection.exec_trace = None
    return [text for text in said if "schedules" in text]


def test_a_birth_of_nobodys_schedule_asks_nothing_of_schedules():
    store = SqliteStore.in_memory()

    assert statements(store, lambda: apply(store, born=[born("r1")])) == []


def test_a_scheduled_birth_takes_two_statements_more():
    store = SqliteStore.in_memory()
    store.put_schedule(schedule(), 0)

    assert len(statements(store, lambda: bear(store))) == 2
