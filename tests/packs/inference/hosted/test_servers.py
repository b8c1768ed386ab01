"""The local servers, checked by the vendors' own SDKs: what holds of the services holds of them."""

import anthropic
import openai
import pytest

from tests.packs.inference.hosted.servers import (
    KEY,
    Refuses,
    Says,
    always,
    anthropic_api,
    openai_api,
)

ASKED = [{"role": "user", "content": "What is the capital of France?"}]
HAIKU = "claude-haiku-4-5"
TOOL = {
    "name": "answer",
    "description": "Give the answer.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


@pytest.fixture
def openai_client():
    """Return a maker of clients that ask once."""
    made = []

    def make(service, key=KEY):
        client = openai.OpenAI(api_key=key, base_url=service.site.url("/v1"), max_retries=0)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def anthropic_client():
    made = []

    def make(service, key=KEY):
        client = anthropic.Anthropic(api_key=key, base_url=service.site.url(""), max_retries=0)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


def test_openais_sdk_reads_an_answer_and_its_usage(openai_client):
    with openai_api(always(Says("Paris.", cached_tokens=4))) as service:
        said = openai_client(service).chat.completions.create(model="gpt-4o", messages=ASKED)

    assert said.choices[0].message.content == "Paris."
    assert said.choices[0].finish_reason == "stop"
    assert (said.usage.prompt_tokens, said.usage.completion_tokens) == (12, 3)
    assert said.usage.prompt_tokens_details.cached_tokens == 4
    assert service.count == 1


def test_openais_sdk_reads_a_stream_whole_with_its_usage(openai_client):
    with openai_api(always(Says("The capital is Paris."))) as service:
        chunks = [
            *openai_client(service).chat.completions.create(
                model="gpt-4o", messages=ASKED, stream=True, stream_options={"include_usage": True}
            )
        ]

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "The capital is Paris."
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.total_tokens == 15


def test_openais_sdk_parses_an_answer_in_a_shape(openai_client):
    from pydantic import BaseModel

    class City(BaseModel):
        city: str

    with openai_api(always(Says(value={"city": "Paris"}))) as service:
        said = openai_client(service).chat.completions.parse(
            model="gpt-4o", messages=ASKED, response_format=City
        )

    assert said.choices[0].message.parsed == City(city="Paris")
    assert service.bodies[0]["response_format"]["type"] == "json_schema"


def test_openais_sdk_lists_the_models(openai_client):
    with openai_api(always(Says())) as service:
        listed = openai_client(service).models.list()

    assert [model.id for model in listed.data] == ["gpt-4o-mini", "gpt-4o"]


@pytest.mark.parametrize(
    ("refused", "raised"),
    [
        (Refuses(400, message="bad"), openai.BadRequestError),
        (Refuses(403, message="no"), openai.PermissionDeniedError),
        (Refuses(429, "requests", "slow down", "rate_limit_exceeded"), openai.RateLimitError),
        (Refuses(500, "server_error", "oops"), openai.InternalServerError),
        (Refuses(503, "server_error", "busy"), openai.InternalServerError),
    ],
)
def test_openais_sdk_raises_what_each_error_means(openai_client, refused, raised):
    with openai_api(always(refused)) as service, pytest.raises(raised) as found:
        openai_client(service).chat.completions.create(model="gpt-4o", messages=ASKED)

    assert found.value.status_code == refused.status
    assert found.value.body["message"] == refused.message


def test_openais_sdk_finds_when_to_come_again(openai_client):
    refused = Refuses(429, "requests", "slow down", headers={"retry_after": "7"})
    with openai_api(always(refused)) as service, pytest.raises(openai.RateLimitError) as found:
        openai_client(service).chat.completions.create(model="gpt-4o", messages=ASKED)

    assert found.value.response.headers["retry-after"] == "7"


def test_openais_sdk_is_refused_with_a_wrong_key_and_for_an_unknown_model(openai_client):
    with openai_api(always(Says())) as service:
        with pytest.raises(openai.AuthenticationError):
            openai_client(service, "wrong").chat.completions.create(model="gpt-4o", messages=ASKED)
        with pytest.raises(openai.NotFoundError) as found:
            openai_client(service).chat.completions.create(model="gpt-9", messages=ASKED)

    assert found.value.code == "model_not_found"


def test_anthropics_sdk_reads_an_answer_and_its_usage(anthropic_client):
    with anthropic_api(always(Says("Paris."))) as service:
        said = anthropic_client(service).messages.create(model=HAIKU, max_tokens=50, messages=ASKED)

    assert said.content[0].text == "Paris."
    assert said.stop_reason == "end_turn"
    assert (said.usage.input_tokens, said.usage.output_tokens) == (12, 3)


def test_anthropics_sdk_reads_a_stream_whole_with_its_usage(anthropic_client):
    with (
        anthropic_api(always(Says("The capital is Paris."))) as service,
        anthropic_client(service).messages.stream(
            model=HAIKU, max_tokens=50, messages=ASKED
        ) as stream,
    ):
        text = "".join(stream.text_stream)
        last = stream.get_final_message()

    assert text == last.content[0].text == "The capital is Paris."
    assert (last.usage.input_tokens, last.usage.output_tokens) == (12, 3)


@pytest.mark.parametrize("streams", [False, True])
def test_anthropics_sdk_reads_the_use_of_a_tool(anthropic_client, streams):
    how = {"model": HAIKU, "max_tokens": 50, "messages": ASKED, "tools": [TOOL]}
    with anthropic_api(always(Says(value={"city": "Paris"}))) as service:
        messages = anthropic_client(service).messages
        if streams:
            with messages.stream(**how) as stream:
                said = stream.get_final_message()
        else:
            said = messages.create(**how)

    assert said.stop_reason == "tool_use"
    assert said.content[0].input == {"city": "Paris"}


@pytest.mark.parametrize(
    ("refused", "raised"),
    [
        (Refuses(400, "invalid_request_error", "bad"), anthropic.BadRequestError),
        (Refuses(429, "rate_limit_error", "slow down"), anthropic.RateLimitError),
        (Refuses(500, "api_error", "oops"), anthropic.InternalServerError),
        (Refuses(529, "overloaded_error", "Overloaded"), anthropic.APIStatusError),
    ],
)
def test_anthropics_sdk_raises_what_each_error_means(anthropic_client, refused, raised):
    with anthropic_api(always(refused)) as service, pytest.raises(raised) as found:
        anthropic_client(service).messages.create(model=HAIKU, max_tokens=50, messages=ASKED)

    assert found.value.status_code == refused.status
    assert found.value.body["error"]["type"] == refused.kind


def test_anthropics_sdk_is_refused_with_a_wrong_key_and_for_an_unknown_model(anthropic_client):
    how = {"max_tokens": 50, "messages": ASKED}
    with anthropic_api(always(Says())) as service:
        with pytest.raises(anthropic.AuthenticationError):
            anthropic_client(service, "wrong").messages.create(model=HAIKU, **how)
        with pytest.raises(anthropic.NotFoundError):
            anthropic_client(service).messages.create(model="claude-0", **how)
