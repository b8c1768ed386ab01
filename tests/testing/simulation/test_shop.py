"""The application's database of a history: written by the code of real steps, and processes die at it."""

import pytest

from perdure.kernel.directives import Complete
from perdure.kernel.plan import StepPlan
from perdure.ports.executor import Result, Work
from perdure.testing.simulation.executor import PoisonError
from perdure.testing.simulation.shop import Shop
from tests.testing.simulation.scenes import ONE_STEP

DONE = Result(outcome=Complete(), context="{}")


def attempt(number, visit=1):
    return Work(
        "run-1", ONE_STEP, StepPlan(name="a"), "a", visit, number, 1, "{}", None,
        lambda _run, _steps: {},
    )  # fmt: skip


def shop_kills(work):
    try:
        Shop().once(work, DONE)
    except PoisonError:
        return True
    return False


def dying(when):
    """Return an attempt that takes its process with it."""
    for visit in range(1, 200):
        try:
            Shop().once(attempt(1, visit), DONE)
        except PoisonError as error:
            if when in str(error):
                return attempt(1, visit)
    raise AssertionError(when)


def test_a_visit_writes_once():
    shop = Shop()
    visit = next(visit for visit in range(1, 99) if not shop_kills(attempt(1, visit)))

    assert [shop.once(attempt(1, visit), DONE) for _ in range(2)] == [DONE, DONE]
    assert shop.writes(attempt(1, visit).key) == 1


@pytest.mark.parametrize(("when", "written"), [("before", 0), ("after", 1)])
def test_a_process_that_dies_at_a_commit_leaves_all_or_nothing(when, written):
    shop = Shop()
    work = dying(when)

    with pytest.raises(PoisonError):
        shop.once(work, DONE)

    assert shop.writes(work.key) == written
    assert not shop.db.in_transaction
    for number in range(2, 9):
        try:
            assert shop.once(attempt(number, work.visit), DONE) == DONE
        except PoisonError:
            continue
        break
    assert shop.writes(work.key) == 1
