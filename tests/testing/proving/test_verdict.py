"""A verdict reads well, as text and as JSON."""

from perdure.testing.proving.findings import made
from perdure.testing.proving.verdict import ProofVerdict


def test_a_good_one_says_how_many_histories_there_were():
    assert str(ProofVerdict(workflow="w", histories=1)) == "w: 1 history, nothing broken"
    assert ProofVerdict(workflow="w", histories=2).ok


def test_a_bad_one_says_what_broke_what_went_before_and_what_to_do():
    verdict = ProofVerdict(
        workflow="w",
        histories=3,
        finding=made("stuck", "run-1 waits"),
        seed=7,
        mishaps=("a crash",),
    )

    text = str(verdict)
    assert not verdict.ok
    assert all(each in text for each in ("STUCK: run-1 waits", "- a crash", "seed 7", "timeout="))
    assert verdict.as_json()["kind"] == "stuck"
