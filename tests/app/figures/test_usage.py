"""What was used and paid for."""

import pytest

from perdure.app.figures.statistics import NOTHING, Figure
from perdure.app.figures.usage import GROUPS, use
from perdure.errors import InvalidValueError
from tests.app.figures.made import ran, tried

HOUR = 3600.0


def test_shares_are_told_by_workflow():
    """S004-56."""
    runs = [
        ran(tried(cpu=HOUR, cost=0.5), tried(cpu=HOUR / 2), name="a", workflow="one"),
        ran(tried(cpu=HOUR), name="b", workflow="one"),
        ran(tried(cpu=HOUR / 4, cost=0.25), name="c", workflow="two"),
    ]

    found = use(runs, "workflow")

    assert list(found) == ["one", "two"]
    assert found["one"].runs == 2
    assert found["one"].attempts == 3
    assert found["one"].cpu_hours == Figure(2.5, "history", 3)
    assert found["one"].cost == Figure(0.5, "history", 1)
    assert found["two"].cpu_hours.value == 0.25


def test_what_was_not_measured_is_not_counted_and_nothing_of_nothing_is_null():
    found = use([ran(tried(cpu=HOUR), tried(cpu=None))], "workflow")["w"]
    none = use([ran(tried(cpu=None))], "workflow")["w"]

    assert (found.cpu_hours, found.attempts) == (Figure(1.0, "history", 1), 2)
    assert none.cpu_hours == NOTHING


def test_a_cost_that_nobody_knows_leaves_the_sum_unknown():
    assert use([ran(tried(cost=None), tried(cost=1.0))], "workflow")["w"].cost == NOTHING


def test_who_asked_nobody_paid_nothing():
    assert use([ran(tried())], "workflow")["w"].cost == Figure(0.0, "history", 0)


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("version", ["w 1"]),
        ("step", ["w ask", "w tell"]),
        ("model", ["m"]),
        ("status", ["completed"]),
        ("day", ["1970-01-02"]),
    ],
)
def test_it_is_grouped_by_what_is_asked_for(by, groups):
    runs = [ran(tried("ask", cost=1.0), tried("tell"), begun=90_000.0)]

    assert list(use(runs, by)) == groups
    assert set(GROUPS) > {by}


def test_a_caller_may_know_more_groups():
    assert list(use([ran(tried())], "team", {"team": lambda _run, _each: "red"})) == ["red"]


def test_what_was_skipped_and_loops_as_a_whole_used_nothing():
    skipped = tried(status="skipped", cpu=None)

    assert use([ran(skipped)], "workflow") == {}


def test_what_there_is_not_to_group_by_is_refused():
    with pytest.raises(InvalidValueError, match="There are: workflow, version, step"):
        use([], "colour")
