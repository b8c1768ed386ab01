"""`perdure emit` and `perdure withdraw`: tell an event, announce it, or call it off."""

from datetime import datetime
from typing import Any

from perdure.app.emitting import EventAnswer
from perdure.cli import output
from perdure.cli.documents import event_document
from perdure.cli.inputs import read_pairs
from perdure.cli.opening import Common, engine_of, go_on, is_alone
from perdure.errors import ConfigError
from perdure.wire.encoding import parse

NOTHING = 1


def emit(  # noqa: PLR0913 - options of the command
    name: str,
    /,
    *pairs: str,
    entity: str | None = None,
    at: str | None = None,
    payload: str | None = None,
    key: str | None = None,
    idempotency_key: str | None = None,
    json: bool = False,
    common: Common | None = None,
) -> None:
    """Tell that an event happens, or announce it for a time; workflows start by it.

    An event that is announced again for the same entity is moved to its new time.

    Parameters
    ----------
    name
        The event's name.
    pairs
        What is told with it, as NAME=TEXT or NAME:=JSON.
    entity
        What it is about: ID, or TYPE:ID such as Order:5.
    at
        When it is to happen, such as 2026-11-27T15:00+01:00; else it happens now.
    payload
        What is told with it, as one JSON object.
    key
        Tells several events of one entity apart.
    idempotency_key
        Tell it only once under this key.
    json
        Print one JSON document.
    """
    values = {**_payload(payload), **read_pairs(pairs, "payload")}
    about, when = entity_given(entity), _moment(at)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        answer = engine.emit(name, about, when, values, key=key, idempotency_key=idempotency_key)
        reached = (*answer.started, *answer.woken, *answer.kept)
        hint = go_on(engine, reached[0]) if reached and is_alone(engine) else ""
    if json:
        output.document(event_document(answer))
    else:
        _tell(name, answer)
        if hint:
            output.note(f"No process works on this store now. Go on with: {hint}")


def withdraw(
    name: str,
    /,
    *,
    entity: str | None = None,
    key: str | None = None,
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Call off an event that was announced. What it has started goes on.

    The exit code is 1 if nothing was to come of it any more.

    Parameters
    ----------
    name
        The event's name.
    entity
        What it is about: ID, or TYPE:ID such as Order:5.
    key
        The key that it was announced with.
    json
        Print one JSON document.
    """
    with engine_of(common or Common(), worker=False, create=False) as engine:
        done = engine.withdraw(name, entity_given(entity), key=key)
    if json:
        output.document({"withdrawn": done})
    elif done:
        output.say(f"withdrew {name}")
    else:
        output.error(f"nothing was to come of event {name!r}. See: perdure events")
    return 0 if done else NOTHING


def entity_given(text: str | None) -> Any:
    """Return the entity that a word of a command line names; an id of digits is a number."""
    if text is None:
        return None
    kind, colon, of = text.rpartition(":")
    if not of or (colon and not kind):
        raise ConfigError(f"--entity: {text!r} is no entity. Write it as in: Order:5  or  5")
    found = int(of) if of.isdecimal() and str(int(of)) == of else of
    return (kind, found) if colon else found


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ConfigError(
            f"--at: {text!r} is no moment with a time zone. Write it as in: "
            f"2026-11-27T15:00+01:00  or  2026-11-27T14:00Z"
        )
    return found


def _payload(text: str | None) -> dict[str, Any]:
    values = {} if text is None else parse(text, "payload")
    if not isinstance(values, dict):
        raise ConfigError("--payload: it is a JSON object, values by name")
    return values


def _tell(name: str, answer: EventAnswer) -> None:
    for run in answer.started:
        output.say(f"started {run}")
    for run in answer.woken:
        output.say(f"woke {run}")
    for run in answer.kept:
        output.say(f"kept for {run}, whose wait has not come yet")
    for run, why in answer.refused:
        output.error(f"event {name!r} did not reach {run}: {why}")
    for each in answer.scheduled:
        output.say(f"{each.workflow} is to start at {each.at.isoformat()}")
    if answer.known:
        output.note(f"event {name!r} had been told so before")
    elif not (*answer.started, *answer.woken, *answer.kept, *answer.refused, *answer.scheduled):
        output.note(f"nothing starts by event {name!r}, and no run waits for it")
