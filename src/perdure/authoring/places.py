"""How the place of something in a document is written: `steps[2].inputs["two words"]`."""

import re
from collections.abc import Sequence
from typing import Any

from perdure.kernel.references import cut
from perdure.wire.encoding import clean_text, encode

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")


def place(base: str, part: str | int) -> str:
    """Return the place of a part: `steps[2]`, `steps[2].input`, `inputs["two words"]`."""
    if isinstance(part, int):
        return f"{base}[{part}]"
    if _NAME.fullmatch(part):
        return f"{base}.{part}" if base else part
    return f"{base}[{encode(clean_text(cut(part, 40)))}]"


def within(base: str, value: Any, parts: Sequence[str | int], *, is_missing: bool = False) -> str:
    """Return the place that parts lead to in a value; those that lead nowhere are left out.

    A validator names the branches of a union among them. With `is_missing` the last part names what
    is not there, and leads to where it would stand.
    """
    for number, part in enumerate(parts, 1):
        if isinstance(part, int) and isinstance(value, list | tuple) and part < len(value):
            base, value = place(base, part), value[part]
        elif not isinstance(part, str) or not isinstance(value, dict):
            continue
        elif part in value or (is_missing and number == len(parts)):
            base, value = place(base, part), value.get(part)
    return base
