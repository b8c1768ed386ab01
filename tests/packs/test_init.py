"""Our own pack, as any pack."""

from importlib.metadata import entry_points

from perdure import packs
from perdure.authoring.functions import FunctionRegistry


def test_it_registers_its_functions():
    registry = FunctionRegistry()

    packs.register(registry)

    assert len(registry.names()) == len(packs.FUNCTIONS)
    assert {"clean_text", "combine_results", "merge_json", "pdf_to_text"} <= {*registry.names()}
    assert {registry.get(name).takes for name in ("combine_results", "merge_json")} == {"inputs"}


def test_it_is_found_by_its_entry_point():
    assert packs.register in [entry.load() for entry in entry_points(group="perdure.packs")]
