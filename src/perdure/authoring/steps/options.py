"""What `@step` writes onto a method, and how it is found again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from perdure.authoring.steps.retry import Retry

_MARK = "__perdure_step__"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOptions:
    """What was said of a step where it was declared; `timeout` is in seconds.

    `verify` is a function, or the name of a method, that tells what a lost attempt has done. A
    `queue` of None is the workflow's. `formerly` are names that the step had before.
    """

    start: bool = False
    retry: Retry | None = None
    timeout: float | None = None
    waits: tuple[str, ...] = ()
    at_most_once: bool = False
    verify: Callable[..., Any] | str | None = None
    transactional: Callable[[], Any] | None = None
    process: bool = False
    formerly: tuple[str, ...] = ()
    queue: str | None = None
    on_fail: bool = False
    on_cancel: bool = False

    @property
    def is_hook(self) -> bool:
        """Whether the step is what a run ends with, and not one that it goes through."""
        return self.on_fail or self.on_cancel


def mark(method: Callable[..., Any], options: StepOptions) -> None:
    """Make a function a step."""
    setattr(method, _MARK, options)


def options_of(method: object) -> StepOptions | None:
    """Return what was said of a step; None for anything that is none."""
    found = getattr(method, _MARK, None)
    return found if isinstance(found, StepOptions) else None
