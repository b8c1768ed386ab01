"""A commit over dicts is a draft until it is kept."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.stores.memory.commit import apply
from perdure.stores.memory.tables import Draft, Tables
from tests.conformance.given import born, commit, job, moved, written


def written_to(tables, **lists):
    draft = Draft(tables)
    done = apply(tables, draft, commit(**lists))
    draft.keep()
    return done


def test_a_commit_whose_draft_is_dropped_leaves_nothing():
    tables = Tables()

    done = apply(tables, Draft(tables), commit(born=[born("r1", start_key="k")]))

    assert done.born == {"r1"}
    assert tables.runs == tables.keys == {}


def test_two_commits_of_one_draft_see_each_other():
    tables = Tables()
    draft = Draft(tables)

    apply(tables, draft, commit(born=[born("r1")], jobs_made=[job("r1")]))
    done = apply(tables, draft, commit(moved=[moved("r1")]))

    assert done.moved == {"r1"}


def test_a_sequence_is_written_once():
    tables = Tables()
    written_to(tables, born=[born("r1")], history=[written("r1")])

    with pytest.raises(StoreRefusedError, match="sequence 1"):
        written_to(tables, moved=[moved("r1")], history=[written("r1")])
