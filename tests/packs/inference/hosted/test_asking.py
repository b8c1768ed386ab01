"""Hosted models, asked through the library, answered by local servers that speak the protocols."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from perdure.errors import (
    InvalidInputError,
    InvalidOutputError,
    ModelUnavailableError,
    RetryAfterError,
    StepError,
    StepTimeoutError,
    TemporaryFailureError,
)
from perdure.packs.inference.hosted.asking import Asker, read_parameters
from perdure.packs.inference.settings import Named, Source
from perdure.ports.models import ModelRequest
from tests.packs.inference.hosted.servers import (
    KEY,
    Refuses,
    Says,
    always,
    anthropic_api,
    openai_api,
)

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
APIS = {
    "openai": (openai_api, "/v1", "gpt-4o-mini"),
    "anthropic": (anthropic_api, "", "claude-haiku-4-5"),
}


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("A_KEY", KEY)


@pytest.fixture
def asker():
    made = Asker()
    yield made
    made.close()


class Api:
    """A service of one of the two protocols, and how it is asked."""

    def __init__(self, kind, service, asker):
        _, path, self.model = APIS[kind]
        self.service = service
        self.asker = asker
        self.source = Source(
            name=kind, api=kind, base_url=service.site.url(path), key_env="A_KEY", prices=kind
        )

    def ask(self, prompt="Capital of France?", model="", **parameters):
        named = Named(self.source, model or self.model)
        request = ModelRequest(model or self.model, prompt, parameters=parameters)
        return self.asker.ask(named, request)


@pytest.fixture(params=["openai", "anthropic"])
def api(request, asker):
    """Return what serves the answers of a rule: `with api(rule) as a: a.ask()`."""
    from contextlib import contextmanager

    @contextmanager
    def serve(rule):
        serving, _, model = APIS[request.param]
        with serving(rule, models=(model,)) as service:
            yield Api(request.param, service, asker)

    return serve


def test_a_text_comes_with_who_answered_what_it_took_and_what_it_cost(api):
    """S004-28, A004-24."""
    with api(always(Says("Paris."))) as a:
        answer = a.ask()

    assert (answer.result, answer.kind) == ("Paris.", "text")
    assert answer.model == a.model
    assert answer.provider == a.source.name
    assert answer.usage == {"input_tokens": 12, "output_tokens": 3}
    assert answer.cost > 0
    assert answer.cost_basis.startswith("genai-prices")


def test_what_is_asked_reaches_the_service(api):
    """S004-28: temperature and max_tokens."""
    with api(always(Says())) as a:
        a.ask("Why?", temperature=0.5, max_tokens=99, system="Be brief.", unknown_here=1)

    body = a.service.bodies[0]
    assert body["temperature"] == 0.5
    assert 99 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    assert "Why?" in str(body["messages"])
    assert "Be brief." in str(body)
    assert "unknown_here" not in str(body)


def test_the_model_that_answered_is_the_one_that_the_service_names(api):
    with api(always(Says(model="dated-2026-01-01"))) as a:
        answer = a.ask()

    assert answer.model == "dated-2026-01-01"
    assert answer.cost > 0  # the name that was asked for has a price


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        (Refuses(400, message="bad"), "invalid_input"),
        (Refuses(401, message="who?"), "model_unavailable"),
        (Refuses(404, message="gone"), "model_unavailable"),
        (Refuses(429, message="slow down"), "rate_limit"),
        (Refuses(500, message="oops"), "temporary_failure"),
        (Refuses(503, message="busy"), "temporary_failure"),
        (Refuses(529, message="busy"), "temporary_failure"),
    ],
)
def test_an_error_is_one_request_and_has_its_kind(api, refused, kind):
    """S004-59. The library's own retries are off: the server counts one."""
    with api(always(refused)) as a, pytest.raises(StepError) as found:
        a.ask()

    assert found.value.kind == kind
    assert a.service.count == 1


def test_a_rate_limit_that_says_when_is_kept(api):
    with (
        api(always(Refuses(429, message="slow down", headers={"retry_after": "7"}))) as a,
        pytest.raises(RetryAfterError) as found,
    ):
        a.ask()

    assert found.value.seconds == 7
    assert a.service.count == 1


def test_no_answer_in_time_is_a_timeout_and_one_request(api):
    with api(always(None)) as a, pytest.raises(StepTimeoutError):
        a.ask(timeout_seconds=0.3)

    assert a.service.count == 1


def test_nobody_there_is_a_temporary_failure(api):
    with api(always(Says())) as a:
        pass
    with pytest.raises(TemporaryFailureError):
        a.ask(timeout_seconds=5)


def test_a_model_that_the_service_does_not_have_is_unavailable(api):
    with api(always(Says())) as a, pytest.raises(ModelUnavailableError):
        a.ask(model="unheard-of")


def test_an_answer_can_be_asked_for_in_a_shape(api):
    with api(always(Says(value={"city": "Paris"}))) as a:
        answer = a.ask(output_schema=CITY)

    assert (answer.result, answer.kind) == ({"city": "Paris"}, "other")
    assert "city" in str(a.service.bodies[0])


def test_a_list_can_be_asked_for(api):
    with api(always(Says(value={"value": [1, 2]}))) as a:
        answer = a.ask(output_schema={"type": "array", "items": {"type": "integer"}})

    assert answer.result == [1, 2]


def test_an_answer_that_does_not_fit_has_been_paid_for_all_the_same(api):
    with (
        api(always(Says(value={"town": 3}))) as a,
        pytest.raises(InvalidOutputError, match="does not fit output_schema") as found,
    ):
        a.ask(output_schema=CITY)

    assert found.value.spent["cost"] > 0
    assert found.value.spent["usage"] == {"input_tokens": 12, "output_tokens": 3}


def test_a_shape_that_was_cut_off_is_told(api):
    finish = {"openai": "length", "anthropic": "max_tokens"}
    with api(lambda body, _n: Says(value={"city": "P"}, finish=finish[a.source.name])) as a:
        with pytest.raises(InvalidOutputError, match="max_tokens was reached"):
            a.ask(output_schema=CITY)
        a_text = a.ask() if a.source.name == "openai" else None

    if a_text is not None:
        assert "cut off" in a_text.note


def test_an_empty_answer_is_no_answer(api):
    with api(always(Says(""))) as a, pytest.raises(InvalidOutputError):
        a.ask()


def test_connections_are_used_again_also_by_other_threads(api):
    with api(always(Says())) as a, ThreadPoolExecutor(4) as threads:
        for _ in range(5):
            threads.submit(a.ask).result()

    assert a.service.count == 5
    assert len(a.service.connections) == 1


def test_a_wrong_parameter_is_told_before_anybody_is_asked(api):
    with api(always(Says())) as a, pytest.raises(InvalidInputError, match="temperature"):
        a.ask(temperature=3)

    assert a.service.count == 0


def test_the_key_is_in_no_error_and_in_no_log(api, caplog):
    caplog.set_level(logging.DEBUG)
    rule = always(Refuses(401, message=f"Incorrect API key provided: {KEY}."))
    with api(rule) as a, pytest.raises(ModelUnavailableError) as found:
        a.ask()

    import traceback

    assert "***" in str(found.value)
    assert KEY not in "".join(traceback.format_exception(found.value))
    assert KEY not in caplog.text


def test_tokens_that_were_not_told_cost_nobody_knows_what(asker):
    with openai_api(always(Says(told_usage=False)), models=("m",)) as service:
        source = Source(name="local", base_url=service.site.url("/v1"), key_env="A_KEY")
        answer = asker.ask(Named(source, "m"), ModelRequest("m", "Hi"))

    assert (answer.usage, answer.cost, answer.cost_basis) == (None, None, "none")


def test_a_server_of_ones_own_is_told_max_tokens_by_the_older_name(asker):
    """Servers that speak the protocol may not know the name that OpenAI uses now."""
    with openai_api(always(Says()), models=("m",)) as service:
        source = Source(name="local", base_url=service.site.url("/v1"), key_env="A_KEY")
        asker.ask(Named(source, "m"), ModelRequest("m", "Hi", parameters={"max_tokens": 5}))

    assert service.bodies[0]["max_tokens"] == 5
    assert "max_completion_tokens" not in service.bodies[0]


def test_parameters_that_are_null_are_as_if_they_were_not_there():
    request = ModelRequest("m", "Hi", parameters={"temperature": None, "max_tokens": 3})

    given = read_parameters(request)

    assert given["max_tokens"] == 3
    assert "temperature" not in given
