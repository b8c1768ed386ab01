"""What steps need: what they say, what they refer to, and the rings that this may make."""

import pytest

from perdure.authoring.graphs.drafts import read_drafts
from perdure.authoring.graphs.findings import Findings
from perdure.authoring.graphs.links import link
from tests.authoring.graphs.support import ask, define, gather


def linked(*steps, output=None):
    findings = Findings()
    links = link(read_drafts(define(*steps), findings), output, findings)
    return links, [str(problem) for problem in findings.errors]


def needs(links):
    return [sorted(wanted) for wanted in links.needs]


def test_needs_are_what_a_step_depends_on_and_what_it_refers_to():
    """S004-46, A004-2."""
    links, told = linked(
        ask("a"),
        ask("b", "${a.result} ${a.result.x}"),
        ask("c", "x", depends_on=["a"], parameters={"n": "${b.result}"}),
        gather("d", inputs={"one": ["${c.result}"]}, depends_on=["c", "c"]),
    )

    assert needs(links) == [[], [0], [0, 1], [2]]
    assert links.needs[2] == {0: "steps[2].depends_on[0]", 1: "steps[2].parameters.n"}
    assert links.explicit == [[], [], [0], [2]]
    assert told == []


def test_a_step_may_depend_on_one_that_stands_behind_it():
    links, told = linked(ask("a", "${b.result}"), ask("b"))

    assert needs(links) == [[1], []]
    assert told == []


def test_a_group_stands_for_its_steps():
    """A004-3."""
    links, told = linked(
        ask("a", parallel_group="analysis"),
        ask("b", parallel_group="analysis"),
        gather("c", depends_on=["analysis"]),
    )

    assert needs(links) == [[], [], [0, 1]]
    assert links.explicit[2] == [0, 1]
    assert told == []


def test_an_id_goes_before_a_group_of_its_name():
    links, _ = linked(ask("a", parallel_group="b"), ask("b"), gather("c", depends_on=["b"]))

    assert needs(links)[2] == [1]


def test_a_step_cannot_depend_on_its_own_group():
    _, told = linked(ask("a", parallel_group="g"), ask("b", parallel_group="g", depends_on=["g"]))

    assert told == [
        (
            "steps[1].depends_on[0]: the step is in the group 'g' itself. "
            "Depend on a step, or on another group"
        )
    ]


def test_the_inputs_that_are_read_are_listed_with_their_first_place():
    links, _ = linked(
        ask("a", "${workflow.input.text.lines[0]} ${workflow.input}"),
        ask("b", "${workflow.input.text} ${workflow.input[0]}"),
        output={"u": "${workflow.input.user}"},
    )

    assert links.reads == {"text": "steps[0].input", "user": "output.u"}


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            ask("b", depends_on=["extrcat"]),
            "steps[1].depends_on[0]: there is no step 'extrcat'. Did you mean 'extract'?",
        ),
        (
            ask("b", depends_on=["zzz"]),
            "steps[1].depends_on[0]: there is no step 'zzz'. There are: extract, b, papers",
        ),
        (
            ask("b", depends_on=["paper"]),
            "steps[1].depends_on[0]: there is no step 'paper'. Did you mean 'papers'?",
        ),
        (
            ask("b", "of ${extrct.result.title}"),
            (
                "steps[1].input: '${extrct.result.title}' refers to unknown step 'extrct'. "
                "Did you mean 'extract'?"
            ),
        ),
        (
            ask("b", "${Extract.result}"),
            (
                "steps[1].input: '${Extract.result}' refers to unknown step 'Extract'. "
                "Did you mean 'extract'?"
            ),
        ),
        (
            ask("b", "${loop.current_item}"),
            (
                "steps[1].input: '${loop.current_item}' is known only inside of a loop: "
                "in its 'step', or in the 'parameters' of a function."
            ),
        ),
        (
            ask("b", "${template.model}"),
            (
                "steps[1].input: '${template.model}' is known only in templates, "
                "of which definitions are made."
            ),
        ),
        (
            ask("b", "${secrets.KEY}"),
            (
                "steps[1].input: '${secrets.KEY}' is no place of this version: give the secret as "
                'an input, {"type": "secret", "value": ...}, and write ${workflow.input.NAME}.'
            ),
        ),
    ],
)
def test_what_a_step_cannot_need_is_told(step, problem):
    _, told = linked(ask("extract", parallel_group="papers"), step)

    assert told == [problem]


def test_the_output_refers_to_steps_and_needs_none():
    links, told = linked(ask("a"), output={"x": "${a.result}", "y": "${b.result}"})

    assert needs(links) == [[]]
    assert told == [
        "output.y: '${b.result}' refers to unknown step 'b'. There are: a",
    ]


def test_steps_that_need_each_other_are_named():
    _, told = linked(
        ask("a", "${c.result}"), ask("b", depends_on=["a"]), ask("c", depends_on=["b"]), ask("d")
    )

    assert told == [
        "steps[1].depends_on[0]: steps need each other: a -> c -> b -> a. Take one of these away"
    ]


def test_a_step_that_needs_itself_is_named():
    _, told = linked(ask("a", "${a.result}"))

    assert told == ["steps[0].input: steps need each other: a -> a. Take one of these away"]


def test_rings_that_are_apart_are_all_told():
    _, told = linked(
        ask("a", depends_on=["b"]),
        ask("b", depends_on=["a"]),
        ask("c", depends_on=["d"]),
        ask("d", depends_on=["c"]),
    )

    assert len(told) == 2
    assert "a -> b -> a" in told[0]
    assert "c -> d -> c" in told[1]


def test_a_ring_of_1000_is_told_in_short():
    _, told = linked(
        *(ask(f"s{number}", depends_on=[f"s{(number + 1) % 1000}"]) for number in range(1000))
    )

    assert len(told) == 1
    assert "s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> ... (988 more) ... -> s995" in told[0]
    assert len(told[0]) < 300


def test_a_heap_of_rings_is_told_in_part():
    everything = [f"s{number}" for number in range(60)]
    _, told = linked(*(ask(name, depends_on=everything) for name in everything))

    assert len(told) == 10


def test_a_step_without_an_id_is_needed_by_nobody():
    _, told = linked({"type": "inference"}, ask("b", depends_on=[""]))

    assert told == ["steps[1].depends_on[0]: there is no step ''. There are: b"]


def branch(**more):
    return {
        "id": "c", "type": "conditional", "condition": "${a.result.ok}",
        "if_true": {"type": "inference", "model": "m"}, **more,
    }  # fmt: skip


def test_a_condition_needs_what_it_reads_and_its_branches_need_it():
    links, told = linked(ask("a"), branch(), ask("b", "${c.result}"))

    assert needs(links) == [[], [0], [1], [1, 2]]
    assert told == []


def test_a_branch_cannot_need_what_it_is_a_branch_of():
    _, told = linked(ask("a"), branch(if_true=ask("x", "${c.result}")))

    assert told == [
        (
            "steps[1].if_true.input: the step is a branch of 'c' itself. "
            "What that comes to is known only when its branch has ended"
        )
    ]


def test_a_ring_through_a_branch_is_told():
    _, told = linked(ask("a"), ask("b", "${c.result}"), branch(if_true=ask("x", "${b.result}")))

    assert told == [
        "steps[2].if_true.input: steps need each other: b -> x -> b. Take one of these away"
    ]


def test_a_condition_that_is_none_is_told_with_its_place():
    _, told = linked(ask("a"), branch(condition="${a.result.ok} and true"))

    assert told == [
        "steps[1].condition: conditions are CEL, which has no 'and'. Write ${a.result.ok} && true"
    ]


def each(**more):
    step = {"type": "inference", "model": "m", "input": "${loop.current_item} ${b.result}"}
    return {"id": "each", "type": "loop", "iterate_over": "${a.result}", "step": step, **more}


def test_a_loop_needs_what_its_list_and_its_step_read():
    links, told = linked(ask("a"), ask("b"), each())

    assert needs(links)[2] == [0, 1]
    assert links.needs[2] == {0: "steps[2].iterate_over", 1: "steps[2].step.input"}
    assert told == []


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        (
            [each(iterate_over="${loop.index}", step=ask(""))],
            (
                "steps[0].iterate_over: '${loop.index}' is known only inside of a loop: in its 'step', "
                "or in the 'parameters' of a function."
            ),
        ),
        (
            [ask("a"), ask("b"), each(step={"type": "inference", "input": "${loop.item}"})],
            (
                "steps[2].step.input: '${loop.item}' is not known in a loop. "
                "There are: ${loop.current_item}, ${loop.index}, ${loop.length}"
            ),
        ),
    ],
)
def test_what_a_loop_does_not_know_is_told(steps, problem):
    assert problem in linked(*steps)[1]
