"""A payload beside the context: who begins with it, and who does not."""

import pytest

from perdure.kernel import messages
from perdure.kernel.directives import Failed, Next, Wait
from perdure.runtime.beside import begins_with_it, merge
from perdure.wire.encoding import decode
from tests.runtime.scenes import begun, done, machine, reported, told

BROUGHT = '@["signal","go",null]\n{"ok":true}'
PLAN = machine("ask", "tell", "undo", on_fail="undo", deadline=60.0)


def told_to_tell(kind):
    """Return a run whose step `tell` has failed with the payload of a signal."""
    hot = begun(PLAN)
    told(hot, reported("ask", Wait(name="go", then="tell")))
    told(hot, messages.Signal(id=5, name="go"), inbox=5, payload='{"ok":true}')
    failed = Failed(kind=kind, error="it broke", retryable=False)
    return hot, told(hot, reported("tell", failed)).finish()


@pytest.mark.parametrize(("kind", "takes"), [("oops", True), ("context_invalid", False)])
def test_a_hook_begins_with_the_payload_unless_that_is_what_failed(kind, takes):
    hot, commit = told_to_tell(kind)

    assert [job.payload for job in commit.jobs_made] == [BROUGHT if takes else None]
    assert (hot.beside is None) is takes
    assert [kept.payload for kept in commit.kept_made] == ([] if takes else [BROUGHT])


def test_a_retry_begins_with_the_payload_that_was_refused():
    hot, _ = told_to_tell("context_invalid")
    told(hot, reported("undo", Next()), done=done(hot, "undo", Next()))

    commit = told(hot, messages.Retry()).finish()

    assert [(job.step, job.payload) for job in commit.jobs_made] == [("tell", BROUGHT)]


def test_nothing_is_begun_with_where_nothing_is():
    assert not begins_with_it(begun(PLAN))


def test_a_payloads_keys_are_set_at_the_top():
    assert decode(merge('{"a":1,"b":{"c":2}}', '{"b":3}')) == {"a": 1, "b": 3}
