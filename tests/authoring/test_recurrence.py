"""When something recurs, through the nights on which the clocks are changed as well."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perdure.authoring.recurrence import Every, cron, newest, times, zone_of
from perdure.errors import InvalidValueError

SPRING = ("2026-03-28T12:00", "2026-03-30T00:00")  # at 02:00 it is 03:00 at once
AUTUMN = ("2026-10-24T12:00", "2026-10-26T00:00")  # at 03:00 it is 02:00 once more


def shown(expression, days, zone="Europe/Berlin"):
    """Return when an expression comes on these days, by the clocks there."""
    place = ZoneInfo(zone)
    begins, ends = (datetime.fromisoformat(day).replace(tzinfo=place).timestamp() for day in days)
    found = times(cron(expression, zone), begins, ends)
    return [datetime.fromtimestamp(at, place).strftime("%d %H:%M:%S%z") for at in found]


def test_an_expression_comes_by_the_clocks_of_its_zone():
    winter = shown("0 9 * * mon-fri", ("2026-11-27T00:00", "2026-12-01T00:00"))
    summer = shown("0 9 * * mon-fri", ("2026-07-03T00:00", "2026-07-07T00:00"))

    assert winter == ["27 09:00:00+0100", "30 09:00:00+0100"]
    assert summer == ["03 09:00:00+0200", "06 09:00:00+0200"]


@pytest.mark.parametrize("expression", ["30 2 * * *", "0 30 2 * * *", "15,30,45 2 * * *"])
def test_a_time_that_does_not_exist_comes_once_after_the_gap(expression):
    assert shown(expression, SPRING) == ["29 03:00:00+0200"]


def test_a_time_that_comes_twice_is_taken_once_and_first():
    assert shown("30 2 * * *", AUTUMN) == ["25 02:30:00+0200"]
    assert shown("0 30 2 * * *", AUTUMN) == ["25 02:30:00+0200"]


def test_a_gap_at_midnight_moves_the_day_s_first_minute():
    days = ("2026-03-06T12:00", "2026-03-09T12:00")

    assert shown("0 0 * * *", days, "America/Havana") == [
        "07 00:00:00-0500", "08 01:00:00-0400", "09 00:00:00-0400",
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "count"), [(SPRING, 35), (AUTUMN, 37)])
def test_what_comes_every_hour_comes_in_every_hour_that_there_is(days, count):
    assert len(shown("15 * * * *", days)) == count


def test_what_comes_so_often_within_an_hour_comes_in_both_of_them():
    assert shown("*/30 2 * * *", AUTUMN) == [
        "25 02:00:00+0200", "25 02:30:00+0200", "25 02:00:00+0100", "25 02:30:00+0100",
    ]  # fmt: skip
    assert shown("*/30 2 * * *", SPRING) == []


def test_a_repeated_half_hour_is_no_less_of_one():
    days = ("2026-04-04T12:00", "2026-04-05T12:00")

    assert shown("45 1 * * *", days, "Australia/Lord_Howe") == ["05 01:45:00+1100"]


@given(
    expression=st.sampled_from(["30 2 * * *", "0,30 1-3 * * *", "15 * * * *", "*/20 2 * * *"]),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    start=st.floats(1.743e9, 1.762e9),  # from March to November, with both changes
)
def test_each_time_is_later_than_the_last_and_hangs_on_nothing_but_the_moment(
    expression, zone, start
):
    rule = cron(expression, zone)
    first = rule.after(start)
    second = rule.after(first)

    assert start < first < second
    assert rule.after((first + second) / 2) == second
    assert rule.after(first - 1e-3) == first


def test_names_stand_for_expressions():
    assert cron("@daily", "UTC") == cron(" @Daily ", "UTC") == cron("0 0 * * *", "UTC")


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("61 * * * *", "Bad minute"),
        ("* * *", "has not 5 fields, but 3"),
        ("", "has not 5 fields, but 0"),
        ("0 0 30 2 *", "Bad day-of-month"),
        ("0 0 0 0 * * *", "has not 5 fields, but 7"),
        ("@dayly", "none of @hourly, @daily, "),
        (5, "is text"),
    ],
)
def test_an_expression_that_cannot_come_is_refused(expression, said):
    with pytest.raises(InvalidValueError, match=said) as caught:
        cron(expression, "UTC")

    assert caught.value.path == "cron"


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", None, "Europe"])
def test_a_zone_that_is_not_there_is_refused(name):
    with pytest.raises(InvalidValueError, match="no time zone") as caught:
        zone_of(name)

    assert caught.value.path == "timezone"


def test_utc_needs_no_tables_of_zones():
    assert zone_of("UTC") is UTC


def test_an_interval_comes_first_one_span_after_its_anchor():
    rule = Every(600.0, anchor=1000.0)

    assert list(times(rule, 0.0, 2300.0)) == [1600.0, 2200.0]
    assert rule.after(1000.0) == 1600.0
    assert rule.after(1600.0) == 2200.0


@given(seconds=st.floats(1.0, 1e7), anchor=st.floats(0.0, 2e9), moment=st.floats(0.0, 4e9))
def test_an_interval_always_goes_on(seconds, anchor, moment):
    rule = Every(seconds, anchor)

    found = rule.after(moment)

    assert found > moment
    assert found - max(moment, anchor) <= seconds + 1e-5


def test_the_newest_times_are_those_next_to_the_end():
    rule = cron("0 * * * *", "UTC")
    first, until = 3600.0, 3600.0 * 1000 + 5.0

    assert newest(rule, first, until, 1) == [3600.0 * 1000]
    assert newest(rule, first, until, 3) == [3600.0 * number for number in (998, 999, 1000)]
    assert newest(rule, first, 3600.0 * 2, 9) == [3600.0, 7200.0]
    assert newest(rule, first + 1, first + 2, 9) == []
