"""Steps are read as far as they can be, so that one mistake hides no other."""

import pytest

from perdure.authoring.graphs.drafts import find_references, read_drafts
from perdure.authoring.graphs.findings import Findings
from tests.authoring.graphs.support import ask, define


def drafted(data):
    findings = Findings()
    return read_drafts(data, findings), findings


def told(findings):
    return [str(problem) for problem in findings.errors]


def test_steps_of_wrong_shape_are_drafts_as_well():
    drafts, findings = drafted(
        define({"id": 7, "depends_on": "x"}, "no step", {"id": "b", "depends_on": ["a", 3, "c"]})
    )

    assert [(draft.place, draft.id) for draft in drafts] == [("steps[0]", ""), ("steps[2]", "b")]
    assert list(drafts[0].after()) == []
    assert list(drafts[1].after()) == [
        ("steps[2].depends_on[0]", "a"),
        ("steps[2].depends_on[2]", "c"),
    ]
    assert told(findings) == []


@pytest.mark.parametrize("steps", [None, 3, "x", {}])
def test_without_a_list_of_steps_there_are_no_drafts(steps):
    assert drafted({"steps": steps})[0] == []


def test_a_group_is_a_name():
    drafts, _ = drafted(define(ask("a", parallel_group="g"), ask("b", parallel_group=1), ask("c")))

    assert [draft.group for draft in drafts] == ["g", None, None]


def test_an_id_that_is_taken_is_told_with_the_step_that_has_it():
    _, findings = drafted(define(ask("a"), ask("b"), ask("a"), ask("a")))

    assert told(findings) == [
        "steps[2].id: 'a' is the id of steps[0] already.",
        "steps[3].id: 'a' is the id of steps[0] already.",
    ]


@pytest.mark.parametrize("name", ["workflow", "loop", "template", "secrets", "__init__"])
def test_reserved_words_are_no_ids(name):
    _, findings = drafted(define(ask(name)))

    assert told(findings) == [
        f"steps[0].id: '{name}' is a reserved word. Call the step '{name.strip('_')}_step'"
    ]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            ask("a", model="${template.model}"),
            "steps[0].model: takes a name, no reference. It is filled in where a definition is made of a template",
        ),
        (
            ask("a", parallel_group="${workflow.input.g}"),
            (
                "steps[0].parallel_group: takes a name, no reference. "
                "They are filled in in: input, inputs, parameters, iterate_over, url, headers, "
                "query, body, key, entity, match, default, seconds, until"
            ),
        ),
    ],
)
def test_references_outside_of_templates_are_told(step, problem):
    assert told(drafted(define(step))[1]) == [problem]


def test_references_are_found_with_their_places():
    drafts, findings = drafted(
        define(
            ask(
                "a",
                {"q": ["${b.result}", "plain ${c.result.x} ${workflow.input}"]},
                parameters={"n": "${workflow.input.n}"},
                description="${not.read}",
            )
        )
    )

    found = [(place, str(reference)) for place, reference in drafts[0].references(findings)]

    assert found == [
        ("steps[0].input.q[0]", "b.result"),
        ("steps[0].input.q[1]", "c.result.x"),
        ("steps[0].input.q[1]", "workflow.input"),
        ("steps[0].parameters.n", "workflow.input.n"),
    ]
    assert told(findings) == []


def test_what_is_no_reference_is_told_with_its_place():
    findings = Findings()

    found = list(find_references({"a": ["${b}", "${"], "c": 1}, "output", findings))

    assert found == []
    assert told(findings) == [
        "output.a[0]: '${b}' does not say what of 'b' is meant. Write ${b.result}",
        ("output.a[1]: '${' is not closed. Write '}' after the name, or '$${' for a literal '${'"),
    ]


def test_a_reference_in_a_name_is_warned_of():
    findings = Findings()

    assert list(find_references({"${a.result}": 1}, "output", findings)) == []
    assert [str(problem) for problem in findings.warnings] == [
        (
            'output["${a.result}"]: a name is never filled in. '
            "Put it into the value; '${' in a name is left as it is"
        )
    ]


def test_branches_are_drafts_with_their_places_and_names():
    inner = {"type": "conditional", "condition": "true", "if_true": {"type": "inference"}}
    drafts, findings = drafted(
        define({"id": "c", "type": "conditional", "if_true": {"id": "x"}, "if_false": inner})
    )

    assert [(draft.place, draft.id, draft.within) for draft in drafts] == [
        ("steps[0]", "c", None),
        ("steps[0].if_true", "x", 0),
        ("steps[0].if_false", "c.if_false", 0),
        ("steps[0].if_false.if_true", "c.if_false.if_true", 2),
    ]
    assert told(findings) == []


def test_there_are_no_more_steps_than_may_be_with_all_that_is_inside():
    many = [{"id": f"s{n}", "type": "conditional", "if_true": {"type": "x"}} for n in range(501)]

    _, findings = drafted(define(*many))

    assert told(findings) == [
        (
            "steps: with what stands inside of them there are 1,002 steps. "
            "There may be 1,000. Split the workflow"
        )
    ]


def test_what_cannot_be_said_of_each_item_is_told():
    inner = {"id": "x", "type": "loop", "timeout": 3}
    step = {"id": "each", "type": "loop", "step": inner}

    drafts, findings = drafted(define(step, {"id": "b", "type": "loop", "step": 3}))

    assert [[item.place for item in draft.items] for draft in drafts] == [["steps[0].step"], []]
    assert [problem.partition(":")[0] for problem in told(findings)] == [
        "steps[0].step.id",
        "steps[0].step.timeout",
    ]


def test_a_definition_has_so_many_loops():
    many = [{"id": f"s{n}", "type": "loop"} for n in range(101)]

    assert told(drafted(define(*many))[1]) == ["steps: has more than 100 loops. Split the workflow"]
