"""Labels: what runs are found by, and what is asked."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest

from perdure.app.labels import filter_of, labels_of
from perdure.errors import InvalidValueError
from perdure.ports.rows import RunFilter, WantedLabel


class Colour(Enum):
    RED = "red"


DAY = datetime(2026, 11, 27, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        ("a", "a", None),
        (42, "42", 42.0),
        (3.0, "3", 3.0),
        (0.1, "0.1", 0.1),
        (Decimal("9.50"), "9.50", 9.5),
        (10**400, str(10**400), None),
        (True, "true", None),
        (Colour.RED, "red", None),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001", None),
        (date(2026, 11, 27), "2026-11-27", DAY),
        (
            datetime(2026, 11, 27, 2, tzinfo=timezone(timedelta(hours=2))),
            "2026-11-27T00:00:00+00:00",
            DAY,
        ),
    ],
)
def test_an_attribute_is_kept_as_a_text_and_as_a_number_if_it_is_one(value, text, number):
    assert labels_of("r1", (), {"it": value}) == [("r1", "it", text, number)]


def test_a_tag_is_kept_once():
    assert labels_of("r1", ["vip", "eu", "vip"], {}) == [
        ("r1", "tag", "vip", None),
        ("r1", "tag", "eu", None),
    ]


@pytest.mark.parametrize(
    ("tags", "attributes"),
    [
        ("vip", {}),
        ([""], {}),
        ([1], {}),
        ([], {"status": "a"}),
        ([], {"tag": "a"}),
        ([], {"a=b": "a"}),
        ([], {7: "a"}),
        ([], {"a": None}),
        ([], {"a": [1]}),
        ([], {"a": math.nan}),
        ([], {"a": datetime(2026, 1, 1)}),  # noqa: DTZ001
        ([], {"a": "\0"}),
    ],
)
def test_what_cannot_be_kept_is_refused(tags, attributes):
    with pytest.raises(InvalidValueError):
        labels_of("r1", tags, attributes)


def test_conditions_are_texts_or_a_mapping():
    assert filter_of("customer=42") == filter_of(["customer = 42"]) == filter_of({"customer": 42})
    assert filter_of("customer=42").labels == (WantedLabel("customer", "42"),)
    assert filter_of(()) == RunFilter()


def test_a_query_stays_what_it_is_beside_its_conditions():
    query = RunFilter(workflow="order", limit=7)

    assert filter_of(["tag=vip", "status=failed"], query) == RunFilter(
        workflow="order", limit=7, status="failed", labels=(WantedLabel("tag", "vip"),)
    )


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("status=live", RunFilter(live=True)),
        ("workflow=order", RunFilter(workflow="order")),
        ("error=poison", RunFilter(error="worker_died")),
        ("error=timeout", RunFilter(error="timeout")),
        ("paused=yes", RunFilter(paused=True)),
        ("paused=false", RunFilter(paused=False)),
    ],
)
def test_runs_are_found_by_what_they_are(text, query):
    assert filter_of(text) == query


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("n>=100", 100.0, None),
        ("n>100", math.nextafter(100.0, math.inf), None),
        ("n<=1.5", None, 1.5),
        ("n<1.5", None, math.nextafter(1.5, 0.0)),
        ("n>=2026-11-27", DAY, None),
        ("n>2026-11-27T00:00", math.nextafter(DAY, math.inf), None),
    ],
)
def test_numbers_and_dates_are_compared(text, least, most):
    assert filter_of(text).labels == (WantedLabel("n", None, least, most),)


def test_a_day_is_all_of_its_day():
    query = filter_of("created=2026-11-27")

    assert (query.since, query.until) == (DAY, pytest.approx(DAY + 86_400))
    assert query.until < DAY + 86_400
    assert filter_of("created>2026-11-27").since == pytest.approx(DAY + 86_400)
    assert filter_of(["created>=2026-11-27", "created<2026-11-28"]) == query


@pytest.mark.parametrize(
    "text", ["", "failed", "status=broken", "status>failed", "n>=soon", "created<today", "=4"]
)
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(InvalidValueError):
        filter_of(text)
