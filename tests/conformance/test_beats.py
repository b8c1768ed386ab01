"""Heartbeats count under the claim that their attempts were begun with, and under no other."""

import pytest

from perdure.ports.claims import Claim
from perdure.ports.commit import Beat, JobGone
from perdure.ports.rows import OwnedJob
from tests.conformance.given import NOW, apply, job, moved, only, runs

CLAIM = Claim(owner=7, most=1, hosts=("order",), queues=("default",))
BEAT = Beat("r1", "a", 1, 1, 7, NOW + 5, 0.4, '"rows"')


@pytest.fixture
def claimed(store):
    """A store with one job, claimed by incarnation 7 under token 1."""
    runs(store, "r1")
    apply(store, claim=CLAIM)
    return store


def said(store):
    (row,) = only(store.load(["r1"])).jobs
    return row.beat_at, row.progress, row.detail


def test_a_heartbeat_shows_in_the_jobs_row(claimed):
    before = said(claimed)

    done = apply(claimed, beats=[BEAT])

    assert not done.stale
    assert before == (None, None, None)
    assert said(claimed) == (NOW + 5, 0.4, '"rows"')


def test_what_a_heartbeat_leaves_unsaid_stays(claimed):
    apply(claimed, beats=[BEAT])

    apply(claimed, beats=[BEAT._replace(at=NOW + 6, progress=None, detail=None)])

    assert said(claimed) == (NOW + 6, 0.4, '"rows"')


@pytest.mark.parametrize(
    "wrong", [{"token": 0}, {"token": 2}, {"owner": 8}, {"visit": 2}, {"step": "b"}, {"run": "r2"}]
)
def test_a_heartbeat_under_another_claim_is_refused_and_named(claimed, wrong):
    """P4: each write of an attempt carries its token."""
    stale = BEAT._replace(**wrong)

    done = apply(claimed, beats=[stale, BEAT])

    assert list(done.stale) == [stale]
    assert said(claimed) == (NOW + 5, 0.4, '"rows"')


def test_a_job_that_was_handed_back_has_no_heartbeat(claimed):
    claimed.hand_back([OwnedJob("r1", "a", 1, 1, 1, 7)])

    assert list(apply(claimed, beats=[BEAT]).stale) == [BEAT]


def test_the_next_claim_begins_with_nothing_said(claimed):
    apply(claimed, beats=[BEAT])
    claimed.hand_back([OwnedJob("r1", "a", 1, 1, 1, 7)])

    apply(claimed, claim=CLAIM)

    assert said(claimed) == (None, None, None)


def test_the_next_attempt_begins_with_nothing_said(claimed):
    apply(claimed, beats=[BEAT])

    again = job("r1", attempt=2, token=2, owner=7)
    gone = [JobGone("r1", "a", 1, 1)]
    apply(claimed, moved=[moved("r1")], jobs_gone=gone, jobs_made=[again])

    assert said(claimed) == (None, None, None)


def test_a_heartbeat_counts_in_the_commit_that_ends_its_attempt(claimed):
    done = apply(claimed, beats=[BEAT], moved=[moved("r1")], jobs_gone=[JobGone("r1", "a", 1, 1)])

    assert not done.stale
    assert done.moved == {"r1"}
