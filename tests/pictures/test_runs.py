"""Runs as drawings."""

from perdure.app.shown import show
from perdure.pictures.runs import draw_run
from tests.app.parcels import post_office, until_waiting
from tests.pictures.given import CONDITION, LOOP, played


def lines(drawing):
    return {node.title: node.lines for node in drawing.nodes}


def states(drawing):
    return {node.title: node.state for node in drawing.nodes}


def test_a_graph_tells_what_became_of_its_steps():
    drawing = draw_run(played(CONDITION, {"text": "good"}))

    assert states(drawing) == {
        "tidy": "completed",
        "is": "completed",
        "yes": "completed",
        "is.if_false": "skipped",
        "after": "completed",
    }
    faint = {(edge.tail, edge.head) for edge in drawing.edges if edge.faint}
    assert faint == {("s1", "s3"), ("s3", "s4")}
    assert drawing.facts[0].startswith("run run_")
    assert drawing.facts[2] == "completed"


def test_a_loop_counts_its_items_and_tells_of_those_that_failed():
    drawing = draw_run(played(LOOP, {"lines": ["a", "b", ""]}))

    told = lines(drawing)["each"]
    assert told[:2] == ("for each item, 2 at a time", "data_processing · test_pictures_shout")
    assert told[3] == "2 of 3 items done, 1 failed"
    assert states(drawing) == {"each": "completed"}


def test_a_loop_in_a_loop_counts_its_own_items_alone():
    inner = {
        "type": "loop",
        "iterate_over": "${loop.current_item}",
        "step": LOOP["steps"][0]["step"],
    }
    outer = {**LOOP["steps"][0], "step": inner}

    drawing = draw_run(played({"steps": [outer]}, {"lines": [["a", "b"], ["c"]]}))

    told = lines(drawing)["each"]
    assert told[1] == "data_processing · test_pictures_shout"
    assert told[3] == "2 of 2 items done"


def test_a_machine_tells_its_attempts_what_it_waits_for_and_which_way_it_went(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel")
        until_waiting(engine, run)

        drawing = draw_run(show(engine.store, run.id))

    told = lines(drawing)
    assert told["pack"][0].endswith("2 attempts")
    assert told["ask"][0].startswith("waits for signal 'courier'")
    assert states(drawing)["ask"] == "waiting"
    gone = {(edge.tail, edge.head) for edge in drawing.edges if not edge.faint}
    assert ("start", drawing.nodes[1].id) in gone
    assert drawing.facts[2] == "waiting"


def test_who_answered_in_place_of_another_is_told():
    ask = {"id": "ask", "type": "inference", "model": "nobody/has-it", "input": "I like it."}
    fallback = {"fallback_models": {"nobody/has-it": "builtin/sentiment"}}

    other = draw_run(played({"steps": [ask], "error_handling": fallback}, {}))
    itself = draw_run(played({"steps": [{**ask, "model": "builtin/sentiment"}]}, {}))

    assert lines(other)["ask"][-1] == "answered by builtin/sentiment"
    assert not any("answered" in line for line in lines(itself)["ask"])


def test_no_value_of_the_run_stands_in_its_picture():
    drawing = draw_run(played(CONDITION, {"text": "good canary-4711"}))

    assert "canary-4711" not in repr(drawing)


def test_taking_up_what_was_waited_for_is_no_further_try():
    asked = {"id": "nap", "type": "sleep", "seconds": 0.0}

    drawing = draw_run(played({"steps": [asked]}, {}))

    assert states(drawing) == {"nap": "completed"}
    assert not any("attempts" in line for line in lines(drawing)["nap"])
