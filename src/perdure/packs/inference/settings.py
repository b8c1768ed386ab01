"""Where models are asked: the services that are known, and what `perdure.toml` says of others.

    [models.openai]                      # a known service: what is said here is added
    rate = "500/min"

    [models.local]                       # one's own: a server that speaks a known protocol
    api = "openai"
    base_url = "http://127.0.0.1:8000/v1"
    models = ["llama-3.1-8b"]            # names that are asked without "local/" before them
    price = {input = 0.1, output = 0.4}  # US dollars per million tokens

    [models.reviews]                     # a Hugging Face pipeline over a folder on this machine
    api = "pipeline"
    path = "models/roberta-sentiment"
    task = "text-classification"
    models = ["cardiffnlp/twitter-roberta-base-sentiment-latest"]

Keys are read from the environment alone: the variable is the service's own, or `key_env`.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from perdure.config import read_table
from perdure.errors import ConfigError

Api = Literal["openai", "anthropic", "pipeline"]
APIS: tuple[Api, ...] = ("openai", "anthropic", "pipeline")

UNITS = {
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
}
_RATE = re.compile(r"([0-9]{1,9})/([0-9]{0,6})(s|sec|second|min|minute|h|hour)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a service takes, in US dollars per million tokens."""

    input: float
    output: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place where models are asked.

    `begins` are how names begin that are this service's without being told, `models` whole names.
    `base_url_env` is a variable that leads the service's requests elsewhere. `rate` is how many
    requests in how many seconds. `prices` is the service's name in the list of prices.
    """

    name: str
    api: Api = "openai"
    base_url: str | None = None
    base_url_env: str = ""
    key_env: str = ""
    needs_key: bool = True
    models: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    rate: tuple[int, float] | None = None
    price: Price | None = None
    prices: str = ""
    path: str = ""
    task: str = ""
    is_configured: bool = False

    @property
    def key(self) -> str:
        """The key, or nothing where none is set."""
        return os.environ.get(self.key_env, "") if self.key_env else ""

    @property
    def url(self) -> str | None:
        """Where requests go; None for where the service's own library sends them."""
        return (os.environ.get(self.base_url_env) if self.base_url_env else None) or self.base_url

    @property
    def is_metered(self) -> bool:
        """Whether somebody is paid for an answer."""
        return self.api != "pipeline"


def _service(name: str, url: str, key: str, *begins: str, prices: str = "") -> Source:
    return Source(name=name, base_url=url, key_env=key, begins=begins, prices=prices or name)


KNOWN: Mapping[str, Source] = {
    source.name: source
    for source in (
        Source(
            name="openai", key_env="OPENAI_API_KEY", base_url_env="OPENAI_BASE_URL",
            begins=("gpt-", "chatgpt-", "o1", "o3", "o4-"), prices="openai",
        ),
        Source(
            name="anthropic", api="anthropic", key_env="ANTHROPIC_API_KEY",
            base_url_env="ANTHROPIC_BASE_URL", begins=("claude-",), prices="anthropic",
        ),
        _service(
            "google", "https://generativelanguage.googleapis.com/v1beta/openai/", "GEMINI_API_KEY",
            "gemini-",
        ),
        _service("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", "mistral-", "magistral-"),
        _service("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY", "deepseek-"),
        _service("xai", "https://api.x.ai/v1", "XAI_API_KEY", "grok-", prices="x-ai"),
        _service("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        _service("together", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
        _service("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    )
}  # fmt: skip
"""The services that are asked by their names, once their key is set."""


@dataclass(frozen=True, slots=True)
class Named:
    """A model as a source calls it."""

    source: Source
    model: str


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources, by name; a name that is told as a whole goes before one that is guessed."""

    all: Mapping[str, Source] = field(default_factory=lambda: dict(KNOWN))

    def named(self, model: str) -> Named | None:
        """Return whom a model's name means; None if nobody here is called so."""
        for source in self.all.values():
            if model in source.models:
                return Named(source, model)
        for mark in ("/", ":"):
            head, found, rest = model.partition(mark)
            if found and rest and head in self.all:
                return Named(self.all[head], rest)
        for source in self.all.values():
            if source.begins and model.startswith(source.begins):
                return Named(source, model)
        return None


def load_sources(folder: Path | None = None) -> Sources:
    """Return what is known and what `perdure.toml` says. Raises ConfigError that names the place."""
    place, table = read_table("models", folder)
    found = dict(KNOWN)
    for name, said in table.items():
        here = f"{place}: models.{name}"
        if not isinstance(said, dict):
            raise ConfigError(f"{here} is {said!r}, not a table")
        found[name] = _source(here, KNOWN.get(name), name, said)
    return Sources(found)


def _source(here: str, known: Source | None, name: str, said: Mapping[str, Any]) -> Source:
    _check_names(here, said)
    api = said.get("api", known.api if known else None)
    if api not in APIS:
        raise ConfigError(f"{here}.api is {api!r}; it can be {', '.join(APIS)}")
    given: dict[str, Any] = {
        key: _text(f"{here}.{key}", said[key])
        for key in ("base_url", "key_env", "path", "task")
        if key in said
    }
    source = replace(
        known or Source(name=name, needs_key=False), api=api, is_configured=True, **given
    )
    if "key_env" in said:
        source = replace(source, needs_key=True)
    needed = {"pipeline": ("path", "task")}.get(api, () if known else ("base_url",))
    if missing := [key for key in needed if not getattr(source, key)]:
        raise ConfigError(f"{here} has no {missing[0]!r}; an api of {api!r} needs it")
    return replace(
        source,
        models=_names(f"{here}.models", said.get("models", [])),
        rate=_rate(f"{here}.rate", said["rate"]) if "rate" in said else None,
        price=_price(f"{here}.price", said["price"]) if "price" in said else None,
    )


_FIELDS = ("api", "base_url", "key_env", "models", "path", "price", "rate", "task")


def _check_names(here: str, said: Mapping[str, Any]) -> None:
    if unknown := sorted(set(said) - set(_FIELDS)):
        hint = "; a key is read from the environment: name its variable by 'key_env'"
        extra = hint if "key" in unknown[0] else ""
        raise ConfigError(
            f"{here}: unknown setting {unknown[0]!r}; there are {', '.join(_FIELDS)}{extra}"
        )


def _text(here: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{here} is {value!r}, not a text")
    return value


def _names(here: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ConfigError(f"{here} is {value!r}, not a list of names")
    return tuple(value)


def _rate(here: str, value: Any) -> tuple[int, float]:
    found = _RATE.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0 or found[2] == "0":
        raise ConfigError(
            f"{here} is {value!r}; write how many in which time: 100/min, 5/s, 10/30s"
        )
    return int(found[1]), int(found[2] or 1) * UNITS[found[3]]


def _price(here: str, value: Any) -> Price:
    parts = value if isinstance(value, dict) else {}
    numbers = [parts.get("input"), parts.get("output")]
    fits = set(parts) == {"input", "output"} and all(
        isinstance(number, int | float) and number >= 0 for number in numbers
    )
    if not fits:
        raise ConfigError(
            f"{here} is {value!r}; write dollars per million tokens: {{input = 0.1, output = 0.4}}"
        )
    return Price(input=float(parts["input"]), output=float(parts["output"]))
