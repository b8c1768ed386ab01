"""Somebody goes back in histories: runs do, and forks are made."""

from perdure.testing.simulation import simulate


def test_histories_have_runs_that_go_back_and_forks():
    seen = set()
    for seed in range(40):
        report = simulate(seed)
        seen |= {name for name in report.counts if "RunRewound" in name or "RunForked" in name}

        assert report.violation is None

    assert seen == {"history has RunRewound", "history has RunForked"}
