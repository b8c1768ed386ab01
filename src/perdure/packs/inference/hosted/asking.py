"""One request to a hosted model, and what it answered: text, or JSON that fits a schema."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, Len

from perdure.authoring import parameters
from perdure.errors import InvalidOutputError
from perdure.packs.inference.hosted.aside import Aside
from perdure.packs.inference.hosted.failures import failure
from perdure.packs.inference.hosted.prices import MOST_TOKENS, Cost, cost_of
from perdure.packs.inference.settings import Named, Source
from perdure.packs.inference.structured import Shape
from perdure.ports.models import ModelAnswer, ModelRequest, mark_spent

TIMEOUT = 300.0
METHOD = "hosted language model"
_ANSWER = "answer"


def taken(  # noqa: PLR0913 - one parameter each
    prompt: str,
    *,
    temperature: Annotated[float, Ge(0), Le(2)] | None = None,
    max_tokens: Annotated[int, Ge(1)] | None = None,
    top_p: Annotated[float, Ge(0), Le(1)] | None = None,
    seed: int | None = None,
    stop: Annotated[list[str], Len(1, 4)] | None = None,
    system: str | None = None,
    output_schema: dict[str, Any] | None = None,
    timeout_seconds: Annotated[float, Gt(0), Le(3600)] = TIMEOUT,
) -> dict[str, Any]:
    """Return what a hosted model is asked, and how."""
    return {name: value for name, value in locals().items() if value is not None}


def read_parameters(request: ModelRequest) -> dict[str, Any]:
    """Return a request's parameters, checked; those of other models are left alone.

    Raises InvalidInputError that names the parameter.
    """
    known = parameters.known_only(taken, request.parameters)
    given = {name: value for name, value in known.items() if value is not None}
    return taken(request.prompt, **parameters.checked(taken, given))


@dataclass(slots=True)
class Asker:
    """Asks hosted models. One call of `ask` is one request, whatever it comes to."""

    aside: Aside = field(default_factory=Aside)
    _clients: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    def ask(self, named: Named, request: ModelRequest) -> ModelAnswer:
        """Return the answer. Raises a StepError of the kind that the failure is of."""
        given = read_parameters(request)
        shape = Shape.of(given.get("output_schema"))
        source = named.source
        who = f"{source.name} ({named.model})"
        try:
            response = self.aside.run(lambda: self._request(named, given, shape))
        except Exception as error:
            meant = failure(error, who, source.key)
            if meant is None:
                raise
            raise meant from None  # its cause has the request, and with it the key
        return _answer(named, response, shape)

    async def _request(self, named: Named, given: Mapping[str, Any], shape: Shape | None) -> Any:
        from pydantic_ai.direct import model_request
        from pydantic_ai.messages import ModelRequest as Message
        from pydantic_ai.messages import SystemPromptPart, UserPromptPart

        source = named.source
        client = self._client(source)
        model = MODELS[source.api](source, named.model, client)
        told = [SystemPromptPart(given["system"])] if "system" in given else []
        return await model_request(
            model,
            [Message(parts=[*told, UserPromptPart(given["prompt"])])],
            model_settings=_settings(source, given),
            model_request_parameters=_wanted(source, shape),
        )

    def _client(self, source: Source) -> Any:
        """Return the client of a source and its key, the same one for every request."""
        key = (self.aside.generation, source.name, source.url, source.key)
        if key not in self._clients:
            self._clients[key] = CLIENTS[source.api](source)
        return self._clients[key]

    def close(self) -> None:
        """Close the connections, and end the loop."""
        clients, self._clients = [*self._clients.values()], {}
        for client in clients:
            self.aside.run(client.close)
        self.aside.close()


def _openai_client(source: Source) -> Any:
    from openai import AsyncOpenAI

    return AsyncOpenAI(api_key=source.key or "none", base_url=source.url, max_retries=0)


def _anthropic_client(source: Source) -> Any:
    from anthropic import AsyncAnthropic

    return AsyncAnthropic(api_key=source.key or "none", base_url=source.url, max_retries=0)


def _openai_model(source: Source, model: str, client: Any) -> Any:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    if source.name == "openai":
        return OpenAIChatModel(model, provider=OpenAIProvider(openai_client=client))
    provider = OpenAICompatibleProvider(source.name, openai_client=client)
    older = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False)
    return OpenAIChatModel(model, provider=provider, profile=older)


def _anthropic_model(_source: Source, model: str, client: Any) -> Any:
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    return AnthropicModel(model, provider=AnthropicProvider(anthropic_client=client))


CLIENTS: Mapping[str, Callable[[Source], Any]] = {
    "openai": _openai_client,
    "anthropic": _anthropic_client,
}
MODELS: Mapping[str, Callable[[Source, str, Any], Any]] = {
    "openai": _openai_model,
    "anthropic": _anthropic_model,
}


def _settings(source: Source, given: Mapping[str, Any]) -> Any:
    if source.api == "anthropic" and "max_tokens" not in given:
        given = {**given, "max_tokens": MOST_TOKENS}  # it wants to be told
    names = {"temperature": "temperature", "max_tokens": "max_tokens", "top_p": "top_p"}
    names |= {"seed": "seed", "stop": "stop_sequences"}
    seconds = given["timeout_seconds"]
    return {
        "timeout": seconds,
        "request_timeout": seconds,
        "max_retries": 0,
        **{theirs: given[ours] for ours, theirs in names.items() if ours in given},
    }


def _wanted(source: Source, shape: Shape | None) -> Any:
    """Return how the answer is asked for: Claude by a tool that it must use, others by a format."""
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.output import OutputObjectDefinition
    from pydantic_ai.tools import ToolDefinition

    if shape is None:
        return ModelRequestParameters()
    if source.api == "anthropic":
        tool = ToolDefinition(
            name=_ANSWER,
            description="Give the answer.",
            parameters_json_schema=dict(shape.asked),
            kind="output",
        )
        return ModelRequestParameters(
            output_mode="tool", output_tools=[tool], allow_text_output=False
        )
    wanted = OutputObjectDefinition(json_schema=dict(shape.asked), name=_ANSWER)
    return ModelRequestParameters(output_mode="native", output_object=wanted)


def _answer(named: Named, response: Any, shape: Shape | None) -> ModelAnswer:
    usage = _usage(response.usage)
    used = response.model_name or named.model
    cost = cost_of(named.source, used, usage) if usage else Cost(None, "none")
    if cost.dollars is None and usage:  # the service may tell a name that no price list has
        cost = cost_of(named.source, named.model, usage)
    is_cut = response.finish_reason == "length"
    paid = {"usage": usage or None, "cost": cost.dollars, "cost_basis": cost.basis, "model": used}
    try:
        result = _result(response, shape, is_cut=is_cut)
    except InvalidOutputError as error:
        mark_spent(error, {**paid, "provider": named.source.name})
        raise
    return ModelAnswer(
        result,
        used,
        kind="text" if shape is None else "other",
        method=METHOD,
        note="cut off where max_tokens was reached" if is_cut else "",
        usage=usage or None,
        cost=cost.dollars,
        cost_basis=cost.basis,
        provider=named.source.name,
        raw={"id": response.provider_response_id, "finish_reason": response.finish_reason},
    )


def _result(response: Any, shape: Shape | None, *, is_cut: bool) -> Any:
    """Return the text, or the value in its shape. Raises InvalidOutputError."""
    text = "".join(part.content for part in response.parts if part.part_kind == "text")
    if shape is None:
        if not text:
            raise InvalidOutputError(
                f"the model gave no text (it ended by {response.finish_reason})"
            )
        return text
    calls = [part for part in response.parts if part.part_kind == "tool-call"]
    if is_cut:
        raise InvalidOutputError("the answer was cut off where max_tokens was reached")
    return shape.read(calls[0].args if calls else text)


def _usage(usage: Any) -> dict[str, int]:
    names = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
    found = {name: getattr(usage, name, 0) for name in names}
    return {name: int(value) for name, value in found.items() if value}
