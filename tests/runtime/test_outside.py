"""Births outside the ledger: any ledger starts them, and their batches are no ledger's."""

from perdure.kernel.messages import Start
from perdure.ports.commit import Commit, InboxMade
from perdure.runtime.outside import Outside, bear
from tests.conformance.given import NOW, born
from tests.runtime.scenes import machine, scene


def test_each_commit_has_a_number_of_its_own_beside_those_of_ledgers():
    crew = scene(machine("a")).process.crew
    outside = Outside(crew)
    one, two = outside.commit(NOW), outside.commit(NOW)

    assert one.batch != two.batch
    assert {made.batch >> 32 for made in (one, two)} == {crew.incarnation}
    assert all(made.batch & (1 << 31) for made in (one, two))


def test_a_run_is_born_with_its_start_in_its_inbox():
    commit = Commit(batch=1, now=NOW)

    bear(commit, born("r1"), '{"n":1}', payload="[1]")
    bear(commit, born("r2"), "{}", Start(NOW + 5))

    assert [(row.run, row.status) for row in commit.born] == [("r1", "pending"), ("r2", "pending")]
    assert commit.contexts == [("r1", '{"n":1}'), ("r2", "{}")]
    assert commit.inbox_made == [
        InboxMade("r1", '["Start",null]', "[1]", None),
        InboxMade("r2", f'["Start",{NOW + 5}]', None, None),
    ]
