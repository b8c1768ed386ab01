"""A payload beside the context: it came before the attempt that begins with it."""

from perdure.errors import ContextInvalidError
from perdure.kernel.run import Status
from perdure.ports.commit import KeptMade
from perdure.ports.events import SIGN
from perdure.ports.woken import unpack_woken
from perdure.runtime.draft import Draft
from perdure.runtime.hotrun import BESIDE, HotRun
from perdure.wire.encoding import decode, encode


def keep_beside(draft: Draft, hot: HotRun) -> None:
    """Keep a payload that has no attempt to go into yet: the run is paused, or at its end."""
    assert hot.beside is not None
    run = hot.run
    if run.status in (Status.COMPLETED, Status.CANCELLED):
        merged = merge(hot.context, take_beside(draft, hot))
        if merged is not hot.context:
            hot.context = draft.contexts[run.id] = merged
    elif not hot.beside_kept:
        signal, payload = hot.beside
        draft.kept[run.id, signal] = KeptMade(run.id, signal, BESIDE, None, 1, payload)
        hot.beside_kept = True


def begins_with_it(hot: HotRun) -> bool:
    """Whether the visit that is scheduled now takes what is beside the context.

    A hook does not take what was refused: it could not begin with it either.
    """
    failure = hot.run.failure
    return hot.beside is not None and (failure is None or failure.kind != ContextInvalidError.kind)


def take_beside(draft: Draft, hot: HotRun) -> str:
    """Return the payload that was beside the context, and forget it there."""
    assert hot.beside is not None
    signal, payload = hot.beside
    if hot.beside_kept:
        draft.drop_kept(hot.run.id, signal)
    hot.beside = None
    hot.beside_kept = False
    return payload


def settled_context(hot: HotRun, path: str, payload: str | None) -> str:
    """Return the context after somebody has said that a step was done, and brought this."""
    context = hot.context
    for brought in (hot.payloads.get(path), payload):
        if brought is not None:
            context = merge(context, brought)
    return context


def merge(context: str, payload: str) -> str:
    """Return a context with the top-level keys of a payload set, which may say what woke the run."""
    _, text = unpack_woken(payload)
    if text is None:
        return context
    brought = decode(text)
    return encode(decode(context) | (brought[0] if text.startswith(SIGN) else brought))
