"""The children of runs, as steps may start and see them."""

import pytest

from perdure.authoring.registry import Registry
from perdure.errors import UnknownWorkflowError
from perdure.runtime.family import ChildrenOf
from perdure.runtime.plans import Plans
from perdure.stores.memory import MemoryStore
from tests.conformance.given import apply, born, moved, runs


def test_a_workflow_that_is_not_known_cannot_be_started():
    store = MemoryStore()

    with pytest.raises(UnknownWorkflowError):
        ChildrenOf(Registry(), store, Plans(store)).wanted("no", {}, priority=0, detached=False)


def test_the_children_of_the_last_brood_are_seen():
    store = MemoryStore()
    runs(store, "r1")
    kin = {"parent": "r1", "place": 0}
    apply(
        store,
        moved=[moved("r1", brood="2 1 0 0 1")],
        offspring=[born("old", of_brood=1, **kin), born("new", of_brood=2, **kin)],
    )
    family = ChildrenOf(Registry(), store, Plans(store))

    assert [row.id for row in family.children("r1")] == ["new"]
    assert family.children("old") == ()
    assert family.children("nobody") == ()


def test_why_a_run_fails_is_in_its_row():
    store = MemoryStore()
    runs(store, "r1", "r2")
    apply(store, moved=[moved("r1", error='{"kind":"oops"}')])
    family = ChildrenOf(Registry(), store, Plans(store))

    assert [family.error(run) for run in ("r1", "r2", "r3")] == ['{"kind":"oops"}', None, None]
