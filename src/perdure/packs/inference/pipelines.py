"""Hugging Face pipelines over folders on this machine (extra `transformers`). Nothing is fetched.

A pipeline is loaded when it is first asked, and kept. One is asked by one thread at a time: the
library's pipelines are not made for more.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Len

from perdure.authoring import parameters
from perdure.errors import InvalidOutputError, ModelUnavailableError
from perdure.packs.inference.builtin.material import material
from perdure.packs.inference.settings import Named, Source
from perdure.ports.models import LOCAL, Kind, ModelAnswer, ModelRequest

METHOD = "local pipeline"
Answered = tuple[Kind, Any]
MAX_NEW_TOKENS = 256


@dataclass(slots=True)
class _Loaded:
    call: Any
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class Pipelines:
    """Answers from pipelines, by the folders that they are loaded from."""

    _loaded: dict[tuple[str, str], _Loaded] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, named: Named, request: ModelRequest) -> ModelAnswer:
        """Return the answer. Raises ModelUnavailableError where there is nothing to load."""
        source = named.source
        task: Callable[..., Answered] = TASKS.get(source.task, _other)
        given = parameters.known_only(task, request.parameters)
        checked = parameters.checked(task, {k: v for k, v in given.items() if v is not None})
        loaded = self._pipeline(source)
        with loaded.lock:
            kind, result = task(loaded.call, request, **checked)
        return ModelAnswer(
            result,
            request.model,
            kind=kind,
            method=METHOD,
            note=f"{source.task}, from {source.path}",
            cost=0.0,
            cost_basis=LOCAL,
            provider=source.name,
        )

    def _pipeline(self, source: Source) -> _Loaded:
        key = (source.task, source.path)
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = _Loaded(_load(source))
            return self._loaded[key]


def _load(source: Source) -> Any:
    folder = Path(source.path).expanduser()
    if not folder.is_dir():
        raise ModelUnavailableError(f"models.{source.name}.path leads to no folder: {folder}")
    import transformers

    try:
        return transformers.pipeline(
            source.task, model=str(folder), tokenizer=str(folder), local_files_only=True
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        told = str(error).partition("\n")[0][:300]
        raise ModelUnavailableError(
            f"{folder} cannot be loaded as a pipeline for {source.task!r}: {told}"
        ) from error


def _classify(call: Any, request: ModelRequest, *, truncation: bool = True) -> Answered:
    said = call(_material(request), top_k=None, truncation=truncation)
    return "classification", _labelled({each["label"]: each["score"] for each in _flat(said)})


def _zero_shot(
    call: Any,
    request: ModelRequest,
    *,
    labels: Annotated[list[str], Len(1, 1000)],
    multi_label: bool = False,
) -> Answered:
    said = call(_material(request), candidate_labels=labels, multi_label=multi_label)
    return "classification", _labelled(dict(zip(said["labels"], said["scores"], strict=True)))


def _entities(call: Any, request: ModelRequest) -> Answered:
    text = _material(request)
    said = _flat(call(text, aggregation_strategy="simple"))
    return "entities", [
        {
            "text": text[int(each["start"]) : int(each["end"])],
            "label": str(each["entity_group"]).upper(),
            "start": int(each["start"]),
            "end": int(each["end"]),
            "score": float(each["score"]),
        }
        for each in said
    ]


def _generate(
    call: Any,
    request: ModelRequest,
    *,
    max_tokens: Annotated[int, Ge(1)] = MAX_NEW_TOKENS,
    temperature: Annotated[float, Ge(0)] = 0.0,
) -> Answered:
    how: dict[str, Any] = {"max_new_tokens": max_tokens, "do_sample": temperature > 0}
    if temperature > 0:
        how["temperature"] = temperature
    said = _flat(call(request.prompt, return_full_text=False, **how))
    return "text", str(said[0]["generated_text"])


def _rewrite(
    call: Any, request: ModelRequest, *, max_tokens: Annotated[int, Ge(1)] = MAX_NEW_TOKENS
) -> Answered:
    said = _flat(call(_material(request), max_new_tokens=max_tokens))[0]
    found = [said[name] for name in _WRITTEN if name in said]
    if not found:
        raise InvalidOutputError(f"the pipeline gave no text but {sorted(said)}")
    return "text", str(found[0])


_WRITTEN = ("summary_text", "translation_text", "generated_text")


def _embed(call: Any, request: ModelRequest) -> Answered:
    """Return the mean of the vectors of a text's tokens."""
    vectors = call(_material(request))[0]
    return "embedding", [float(sum(column) / len(vectors)) for column in zip(*vectors, strict=True)]


def _other(call: Any, request: ModelRequest) -> Answered:
    return "other", call(_material(request))


TASKS: Mapping[str, Callable[..., Answered]] = {
    "text-classification": _classify,
    "sentiment-analysis": _classify,
    "zero-shot-classification": _zero_shot,
    "token-classification": _entities,
    "ner": _entities,
    "text-generation": _generate,
    "text2text-generation": _rewrite,
    "summarization": _rewrite,
    "translation": _rewrite,
    "feature-extraction": _embed,
}
"""How each task is asked, and the shape of what it gives; any other gives what the library does."""


def _material(request: ModelRequest) -> str:
    """Return the text that is to be worked on: the values, where the input has some."""
    return material(request)[1]


def _flat(said: Any) -> list[dict[str, Any]]:
    """Return what was said of the one text: some tasks give a list for each of several."""
    return list(said[0]) if said and isinstance(said[0], list) else list(said)


def _labelled(scores: Mapping[str, float]) -> dict[str, Any]:
    named = {str(label).upper(): float(score) for label, score in scores.items()}
    best = max(named, key=lambda label: named[label])
    return {"label": best, "score": named[best], "scores": named}
