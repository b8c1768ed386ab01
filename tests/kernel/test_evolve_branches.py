"""What a choice makes of a run."""

from perdure.kernel import history
from perdure.kernel.run import Mark
from tests.kernel.scenes import fork, started


def test_a_branch_that_was_not_chosen_is_over_before_it_was_ready():
    """And it does not come onto the agenda when what it needs has ended."""
    run = started(
        fork(), history.StepSkipped("no", broken=False), history.StepSucceeded("ask", 1, 1)
    ).run

    assert run.marks == [Mark.DONE, Mark.PENDING, Mark.SKIPPED, Mark.PENDING]
    assert (run.ready, run.pending, run.lacks) == ([1], 2, [0, 0, 0, 1])
