"""Workflows are made, read, changed and deleted by their ids."""

import pytest

from perdure.errors import InvalidDefinitionError, InvalidValueError
from perdure.service import definitions, executions
from perdure.service.flows import flow_of
from perdure.wire.definitions import ListRequest, Permissions
from perdure.wire.problems import (
    LiveExecutionsError,
    NotPossibleError,
    RevisionConflictError,
    WorkflowNotFoundError,
)
from tests.service.scenes import FAILING, TIDY, begun

RIGHTS = {"read": ("user1", "team:researchers"), "execute": ("user1",)}


def test_a_workflow_is_answered_as_it_was_made(engine):
    """S004-04, S004-06 to S004-08."""
    made = definitions.create(engine, TIDY)

    assert made.id.startswith("wf_")
    assert (made.name, made.status, made.version, made.revision, made.step_count) == (
        *("tidy", "created", "1.0", 1, 2),
    )
    assert made.created_at == made.updated_at
    assert (made.estimated_cost, made.estimated_duration) == (None, None)
    assert made.definition == TIDY
    assert definitions.get(engine, made.id) == made


def test_its_author_is_told_what_may_go_wrong(engine):
    """A004-50, S004-75."""
    made = definitions.create(engine, {**FAILING, "resource_requirements": {"cpu_cores": 9999}})

    assert [problem.path for problem in made.warnings] == [
        *("steps[1].model", "resource_requirements.cpu_cores"),
    ]


def test_a_bad_one_is_not_kept(engine):
    with pytest.raises(InvalidDefinitionError):
        definitions.create(engine, {"name": "x", "steps": []})

    assert definitions.find(engine, ListRequest()).total == 0


def test_a_second_one_under_a_key_is_the_first(engine):
    """A004-39."""
    first = definitions.create(engine, TIDY, key="k")

    assert definitions.create(engine, FAILING, key="k").id == first.id


def test_workflows_are_listed_page_by_page(engine):
    """S004-19, A004-37."""
    for name in "cab":
        definitions.create(engine, {**TIDY, "name": name})

    page = definitions.find(engine, ListRequest(sort="name", limit=2))
    rest = definitions.find(engine, ListRequest(sort="name", limit=2, offset=2))

    assert [each.name for each in page.workflows] == ["a", "b"]
    assert (page.total, page.limit, page.offset, page.has_more) == (3, 2, 0, True)
    assert [each.name for each in rest.workflows] == ["c"]
    assert not rest.has_more
    assert page.workflows[0].definition is None


def test_a_change_is_a_revision_and_the_label_is_its_authors(engine):
    """S004-22, A004-13, A004-15."""
    made = definitions.create(engine, TIDY)

    new = definitions.update(engine, made.id, {**TIDY, "version": "2.0", "name": "tidier"})

    assert (new.id, new.name, new.version, new.revision) == (made.id, "tidier", "2.0", 2)
    assert definitions.get(engine, made.id, revision=1).name == "tidy"
    listed = [(each.revision, each.version) for each in definitions.revisions(engine, made.id)]
    assert listed == [(2, "2.0"), (1, "1.0")]


def test_who_changes_what_has_changed_meanwhile_is_told(engine):
    """A004-13."""
    made = definitions.create(engine, TIDY)
    definitions.update(engine, made.id, TIDY, revision=1)

    with pytest.raises(RevisionConflictError) as caught:
        definitions.update(engine, made.id, TIDY, revision=1)

    assert (caught.value.wanted, caught.value.found) == (1, 2)


def test_one_that_changes_between_the_look_and_the_write_is_not_overwritten(engine, monkeypatch):
    made = definitions.create(engine, TIDY)
    lacks = definitions.flows.read

    def meanwhile(definition):
        monkeypatch.setattr(definitions.flows, "read", lacks)
        definitions.update(engine, made.id, TIDY)
        return lacks(definition)

    monkeypatch.setattr(definitions.flows, "read", meanwhile)

    with pytest.raises(RevisionConflictError, match="at revision 2, not at 1"):
        definitions.update(engine, made.id, TIDY)


def test_an_execution_goes_on_by_the_revision_that_it_was_begun_by(engine):
    """A004-13."""
    made, execution = begun(engine, TIDY, {"text": "a  b"})

    definitions.update(engine, made.id, FAILING)

    assert executions.get(engine, execution.execution_id).workflow_revision == 1
    later = executions.execute(engine, made.id, {"text": "x"})
    assert later.workflow_revision == 2


def test_a_workflow_stays_of_its_kind(engine):
    made = definitions.create(engine, TIDY)

    with pytest.raises(NotPossibleError, match="is workflow, and stays so"):
        definitions.update(engine, made.id, {"name": "x", "generator_function": "g"})


def test_a_deleted_one_is_there_no_more_and_its_executions_are(engine):
    """S004-23, A004-14."""
    made, execution = begun(engine, TIDY, {"text": "a"})

    definitions.delete(engine, made.id)

    for ask in (
        definitions.get,
        definitions.revisions,
        definitions.permissions,
        definitions.delete,
    ):
        with pytest.raises(WorkflowNotFoundError, match=made.id):
            ask(engine, made.id)
    with pytest.raises(WorkflowNotFoundError):
        executions.execute(engine, made.id, {"text": "a"})
    assert definitions.find(engine, ListRequest()).total == 0
    assert definitions.find(engine, ListRequest(status="archived")).total == 1
    assert executions.get(engine, execution.execution_id).status == "completed"


def test_one_whose_executions_go_on_is_deleted_on_request_only(engine):
    """A004-14."""
    made, execution = begun(engine, TIDY, {"text": "a"})
    live = engine.start(
        flow_of(definitions.row_of(engine, made.id)),
        inputs={"text": "b"}, delay=60.0, attributes={"definition": made.id},
    )  # fmt: skip

    with pytest.raises(LiveExecutionsError) as caught:
        definitions.delete(engine, made.id)
    definitions.delete(engine, made.id, cancel_running=True)

    assert caught.value.live == 1
    assert live.refresh().status == "cancelled"
    assert executions.get(engine, execution.execution_id).status == "completed"


def test_permissions_are_kept_and_unknown_names_are_told(engine):
    """S004-63, S004-64, A004-47."""
    made = definitions.create(engine, TIDY)

    told = definitions.set_permissions(engine, made.id, Permissions(**RIGHTS))

    assert (told.read, told.execute, told.delete) == (RIGHTS["read"], ("user1",), ())
    assert [warning.split("'")[1] for warning in told.warnings] == ["team:researchers", "user1"]
    assert definitions.permissions(engine, made.id) == told


def test_a_team_has_a_name(engine):
    made = definitions.create(engine, TIDY)

    with pytest.raises(InvalidValueError, match=r"permissions\.modify"):
        definitions.set_permissions(engine, made.id, Permissions(modify=("team:",)))


def test_permissions_are_set_though_others_say_something_meanwhile(engine, monkeypatch):
    made = definitions.create(engine, TIDY)
    keeper = engine.store.definitions
    say = keeper.say

    def meanwhile(definition, said, old):
        monkeypatch.setattr(keeper, "say", say)
        say(definition, '{"other":1}', old)
        return say(definition, said, old)

    monkeypatch.setattr(keeper, "say", meanwhile)

    definitions.set_permissions(engine, made.id, Permissions(**RIGHTS))

    assert keeper.get(made.id).said.startswith('{"other":1,"permissions":')


def test_a_handler_judges_failures(engine):
    """S004-61, S004-62, A004-21."""
    asked = []

    def judge(step_id, error_type, _message):
        asked.append((step_id, error_type))
        return {"action": "use_fallback", "fallback_model": "builtin/language"}

    made = definitions.create(engine, FAILING)
    definitions.set_error_handler(engine, made.id, judge)
    try:
        first = executions.execute(engine, made.id, {"text": "a"})
    finally:
        definitions.set_error_handler(engine, made.id, None)
    second = executions.execute(engine, made.id, {"text": "a"})

    assert asked == [("ask", "model_unavailable")]
    assert executions.get(engine, first.execution_id).status == "completed"
    assert executions.get(engine, second.execution_id).status == "failed"
