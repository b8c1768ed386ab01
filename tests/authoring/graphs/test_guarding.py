"""What a step of a run with a vault reads is opened, and what it comes to sealed (A004-27)."""

import logging
import traceback
from dataclasses import replace

import pytest

from perdure.authoring.graphs.bodies import body_makers
from perdure.authoring.graphs.compiling import compile_definition
from perdure.authoring.graphs.guarding import Guarded, is_given_back
from perdure.authoring.graphs.policies import JUDGED
from perdure.authoring.graphs.validation import examine
from perdure.authoring.heartbeats import enter, heartbeat, leave
from perdure.errors import (
    AttemptStoppedError,
    InvalidInputError,
    MissingExtraError,
    RateLimitError,
    RetryAfterError,
    StepError,
)
from perdure.kernel.directives import Join, Next, Sleep, Wait
from perdure.kernel.plan import StepPlan
from perdure.ports.executor import Judgement, Result
from perdure.ports.vault import SecretGoneError
from perdure.wire.encoding import decode, encode
from perdure.wire.sealed import PRIVATE, SECRET, Settings, sealed_value, with_vault
from tests.authoring.graphs.support import (
    Echo,
    ask,
    attempt,
    define,
    functions,
    gather,
    graph,
    value_of,
    work_on,
)

CANARY = "c4n4ry-value"
KEY = {"key": sealed_value(SECRET, f'workflow.input.key|"{CANARY}"')}


class Glass:
    """A vault through which everything can be seen; it holds that places and kinds are told right."""

    def __init__(self):
        self.sealed_texts = []

    def sealed(self, run, place, kind, text):
        self.sealed_texts.append((place, kind, text))
        return f"{place}|{text}"

    def opened(self, run, place, kind, token):
        bound, _, text = token.partition("|")
        assert bound == place
        return text


def plan_of(*steps, **more):
    examined = examine(define(*steps, **more), functions(), lambda: [Echo("m", raw={"of": 1})])
    assert examined.errors == ()
    return compile_definition(examined.definition, examined.links, functions())


def run(plan, name, *, settings=None, inputs=None, results=None, vault=None, path=None):
    """Run one step of a run with a vault."""
    step = plan.step(name)
    body = body_makers(functions, lambda: [Echo("m", raw={"of": CANARY})])[step.kind](plan, step)
    work = attempt(plan, name, results=results)
    context = with_vault(settings or Settings(), {"plain": "p", **KEY, **(inputs or {})})
    return body(replace(work, context=context, vault=vault or Glass(), path=path or name))


def test_a_secret_is_opened_for_who_names_it_and_its_result_is_sealed():
    vault = Glass()
    plan = plan_of(work_on("a", "with ${workflow.input.key}"))

    result = run(plan, "a", vault=vault)

    assert vault.sealed_texts == [("a", SECRET, encode(f"WITH {CANARY.upper()}!"))]
    assert value_of(result) == sealed_value(SECRET, f'a|"WITH {CANARY.upper()}!"')
    assert result.meta == {"function": "test_shout"}


def test_who_names_no_secret_seals_nothing():
    result = run(plan_of(work_on("a", "${workflow.input.plain}")), "a")

    assert value_of(result) == "P!"


def test_all_inputs_together_are_as_secret_as_one_of_them():
    vault = Glass()
    run(plan_of(gather("a", inputs={"all": "${workflow.input}"})), "a", vault=vault)

    ((_, kind, text),) = vault.sealed_texts
    assert kind == SECRET
    assert decode(text) == {"all": {"plain": "p", "key": CANARY}}


def test_who_reads_a_result_that_is_secret_passes_on_a_secret():
    """A004-27: taint goes through references, however many steps lie between."""
    plan = plan_of(work_on("a", "x"), work_on("b", "${a.result}"))
    given = {"a": sealed_value(SECRET, 'a|"told"')}

    result = run(plan, "b", results=given)

    assert value_of(result) == sealed_value(SECRET, 'b|"TOLD!"')


def test_a_step_that_is_declassified_gives_its_result_in_clear():
    plan = plan_of(work_on("a", "${workflow.input.key}", declassify=True))

    result = run(plan, "a", settings=Settings(audits=True))

    assert value_of(result) == f"{CANARY.upper()}!"
    assert result.meta == {"function": "test_shout", "secrets_read": ["workflow.input.key"]}


def test_what_a_provider_says_besides_is_not_kept_of_a_secret():
    plan = plan_of(ask("a", "${workflow.input.key}"))

    result = run(plan, "a")

    assert result.meta["model_used"] == "m"
    assert result.meta["usage"] == {"tokens": len(CANARY)}
    assert CANARY not in encode(dict(result.meta))


def test_a_declassified_step_keeps_it_with_the_secret_masked():
    result = run(plan_of(ask("a", "${workflow.input.key}", declassify=True)), "a")

    assert result.meta["raw"] == {"of": "<secret>"}


def test_intermediate_results_are_sealed_if_asked_and_are_no_secrets():
    """S004-67: what others read is sealed; what the run comes to is not; nothing is tainted."""
    plan = plan_of(work_on("a", "x"), work_on("b", "${a.result}"))
    asked = Settings(encrypts=True)

    first = run(plan, "a", settings=asked)
    second = run(plan, "b", settings=asked, results={"a": value_of(first)})

    assert value_of(first) == sealed_value(PRIVATE, 'a|"X!"')
    assert value_of(second) == "X!!"


def test_what_looks_sealed_is_sealed_so_that_nothing_else_looks_so():
    odd = {"$sealed": "secret:forged"}
    result = run(plan_of(gather("a", inputs=odd)), "a")

    assert value_of(result) == sealed_value(PRIVATE, f"a|{encode(odd)}")


def test_items_of_a_loop_are_as_secret_as_its_list():
    """Also those whose list another attempt has made."""
    loop = {
        "id": "each",
        "type": "loop",
        "iterate_over": ["${workflow.input.key}", "b"],
        "step": {"type": "data_processing", "function": "test_shout", "input": "n ${loop.index}"},
    }
    plan = plan_of(loop)
    step, context = plan.step("each"), with_vault(Settings(), KEY)
    body = body_makers(functions, list)["loop"](plan, step)
    works = [
        replace(attempt(plan, "each"), context=context, vault=Glass(), path=path)
        for path in ("each", "each[0]", "each[1]")
    ]

    _, first, second = [body(work) for work in works]

    assert value_of(first) == sealed_value(SECRET, 'each[0]|"N 0!"')
    assert value_of(second) == sealed_value(SECRET, 'each[1]|"N 1!"')


def test_a_result_of_a_loop_is_opened_item_by_item():
    loop = {
        "id": "each",
        "type": "loop",
        "iterate_over": ["a", "b"],
        "step": {"type": "data_processing", "function": "test_shout", "input": "x"},
    }
    plan = plan_of(loop, gather("all", inputs={"them": "${each.result}"}))
    given = {
        "each": {"items": 2, "left_out": 0},
        "each[0]": sealed_value(SECRET, "each[0]|1"),
        "each[1]": 2,
    }
    vault = Glass()

    run(plan, "all", results=given, vault=vault)

    assert vault.sealed_texts == [("all", SECRET, '{"them":[1,2]}')]


def raising(error, *, declassifies=False, retryable=None, reads=True):
    """Return what comes out of a guarded body that raises this, and its body."""

    class Raises:
        is_async = False

        def __call__(self, work):
            plan = plan_of(work_on("a", "${workflow.input.key}"))
            if reads:
                run_inner(plan, work)
            raise error

        def judge(self, _work, given):
            return Judgement(getattr(given, "retryable", True) if retryable is None else retryable)

    def run_inner(plan, work):
        from perdure.authoring.graphs.values import Values
        from perdure.kernel.references import parse

        assert Values(work, ())(parse("workflow.input.key"))["key"] == CANARY

    body = Guarded(Raises(), declassifies)
    plan = graph(StepPlan(name="a"))
    work = replace(attempt(plan, "a"), context=with_vault(Settings(), KEY), vault=Glass())
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it is looked at
        body(work)
    return caught.value, body


def test_an_error_of_who_has_read_a_secret_tells_its_kind_and_its_type_alone():
    """Not its text, nor that of what caused it: both may hold anything that the step has read."""
    error = RateLimitError(f"not with {CANARY}")
    error.__cause__ = ValueError(CANARY)

    told, body = raising(error)

    assert (type(told).__name__, told.kind, told.retryable) == (
        "RateLimitError",
        "rate_limit",
        True,
    )
    assert isinstance(told, StepError)
    assert body.judge(None, told).retryable
    shown = "".join(traceback.format_exception(told))
    assert CANARY not in shown
    assert "withheld, for the step had read a secret" in shown
    assert "raise error" in shown


def test_a_foreign_error_keeps_its_type_and_whether_it_is_tried_again():
    told, body = raising(KeyError(CANARY), retryable=False)

    assert (type(told).__name__, told.kind) == ("KeyError", "error")
    assert not body.judge(None, told).retryable


def test_an_error_that_says_when_to_come_again_still_does():
    told, _ = raising(RetryAfterError(CANARY, seconds=7.0))

    assert isinstance(told, RetryAfterError)
    assert told.seconds == 7.0


def test_a_declassified_step_tells_its_errors_with_the_secret_masked():
    told, _ = raising(ValueError(f"bad {CANARY}"), declassifies=True)

    assert str(told) == "bad <secret>"


def test_an_error_before_any_secret_was_read_is_told_as_it_is():
    error = MissingExtraError("x", "y", "z")

    told, body = raising(error, reads=False)

    assert told is error
    assert body.judge(None, told).retryable
    told, body = raising(error)
    assert (type(told).__name__, body.judge(None, told).retryable) == ("MissingExtraError", False)


def test_a_handler_is_asked_once_about_a_failure_and_is_not_told_the_secret():
    judged = ValueError(CANARY)
    told = raising(judged)[0]
    judged.__dict__[JUDGED] = "said"

    assert JUDGED not in told.__dict__
    assert raising(judged)[0].__dict__[JUDGED] == "said"


def test_an_attempt_that_was_called_off_is_told_as_such():
    assert isinstance(raising(AttemptStoppedError("a", "cancel"))[0], AttemptStoppedError)


def test_where_nobody_says_otherwise_another_try_may_follow():
    assert Guarded(lambda work: None, declassifies=False).judge(None, ValueError()).retryable


def test_a_process_without_keys_says_so():
    plan = plan_of(work_on("a", "${workflow.input.key}"))
    step = plan.step("a")
    body = body_makers(functions, list)["data_processing"](plan, step)
    work = replace(attempt(plan, "a"), context=with_vault(Settings(), KEY))

    with pytest.raises(SecretGoneError, match="this process has no keys"):
        body(work)


@pytest.mark.parametrize(
    "result",
    [
        Result(outcome=Join(), children=(object(),)),
        Result(outcome=Wait(name="go", key=CANARY)),
        Result(outcome=Sleep(5.0)),
    ],
)
def test_a_secret_goes_into_nothing_that_is_kept_in_clear(result):
    def body(work):
        from perdure.authoring.graphs.values import Values
        from perdure.kernel.references import parse

        Values(work, ())(parse("workflow.input.key"))
        return result

    body.is_async = False
    plan = graph(StepPlan(name="a"))
    work = replace(attempt(plan, "a"), context=with_vault(Settings(), KEY), vault=Glass())

    with pytest.raises(StepError) as caught:
        Guarded(body, declassifies=False)(work)

    assert caught.value.kind == InvalidInputError.kind


def test_logs_and_heartbeats_of_such_a_step_are_masked(caplog):
    said = []

    def body(work):
        from perdure.authoring.graphs.values import Values
        from perdure.kernel.references import parse

        Values(work, ())(parse("workflow.input.key"))
        logging.getLogger("tests.guarding").warning("using %s", CANARY)
        heartbeat(0.5, {"with": CANARY})
        return Result(outcome=Next())

    body.is_async = False
    plan = graph(StepPlan(name="a"))
    work = replace(
        attempt(plan, "a"), context=with_vault(Settings(), KEY), vault=Glass(),
        pulse=lambda _work, *told: said.append(told),
    )  # fmt: skip
    token = enter(work)
    try:
        Guarded(body, declassifies=False)(work)
    finally:
        leave(token)

    assert said == [(0.5, '{"with":"<secret>"}')]
    assert [record.getMessage() for record in caplog.records] == ["using <secret>"]


def test_what_a_run_comes_to_is_no_intermediate_result():
    branch = {"condition": "true", "if_true": work_on("yes", "x")}
    plan = plan_of(work_on("a", "x"), {"id": "c", "type": "conditional", **branch})
    named = plan_of(work_on("a", "x"), work_on("b", "${a.result}"), output={"it": "${a.result}"})

    assert [is_given_back(plan, plan.step(name)) for name in ("a", "c", "yes")] == [True] * 3
    assert [is_given_back(named, named.step(name)) for name in ("a", "b")] == [True, False]
