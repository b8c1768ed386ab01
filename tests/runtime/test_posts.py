"""What is written into an outbox is read back as it was."""

import pytest

from perdure.errors import StoreRefusedError
from perdure.kernel import messages
from perdure.ports.commit import InboxMade, Label
from perdure.ports.events import Whose
from perdure.ports.outbox import Posted
from perdure.ports.rows import Announced
from perdure.runtime.almanac import Wanted
from perdure.runtime.bundles import Bundle, SignalStart
from perdure.runtime.posts import (
    post_birth,
    post_broadcast,
    post_event,
    post_message,
    post_signal_start,
    unpack,
)
from tests.runtime.scenes import NOW, machine, scene

PLAN = machine("a")


def unpacked(posted, play=None):
    bundle = Bundle()
    unpack(posted, (play or scene()).process.plans, bundle)
    return bundle


def birth_of(play):
    birth = play.birth(key="k", context='{"n":1}', priority=3)
    birth.start = messages.Start(NOW + 60)
    birth.labels = [Label(birth.run, "amount", "7", 7.0)]
    return birth


def test_a_start_brings_its_plan_where_the_store_may_lack_it():
    play = scene(PLAN)
    birth = birth_of(play)

    posted = post_birth(birth, with_plan=True)
    (found,) = unpacked(posted).births

    assert (posted.id, posted.kind, posted.made_at) == (birth.run, "start", birth.born.created_at)
    assert (found.born, found.plan, found.body) == (birth.born, PLAN, birth.body)
    assert (found.context, found.start, found.labels) == ('{"n":1}', birth.start, birth.labels)


def test_else_the_plan_is_the_stores():
    play = scene(PLAN)
    play.start()
    birth = birth_of(play)

    posted = post_birth(birth, with_plan=False)
    (found,) = unpacked(posted, play).births

    assert (found.plan, found.body) == (PLAN, birth.body)
    with pytest.raises(StoreRefusedError, match="has no plan"):
        unpacked(posted)


@pytest.mark.parametrize(("own", "key"), [(None, "signal_1"), ("mine", "mine")])
def test_a_signal_has_a_key_though_nobody_gave_it_one(own, key):
    row = InboxMade("run_1", '["Signal"]', '{"a":1}', own)

    assert unpacked(post_message("signal_1", row, NOW)).messages == [row._replace(key=key)]


@pytest.mark.parametrize(("own", "key"), [(None, "signal_1"), ("mine", "mine")])
def test_so_has_a_broadcast(own, key):
    announced = Announced("go", '["Signal"]', None, "story", "k", NOW)

    assert unpacked(post_broadcast("signal_1", announced, own)).keyed == {key: announced}


@pytest.mark.parametrize(("own", "key"), [(None, "evt_1"), ("mine", "mine")])
def test_so_has_an_event(own, key):
    event = Wanted(Whose("due", "order", "7", None), NOW + 60, '{"a":1}', "evt_1", own)

    assert unpacked(post_event(event, NOW)).events == [event._replace(idempotency_key=key)]


def test_what_a_newer_perdure_writes_is_refused():
    with pytest.raises(StoreRefusedError, match="'haul' that a newer perdure writes"):
        unpacked(Posted("x", "haul", "[]", NOW))


def test_a_signal_that_may_start_its_run_has_the_runs_id_for_its_key():
    play = scene(PLAN)
    birth = birth_of(play)
    row = InboxMade(birth.run, '["Signal"]', '{"a":1}', "mine")

    posted = post_signal_start(SignalStart(birth, row), with_plan=True)
    (found,) = unpacked(posted).signal_starts

    assert (posted.id, posted.kind) == (birth.run, "signal_start")
    assert (found.message, found.key) == (row, birth.run)
    assert (found.birth.born, found.birth.start) == (birth.born, birth.start)
