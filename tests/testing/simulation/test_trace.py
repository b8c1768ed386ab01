"""What happened, as a hash and as lines."""

from perdure.testing.simulation.trace import BLOCK, Trace


def traced(*whats, keep=False):
    trace = Trace(keep=keep)
    for what in whats:
        trace.add(1.5, "p0.1", what)
    return trace


def test_the_same_calls_have_the_same_digest():
    assert traced("a", "b").digest == traced("a", "b").digest


def test_another_order_has_another_digest():
    assert traced("a", "b").digest != traced("b", "a").digest


def test_the_digest_does_not_hang_on_when_it_is_asked_for():
    asked = traced("a")
    assert asked.digest
    asked.add(1.5, "p0.1", "b")

    assert asked.digest == traced("a", "b").digest


def test_lines_are_kept_on_request():
    kept, not_kept = traced("a", keep=True), traced("a")
    assert kept.digest == not_kept.digest

    assert kept.lines == ["1.500000 p0.1 a"]
    assert not_kept.lines == []


def test_a_long_trace_is_hashed_in_blocks():
    many = [str(n) for n in range(BLOCK + 1)]
    trace = traced(*many, keep=True)

    assert len(trace.lines) == BLOCK
    assert trace.digest == traced(*many).digest


def test_what_happens_sometimes_is_counted():
    trace = Trace()
    trace.sometimes("a crash")
    trace.sometimes("a crash")

    assert trace.counts == {"a crash": 2}
