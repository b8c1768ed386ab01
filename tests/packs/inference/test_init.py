"""The provider as it is found from outside."""

from importlib.metadata import entry_points

from perdure.packs import inference
from perdure.ports.models import ModelProvider


def test_the_built_in_provider_is_found_by_its_entry_point():
    found = {entry.name: entry.load() for entry in entry_points(group="perdure.models")}

    assert found["builtin"] is inference.builtin
    assert isinstance(inference.builtin(), ModelProvider)


def test_the_provider_of_what_is_configured_is_found_by_its_entry_point():
    found = {entry.name: entry.load() for entry in entry_points(group="perdure.models")}

    assert found["configured"] is inference.configured
    assert isinstance(inference.configured(), ModelProvider)
