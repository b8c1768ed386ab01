"""Definitions: kept by an id, in revisions, with how their latest run stands."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.ports.commit import Label
from perdure.ports.definitions import DefinitionQuery, DefinitionRow
from tests.conformance.given import NOW, apply, born, written


def definition(id_="wf_1", **but):
    """A definition as it was written first."""
    row = DefinitionRow(id_, "workflow", "mood", 1, "1.0", '{"n":1}', NOW, NOW)
    return row._replace(**but)


def begin(store, run, of="wf_1", **but):
    """Let a run be born that a definition began."""
    return apply(
        store,
        born=[born(run, **but)],
        contexts=[(run, "{}")],
        labels=[Label(run, "definition", of, None)],
        history=[written(run)],
    )


def ids(store, **wanted):
    return [row.id for row in store.definitions.find(DefinitionQuery(**wanted))]


def test_a_definition_is_shown_as_it_was_written(store):
    row = definition(kind="template", said='{"a":1}', key="k")

    assert store.definitions.add(row) == "wf_1"

    assert store.definitions.get("wf_1") == row
    assert store.definitions.get("wf_2") is None


def test_a_key_is_one_definitions(store):
    store.definitions.add(definition(key="k"))

    assert store.definitions.add(definition("wf_2", key="k", name="other")) == "wf_1"

    assert store.definitions.get("wf_2") is None
    assert store.definitions.get("wf_1").name == "mood"


def test_an_id_is_given_once(store):
    store.definitions.add(definition())

    with pytest.raises(StoreRefusedError, match="wf_1"):
        store.definitions.add(definition(name="other"))

    assert store.definitions.get("wf_1").name == "mood"


def test_a_revision_is_added_where_it_was_made_from_the_newest(store):
    """A004-13."""
    store.definitions.add(definition(key="k", said='{"a":1}'))
    new = definition(revision=2, version="2.0", body='{"n":2}', name="moods", changed_at=NOW + 5)

    first = store.definitions.revise(new, 1)
    second = store.definitions.revise(new._replace(body="{}"), 1)

    assert (first, second) == (True, False)
    assert store.definitions.get("wf_1") == new._replace(key="k", said='{"a":1}')
    assert store.definitions.revisions("wf_1") == [(2, "2.0", NOW + 5), (1, "1.0", NOW)]


def test_an_old_revision_is_still_read(store):
    store.definitions.add(definition())
    store.definitions.revise(definition(revision=2, version="2", body='{"n":2}'), 1)

    old = store.definitions.get("wf_1", 1)

    assert (old.revision, old.version, old.body) == (1, "1.0", '{"n":1}')
    assert store.definitions.get("wf_1", 3) is None


def test_what_is_said_beside_is_written_where_it_is_as_it_was_read(store):
    store.definitions.add(definition())

    said = [store.definitions.say("wf_1", '{"a":1}', "{}"), store.definitions.say("wf_1", "", "{}")]

    assert said == [True, False]
    assert store.definitions.get("wf_1").said == '{"a":1}'
    assert not store.definitions.say("wf_2", "{}", "{}")


def test_an_archived_one_is_kept_and_changes_no_more(store):
    """A004-14."""
    store.definitions.add(definition())

    gone = [store.definitions.archive("wf_1", NOW + 1), store.definitions.archive("wf_1", NOW + 2)]

    assert gone == [True, False]
    assert store.definitions.get("wf_1").archived_at == NOW + 1
    assert not store.definitions.revise(definition(revision=2), 1)
    assert not store.definitions.say("wf_1", "", "{}")
    assert not store.definitions.revise(definition("wf_2", revision=2), 1)


@pytest.mark.parametrize(
    ("how", "listed"),
    [
        ({}, ["wf_3", "wf_2", "wf_1"]),
        ({"backwards": True}, ["wf_1", "wf_2", "wf_3"]),
        ({"sort": "name"}, ["wf_2", "wf_3", "wf_1"]),
        ({"sort": "name", "backwards": True}, ["wf_1", "wf_3", "wf_2"]),
        ({"sort": "status"}, ["wf_2", "wf_3", "wf_1"]),
        ({"sort": "status", "backwards": True}, ["wf_1", "wf_3", "wf_2"]),
        ({"limit": 1, "offset": 1}, ["wf_2"]),
        ({"kinds": ("template",)}, ["tpl_1"]),
        ({"name": "b"}, ["wf_3"]),
        ({"status": "created"}, ["wf_3"]),
        ({"status": "completed"}, ["wf_2"]),
        ({"status": "running"}, ["wf_1"]),
        ({"status": "failed"}, []),
        ({"status": "archived"}, ["wf_4"]),
    ],
)
def test_definitions_are_listed(store, how, listed):
    """S004-19 to S004-21, A004-12."""
    for number, name in enumerate("cab", 1):
        store.definitions.add(definition(f"wf_{number}", name=name))
    store.definitions.add(definition("wf_4", name="d"))
    store.definitions.archive("wf_4", NOW)
    store.definitions.add(definition("tpl_1", kind="template"))
    begin(store, "r1", status="failed", ended_at=NOW)
    begin(store, "r2", status="waiting")
    begin(store, "r3", of="wf_2", status="completed", ended_at=NOW)

    assert ids(store, **how) == listed
    counted = store.definitions.count(DefinitionQuery(**how))
    assert counted == (3 if "limit" in how else len(listed))


def test_the_latest_run_is_the_one_that_was_born_last(store):
    """A004-12."""
    store.definitions.add(definition())
    assert store.definitions.get("wf_1").latest is None

    begin(store, "r1")
    begin(store, "r2", status="failed", ended_at=NOW)

    assert store.definitions.get("wf_1").latest == "failed"


def test_runs_are_counted_by_status(store):
    store.definitions.add(definition())
    begin(store, "r1")
    begin(store, "r2", status="failed", ended_at=NOW)
    begin(store, "r3", of="wf_2")

    counts = [store.definitions.runs("wf_1", status) for status in (None, "live", "failed", "x")]

    assert counts == [2, 1, 1, 0]
