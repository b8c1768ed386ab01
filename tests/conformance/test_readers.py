"""What is asked about runs."""

from perdure.ports.commit import Label
from perdure.ports.rows import RunFilter, WantedLabel
from tests.conformance.given import NOW, apply, born, ended, job, moved, runs, written


def test_only_known_runs_are_loaded(store):
    runs(store, "r1", "r2", "r3")

    assert set(store.load(["r1", "nobody", "r3", "r1"])) == {"r1", "r3"}
    assert store.load([]) == {}


def test_open_rows_come_in_a_stable_order(store):
    apply(store, born=[born("r1")], jobs_made=[job("r1", s, v) for s in "ca" for v in (10, 2)])

    found = [(row.step, row.visit) for row in store.load(["r1"])["r1"].jobs]

    assert found == [("a", 2), ("a", 10), ("c", 2), ("c", 10)]


def found(store, **query):
    return [row.id for row in store.find(RunFilter(**query))]


def test_runs_are_found_newest_first(store):
    for run in ("r2", "r3", "r1"):
        runs(store, run)

    assert found(store) == ["r1", "r3", "r2"]
    assert found(store, limit=2) == ["r1", "r3"]
    assert found(store, limit=2, offset=2) == ["r2"]
    assert store.find(RunFilter(limit=1)) == [store.load(["r1"])["r1"].row]


def test_runs_are_found_by_status_workflow_and_life(store):
    apply(
        store,
        born=[
            born("done", status="completed", ended_at=NOW),
            born("broken", status="failed", ended_at=NOW, workflow="ship"),
            born("waits", status="waiting"),
            born("runs", workflow="ship"),
        ],
    )

    assert found(store, status="waiting") == ["waits"]
    assert found(store, workflow="ship") == ["runs", "broken"]
    assert found(store, workflow="ship", status="failed") == ["broken"]
    assert found(store, live=True) == ["runs", "waits"]
    assert found(store, live=True, workflow="ship") == ["runs"]
    assert found(store, live=True, status="failed") == []
    assert found(store, workflow="nothing") == []


def labelled(store):
    apply(
        store,
        born=[born("r1", workflow="ship"), born("r2"), born("r3", created_at=NOW + 9)],
        labels=[
            Label("r1", "tag", "vip", None),
            Label("r1", "amount", "9.5", 9.5),
            Label("r2", "tag", "vip", None),
            Label("r2", "tag", "eu", None),
            Label("r2", "amount", "100", 100.0),
            Label("nobody", "tag", "vip", None),
        ],
    )


def test_runs_are_found_by_all_of_their_labels(store):
    labelled(store)
    vip, eu = WantedLabel("tag", "vip"), WantedLabel("tag", "eu")

    assert found(store, labels=(vip,)) == ["r2", "r1"]
    assert found(store, labels=(vip, eu)) == ["r2"]
    assert found(store, labels=(vip, WantedLabel("amount", least=9.5, most=10.0))) == ["r1"]
    assert found(store, labels=(WantedLabel("amount", least=10.0),)) == ["r2"]
    assert found(store, labels=(WantedLabel("amount", most=1.0),)) == []
    assert found(store, labels=(vip,), workflow="ship") == ["r1"]
    assert found(store, labels=(vip,), live=True, limit=1) == ["r2"]
    assert found(store, labels=(WantedLabel("amount", least=0.0),), live=True) == ["r2", "r1"]
    assert found(store, labels=(WantedLabel("tag", least=0.0),), workflow="ship") == []


def test_labels_are_given_back_by_run_name_and_value(store):
    labelled(store)

    assert store.labels(["r2", "r3", "nobody"]) == [
        Label("r2", "amount", "100", 100.0),
        Label("r2", "tag", "eu", None),
        Label("r2", "tag", "vip", None),
    ]


def test_a_run_that_is_not_born_leaves_no_labels(store):
    labelled(store)

    apply(store, born=[born("r1")], labels=[Label("r1", "tag", "late", None)])

    assert [label.value for label in store.labels(["r1"])] == ["9.5", "vip"]


def test_runs_are_found_by_error_pause_and_birth(store):
    labelled(store)
    apply(store, moved=[moved("r1", status="failed", ended_at=NOW, error='{"kind":"worker_died"}')])
    apply(store, moved=[moved("r2", paused=1)])

    assert found(store, error="worker_died") == ["r1"]
    assert found(store, error="timeout") == []
    assert found(store, paused=True) == ["r2"]
    assert found(store, paused=False, live=True) == ["r3"]
    assert found(store, since=NOW + 1) == ["r3"]
    assert found(store, until=NOW + 1) == ["r2", "r1"]
    assert found(store, before="r3", limit=1) == ["r2"]
    assert found(store, before="r1") == found(store, before="nobody") == []


def test_a_live_runs_unique_key_is_known(store):
    apply(store, born=[born("r1", unique_key="u")])
    assert store.by_unique_key("u") == "r1"

    apply(store, moved=[moved("r1", status="completed", ended_at=NOW)])

    assert store.by_unique_key("u") is None
    assert store.by_unique_key("nobody's") is None


def test_a_run_that_goes_on_after_its_end_lives_again(store):
    apply(store, born=[born("r1", status="failed", ended_at=NOW)])

    apply(store, moved=[moved("r1", status="running", ended_at=None)])

    assert found(store, live=True) == ["r1"]


def test_an_output_is_that_of_the_last_ended_visit(store):
    runs(store, "r1", "r2")
    steps = [
        ended("r1", "a", 1, output="1"),
        ended("r1", "a", 2, output="2"),
        ended("r1", "b", 1, output="3"),
        ended("r1", "c", 1, status="failed", output=None, error="{}"),
    ]
    apply(store, moved=[moved("r1")], steps=steps)

    got = store.outputs("r1", ["a", "c", "never"])

    assert got == {"a": "2", "c": None}
    assert store.outputs("r2", ["a"]) == {}
    assert store.outputs("nobody", ["a"]) == {}


def test_history_is_read_on_from_a_sequence(store):
    rows = [written("r1", seq) for seq in range(1, 6)]
    apply(store, born=[born("r1"), born("r2")], history=[*rows, written("r2", 3)])

    assert store.history("r1") == rows
    assert store.history("r1", after=2, most=2) == rows[2:4]
    assert store.history("r1", after=5) == store.history("nobody") == []


def test_nothing_changes_but_by_another_process(store):
    before = store.change()
    runs(store, "r1")

    assert store.change() == before


def test_a_store_tells_about_itself(store):
    told = store.info()

    assert {"store", "path", "durability"} <= told.keys()


def test_a_checkpoint_changes_nothing(store):
    runs(store, "r1")
    before = store.load(["r1"])

    store.checkpoint()

    assert store.load(["r1"]) == before


def test_what_visits_left_of_the_context_is_read_backwards_from_one_of_them(store):
    rows = [
        ended("r1", step, visit, context=f"{step}{visit}") for step, visit in (("a", 1), ("b", 1))
    ]
    rows += [ended("r1", "a", 0, status="rewound", context="back"), ended("r1", "a", 2)]
    apply(store, born=[born("r1"), born("r2")], steps=rows)

    def traces(step, visit, most=9):
        return [
            (t.step, t.visit, t.status, t.context) for t in store.traces("r1", step, visit, most)
        ]

    whole = [
        ("a", 2, "completed", None),
        ("a", 0, "rewound", "back"),
        ("b", 1, "completed", "b1"),
        ("a", 1, "completed", "a1"),
    ]
    assert traces("a", 2) == traces("c", 7) == whole
    assert traces("a", 2, most=2) == whole[:2]
    assert traces("b", 1) == whole[2:]
    assert store.traces("r2", "a", 1, 9) == store.traces("nobody", "a", 1, 9) == []
    assert [row.context for row in store.steps("r1")] == [None] * 4
