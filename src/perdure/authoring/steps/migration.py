"""Whether the context of a run that began by older code fits the newer, or can be made to."""

from collections.abc import Callable

from perdure.authoring.steps.codec import Codec

HINT = "The stored context of a run that began by older code does not fit. Give the field a default"


def fitter(codec: Callable[[], Codec]) -> Callable[[str, str], str]:
    """Return what takes a version and a context of it, and gives that back if it fits."""

    def fits(_version: str, context: str) -> str:
        codec().load(context, HINT)
        return context

    return fits
