"""Why a job waits in its queue, and what to do."""

import pytest

from perdure.app.serving import held_up, serves
from perdure.ports.rows import QueueRow, WorkerRow

MAIL = QueueRow("mail", None, None, None, 5, 2, 10.0)
ANY = WorkerRow(1, "here", 7, 0.0, 30.0, None)
GPU = ANY._replace(id=2, queues='["gpu"]')


def test_a_worker_without_a_list_serves_every_queue():
    assert serves(ANY, "mail")
    assert serves(GPU, "gpu")
    assert not serves(GPU, "default")


@pytest.mark.parametrize(
    ("row", "alive", "said", "problem"),
    [
        (MAIL._replace(concurrency=0), [ANY], "queue 'mail' is held", True),
        (MAIL, [GPU], "no worker serves queue 'mail'", True),
        (
            MAIL._replace(concurrency=2),
            [ANY, GPU],
            "queue 'mail' is full: 2 attempts are under way, at most 2 may be",
            False,
        ),
        (
            MAIL._replace(concurrency=1, running=1),
            [ANY],
            "queue 'mail' is full: 1 attempt is under way, at most 1 may be",
            False,
        ),
        (
            MAIL._replace(most=4, seconds=60.0, begun=4),
            [ANY],
            "queue 'mail' has reached its rate: 4 of 4/min have begun",
            False,
        ),
    ],
)
def test_what_holds_a_queue_up_is_told(row, alive, said, problem):
    hold = held_up("mail", [row._replace(name="other"), row], alive)

    assert hold is not None
    assert (hold.text, hold.problem) == (said, problem)
    assert hold.command.startswith("perdure ")


@pytest.mark.parametrize(
    "rows",
    [[], [MAIL], [MAIL._replace(concurrency=3)], [MAIL._replace(most=9, seconds=1.0, begun=8)]],
)
def test_where_nothing_holds_it_up_nothing_is_told(rows):
    assert held_up("mail", rows, [ANY]) is None
    assert held_up("mail", rows, []) is None
