"""The page of the language is that of the models that there are."""

import re

import pytest

from perdure.authoring.graphs.models import STEP_MODELS
from tests.docs.language_page import PAGE, made

pytestmark = pytest.mark.docs


def test_the_page_is_made_from_the_models():
    assert PAGE.read_text(encoding="utf-8") == made(), (
        "write it anew: .venv/bin/python -m tests.docs.language_page"
    )


def test_every_type_of_step_and_every_field_is_on_it():
    page = made()

    assert all(f"\n## {name}\n" in page for name in STEP_MODELS)
    assert all(
        f"| `{field}` |" in page
        for model in STEP_MODELS.values()
        for field in model.model_fields
        if field != "type"
    )


def test_what_is_named_is_there():
    page = made()
    headings = {
        line.removeprefix("## ").lower() for line in page.splitlines() if line.startswith("## ")
    }

    assert set(re.findall(r"\]\(#(\w+)\)", page)) <= headings
