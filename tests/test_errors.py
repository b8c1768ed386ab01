"""Errors: one tree, as it is drawn, with messages that say what, where, and what to do."""

import inspect
import re

import pytest

from perdure import errors

CLASSES = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, errors.PerdureError)
}


def drawn():
    """Return each class of the drawing with the one above it."""
    above: list[str] = []
    tree: dict[str, str | None] = {}
    for line in errors.__doc__.splitlines():
        if found := re.match(r"((?:│  |   )*)(?:[├└]─ )(\w+) +\S|(PerdureError)$", line):
            depth = 0 if found[3] else len(found[1]) // 3 + 1
            name = found[3] or found[2]
            above = [*above[:depth], name]
            tree[name] = above[depth - 1] if depth else None
    return tree


def test_the_drawing_shows_every_class_where_it_is():
    tree = {
        name: kind.__bases__[0].__name__ if name != "PerdureError" else None
        for name, kind in CLASSES.items()
    }

    assert drawn() == tree


@pytest.mark.parametrize("name", CLASSES)
def test_an_error_has_the_suffix_and_says_what_it_is(name):
    assert name.endswith("Error")
    assert CLASSES[name].__doc__


@pytest.mark.parametrize(
    "name", [name for name, kind in CLASSES.items() if issubclass(kind, errors.StepError)]
)
def test_a_steps_error_has_a_kind_and_says_whether_another_try_can_help(name):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", CLASSES[name].kind)
    assert isinstance(CLASSES[name].retryable, bool)


def test_only_plain_and_put_off_errors_of_a_step_are_tried_again():
    again = {name for name, kind in CLASSES.items() if getattr(kind, "retryable", False)}

    assert again == {
        "StepError",
        "RetryAfterError",
        "OutcomeUnknownError",
        "TemporaryFailureError",
        "StepTimeoutError",
        "RateLimitError",
    }


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (errors.Problem("steps[2].needs", "unknown step 'a'"), "steps[2].needs: unknown step 'a'."),
        (
            errors.Problem("steps[2]", "unknown type 'http2'", "Did you mean 'http'?"),
            "steps[2]: unknown type 'http2'. Did you mean 'http'?",
        ),
        (errors.Problem("", "not an object"), "not an object."),
    ],
)
def test_a_problem_is_one_line_with_its_place_and_what_would_be_right(problem, line):
    assert str(problem) == line
    assert problem.severity == "error"


def test_a_definitions_error_lists_every_problem():
    problems = [errors.Problem("a", "is wrong"), errors.Problem("b", "is missing")]
    error = errors.InvalidDefinitionError("invoice", problems)

    assert error.problems == tuple(problems)
    assert str(error) == (
        "definition 'invoice' has 2 problem(s):\n  a: is wrong.\n  b: is missing."
    )


@pytest.mark.parametrize(("path", "text"), [("items[3].price", "items[3].price: NaN"), ("", "NaN")])
def test_an_invalid_value_names_its_place_if_it_has_one(path, text):
    assert str(errors.InvalidValueError("NaN", path)) == text
    assert errors.InvalidValueError("NaN", path).path == path


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        ("", "there is no run 'run_1'."),
        ("See `perdure runs`.", "there is no run 'run_1'. See `perdure runs`."),
    ],
)
def test_a_run_that_is_not_there_is_named(hint, text):
    assert str(errors.RunNotFoundError("run_1", hint)) == text
    assert errors.RunNotFoundError("run_1").run == "run_1"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            {"type": "ValueError", "message": "no", "step": "pay"},
            "run run_1 failed at step 'pay': ValueError: no",
        ),
        ({"type": "deadline", "message": "late"}, "run run_1 failed: deadline: late"),
    ],
)
def test_a_failed_run_says_where_and_why(error, text):
    raised = errors.RunFailedError("run_1", error)

    assert str(raised) == text
    assert (raised.run, raised.error) == ("run_1", error)


@pytest.mark.parametrize(("path", "text"), [("file", "file: not a PDF"), ("", "not a PDF")])
def test_a_steps_error_names_the_part_of_its_input_that_is_wrong(path, text):
    assert str(errors.InvalidInputError("not a PDF", path=path)) == text
    assert errors.InvalidInputError("not a PDF", path=path).path == path


def test_an_attempt_that_was_called_off_says_why():
    error = errors.AttemptStoppedError("pay", "timeout")

    assert error.why == "timeout"
    assert str(error).startswith("this attempt of step 'pay' was called off (timeout). ")


def test_an_error_can_put_off_the_next_attempt():
    error = errors.RetryAfterError("slow down", seconds=30.0)

    assert (error.seconds, error.kind, error.path) == (30.0, "rate_limit", "")
    assert str(error) == "slow down"


def test_a_missing_extra_says_what_to_install():
    error = errors.MissingExtraError("PostgresStore", "psycopg", "postgres")

    assert error.extra == "postgres"
    assert str(error) == (
        "PostgresStore needs psycopg. Install it with: pip install 'perdure[postgres]'"
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(errors.ResultTimeoutError, TimeoutError), (errors.MissingExtraError, ImportError)],
)
def test_who_catches_pythons_own_error_catches_ours(ours, theirs):
    assert issubclass(ours, theirs)


def test_a_childs_failure_names_the_child_and_what_became_of_it():
    error = errors.ChildFailedError("run_1", "ship", "timeout", "it took too long")

    assert (error.run_id, error.workflow, error.child_kind) == ("run_1", "ship", "timeout")
    assert str(error) == "child run_1 of 'ship' failed (timeout): it took too long"
    assert not error.retryable


def test_a_unique_key_that_is_taken_names_who_has_it_and_what_to_write():
    error = errors.UniqueKeyTakenError("run_1", "order-7")

    assert (error.run, error.key) == ("run_1", "order-7")
    assert "run run_1 has the unique key 'order-7'" in str(error)
    assert 'on_conflict="return"' in str(error)


def test_a_schedules_error_names_it_and_says_what_to_do():
    gone, taken = errors.ScheduleNotFoundError("s"), errors.ScheduleTakenError("s")

    assert (gone.name, taken.name) == ("s", "s")
    assert str(gone).endswith("perdure schedules list")
    assert "engine.schedules.update('s', ...)" in str(taken)


def test_a_run_that_cannot_go_back_is_named_with_the_step_and_why():
    error = errors.CannotRewindError("run_1", "ship", "that is a hook")

    assert (error.run, error.step) == ("run_1", "ship")
    assert str(error) == "run run_1 cannot go back to 'ship': that is a hook"


def test_a_limit_that_is_reached_names_the_runs_that_live_and_how_many_more():
    error = errors.LimitReachedError("call", 3, ["run_1", "run_2"])

    assert (error.workflow, error.most, error.runs) == ("call", 3, ("run_1", "run_2"))
    assert "at most 3 runs of 'call' may live: run_1, run_2 and 1 more do" in str(error)
    assert "perdure limits set call" in str(error)
