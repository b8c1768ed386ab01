"""Queues as people see them: limits at run time, rates as they are written."""

import threading

import pytest

from perdure.app.queues import GREATEST, QueueView, read_rate, show_rate
from perdure.errors import InvalidValueError
from perdure.kernel.plan import StepPlan
from tests.app.scenes import PATIENCE, done, engine_of, flow, until


class Counter:
    """A step's code that knows how often it is under way at one time."""

    def __init__(self):
        self.now = self.most = 0
        self.gate = threading.Event()
        self.lock = threading.Lock()

    def __call__(self, work):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.gate.wait(PATIENCE)
        with self.lock:
            self.now -= 1
        return done(work)


def mailer(call=done):
    return flow("mailer", {"send": call}, send={"queue": "mail"})


def test_a_limit_is_kept_and_can_be_changed_while_runs_wait():
    counter = Counter()
    with engine_of(mailer(counter)) as engine:
        said = engine.queues.set("mail", concurrency=2)
        runs = engine.start_many("mailer", [{}] * 6)
        until(lambda: counter.now == 2)
        stands = engine.queues.get("mail")
        engine.queues.set("mail", concurrency=None)
        until(lambda: counter.now == 6)
        counter.gate.set()
        for run in runs:
            run.result(PATIENCE)

    assert said == QueueView(name="mail", concurrency=2)
    assert (stands.running, stands.waiting, counter.most) == (2, 4, 6)
    assert stands.waiting_since is not None


def test_a_held_queue_begins_nothing_until_it_is_let_go():
    with engine_of(mailer()) as engine:
        held = engine.queues.set("mail", concurrency=0)
        run = engine.start("mailer")
        before = engine.queues.get("mail")
        engine.queues.set("mail", concurrency=1)

        run.result(PATIENCE)
        assert held.paused
        assert (before.waiting, before.running) == (1, 0)


def test_a_rate_holds_runs_back_until_their_time():
    with engine_of(mailer()) as engine:
        engine.queues.set("mail", rate="2/s")
        runs = engine.start_many("mailer", [{}] * 5)
        for run in runs:
            run.result(PATIENCE)
            run.refresh()

        ends = sorted(run.view.ended_at.timestamp() for run in runs)
        assert ends[2] - ends[0] >= 0.9
        assert ends[4] - ends[2] >= 0.9


def test_what_is_not_named_stays():
    with engine_of() as engine:
        engine.queues.set("mail", concurrency=3, rate="100/min")
        engine.queues.set("mail", rate="5/s")
        engine.queues.set("gpu", concurrency=1)
        engine.queues.set("gpu", concurrency=None)

        assert engine.queues.list() == [QueueView(name="mail", concurrency=3, rate="5/s")]
        assert engine.queues.get("gpu") == QueueView(name="gpu")
        assert not engine.queues.get("gpu").paused


@pytest.mark.parametrize(
    ("name", "limits", "said"),
    [
        ("default", {"concurrency": 1}, r"name: the default queue has no limits"),
        ("a,b", {"concurrency": 1}, r"name: a queue's name is text"),
        (5, {}, r"name: a queue's name is text"),
        ("mail", {"concurrency": -1}, r"concurrency: .*0 or more, not -1"),
        ("mail", {"concurrency": True}, r"concurrency: .*not True"),
        ("mail", {"rate": "fast"}, r"rate: 'fast' is no rate\. Write .*100/min"),
        ("mail", {"concurrency": 1, "rate": "0/s"}, r"rate: '0/s' lets nothing begin"),
        ("mail", {"concurrency": 1, "rate": 5}, r"rate: 5 is no rate"),
    ],
)
def test_wrong_limits_are_refused_and_nothing_is_set(name, limits, said):
    with engine_of() as engine:
        with pytest.raises(InvalidValueError, match=said):
            engine.queues.set(name, **limits)

        assert engine.queues.list() == []


@pytest.mark.parametrize(
    ("text", "read", "shown"),
    [
        ("100/min", (100, 60.0), "100/min"),
        ("5/s", (5, 1.0), "5/s"),
        ("10 / 30 s", (10, 30.0), "10/30s"),
        ("1/second", (1, 1.0), "1/s"),
        ("7/2Hours", (7, 7200.0), "7/2h"),
        ("7/120min", (7, 7200.0), "7/2h"),
        ("3/d", (3, 86400.0), "3/d"),
        (f"{GREATEST}/90s", (GREATEST, 90.0), f"{GREATEST}/90s"),
    ],
)
def test_a_rate_is_read_and_shown_as_it_is_written(text, read, shown):
    assert read_rate(text) == read
    assert show_rate(*read) == shown


@pytest.mark.parametrize("text", ["", "100", "/s", "5/", "5/fortnight", "1.5/s", "-1/s", "5/0s"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(InvalidValueError, match="rate: "):
        read_rate(text)


def test_no_rate_is_shown_as_none():
    assert show_rate(None, None) is None


def test_fair_keys_share_a_queue():
    """The run that came last is served second: its key has had no turn."""
    order = []

    def send(work):
        order.append(work.run)
        return done(work)

    with engine_of(mailer(send)) as engine:
        engine.queues.set("mail", concurrency=0)
        ann = [engine.start("mailer", fair_key="ann") for _ in range(3)]
        bob = engine.start("mailer", fair_key="bob")
        engine.queues.set("mail", concurrency=1)
        for run in (*ann, bob):
            run.result(PATIENCE)

    assert order == [ann[0].id, bob.id, ann[1].id, ann[2].id]


def test_the_plan_says_which_queue_a_step_is_on():
    assert mailer().plan.steps[0] == StepPlan(
        name="send", queue="mail", retry=mailer().plan.steps[0].retry
    )
