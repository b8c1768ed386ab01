"""What perdure brings along for definitions: functions, and models that run anywhere.

Packs are found by entry points (`perdure.packs`, `perdure.models`), ours like any other.
"""

from perdure.authoring.functions import FunctionRegistry
from perdure.packs.functions.checking import validate_json
from perdure.packs.functions.combine import combine_results, merge_json
from perdure.packs.functions.extraction import extract_text
from perdure.packs.functions.filing import (
    read_csv,
    read_json,
    read_text,
    write_csv,
    write_json,
    write_text,
)
from perdure.packs.functions.items import (
    deduplicate,
    filter_items,
    map_fields,
    sort_items,
    split_items,
)
from perdure.packs.functions.pdf import pdf_to_text
from perdure.packs.functions.relevance import relevance_filter
from perdure.packs.functions.scholarly.search import academic_search
from perdure.packs.functions.splitting import split_text
from perdure.packs.functions.text import clean_text

FUNCTIONS = (
    *(pdf_to_text, extract_text, clean_text, split_text),
    *(academic_search, relevance_filter),
    *(combine_results, merge_json),
    *(map_fields, filter_items, sort_items, deduplicate, split_items, validate_json),
    *(read_text, read_json, read_csv, write_text, write_json, write_csv),
)
"""All of them: those for texts, papers, results, lists and values, and files."""


def register(registry: FunctionRegistry) -> None:
    """Add the functions of this pack."""
    for call in FUNCTIONS:
        registry.add(call)
