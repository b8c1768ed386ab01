"""Finding in the memory store; what finding means is in the conformance suite."""

from perdure.ports.rows import RunFilter
from perdure.stores.memory.finding import find
from perdure.stores.memory.tables import Tables


def test_nothing_is_found_before_a_run_that_nobody_knows():
    assert find(Tables(), RunFilter(before="r1")) == []
