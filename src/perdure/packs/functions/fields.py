"""Where something stands in an item: `title`, `author.name`, `tags[0]`.

An empty path is the item itself.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from perdure.errors import InvalidInputError

MISSING: Final = object()
"""What stands where nothing is; null is a value."""

_PATH = re.compile(r"(?:[^.\[\]]+|\[-?\d{1,9}\])(?:\.[^.\[\]]+|\[-?\d{1,9}\])*")
_PART = re.compile(r"([^.\[\]]+)|\[(-?\d+)\]")


def value_at(item: Any, path: str) -> Any:
    """Return what stands at a path of an item, `MISSING` where there is nothing.

    Raises InvalidInputError for text that is no path.
    """
    for part in _parts(path):
        if isinstance(part, int):
            inside = isinstance(item, list) and -len(item) <= part < len(item)
            item = item[part] if inside else MISSING
        else:
            item = item.get(part, MISSING) if isinstance(item, Mapping) else MISSING
    return item


@lru_cache(1_000)
def _parts(path: str) -> tuple[str | int, ...]:
    if path and _PATH.fullmatch(path) is None:
        raise InvalidInputError(
            f"{path[:80]!r} is no path of a field. Write it as title, author.name or tags[0]"
        )
    return tuple(name or int(number) for name, number in _PART.findall(path))
