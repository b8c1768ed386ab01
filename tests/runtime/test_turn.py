"""One turn in memory: envelopes in, a draft and who is to be answered out."""

from perdure.kernel import history, messages
from perdure.kernel.directives import Goto, Sleep
from perdure.kernel.plan import StepPlan
from perdure.runtime.envelopes import Poke, Ticket, Told
from perdure.runtime.hotrun import restore
from perdure.runtime.plans import Plans
from perdure.runtime.records import dump_message
from perdure.runtime.turn import Turn
from tests.runtime.scenes import NOW, a_draft, graph, machine, reported, scene, signal_row

PLAN = machine("a", "b")


def turn_over(play, *envelopes, hot=None, draft=None):
    """Take the envelopes in one turn over the store as it stands."""
    runs = [envelope.run for envelope in envelopes]
    turn = Turn(
        draft=draft or a_draft(),
        hot={} if hot is None else hot,
        loaded=play.store.load(runs),
        plans=Plans(play.store),
    )
    for envelope in envelopes:
        turn.take(envelope)
    return turn


def test_a_birth_brings_its_plan_and_its_first_attempt():
    play = scene(PLAN)
    birth = play.birth(context='{"n":1}')

    turn = turn_over(play, birth)

    commit = turn.draft.finish()
    assert commit.plans == [(PLAN.hash, "story", "1", birth.body)]
    assert commit.contexts == [(birth.run, '{"n":1}')]
    assert [job.step for job in commit.jobs_made] == ["a"]


def test_a_plan_that_has_a_row_is_not_written_again():
    play = scene(PLAN)
    turn = Turn(draft=a_draft(), hot={}, loaded={}, plans=Plans(play.store))
    turn.plans.stored.add(PLAN.hash)

    turn.take(play.birth())

    assert turn.commit.plans == []


def test_the_messages_of_one_run_are_applied_one_after_the_other():
    play = scene(PLAN)
    run = play.start()

    turn = turn_over(
        play, Told(run, reported("a", Goto("b")), token=1), Told(run, reported("b", Goto("a")))
    )

    (moved,) = turn.draft.finish().moved
    assert (moved.old, moved.seq, moved.visits) == (1, 3, '{"a":2,"b":1}')


def test_what_lies_in_the_inbox_is_applied_before_anything_else():
    play = scene(PLAN)
    run = play.start()
    play.store.put([signal_row(run, dump_message(messages.Pause("first")))])

    turn = turn_over(play, Told(run, messages.Resume("second")))

    commit = turn.draft.finish()
    assert [row.message for row in commit.history] == [
        '["Pause","first",""]',
        '["Resume","second",""]',
    ]
    assert len(commit.inbox_gone) == 1


def test_a_message_in_the_inbox_that_means_nothing_goes_all_the_same():
    play = scene(PLAN)
    run = play.start()
    (number,) = play.store.put([signal_row(run, dump_message(messages.Resume()))])

    turn = turn_over(play, Poke(run))

    commit = turn.draft.finish()
    assert (commit.inbox_done, commit.moved) == ([number], [])


def test_a_run_that_nobody_knows_is_told_of_when_the_turn_is_over():
    play = scene(PLAN)
    ticket = Ticket()

    turn = turn_over(play, Told("run_x", messages.Cancel(), reply=ticket))
    before = ticket.answer
    turn.answer_quiet()

    assert before is None
    assert not ticket.answer.found


def test_the_answer_has_the_events_that_the_message_made():
    play = scene(PLAN)
    run = play.start()
    first, second = Ticket(), Ticket()
    turn = turn_over(
        play, Told(run, messages.Pause(), reply=first), Told(run, messages.Pause(), reply=second)
    )

    turn.answer(run)

    assert first.answer.events == (history.RunPaused("", ""),)
    assert second.answer.events == ()


def test_a_message_that_meant_nothing_is_answered_all_the_same():
    play = scene(PLAN)
    run = play.start()
    ticket = Ticket()
    turn = turn_over(play, Told(run, messages.Resume(), reply=ticket))

    turn.answer_quiet()

    assert list(turn.looked_at()) == [run]
    assert ticket.answer.found
    assert ticket.answer.events == ()


def test_a_message_that_means_nothing_to_a_run_in_memory_is_not_answered_yet():
    play = scene(PLAN)
    run = play.start()
    hot = {run: restore(play.loaded(run), PLAN)}
    envelope = Told(run, messages.Resume())
    turn = Turn(draft=a_draft(), hot=hot, loaded={}, plans=Plans(play.store))

    turn.take(envelope)

    assert turn.unsure == [envelope]
    assert list(turn.looked_at()) == []


def test_a_birth_is_answered_with_whether_it_took_place():
    play = scene(PLAN)
    birth = play.birth()
    turn = turn_over(play, birth)

    turn.answer_birth(birth.run, made=False)

    assert not birth.reply.answer.found


def test_a_report_told_again_under_an_old_token_means_nothing():
    """Somebody has claimed the job since."""
    play = scene(PLAN)
    run = play.start()

    turn = turn_over(play, Told(run, reported("a", Goto("b")), token=0, again=True))

    assert turn.draft.finish().moved == []


def test_a_report_told_again_under_its_token_counts():
    play = scene(PLAN)
    run = play.start()

    turn = turn_over(
        play,
        Told(run, reported("a", Goto("b")), token=1, again=True),
        Told(run, messages.Pause(), again=True),
    )

    assert [moved.seq for moved in turn.draft.finish().moved] == [3]


def test_a_loss_told_again_is_fenced_like_a_report():
    play = scene(PLAN)
    run = play.start()

    turn = turn_over(play, Told(run, messages.Lost("a", 1, 1), token=9, again=True))

    assert turn.draft.finish().moved == []


def test_a_message_of_no_step_has_no_job_to_be_fenced_by():
    play = scene(PLAN)
    run = play.start()

    turn = turn_over(play, Told(run, messages.Pause(), token=1, again=True))

    assert turn.draft.finish().moved == []


def test_a_run_that_moved_is_told_with_who_moved_it():
    play = scene(PLAN)
    run = play.start()
    envelope = Told(run, messages.Pause())

    turn = turn_over(play, envelope)

    assert list(turn.of_moved()) == [(run, [envelope])]
    assert [hot.run.id for hot in turn.touched()] == [run]


def test_a_turn_knows_when_its_first_timer_or_attempt_is_due():
    play = scene(PLAN)
    run = play.start()

    turn = turn_over(play, Told(run, reported("a", Sleep(9.0)), token=1))

    assert turn.next_due() == NOW + 9.0


def test_a_turn_without_either_has_nothing_due():
    play = scene(PLAN)

    assert turn_over(play, play.birth()).next_due() is None


def test_more_than_one_advance_may_do_is_left_for_another_turn():
    wide = graph(*(StepPlan(name=f"s{n}") for n in range(600)))
    play = scene(wide)
    birth = play.birth(wide)

    turn = turn_over(play, birth)

    assert turn.more == [birth.run]
    assert len(turn.commit.inbox_made) == 1
