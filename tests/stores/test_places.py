"""Who of a commit finds a place, whatever the store."""

from perdure.ports.commit import Commit
from perdure.ports.limits import Entering, LimitRow
from perdure.stores.places import concerns, give, wanted
from tests.conformance.given import born, moved

LIMITS = {"order": LimitRow("order", None, 1, 1, 2, 1)}


class Room:
    """What a store would answer."""

    def __init__(self, busy=0, seated=(), taken=()):
        self._busy, self._seated, self._taken = busy, set(seated), set(taken)

    def seated(self, runs):
        return self._seated & set(runs)

    def taken(self, births):
        return {birth.run for birth in births} & self._taken

    def busy(self, workflow, most):
        return self._busy

    def live(self, workflow, most):
        return ("old",)


def commit(*births, **lists):
    entering = [Entering(birth.run, birth.workflow) for birth in births]
    return Commit(batch=1, now=0.0, **({"born": list(births), "entering": entering} | lists))


def given(made, **room):
    seating = wanted(made, LIMITS)
    give(seating, made, LIMITS, Room(**room))
    return seating


def seats(seating):
    return [each.run for each in seating.seats], [each.run for each in seating.full]


def test_where_nothing_limited_begins_there_is_nothing_to_give():
    lifted = {"order": LIMITS["order"]._replace(most=None)}

    assert wanted(commit(), LIMITS) is None
    assert wanted(commit(born("r", workflow="other")), LIMITS) is None
    assert wanted(commit(born("r")), lifted) is None


def test_places_are_given_in_order_until_there_are_none():
    seating = given(commit(*map(born, "abc")), busy=1)

    assert seats(seating) == (["a"], ["b", "c"])
    assert seating.held == {"b", "c"}
    assert seating.full[0].live == ("old",)


def test_who_has_a_place_or_whose_key_is_taken_takes_none():
    made = commit(born("a"), born("b"), born("c"))

    assert seats(given(made, busy=1, seated="a", taken="b")) == (["c"], [])


def test_of_two_births_with_one_key_one_takes_a_place():
    births = born("a", start_key="k"), born("b", start_key="k"), born("c", unique_key="k")

    assert seats(given(commit(*births))) == (["a", "c"], [])


def test_children_come_last_and_hold_their_parent_where_one_finds_none():
    children = [born(run, parent="mother") for run in "xy"]
    entering = [Entering(run, "order") for run in ("x", "y", "a")]
    made = commit(born("a"), offspring=children, entering=entering, moved=[moved("mother")])

    seating = given(made)

    assert seats(seating) == (["a", "x"], ["y"])
    assert seating.held == {"mother"}
    assert (seating.early(made), seating.rest(made)) == ([], [])


def test_runs_that_live_again_are_moved_when_it_is_known_that_they_may():
    made = commit(moved=[moved("a"), moved("b"), moved("c")], entering=[Entering("b", "order")])

    seating = given(made)

    assert [row.run for row in seating.early(made)] == ["a", "c"]
    assert [row.run for row in seating.rest(made)] == ["b"]


def test_a_commit_that_only_goes_on_has_nothing_to_do_with_places():
    line = born("a", status="pending")
    ends = moved("a", status="completed", ended_at=1.0)
    goes = moved("a")

    assert not concerns(Commit(batch=1, now=0.0, moved=[goes], born=[born("b")]))
    assert concerns(Commit(batch=1, now=0.0, born=[line]))
    assert concerns(Commit(batch=1, now=0.0, moved=[goes, ends]))
    assert concerns(Commit(batch=1, now=0.0, offspring=[line._replace(parent="m")]))
    assert concerns(commit(born("a")))
