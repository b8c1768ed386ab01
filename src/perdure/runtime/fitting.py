"""Whether a signal fits a wait, by what it brings and what it wants: the kernel sees neither.

A signal may want values of the context (`match`); a way out of a wait may say what it accepts.
"""

from collections.abc import Iterator
from dataclasses import replace

from perdure.authoring.payloads import accepts_refusal
from perdure.kernel import messages
from perdure.kernel.directives import Wait
from perdure.kernel.run import Kept
from perdure.kernel.waits import awaited_by
from perdure.kernel.ways import Unfit, Way
from perdure.ports.events import SIGN
from perdure.runtime.hotrun import HotRun
from perdure.wire.encoding import decode, encode
from perdure.wire.matching import mismatch

Ends = messages.Report | messages.Settle
"""What says to what an attempt came, and may ask for a wait."""


def refusal(way: Way, match: str, payload: str | None, context: str) -> str:
    """Say why what wants this of the context, and brings this, cannot take a way; empty if it can.

    All of them are JSON texts.
    """
    if match and (name := mismatch(match, context)):
        return f"its context has not the {name!r} that the signal is for"
    if not (way.match or way.accepts):
        return ""
    text = payload or "{}"
    brought = encode(decode(text)[0]) if text.startswith(SIGN) else text  # an event's comes first
    if way.match and (name := mismatch(way.match, brought)):
        return f"it waits for another {name!r}"
    return accepts_refusal(way.accepts, brought) if way.accepts else ""


def fitted(hot: HotRun, message: messages.Message, payload: str | None) -> messages.Message:
    """Return a message with what of the open wait a signal does not fit."""
    if not isinstance(message, messages.Signal):
        return message
    if (found := awaited_by(hot.run, message)) is None:
        return message
    unfit = tuple(_unfit(found[1].ways, message, payload, hot.context))
    return replace(message, unfit=unfit) if unfit else message


def fitted_outcome(hot: HotRun, told: Ends, context: str | None) -> Ends:
    """Return what ends an attempt, with what of the wait that it asks for kept signals do not fit.

    `context` is the one that the step has left, None if it has not changed.
    """
    wait = told.outcome
    if not isinstance(wait, Wait):
        return told
    ways = (wait, *wait.also)
    unfit = [
        replace(each, signal=kept.signal)
        for kept in hot.run.kept
        for each in _unfit(ways, kept, hot.kept_payloads.get(kept.signal), context or hot.context)
    ]
    return replace(told, unfit=tuple(unfit)) if unfit else told


def _unfit(
    ways: tuple[Way, ...], signal: messages.Signal | Kept, payload: str | None, context: str
) -> Iterator[Unfit]:
    for number, way in enumerate(ways):
        named = way.fits(signal.kind, signal.name, signal.key)
        if named and (why := refusal(way, signal.match, payload, context)):
            yield Unfit(number, why)
