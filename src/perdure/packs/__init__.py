"""What perdure brings along for definitions: functions, and models that run anywhere.

Packs are found by entry points (`perdure.packs`, `perdure.models`), ours like any other.
"""

from perdure.authoring.functions import FunctionRegistry
from perdure.packs.functions.combine import combine_results, merge_json
from perdure.packs.functions.pdf import pdf_to_text
from perdure.packs.functions.text import clean_text


def register(registry: FunctionRegistry) -> None:
    """Add the functions of this pack."""
    for call in (pdf_to_text, clean_text, combine_results, merge_json):
        registry.add(call)
