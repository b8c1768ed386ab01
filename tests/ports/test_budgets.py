"""What holds of budgets whatever keeps them."""

from perdure.ports.budgets import Cap, counter, counters, exceeded, holding, span_key

NEW_YEAR = 1_767_225_600.0  # 2026-01-01 00:00 UTC
RUN = Cap("run", "r", 10, "ever")
MONTH = Cap("workflow", "w", 10, "month")


def test_spans_are_told_by_the_clock_of_utc():
    assert span_key("day", NEW_YEAR) == "2026-01-01"
    assert span_key("day", NEW_YEAR - 1) == "2025-12-31"
    assert span_key("month", NEW_YEAR) == "2026-01"
    assert span_key("ever", NEW_YEAR) == ""


def test_a_call_goes_to_the_counters_of_its_run_and_of_all_spans_of_its_workflow():
    assert counters("r", "w", NEW_YEAR) == [
        ("run", "r", ""),
        ("workflow", "w", "2026-01-01"),
        ("workflow", "w", "2026-01"),
        ("workflow", "w", ""),
    ]


def test_each_cap_is_counted_by_one_of_them():
    assert counter(RUN, NEW_YEAR) in counters("r", "w", NEW_YEAR)
    assert counter(MONTH, NEW_YEAR) in counters("r", "w", NEW_YEAR)


def test_what_was_set_goes_before_what_is_declared_of_the_same_scope():
    assert holding([RUN, MONTH], [RUN._replace(most=3)]) == [RUN._replace(most=3), MONTH]
    assert holding([RUN], [RUN._replace(most=None)]) == []


def test_as_much_as_is_allowed_may_be_spent():
    assert not exceeded(RUN, 6, 4)
    assert exceeded(RUN, 6, 5)
    assert not exceeded(RUN._replace(most=None), 6, 5)
