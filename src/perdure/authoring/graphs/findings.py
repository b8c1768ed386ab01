"""What an examination finds: every problem with its place, within bounds."""

import re
from collections.abc import Collection
from difflib import get_close_matches

from perdure.authoring.places import place
from perdure.errors import Problem

__all__ = ["MAX_KEPT", "Findings", "place"]

MAX_KEPT = 100
"""How many problems are told one by one; the rest is counted."""

_MAX_SEARCHES = 60  # a search for the nearest of 1,000 names takes 20 ms
_STEP = re.compile(r"steps\[(\d+)\]")


class Findings:
    """Collects problems; the first `MAX_KEPT` of each severity are kept."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Problem]] = {"error": [], "warning": []}
        self._more = {"error": 0, "warning": 0}
        self._searches = 0

    def error(self, path: str, message: str, suggestion: str = "") -> None:
        """Add something for which the definition is refused."""
        self._add(Problem(path, message, suggestion))

    def warning(self, path: str, message: str, suggestion: str = "") -> None:
        """Add something that its author should know."""
        self._add(Problem(path, message, suggestion, "warning"))

    def nearest(self, word: str, names: Collection[str], otherwise: str = "") -> str:
        """Return which of the names may have been meant, else `otherwise`."""
        if self._searches >= _MAX_SEARCHES or len(word) > 60:
            return otherwise
        self._searches += 1
        near = get_close_matches(word, [name for name in names if len(name) <= 100], n=1)
        return f"Did you mean {near[0]!r}?" if near else otherwise

    @property
    def errors(self) -> list[Problem]:
        """The errors, the workflow's first and then step by step; the last may count more."""
        return self._told("error")

    @property
    def warnings(self) -> list[Problem]:
        """The warnings, likewise."""
        return self._told("warning")

    def _add(self, problem: Problem) -> None:
        kept = self._kept[problem.severity]
        if len(kept) < MAX_KEPT:
            kept.append(problem)
        else:
            self._more[problem.severity] += 1

    def _told(self, severity: str) -> list[Problem]:
        kept = sorted(self._kept[severity], key=_position)
        if more := self._more[severity]:
            kept.append(Problem("", f"and {more:,} more like these", severity=severity))
        return kept


def _position(problem: Problem) -> int:
    """Return the number of the step that a problem is in; what is in none comes first."""
    found = _STEP.match(problem.path)
    return int(found[1]) if found else -1
