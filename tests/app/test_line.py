"""What is said of a run that waits in line."""

from perdure.app.line import lines, why_in_line
from perdure.ports.limits import LimitRow
from perdure.stores.memory import MemoryStore
from tests.conformance.given import apply, born, moved, only, wait

TURN = '["Start"]'
ROW = LimitRow("order", None, 1, 1, 1, 1)


def waiting(**but):
    store = MemoryStore()
    store.limits.put(ROW, TURN)
    apply(store, born=[born("lives")])
    store.limits.put(ROW._replace(**but), TURN)
    for run in ("w1", "w2"):
        line = wait(run, "", 0, kind="line", name="order", due=1.0)
        apply(store, born=[born(run, status="pending")], waits_made=[line])
    return store


def why(store, run):
    return why_in_line(store, only(store.load([run])))


def test_a_run_that_waits_in_line_says_for_how_many():
    store = waiting()

    text, command = why(store, "w1")

    assert text == "it waits in line: 1 run lives of 'order', at most 1 may"
    assert command == "perdure runs --workflow order --status live"
    assert why(store, "lives") is None


def test_a_run_whose_turn_has_come_says_so():
    store = waiting()
    apply(
        store, moved=[moved("lives", status="completed", ended_at=1.0)], admits=TURN,
    )  # fmt: skip

    assert why(store, "w1") == ("its turn in line has come, and it is about to begin", "")


def test_each_line_of_a_store_is_told_with_its_length():
    (one,) = lines(waiting())
    apply(store := waiting(), moved=[moved("lives", status="completed", ended_at=1.0)], admits=TURN)
    (shorter,) = lines(store)

    assert one[0] == "2 runs wait in line: 1 run lives of 'order', at most 1 may"
    assert shorter[0].startswith("1 run waits in line")
