"""Which waiting jobs a claim gets, whatever the store."""

from perdure.stores.choosing import WINDOW, Candidate, Line, choose, in_turn, taken

LINE = Line("mail", "", None, None, None, None, None)


def keys(**jobs):
    return [(key, [(float(n), f"{key}{n}") for n in range(count)]) for key, count in jobs.items()]


def names(candidates):
    return [candidate.job for candidate in candidates]


def test_keys_take_turns_and_then_the_rest_follows():
    assert names(in_turn("mail", keys(a=3, b=1, c=2), {})) == ["a0", "b0", "c0", "a1", "c1", "a2"]


def test_who_has_fewer_under_way_comes_first():
    assert names(in_turn("mail", keys(a=2, b=2), {"a": 1})) == ["b0", "a0", "b1", "a1"]


def test_a_candidate_knows_its_queue_key_and_place():
    first, *_ = in_turn("mail", keys(a=1), {})

    assert first == Candidate(0.0, "a0", "mail", "a", 0)


def test_keys_beyond_the_window_come_after_it():
    many = [(f"k{n:03}", iter([(0.0, n)])) for n in range(WINDOW + 5)]

    got = names(in_turn("mail", many, {"k000": 9}))

    assert got[:2] == [1, 2]
    assert got[WINDOW - 1 : WINDOW + 1] == [0, WINDOW]
    assert sorted(got) == list(range(WINDOW + 5))


def test_no_job_is_asked_for_before_its_turn():
    def jobs():
        yield 0.0, "a0"
        raise AssertionError("asked for too early")

    assert next(in_turn("mail", [("a", jobs())], {})).job == "a0"


def test_of_all_sources_the_least_rank_is_chosen():
    one = iter([Candidate(1.0, "one"), Candidate(0.0, "after one")])
    two = iter([Candidate(2.0, "two")])

    assert names(choose([one, two], 2)) == ["one", "after one"]


def test_a_line_allows_what_its_tightest_limit_does():
    assert LINE.allows(9) == 9
    assert LINE._replace(free=3, left=5).allows(9) == 3
    assert LINE._replace(free=3, left=1).allows(9) == 1
    assert LINE._replace(free=-2).allows(9) == 0


def test_the_turn_is_that_of_the_key_that_came_last_in_order():
    chosen = list(in_turn("mail", keys(a=2, b=1), {}))

    assert taken([LINE], chosen, 5.0).turns == [("mail", "b")]
    assert taken([LINE._replace(turn="b")], chosen, 5.0).turns == []
    assert taken([LINE], [], 5.0).turns == []


def test_what_was_begun_is_noted_where_there_is_a_rate():
    chosen = list(in_turn("mail", keys(a=2), {}))
    rated = LINE._replace(most=5, seconds=10.0, left=3)

    assert taken([LINE], chosen, 5.0).begun == []
    assert taken([rated], chosen, 5.0) == ([("mail", "a")], [("mail", 2)], None)
    assert taken([rated], [], 5.0).begun == []


def test_a_rate_that_is_used_up_says_when_it_gives_more():
    chosen = list(in_turn("mail", keys(a=2), {}))
    rated = LINE._replace(most=5, seconds=10.0, left=2)

    assert taken([rated], chosen, 5.0).again == 15.0
    assert taken([rated._replace(oldest=1.0)], chosen, 5.0).again == 11.0
    assert taken([rated._replace(oldest=1.0, left=0)], [], 5.0).again == 11.0
