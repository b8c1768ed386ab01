"""A draft becomes true at once, or never."""

import pytest

from perdure.ports.rows import RunRow
from perdure.stores.memory.tables import Draft, RunTable, Tables, keys_of
from tests.conformance.given import born, ended, job


def run_row(run="r1", **but):
    values = born(run, **but)._asdict()
    return RunRow(id=values.pop("run"), batch=1, paused=0, **values)


@pytest.fixture
def tables():
    made = Tables()
    draft = Draft(made)
    draft.bear(RunTable(n=1, row=run_row(start_key="k")))
    draft.keep()
    return made


def test_what_a_draft_changes_is_not_true_before_it_is_kept(tables):
    draft = Draft(tables)
    draft.run("r1").jobs["a", 1] = job("r1")
    draft.bear(RunTable(n=2, row=run_row("r2", unique_key="u")))
    draft.plan("h", ("order", "1", "{}"))
    draft.ended("r1").steps.append(ended("r1"))

    before = (
        dict(tables.runs["r1"].jobs),
        set(tables.runs),
        dict(tables.plans),
        dict(tables.ended),
    )
    draft.keep()

    assert before == ({}, {"r1"}, {}, {})
    assert tables.runs["r1"].jobs.keys() == {("a", 1)}
    assert tables.runs.keys() == {"r1", "r2"}
    assert tables.plans == {"h": ("order", "1", "{}")}
    assert tables.ended["r1"].steps == [ended("r1")]


def test_a_draft_reads_what_it_has_changed(tables):
    draft = Draft(tables)
    draft.run("r1").context = "new"
    draft.bear(RunTable(n=2, row=run_row("r2", unique_key="u")))

    assert draft.peek("r1").context == "new"
    assert [table.row.id for table in draft.every()] == ["r1", "r2"]
    assert draft.holder(("unique", "u")).row.id == "r2"
    assert draft.holder(("start", "k")).row.id == "r1"
    assert draft.holder(("start", "other")) is draft.run("nobody") is None


def test_the_first_plan_of_a_hash_stays(tables):
    for body in ("one", "two"):
        draft = Draft(tables)
        draft.plan("h", ("order", "1", body))
        draft.keep()

    assert tables.plans["h"][-1] == "one"


def test_a_copy_shares_nothing_that_can_change(tables):
    copy = tables.runs["r1"].copy()
    copy.jobs["a", 1] = job("r1")
    copy.keys.add("k")

    assert not tables.runs["r1"].jobs
    assert not tables.runs["r1"].keys


def test_keys_are_told_with_their_kinds():
    assert keys_of(run_row(start_key="s", unique_key="u")) == [("start", "s"), ("unique", "u")]
    assert keys_of(run_row()) == []
