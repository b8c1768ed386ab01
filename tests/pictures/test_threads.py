"""Arrows as threads through layers."""

from hypothesis import given

from perdure.pictures import threads
from perdure.pictures.threads import thread
from tests.pictures.support import drawing, pairs

BOX, TEXT, NOTHING = (40.0, 20.0), (30.0, 10.0), (0.0, 0.0)


def threaded(*arrows, **more):
    made = drawing(*arrows, **more)
    labels = [TEXT if edge.label else NOTHING for edge in made.edges]
    return thread(made, [BOX] * len(made.nodes), labels)


def test_a_long_arrow_has_a_bend_in_each_layer_between():
    found = threaded((0, 1), (1, 2), (2, 3), (0, 3))

    assert found.bends == [[], [], [], [4, 5]]
    assert found.ranks == [0, 1, 2, 3, 1, 2]
    assert found.below[0] == [1, 4]
    assert found.below[4] == [5]
    assert found.above[3] == [2, 5]


def test_a_label_has_room_in_a_layer_of_its_own_beside_the_tail():
    found = threaded((0, 1, "if so"), (0, 2))

    assert found.half
    assert found.ranks == [0, 2, 2, 1, 1]
    assert found.labelled == {0: 3}
    assert found.sizes[3] == TEXT
    assert found.sizes[4] == NOTHING


def test_an_arrow_back_is_threaded_from_its_tail_up():
    found = threaded((0, 1), (1, 2), (2, 0, "again"))

    assert found.turned == {(2, 0)}
    assert [found.ranks[bend] for bend in found.bends[2]] == [3, 2, 1]
    assert found.labelled == {2: found.bends[2][0]}


def test_an_arrow_to_itself_has_no_bends():
    assert threaded((0, 1), (1, 1)).bends[1] == []


def test_beyond_what_is_worked_out_arrows_run_straight(monkeypatch):
    monkeypatch.setattr(threads, "MOST_BENDS", 5)

    found = threaded((0, 1), (1, 2), (2, 3), (0, 3), (0, 2))

    assert found.bends == [[], [], [], None, [4]]


@given(pairs)
def test_all_ties_lead_from_a_layer_to_the_next(arrows):
    found = threaded(*arrows, count=10)

    for node, below in enumerate(found.below):
        for other in below:
            assert found.ranks[other] == found.ranks[node] + 1
            assert node in found.above[other]
