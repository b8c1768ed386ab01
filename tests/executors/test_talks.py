"""A talk with a child, turn by turn and without a thread."""

import signal

import pytest

from perdure.errors import DefinitionError
from perdure.executors.frames import Origin
from perdure.executors.talks import Host, Talk
from tests.executors.children import DONE, FakeSpawn, at_once, done, never
from tests.executors.scenes import a_work, sync
from tests.runtime.scenes import StepClock

BODY = sync(lambda _: None)
GRACE = 5.0


class Stage:
    """A host whose children answer so, and talks with it."""

    def __init__(self, answer=never, **options):
        self.clock = StepClock()
        self.spawn = FakeSpawn(answer, **options)
        self.host = Host(self.spawn)

    def talk(self, work=None, locate=lambda _: Origin("orders")):
        return Talk(work or a_work(), BODY, clock=self.clock, locate=locate, grace=GRACE)

    @property
    def child(self):
        return self.spawn.children[-1]


def test_a_turn_without_a_word_has_no_result():
    stage = Stage()
    talk = stage.talk()

    assert talk.begin(stage.host) is None
    assert talk.turn(0.0) is None
    stage.child.say(DONE)
    assert talk.turn(0.0).output == '"done"'


def test_a_report_that_comes_twice_is_not_the_next_attempts():
    """The line may still hold an earlier attempt's report: it carries another number."""
    stage = Stage()
    first, second = stage.talk(), stage.talk()
    first.begin(stage.host)
    stage.child.say(done(1))
    stage.child.say(done(1))
    first.turn(0.0)

    assert second.begin(stage.host) is None
    assert second.turn(0.0) is None
    stage.child.say(done(2))
    assert second.turn(0.0) is not None


def test_where_nothing_can_begin_the_first_turn_has_the_result():
    def nowhere(_work):
        raise DefinitionError("Put it into a file")

    stage = Stage()
    result = stage.talk(locate=nowhere).begin(stage.host)

    assert "Put it into a file" in result.outcome.error
    assert stage.spawn.children == []


def test_a_child_is_used_again_and_not_after_its_attempt_was_stopped():
    stage = Stage(at_once)
    for _ in range(2):
        talk = stage.talk()
        talk.begin(stage.host)
        talk.turn(0.0)
    stopped = stage.talk()
    stopped.begin(stage.host)
    stopped.stop("cancel")
    stopped.turn(0.0)
    stage.talk().begin(stage.host)

    assert [child.ended for child in stage.spawn.children] == [True, False]


@pytest.mark.parametrize("how", ["timeout", "drain", "cancel"])
def test_one_that_does_not_end_is_killed_in_the_end(how):
    stage = Stage(deaf={signal.SIGTERM})
    talk = stage.talk()
    talk.begin(stage.host)
    talk.stop(how)
    for _ in range(3):
        result = talk.turn(0.0)
        stage.clock.go(GRACE)

    assert stage.child.signals == [signal.SIGTERM, signal.SIGKILL]
    assert (result or talk.turn(0.0)).outcome.kind == "worker_died"


def test_a_second_reason_to_stop_changes_nothing():
    stage = Stage(deaf={signal.SIGTERM})
    talk = stage.talk()
    talk.begin(stage.host)
    talk.stop("timeout")
    talk.stop("lost")

    assert (talk.stopped, stage.child.signals) == ("timeout", [signal.SIGTERM])


def test_one_can_be_killed_at_once_and_one_that_has_ended_is_left_alone():
    stage = Stage()
    talk, over = stage.talk(), stage.talk()
    talk.begin(stage.host)
    talk.kill()
    talk.turn(0.0)
    over.begin(stage.host)
    stage.child.say(DONE)
    over.turn(0.0)
    over.kill()

    assert [child.signals for child in stage.spawn.children] == [[signal.SIGKILL], []]
