"""What was reserved and settled survives `kill -9`: nothing that was paid for is forgotten."""

import random
import time

import pytest

from perdure import Engine
from perdure.ports.budgets import NANO, Cap
from tests.crash.lives import begin, kill
from tests.crash.spender import CENTS, settle_in
from tests.packs.inference.hosted.servers import Says, openai_api

pytestmark = pytest.mark.crash
KILLS = 8
COUNT = 60
PATIENCE = 60


def slowly(_body, _number):
    time.sleep(0.02)
    return Says("Yes.")


def killed_often(folder, max_cost):
    """Have processes ask under a budget, each killed after a moment but for the last."""
    chance = random.Random(4)
    words = ("spender", folder, max_cost, COUNT)
    for _ in range(KILLS):
        process = begin(*words)
        process.stdout.readline()
        time.sleep(0.05 + chance.random() * 0.15)
        kill(process)
    process = begin(*words)
    run = process.stdout.readline().strip()
    until = time.monotonic() + PATIENCE
    try:
        while process.stdout.readline() != "over\n":
            assert time.monotonic() < until
    finally:
        kill(process)
    return run


def seen(folder, run):
    """Return how the run stands, and what is spent or reserved of its budget."""
    with Engine(folder / "perdure.db", worker=False) as engine:
        view = next(each for each in engine.runs(limit=10) if each.id == run)
        spent = engine.store.budgets.spent(Cap("run", run, None, "ever"), time.time())
    return view, spent / NANO


def test_what_was_paid_for_is_counted_whoever_was_killed(tmp_path):
    with openai_api(slowly, models=("m",)) as service:
        settle_in(tmp_path, service.site.url("/v1"))
        run = killed_often(tmp_path, 1000.0)
        view, spent = seen(tmp_path, run)

    assert view.status == "completed"
    assert service.count >= COUNT
    assert spent >= service.count * CENTS - 1e-9  # a call that was cut off counts as reserved
    assert spent < (COUNT + 4 * (KILLS + 1)) * 0.1


def test_a_budget_is_kept_whoever_is_killed(tmp_path):
    most = 0.5
    with openai_api(slowly, models=("m",)) as service:
        settle_in(tmp_path, service.site.url("/v1"))
        run = killed_often(tmp_path, most)
        view, spent = seen(tmp_path, run)

    assert view.paused
    assert service.count * CENTS <= spent + 1e-9
    assert spent <= most
