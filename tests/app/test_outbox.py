"""Starts and signals in an application's own transaction: they take effect if that commits."""

import sqlite3
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest

from perdure.app.engine import Engine
from perdure.app.outbox import Outbox
from perdure.app.virtual import VirtualClock
from perdure.errors import (
    ConfigError,
    InvalidValueError,
    OutboxTroubleError,
    RunNotFoundError,
    UnusableConnectionError,
)
from tests.app.scenes import adding, asking, engine_of, until

COMMITTING = [
    {"isolation_level": None},
    *([{"autocommit": True}] if sys.version_info >= (3, 12) else []),
]


class Shop:
    """An application with a database of its own, and an engine that delivers what lies there."""

    def __init__(self, folder, engine):
        self.path = folder / "shop.db"
        self.engine = engine
        with closing(self.connect()) as db:
            db.execute("CREATE TABLE orders (item TEXT)")
        self.outbox = Outbox(self.connect, registry=engine.registry)

    def connect(self, **options):
        return sqlite3.connect(self.path, **options)

    def order(self, db, n=1, **options):
        db.execute("INSERT INTO orders VALUES ('book')")
        return self.engine.start("adding", n=n, transaction=self.outbox.on(db), **options)

    def left(self):
        with closing(self.connect()) as db:
            ((left,),) = db.execute("SELECT count(*) FROM perdure_outbox").fetchall()
            return left

    def orders(self):
        with closing(self.connect()) as db:
            return len(db.execute("SELECT item FROM orders").fetchall())


@pytest.fixture
def engine(tmp_path):
    with engine_of(adding(), asking(), path=tmp_path / "p.db") as engine:
        yield engine


@pytest.fixture
def shop(tmp_path, engine):
    return Shop(tmp_path, engine)


def waiting(engine):
    run = engine.start("asking")
    until(lambda: engine.view(run.id).waiting_signal)
    return run


def test_a_run_starts_once_its_transaction_is_committed(shop):
    db = shop.connect()
    receipt = shop.order(db)
    with pytest.raises(RunNotFoundError):
        receipt.refresh()

    db.commit()

    assert receipt.status == "pending"
    assert receipt.result(10)["n"] == 2
    until(lambda: shop.left() == 0)
    assert [run.id for run in shop.engine.runs()] == [receipt.id]


def test_nothing_starts_where_it_is_rolled_back(shop):
    db = shop.connect()
    receipt = shop.order(db)
    db.rollback()
    after = shop.order(db)
    db.commit()

    assert after.result(10)["n"] == 2
    assert [run.id for run in shop.engine.runs()] == [after.id]
    with pytest.raises(RunNotFoundError, match="rolled back"):
        receipt.wait(0.1)
    assert shop.orders() == 1


def test_what_a_savepoint_takes_back_does_not_start(shop):
    db = shop.connect(isolation_level=None)
    db.execute("BEGIN")
    kept = shop.order(db)
    db.execute("SAVEPOINT inner_")
    shop.order(db)
    db.execute("ROLLBACK TO inner_")
    db.execute("COMMIT")

    assert kept.result(10)["n"] == 2
    assert [run.id for run in shop.engine.runs()] == [kept.id]


def test_signals_to_a_run_and_to_all_come_with_the_rest(shop, engine):
    one, *others = [waiting(engine) for _ in range(3)]

    with shop.connect() as db:
        tx = shop.outbox.on(db)
        receipt = shop.order(db)
        assert len(engine.signal("answer", {"to": "one"}, run_id=one.id, transaction=tx)) == 0
        db.execute("INSERT INTO orders VALUES ('pen')")
    tx.committed()
    assert one.result(10)["to"] == "one"
    with shop.connect() as db:
        engine.signal("answer", {"to": "all"}, transaction=shop.outbox.on(db))

    assert [run.result(10)["to"] for run in others] == ["all", "all"]
    assert receipt.result(10)["n"] == 2
    assert shop.orders() == 2


def test_a_run_may_be_signalled_in_the_transaction_that_starts_it(shop, engine):
    with shop.connect() as db:
        tx = shop.outbox.on(db)
        receipt = engine.start("asking", transaction=tx)
        engine.signal("answer", {"ok": True}, run_id=receipt.id, transaction=tx)

    assert receipt.result(10)["ok"]


def test_a_signal_to_nobody_is_refused_where_its_caller_hears_it(shop, engine):
    with shop.connect() as db, pytest.raises(RunNotFoundError, match="run_nobody"):
        engine.signal("answer", run_id="run_nobody", transaction=shop.outbox.on(db))


def test_a_signal_may_start_its_run_or_find_it_once_the_transaction_is_committed(shop, engine):
    for n in (1, 2):
        with shop.connect() as db:
            engine.signal_with_start(
                "asking", "answer", {"n": n}, unique_key="k", transaction=shop.outbox.on(db)
            )
    until(lambda: shop.left() == 0)

    runs = [engine.run(row.id) for row in engine.runs()]
    assert {run.result(10)["n"] for run in runs} <= {1, 2}
    assert any(run.result(10)["n"] == 1 for run in runs)


def test_events_are_told_once_the_transaction_is_committed(shop, engine):
    at = datetime(2099, 1, 1, tzinfo=UTC)
    db = shop.connect()
    engine.emit("lost", entity=1, at=at, transaction=shop.outbox.on(db))
    db.rollback()
    answer = engine.emit("due", entity=1, at=at, transaction=shop.outbox.on(db))
    assert engine.events() == []
    db.commit()
    until(engine.events)

    assert answer.event_id is None
    assert [event.name for event in engine.events()] == ["due"]


def test_a_key_that_was_used_leads_to_the_run_that_has_it(shop, engine):
    first = engine.start("adding", n=1, idempotency_key="k")

    with shop.connect() as db:
        receipt = shop.order(db, n=5, idempotency_key="k")

    until(lambda: shop.left() == 0)
    assert receipt.result(10)["n"] == 2
    assert receipt.id == first.id


def test_options_of_the_start_are_kept(shop, engine):
    with shop.connect() as db:
        receipt = shop.order(db, tags=["vip"], attributes={"amount": 7}, priority=3, delay=3600.0)

    until(lambda: shop.left() == 0)
    view = receipt.refresh().view
    assert (view.status, view.tags, view.attributes) == ("pending", ("vip",), {"amount": "7"})
    assert engine.loaded(receipt.id).row.priority == 3


def test_another_process_brings_what_one_that_died_has_committed(tmp_path):
    """The second engine has another store handle and never saw the transaction."""
    first = engine_of(adding(), path=tmp_path / "p.db", worker=False)
    shop = Shop(tmp_path, first)
    first.registry.outboxes.clear()  # it dies before it delivers
    db = shop.connect()
    receipt = shop.order(db)
    db.commit()
    first.close()

    with engine_of(adding(), path=tmp_path / "p.db") as second:
        Outbox(shop.connect, registry=second.registry)
        assert shop.left() == 1
        until(lambda: shop.left() == 0)
        assert second.run(receipt.id).result(10)["n"] == 2


def test_an_engine_that_runs_inline_brings_it_when_it_is_asked(tmp_path):
    registry_of = engine_of(adding(), path=":memory:", inline=True, clock=VirtualClock())
    with registry_of as engine:
        shop = Shop(tmp_path, engine)
        with shop.connect() as db:
            receipts = [shop.order(db) for _ in range(2)]

        assert receipts[0].result()["n"] == 2
        with shop.connect() as db:
            receipts.append(shop.order(db))
        engine.process_scheduled()
        assert receipts[2].refresh().status == "completed"


# -- bad input -----------------------------------------------------------------------------------
def test_what_is_no_connection_is_refused(shop, engine):
    for wrong in ("shop.db", None, 7, shop.connect):
        with pytest.raises(UnusableConnectionError, match=r"no DB-API 2 connection"):
            engine.start("adding", n=1, transaction=shop.outbox.on(wrong))
        with pytest.raises(UnusableConnectionError):
            engine.signal("answer", transaction=shop.outbox.on(wrong))


def test_a_connection_instead_of_what_on_gives_is_refused(shop, engine):
    with pytest.raises(InvalidValueError, match=r"Outbox\(connect\)\.on\(connection\)"):
        engine.start("adding", n=1, transaction=shop.connect())
    with pytest.raises(InvalidValueError, match=r"Outbox\(connect\)\.on\(connection\)"):
        engine.signal("answer", transaction=shop.connect())
    with pytest.raises(InvalidValueError, match=r"Outbox\(connect\)\.on\(connection\)"):
        engine.emit("due", transaction=shop.connect())


@pytest.mark.parametrize("options", COMMITTING)
def test_a_connection_that_commits_each_statement_is_refused(shop, options):
    with pytest.raises(UnusableConnectionError, match="Begin a transaction first"):
        shop.order(shop.connect(**options))

    assert shop.left() == 0


def test_a_closed_connection_is_refused(shop, engine):
    db = shop.connect()
    db.close()

    with pytest.raises(UnusableConnectionError, match="closed database"):
        engine.start("adding", n=1, transaction=shop.outbox.on(db))


def test_a_connection_of_another_thread_is_refused(shop, engine):
    db, said = shop.connect(), []

    def elsewhere():
        with pytest.raises(UnusableConnectionError, match="in the thread that opened it"):
            engine.start("adding", n=1, transaction=shop.outbox.on(db))
        said.append("refused")

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert said == ["refused"]


def test_a_transaction_that_has_ended_begins_another_with_its_next_use(shop, engine):
    """`on` names the connection: what is asked for after a commit belongs to what comes next."""
    db = shop.connect()
    tx = shop.outbox.on(db)
    first = engine.start("adding", n=1, transaction=tx)
    db.commit()
    second = engine.start("adding", n=1, transaction=tx)
    db.rollback()

    assert first.result(10)["n"] == 2
    with pytest.raises(RunNotFoundError):
        second.wait(0.1)


def test_a_database_that_is_locked_says_so_as_its_driver_does(shop, engine):
    other = shop.connect(isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    db = shop.connect(timeout=0.05)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        engine.start("adding", n=1, transaction=shop.outbox.on(db))
    other.rollback()


def test_an_outbox_of_another_registry_is_refused(shop, engine):
    stray = Outbox(shop.connect)
    try:
        with pytest.raises(ConfigError, match=r"registry=engine\.registry"):
            engine.start("adding", n=1, transaction=stray.on(shop.connect()))
    finally:
        stray._registry.outboxes.remove(stray._table)


def test_an_outbox_wants_to_know_how_to_connect(engine):
    with pytest.raises(ConfigError, match="a function that connects"):
        Outbox("shop.db", registry=engine.registry)


def test_a_unique_key_is_refused(shop):
    with pytest.raises(InvalidValueError, match="unique_key"):
        shop.order(shop.connect(), unique_key="u")


def test_the_table_can_be_made_before(tmp_path, engine):
    outbox = Outbox(lambda: sqlite3.connect(tmp_path / "shop.db"), registry=engine.registry)
    outbox.prepare()
    outbox.prepare()

    with closing(sqlite3.connect(tmp_path / "shop.db")) as db:
        assert db.execute("SELECT count(*) FROM perdure_outbox").fetchall() == [(0,)]


def test_a_database_that_cannot_be_reached_is_told(tmp_path, engine):
    outbox = Outbox(lambda: sqlite3.connect(tmp_path / "no" / "shop.db"), registry=engine.registry)

    with pytest.raises(OutboxTroubleError, match="unable to open"):
        outbox.prepare()


def test_it_is_a_public_name():
    import perdure

    assert perdure.Outbox is Outbox
    assert perdure.Engine is Engine
