"""What answers document 004's models: a server on this machine that speaks OpenAI's protocol."""

import json
from contextlib import contextmanager

from tests.packs.inference.hosted.servers import KEY, Says, openai_api

PATIENCE = 30.0
MODELS = (
    "cardiffnlp/twitter-roberta-base-sentiment-latest",
    "dbmdz/bert-large-cased-finetuned-conll03-english",
    *("scibert", "sentiment-model", "ner-model", "topic-model"),
)
HOSTED = ("gpt-3.5-turbo", "gpt-4")
PREVIOUS = {
    "id": "previous_step",
    "type": "data_processing",
    "function": "clean_text",
    "input": "${workflow.input.text}",
}
RESILIENT = [
    {"id": "ask", "type": "inference", "model": "gpt-4", "input": "${workflow.input.text}"}
]


def answer(body, _number):
    """Say who is asked, and what."""
    return Says(f"[{body['model']}: {body['messages'][-1]['content']}]")


@contextmanager
def serving_models(folder, setenv):
    """Serve all models that the document names, as `rules["rule"]` says; have them asked there."""
    rules = {"rule": answer}

    def rule(body, number):
        return rules["rule"](body, number)  # which a test may set

    with openai_api(rule, models=(*MODELS, *HOSTED)) as served:
        served.rules = rules
        setenv("OPENAI_API_KEY", KEY)
        setenv("OPENAI_BASE_URL", served.site.url("/v1"))
        (folder / "perdure.toml").write_text(
            f'[models.here]\napi = "openai"\nbase_url = "{served.site.url("/v1")}"\n'
            f'models = {json.dumps(MODELS)}\nkey_env = "OPENAI_API_KEY"\n'
        )
        yield served


def came_to(execution):
    """Return the final status and result of an execution."""
    execution.refresh()
    return execution.status, execution.final_result
