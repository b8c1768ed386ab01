"""Runs by their times."""

from dataclasses import replace

import pytest

from perdure.app.shown import FailedAttempt, StepShown, show
from perdure.authoring.registry import Registry
from perdure.pictures import timelines
from perdure.pictures.rests import Rest, read_rests
from perdure.pictures.timelines import draw_timeline
from perdure.testing import Sandbox
from tests.app.parcels import declare
from tests.pictures.given import CONDITION, played

ERROR = {"kind": "error", "message": "no"}


def shown(*steps):
    """Return a run of these visits."""
    return replace(played(CONDITION, {"text": "a"}), steps=steps)


def drawn(*steps, rests=(), now=100.0):
    run = shown(*steps)
    view = replace(run.view, created_at=None, ended_at=None)
    return draw_timeline(replace(run, view=view), rests, now)


def spans(row):
    return [(bar.state, bar.begin, bar.end, bar.thin) for bar in row.bars]


def test_attempts_that_failed_have_bars_and_what_was_between_them():
    failed = FailedAttempt(attempt=1, started_at=10.0, ended_at=12.0, error=ERROR)
    step = StepShown(
        step="pay", visit=1, status="completed", attempt=2, started_at=15.0, ended_at=16.0, failures=(failed,)
    )  # fmt: skip

    (row,) = drawn(step).rows

    assert spans(row) == [
        ("failed", 10.0, 12.0, False),
        ("retrying", 12.0, 15.0, True),
        ("completed", 15.0, 16.0, False),
    ]
    assert row.seconds == 3.0
    assert row.bars[0].tip == "pay, attempt 1: error, 2.0 s"


@pytest.mark.parametrize(
    ("status", "thin"), [("running", False), ("queued", True), ("stranded", True)]
)
def test_what_goes_on_ends_now(status, thin):
    (row,) = drawn(StepShown(step="pay", visit=1, status=status, attempt=1, due=40.0)).rows

    assert spans(row) == [(status, 40.0, 100.0, thin)]


def test_what_is_to_be_tried_again_has_a_line_up_to_now():
    failed = FailedAttempt(attempt=1, started_at=None, ended_at=90.0, error=ERROR)
    step = StepShown(
        step="pay", visit=1, status="retrying", attempt=2, due=500.0, failures=(failed,)
    )

    (row,) = drawn(step).rows

    assert spans(row) == [("failed", 90.0, 90.0, False), ("retrying", 90.0, 100.0, True)]


def test_a_step_that_only_waits_does_no_work():
    step = StepShown(
        step="ask",
        visit=1,
        kind="wait",
        status="completed",
        attempt=2,
        started_at=1.0,
        ended_at=9.0,
    )

    (row,) = drawn(step).rows

    assert spans(row) == [("completed", 1.0, 9.0, True)]
    assert row.seconds == 0.0


def test_rests_stand_in_the_row_of_their_step():
    step = StepShown(step="ask", visit=2, status="waiting", attempt=1, started_at=1.0, ended_at=2.0)
    rest = Rest(step="ask", state="waiting", begin=2.0, awaits="signal 'go'")

    (row,) = drawn(step, rests=[rest]).rows

    assert spans(row) == [("completed", 1.0, 2.0, False), ("waiting", 2.0, 100.0, True)]
    assert row.bars[0].tip.startswith("ask #2, attempt 1")
    assert "waits for signal 'go'" in row.bars[1].tip
    assert row.seconds == 1.0


def test_steps_nobody_came_to_have_no_row():
    pending = StepShown(step="later")
    rewound = StepShown(step="gone", visit=1, status="rewound", ended_at=5.0)

    assert drawn(pending, rewound).rows == ()


def test_rows_are_in_the_order_of_their_beginnings_and_not_too_many(monkeypatch):
    monkeypatch.setattr(timelines, "MOST_ROWS", 2)
    steps = [
        StepShown(step=f"s{n}", visit=1, status="completed", started_at=float(n), ended_at=n + 1.0)
        for n in (3, 1, 2)
    ]

    found = drawn(*steps)

    assert [row.name for row in found.rows] == ["s1", "s2"]
    assert found.facts[-1] == "the first 2 of 3 rows"
    assert (found.begin, found.end) == (1.0, 100.0)


def test_a_run_under_virtual_time_is_drawn_as_it_went():
    registry = Registry()
    declare(registry)
    with Sandbox(registry=registry) as engine:
        run = engine.start("parcel", nap=90.0)
        engine.clock.advance(minutes=2)
        engine.signal("courier", run_id=run.id)

        found = draw_timeline(show(engine.store, run.id), read_rests(engine.store, run.id), 0.0)

    assert [row.name for row in found.rows] == ["pack", "ask", "send", "told"]
    assert [state for state, *_ in spans(found.rows[0])] == ["failed", "completed", "sleeping"]
    assert found.end - found.begin == 120.0
    assert found.counts() == {"failed": 1, "completed": 4, "sleeping": 1, "waiting": 1}
