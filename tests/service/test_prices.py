"""What models' answers cost now."""

import pytest

from perdure.service import prices


class Silent:
    """A provider that says nothing of prices."""

    name = "silent"

    def serves(self, model):
        return True

    def answer(self, request):
        raise AssertionError(request)


class Priced(Silent):
    """A provider that takes a cent for each token, and has no key."""

    def serves(self, model):
        return False

    def price(self, model, usage):
        return usage["tokens"] / 100 if model == "dear" and "tokens" in usage else None


@pytest.fixture(autouse=True)
def providers(monkeypatch):
    monkeypatch.setattr(prices, "_providers", lambda: [Silent(), Priced()])


def test_who_knows_the_price_is_asked():
    assert prices.price("dear", {"tokens": 5}) == 0.05


@pytest.mark.parametrize(("model", "usage"), [("nobodys", {"tokens": 5}), ("dear", {})])
def test_what_nobody_knows_is_null(model, usage):
    assert prices.price(model, usage) is None
