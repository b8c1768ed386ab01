"""What a deploy would mean for the live runs: the same test that a worker makes."""

from dataclasses import replace

import pytest
from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.app.upgrades import plan_upgrade
from perdure.authoring.registry import Registry
from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.digests import digest
from perdure.authoring.steps.directives import complete, fail, goto, sleep, wait
from perdure.ports.rows import JobRow
from tests.app.parcels import start_graph, until


def order(registry, *, name="order", version="1", **options):
    """Declare the code that the runs begin by."""

    @workflow(name, version=version, registry=registry, **options)
    class Order:
        class Context(BaseModel):
            item: str = "book"

        @step(start=True)
        def ask(self):
            return wait.for_signal("paid", timeout=3600, then=self.ship, on_timeout=self.drop)

        @step()
        def ship(self):
            return goto(self.thank)

        @step()
        def thank(self):
            return complete()

        @step()
        def drop(self):
            return fail("not paid")

    return registry.get(name)


def other(registry, *, version="1", body=None, fields=None, former=(), **options):
    """Declare code that has another shape: `ship` is called `send`."""
    model = type("Context", (BaseModel,), {"__annotations__": {"item": str, **(fields or {})}})

    @workflow("order", version=version, registry=registry, **options)
    class Order:
        Context = model

        @step(start=True)
        def ask(self):
            return wait.for_signal("paid", timeout=3600, then=self.send, on_timeout=self.drop)

        @step(formerly=former)
        def send(self):
            return goto(self.thank)

        @step()
        def thank(self):
            return body() if body else complete()

        @step()
        def drop(self):
            return fail("not paid")

    return registry.get("order")


@pytest.fixture
def engine(tmp_path):
    """An engine with one run of `order`, which waits."""
    registry = Registry()
    order(registry)
    with Engine(tmp_path / "p.db", registry=registry) as engine:
        start(engine)
        yield engine


def start(engine, name="order", count=1):
    runs = [engine.start(name) for _ in range(count)]
    until(lambda: all(engine.view(run.id).waiting_signal for run in runs))
    return [run.id for run in runs]


def planned(engine, declare, **options):
    """Return the plan of a deploy of code that is declared so."""
    return plan_upgrade(engine.store, [declare(Registry(), **options)])


def only(plan):
    (upgrade,) = plan.upgrades
    return upgrade


def counts(upgrade):
    return upgrade.safe, upgrade.migration, upgrade.stuck


def test_runs_of_the_same_shape_are_safe(engine):
    plan = planned(engine, order)

    assert plan.is_safe
    assert counts(only(plan)) == (1, 0, 0)
    assert only(plan).same
    assert only(plan).changed == {}


def test_runs_that_find_their_steps_are_safe(engine):
    plan = planned(engine, other, former="ship")

    assert counts(only(plan)) == (1, 0, 0)
    assert not only(plan).same


def test_a_step_that_is_gone_strands_and_says_which_one_may_have_its_name(engine):
    start(engine, count=2)

    plan = planned(engine, other)

    (stranded,) = only(plan).stranded
    assert not plan.is_safe
    assert counts(only(plan)) == (0, 0, 3)
    assert stranded.why == "step 'ship' is where 'ask' goes on, and is not there any more"
    assert stranded.remedy == "put step 'ship' back, or write @step(formerly='ship') above 'send'"
    assert stranded.runs == [row.id for row in engine.runs()]


def test_of_several_new_steps_the_one_that_is_called_alike_is_named(engine):
    registry = Registry()

    @workflow("order", registry=registry)
    class Order:
        @step(start=True)
        def ask(self):
            return goto(self.shipping)

        @step()
        def shipping(self):
            return goto(self.other)

        @step()
        def other(self):
            return complete()

    (stranded,) = only(plan_upgrade(engine.store, [registry.get("order")])).stranded

    assert "write @step(formerly='ship') above 'shipping'" in stranded.remedy
    assert "write @step(formerly='drop') above the step that does its work now" in stranded.remedy


def test_another_first_step_may_be_what_the_first_one_is_called_now(tmp_path):
    registry, newer = Registry(), Registry()

    @workflow("trip", registry=registry)
    class Trip:
        @step(start=True)
        def book(self):
            return complete()

    @workflow("trip", registry=newer)
    class Other:
        @step(start=True)
        def reserve(self):
            return goto(self.told)

        @step()
        def told(self):
            return complete()

    with Engine(tmp_path / "p.db", registry=registry, worker=False) as idle:
        idle.start("trip")
        (stranded,) = only(plan_upgrade(idle.store, [newer.get("trip")])).stranded

    assert stranded.remedy.endswith("write @step(formerly='book') above 'reserve'")


def test_a_context_that_does_not_fit_strands(engine):
    plan = planned(engine, other, former="ship", fields={"email": str})

    (stranded,) = only(plan).stranded
    assert "email: field required" in stranded.why
    assert stranded.remedy == (
        "give what is new a default, or write "
        "@workflow('order', version='1', migrate={'1': function})"
    )


def test_a_context_that_is_moved_is_a_migration(engine):
    def add_email(context):
        return {**context, "email": "a@b.c"}

    options = {"version": "2", "former": "ship", "fields": {"email": str}}
    plan = planned(engine, other, migrate={"1": add_email}, **options)

    assert plan.is_safe
    assert counts(only(plan)) == (0, 1, 0)
    assert (only(plan).version, only(plan).code) == ("1", "2")


def test_a_function_that_fails_strands_and_writes_nothing(engine):
    def broken(context):
        raise KeyError("email")

    before = engine.store.change()
    plan = planned(engine, order, version="2", migrate={"1": broken})

    assert only(plan).stranded[0].why == "'email'"
    assert engine.store.change() == before


def test_another_version_without_migrate_strands(engine):
    plan = planned(engine, order, version="2")

    (stranded,) = only(plan).stranded
    assert stranded.why == "it is of version '1', and the code is version '2'"
    assert stranded.remedy == (
        "@workflow('order', version='2', migrate={'1': function}), or keep a worker that has the "
        "older code"
    )


def test_runs_that_ended_do_not_count(engine):
    engine.cancel(engine.runs()[0].id)
    until(lambda: engine.runs()[0].ended_at)

    assert planned(engine, other).upgrades == ()


def test_all_live_runs_are_looked_at(engine, monkeypatch):
    monkeypatch.setattr("perdure.app.upgrades.AT_ONCE", 2)
    start(engine, count=4)

    assert counts(only(planned(engine, order))) == (5, 0, 0)


def test_runs_of_other_code_are_counted_and_those_of_definitions_are_not(engine):
    order(engine.registry, name="other")
    start(engine, "other", 2)
    start_graph(engine, text="a")

    plan = planned(engine, order)

    assert plan.others == {"other": 2}
    assert counts(only(plan)) == (1, 0, 0)


def test_a_run_that_an_event_starts_has_no_context_to_be_looked_at_yet(engine):
    class Started:
        def __getattr__(self, name):
            return getattr(engine.store, name)

        def load(self, runs):
            found = engine.store.load(runs)
            return {run: with_job(loaded) for run, loaded in found.items()}

    plan = plan_upgrade(Started(), [other(Registry(), former="ship", fields={"email": str})])

    assert counts(only(plan)) == (1, 0, 0)


def with_job(loaded):
    job = JobRow("ask", 1, 1, 1, None, 0.0, '[{"event_id":"e1"},"e1"]')
    return replace(loaded, jobs=(job,), waits=(), timers=())


# -- bodies ---------------------------------------------------------------------------------------
def test_a_changed_body_is_listed_with_the_runs_that_may_come_to_it(engine):
    start(engine, count=2)

    upgrade = only(planned(engine, other, former="ship", body=lambda: complete(late=True)))

    assert upgrade.changed == {"thank": 3}
    assert counts(upgrade) == (3, 0, 0)


def test_a_body_that_no_run_comes_to_any_more_is_not_listed(engine):
    registry = Registry()

    @workflow("order", registry=registry)
    class Order:
        class Context(BaseModel):
            item: str = "book"

        @step(start=True)
        def ask(self):
            get_context().item = "none"
            return wait.for_signal("paid", timeout=3600, then=self.ship, on_timeout=self.drop)

        @step()
        def ship(self):
            return goto(self.thank)

        @step()
        def thank(self):
            return complete(late=True)

        @step()
        def drop(self):
            return sleep(3, then=self.drop)

    upgrade = only(plan_upgrade(engine.store, [registry.get("order")]))

    assert upgrade.changed == {"thank": 1, "drop": 1}


def test_where_another_python_told_the_bodies_they_are_not_known(engine, monkeypatch):
    monkeypatch.setattr("perdure.authoring.steps.digests._PYTHON", "2.7")

    upgrade = only(planned(engine, order))

    assert digest([]).startswith("2.7:")
    assert upgrade.changed is None
    assert upgrade.safe == 1


def test_where_no_worker_has_told_its_bodies_they_are_not_known(tmp_path):
    registry = Registry()
    flow = order(registry)
    with Engine(tmp_path / "p.db", registry=registry, worker=False) as idle:
        idle.start("order")

        assert only(plan_upgrade(idle.store, [flow])).changed is None
