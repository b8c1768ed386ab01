"""The provider of services and of what is configured."""

import pytest

from perdure.errors import ModelUnavailableError
from perdure.packs.inference import provider as module
from perdure.packs.inference.provider import ConfiguredModels, missing
from perdure.packs.inference.settings import KNOWN, Source, Sources
from perdure.ports.models import ModelProvider, ModelRequest, TellingProvider
from tests.packs.inference.hosted.servers import KEY, Says, always, openai_api


@pytest.fixture
def provider(monkeypatch):
    """Return a maker of providers over these sources beside the known ones, all keys unset."""
    for source in KNOWN.values():
        monkeypatch.delenv(source.key_env, raising=False)
    made = []

    def make(*sources):
        named = {source.name: source for source in sources}
        made.append(ConfiguredModels(load=lambda: Sources({**KNOWN, **named})))
        return made[-1]

    yield make
    for each in made:
        each.asker.close()


def test_it_is_a_provider_that_tells(provider):
    assert isinstance(provider(), ModelProvider)
    assert isinstance(provider(), TellingProvider)


def test_a_service_without_a_key_does_not_serve_and_says_why(provider):
    """S004-40, A004-25."""
    made = provider()

    assert not made.serves("gpt-4")
    assert made.why_not("gpt-4") == "OPENAI_API_KEY is not set"
    with pytest.raises(ModelUnavailableError, match="OPENAI_API_KEY is not set"):
        made.answer(ModelRequest("gpt-4", "Hi"))


def test_a_price_is_told_where_one_is_known_also_without_a_key(provider):
    """A004-24: an unknown price is none, never nothing."""
    made = provider()
    used = {"input_tokens": 1_000_000, "output_tokens": 1_000_000}

    assert made.price("gpt-4", used) == 90.0
    assert made.price("gpt-4", {**used, "output_tokens": 0}) == 30.0
    assert made.price("gpt-of-tomorrow", used) is None
    assert made.price("scibert", used) is None


def test_a_key_that_is_set_later_is_seen(provider, monkeypatch):
    made = provider()
    assert not made.serves("gpt-4")

    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    assert made.serves("gpt-4")


def test_a_name_that_nobody_knows_is_unavailable(provider):
    """A004-50."""
    made = provider()

    assert not made.serves("scibert")
    assert made.why_not("scibert") == ""
    with pytest.raises(ModelUnavailableError, match="no service here is known"):
        made.answer(ModelRequest("scibert", "Hi"))


def test_a_server_of_ones_own_answers_without_a_key(provider, monkeypatch):
    monkeypatch.setenv("A_KEY", KEY)
    with openai_api(always(Says("Hi.")), models=("llama",)) as service:
        own = Source(
            name="local", base_url=service.site.url("/v1"), key_env="A_KEY", models=("llama",)
        )
        answer = provider(own).answer(ModelRequest("llama", "Hello"))

    assert (answer.result, answer.provider) == ("Hi.", "local")


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _name: None)

    assert "pip install 'perdure[llm]'" in missing(Source(name="x", needs_key=False))
    pipeline = Source(name="x", api="pipeline", path=".", task="ner")
    assert "pip install 'perdure[transformers]'" in missing(pipeline)


def test_a_pipeline_needs_its_folder(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _name: object())

    gone = Source(name="x", api="pipeline", path="nowhere/at/all", task="ner")

    assert missing(gone) == "there is no folder nowhere/at/all"


def test_all_that_could_be_asked_is_listed(provider):
    own = Source(name="local", needs_key=False, base_url="http://x", models=("llama",))
    weights = Source(name="own", api="pipeline", path="nowhere", task="ner", models=("tags",))

    listed = {info.name: info for info in provider(own, weights).listed()}

    assert listed["openai/*"].kind == "hosted"
    assert not listed["openai/*"].available
    assert listed["openai/*"].why == "OPENAI_API_KEY is not set"
    assert listed["llama"].available
    assert listed["tags"].kind == "pipeline"
    assert "own/*" not in listed


def test_a_pipeline_is_asked_where_one_is_meant(provider, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "find_spec", lambda _name: object())
    weights = Source(name="own", api="pipeline", path=str(tmp_path), task="ner", models=("tags",))
    made = provider(weights)
    monkeypatch.setattr(type(made.pipelines), "ask", lambda _self, named, _request: named.model)

    assert made.answer(ModelRequest("tags", "x")) == "tags"
