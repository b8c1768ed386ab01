"""Where models are asked."""

import pytest

from perdure.errors import ConfigError
from perdure.packs.inference.settings import KNOWN, Price, Sources, load_sources

OWN = """
[models.local]
base_url = "http://127.0.0.1:8000/v1"
api = "openai"
models = ["llama-3.1-8b"]
rate = "10/30s"
price = {input = 0.1, output = 0.4}

[models.reviews]
api = "pipeline"
path = "weights"
task = "text-classification"
models = ["openai/small"]

[models.openai]
rate = "500/min"
"""


def written(folder, text):
    (folder / "perdure.toml").write_text(text)
    return load_sources(folder)


def test_known_services_are_there_without_any_settings(tmp_path):
    assert load_sources(tmp_path).all == KNOWN


def test_a_table_adds_a_source_of_ones_own(tmp_path):
    local = written(tmp_path, OWN).all["local"]

    assert (local.api, local.url) == ("openai", "http://127.0.0.1:8000/v1")
    assert local.rate == (10, 30.0)
    assert local.price == Price(input=0.1, output=0.4)
    assert not local.needs_key


def test_a_table_adds_to_what_is_known_of_a_service(tmp_path):
    openai = written(tmp_path, OWN).all["openai"]

    assert openai.rate == (500, 60.0)
    assert openai.key_env == "OPENAI_API_KEY"


@pytest.mark.parametrize(
    ("model", "source", "named"),
    [
        ("gpt-4", "openai", "gpt-4"),
        ("openai/gpt-4o", "openai", "gpt-4o"),
        ("anthropic:claude-haiku-4-5", "anthropic", "claude-haiku-4-5"),
        ("claude-3-opus", "anthropic", "claude-3-opus"),
        ("openrouter/meta-llama/llama-3-70b", "openrouter", "meta-llama/llama-3-70b"),
        ("local/other", "local", "other"),
        ("llama-3.1-8b", "local", "llama-3.1-8b"),
        ("openai/small", "reviews", "openai/small"),  # a whole name goes before a guess
    ],
)
def test_a_name_says_whom_to_ask(tmp_path, model, source, named):
    found = written(tmp_path, OWN).named(model)

    assert (found.source.name, found.model) == (source, named)


@pytest.mark.parametrize(
    "model", ["scibert", "sentiment-model", "builtin/summary", "openai/", "x/y"]
)
def test_a_name_that_nobody_has_means_nobody(model):
    """S004-40, A004-50: any name may stand in a definition."""
    assert Sources().named(model) is None


def test_the_environment_holds_the_key_and_may_lead_elsewhere(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert KNOWN["openai"].key == ""

    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://here/v1")

    assert KNOWN["openai"].key == "k"
    assert KNOWN["openai"].url == "http://here/v1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models = 3", "models is 3, not a table"),
        ("[models]\nx = 3", "models.x is 3, not a table"),
        (
            "[models.x]\nbase_url = 'u'",
            "models.x.api is None; it can be openai, anthropic, pipeline",
        ),
        ("[models.x]\napi = 'openai'", "models.x has no 'base_url'"),
        ("[models.x]\napi = 'pipeline'\npath = 'p'", "models.x has no 'task'"),
        ("[models.openai]\nkey = 'sk'", "unknown setting 'key'.*name its variable by 'key_env'"),
        ("[models.openai]\nbase_url = 3", "base_url is 3, not a text"),
        ("[models.openai]\nmodels = 'gpt'", "not a list of names"),
        ("[models.openai]\nrate = '0/min'", "write how many in which time"),
        ("[models.openai]\nrate = 3", "write how many in which time"),
        ("[models.openai]\nprice = {input = 1}", "write dollars per million tokens"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_told_with_its_place(tmp_path, text, told):
    with pytest.raises(ConfigError, match=told) as found:
        written(tmp_path, text)

    assert "perdure.toml" in str(found.value)


def test_a_named_variable_holds_the_key_of_a_source_of_ones_own(tmp_path, monkeypatch):
    monkeypatch.setenv("OUR_KEY", "k")
    text = "[models.x]\napi = 'openai'\nbase_url = 'http://x/v1'\nkey_env = 'OUR_KEY'"

    source = written(tmp_path, text).all["x"]

    assert source.needs_key
    assert source.key == "k"
