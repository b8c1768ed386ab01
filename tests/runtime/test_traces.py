"""What visits leave of a context: any of them can be gone back to, and little is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.kernel.plan import StepPlan
from perdure.ports.rows import Trace
from perdure.runtime.traces import LONG, SHORT, WHOLE_EVERY, Found, fold, trace, whole
from perdure.wire.encoding import encode
from tests.runtime.scenes import graph, hot_run, machine

PLAN = machine("a")


def visited(contexts, payloads=None):
    """Return the rows of a run whose visits left these contexts, the newest first."""
    hot = hot_run(PLAN, context=contexts[0])
    rows = []
    for number, context in enumerate(contexts[1:], 1):
        found, hot.context = hot.context, context
        text = trace(hot, found, (payloads or {}).get(number))
        rows.insert(0, Trace("a", number, "completed", text))
    return rows


def begun(rows, visit):
    """Return what a visit began with."""
    return fold([row for row in rows if row.visit <= visit])


contexts = st.dictionaries(st.sampled_from("abcdef"), st.text(max_size=400), max_size=6)


@given(st.lists(contexts, min_size=2, max_size=12))
def test_what_each_visit_began_with_comes_back_as_it_was(values):
    texts = [encode(value) for value in values]
    rows = visited(texts)

    assert [begun(rows, n + 1) for n in range(len(rows))] == [Found(t, None) for t in texts[:-1]]


def test_a_visit_that_changed_nothing_leaves_nothing():
    first, second = reversed(visited(['{"a":1}', '{"a":1}', '{"a":1}']))

    assert second.context is None
    assert first.context == '#7 -1\n{"a":1}'


def test_a_long_context_is_kept_as_what_changed_in_it():
    one, two = (encode({"n": n, "log": "x" * 2000}) for n in (1, 2))
    rows = visited([one, one, two])

    assert rows[0].context == "~2016 5 2010 2"
    assert begun([Trace("a", 3, "completed", None), *rows], 3) == Found(two, None)


def test_keys_far_apart_are_kept_by_their_names():
    one, two = (encode({"n": n, "log": "x" * 2 * LONG, "m": n}) for n in (1, 2))
    rows = visited([one, one, two])

    assert rows[0].context == '@{"n":2,"m":2}'
    assert begun([Trace("a", 3, "completed", None), *rows], 3) == Found(two, None)


def test_where_the_keys_would_not_give_the_same_text_the_text_is_kept():
    one = '{"n":1, "log":"%s","m":1}' % ("x" * 2 * LONG)
    two = '{"m":2, "log":"%s","n":2}' % ("x" * 2 * LONG)
    rows = visited([one, one, two])

    assert rows[0].context.startswith("~")
    assert begun([Trace("a", 3, "completed", None), *rows], 3) == Found(two, None)


def test_what_a_visit_was_given_is_there_again():
    rows = visited(["{}", '{"a":1}', '{"a":2}'], {1: '{"x":1}', 2: '{"y":2}'})

    assert begun(rows, 1) == Found("{}", '{"x":1}')
    assert begun(rows, 2) == Found('{"a":1}', '{"y":2}')


def test_every_so_many_visits_there_is_a_whole_context():
    rows = visited([encode({"n": n, "log": "x" * SHORT}) for n in range(3 * WHOLE_EVERY)])
    bases = [row.visit for row in rows if (row.context or "").startswith("#")]

    assert bases == [2 * WHOLE_EVERY + 1, WHOLE_EVERY + 1, 1]
    assert begun(rows, 150).context == encode({"n": 149, "log": "x" * SHORT})


def test_a_run_that_went_back_begins_from_what_was_put_in_place():
    rows = visited(["{}", '{"a":1}'])
    back = Trace("a", 0, "rewound", whole('{"b":1}'))

    assert fold([Trace("a", 2, "completed", None), back, *rows]) == Found('{"b":1}', None)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [Trace("a", 1, "completed", None)],
        [Trace("a", 2, "completed", None), Trace("a", 1, "completed", '{"a":1}')],
        [
            Trace("a", 3, "completed", None),
            Trace("a", 2, "completed", "~99 1 1 x"),
            Trace("a", 1, "completed", '#2 -1\n{}{"a":1}'),
        ],
    ],
)
def test_what_is_not_known_is_not_made_up(rows):
    assert fold(rows) is None


def test_a_graph_has_inputs_that_do_not_change():
    hot = hot_run(graph(StepPlan(name="a")), context="{}")

    assert trace(hot, "{}", None) is None
