"""What models' answers cost now."""

import pytest

from perdure.service import prices


class Priced:
    """A provider that takes a cent for each token."""

    name = "priced"

    def serves(self, model):
        return model == "dear"

    def answer(self, request):
        raise AssertionError(request)

    def price(self, model, usage):
        return usage["tokens"] / 100 if "tokens" in usage else None


class Silent(Priced):
    """A provider that says nothing of prices."""

    price = None

    def serves(self, model):
        return model == "silent"


@pytest.fixture(autouse=True)
def providers(monkeypatch):
    monkeypatch.setattr(prices, "_providers", lambda: [Silent(), Priced()])


def test_who_has_the_model_is_asked():
    assert prices.price("dear", {"tokens": 5}) == 0.05


@pytest.mark.parametrize(
    ("model", "usage"), [("silent", {"tokens": 5}), ("nobodys", {}), ("dear", {})]
)
def test_what_nobody_knows_is_null(model, usage):
    assert prices.price(model, usage) is None
