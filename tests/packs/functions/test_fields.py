"""Where something stands in an item."""

import pytest

from perdure.errors import InvalidInputError
from perdure.packs.functions.fields import MISSING, value_at

ITEM = {"title": "T", "author": {"name": "Ada", "age": None}, "tags": ["a", {"b": 1}], "": 0}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "T"),
        ("author.name", "Ada"),
        ("author.age", None),
        ("tags[0]", "a"),
        ("tags[-1].b", 1),
        ("author.born", MISSING),
        ("title.x", MISSING),
        ("title[0]", MISSING),
        ("tags[2]", MISSING),
        ("tags.b", MISSING),
        ("", ITEM),
    ],
)
def test_a_path_leads_to_a_value(path, value):
    assert value_at(ITEM, path) is value or value_at(ITEM, path) == value


def test_an_item_may_be_a_list():
    assert value_at([["x"]], "[0][0]") == "x"


@pytest.mark.parametrize("path", [".", "a.", ".a", "a..b", "a[", "a[x]", "a]", "a[]", "a[0]b"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(InvalidInputError, match="is no path of a field"):
        value_at({}, path)
