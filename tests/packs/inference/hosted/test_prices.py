"""What an answer costs (A004-24)."""

from dataclasses import replace

import pytest

from perdure.packs.inference.hosted.prices import Cost, cost_of
from perdure.packs.inference.settings import KNOWN, Price, Source

USED = {"input_tokens": 1_000_000, "output_tokens": 1_000_000}
OWN = Source(name="local", base_url="http://x")


def test_a_listed_model_costs_its_tokens_times_the_list_price():
    found = cost_of(KNOWN["openai"], "gpt-4o-mini", USED)

    assert found.dollars == pytest.approx(0.15 + 0.60)
    assert found.basis.startswith("genai-prices ")


def test_twice_the_tokens_cost_twice():
    once = cost_of(KNOWN["anthropic"], "claude-haiku-4-5", {"input_tokens": 100})
    twice = cost_of(KNOWN["anthropic"], "claude-haiku-4-5", {"input_tokens": 200})

    assert twice.dollars == pytest.approx(2 * once.dollars)
    assert once.dollars > 0


def test_a_model_without_a_price_costs_nobody_knows_what():
    assert cost_of(KNOWN["openai"], "gpt-does-not-exist", USED) == Cost(None, "none")
    assert cost_of(OWN, "anything", USED) == Cost(None, "none")


def test_a_configured_price_goes_before_the_list():
    source = replace(KNOWN["openai"], price=Price(input=1.0, output=2.0))

    assert cost_of(source, "gpt-4o-mini", USED) == Cost(3.0, "perdure.toml")


def test_a_price_of_nothing_is_nothing():
    source = replace(OWN, price=Price(input=0.0, output=0.0))

    assert cost_of(source, "m", USED) == Cost(0.0, "perdure.toml")
