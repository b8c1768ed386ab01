"""Starts, signals and events as rows of an outbox, and back."""

from typing import Any

from perdure.authoring import plans
from perdure.errors import StoreRefusedError
from perdure.kernel import messages
from perdure.ports.commit import Born, InboxMade, Label
from perdure.ports.events import Whose
from perdure.ports.outbox import Posted
from perdure.ports.rows import Announced
from perdure.runtime.almanac import Wanted
from perdure.runtime.bundles import Bundle, SignalStart
from perdure.runtime.envelopes import Birth
from perdure.runtime.plans import Plans
from perdure.wire.encoding import decode, encode


def post_birth(birth: Birth, *, with_plan: bool) -> Posted:
    """Return a start as a row. The plan's text is only needed where the store may lack it."""
    body = birth.body if with_plan else None
    labels = [list(label) for label in birth.labels]
    text = encode([list(birth.born), birth.start.at, birth.context, labels, body])
    return Posted(birth.run, "start", text, birth.born.created_at)


def post_signal_start(asked: SignalStart, *, with_plan: bool) -> Posted:
    """Return a signal that may start its run as a row; the would-be run's id is its key."""
    start = post_birth(asked.birth, with_plan=with_plan)
    text = encode([decode(start.body), list(asked.message)])
    return Posted(start.id, "signal_start", text, start.made_at)


def post_message(id_: str, row: InboxMade, at: float) -> Posted:
    """Return a signal to one run as a row; its id is its idempotency key, if it has no other."""
    return Posted(id_, "signal", encode(list(row)), at)


def post_broadcast(id_: str, announced: Announced, key: str | None) -> Posted:
    """Return a broadcast as a row; its id is its idempotency key, if it has no other."""
    return Posted(id_, "broadcast", encode([list(announced), key]), announced.at)


def post_event(event: Wanted, at: float) -> Posted:
    """Return an event as a row; its id is its idempotency key, if it has no other."""
    return Posted(event.fresh, "event", encode([list(event.whose), *event[1:]]), at)


def unpack(posted: Posted, plans_: Plans, bundle: Bundle) -> None:
    """Add what a row holds to a bundle. Raises StoreRefusedError for what nobody can know."""
    values = decode(posted.body)
    match posted.kind:
        case "start":
            bundle.births.append(_birth(values, plans_))
        case "signal_start":
            start, message = values
            asked = SignalStart(_birth(start, plans_), InboxMade(*message), posted.id)
            bundle.signal_starts.append(asked)
        case "signal":
            row = InboxMade(*values)
            bundle.messages.append(row._replace(key=row.key or posted.id))
        case "broadcast":
            announced, key = values
            bundle.keyed[key or posted.id] = Announced(*announced)
        case "event":
            whose, *rest = values
            event = Wanted(Whose(*whose), *rest)
            bundle.events.append(event._replace(idempotency_key=event.idempotency_key or posted.id))
        case kind:
            raise StoreRefusedError(
                f"{posted.id} is of a kind {kind!r} that a newer perdure writes"
            )


def _birth(values: list[Any], plans_: Plans) -> Birth:
    fields, at, context, labels, body = values
    born = Born(*fields)
    plan = plans.load(body, born.plan) if body is not None else plans_.get(born.plan)
    return Birth(
        born, plan, body or plans.dump(plan), context, start=messages.Start(at),
        labels=[Label(*label) for label in labels],
    )  # fmt: skip
