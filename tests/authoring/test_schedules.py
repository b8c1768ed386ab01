"""What a schedule may say, and that it is the same when it is read again."""

from datetime import UTC, datetime, timedelta

import pytest

from perdure.authoring.recurrence import Every
from perdure.authoring.schedules import Schedule, dump, load, schedule_of
from perdure.errors import InvalidValueError


def test_a_schedule_is_written_as_people_write_it():
    daily = Schedule(cron="0 9 * * *", timezone="Europe/Berlin")

    assert schedule_of(daily) is daily
    assert schedule_of("0 9 * * *", timezone="Europe/Berlin") == daily
    assert schedule_of(every=timedelta(minutes=5)) == Schedule(every=300.0)
    assert schedule_of(every=300) == Schedule(every=300.0)


def test_a_schedule_itself_takes_spans_and_moments_as_people_write_them():
    """As it stands at a class: `@workflow(schedule=Schedule(every=timedelta(...)))`."""
    moment = datetime(2026, 11, 27, tzinfo=UTC)

    said = Schedule(every=timedelta(minutes=5), anchor=moment)

    assert (said.every, said.anchor) == (300.0, moment.timestamp())
    assert load(dump(said)) == said


def test_an_interval_is_counted_from_its_anchor_or_from_when_it_was_made():
    moment = datetime(2026, 11, 27, tzinfo=UTC)

    anchored = schedule_of(every=60, anchor=moment)

    assert anchored.recurrence(5.0) == Every(60.0, moment.timestamp())
    assert schedule_of(every=60).recurrence(5.0) == Every(60.0, 5.0)
    assert schedule_of(every=60, anchor=anchored.anchor) == anchored


def test_it_is_the_same_when_it_is_read_again():
    said = Schedule(
        cron="0 9 * * *", timezone="Europe/Berlin", inputs={"n": [1, None]}, catch_up="all",
        catch_up_limit=7, overlap="queue",
    )  # fmt: skip

    assert load(dump(said)) == said
    assert load(dump(Schedule(every=5.0))) == Schedule(every=5.0)


def test_what_has_its_default_is_not_written():
    assert dump(Schedule(cron="@daily")) == '{"cron":"@daily"}'


def test_it_says_in_a_few_words_when_it_comes():
    assert Schedule(cron="@daily", timezone="Asia/Tokyo").shown == "@daily Asia/Tokyo"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (90, "every 90 s"), (1, "every second"), (900, "every 15 min"), (60, "every minute"),
        (3600, "every hour"), (5400, "every 90 min"), (86400, "every day"), (1.5, "every 1.5 s"),
        (604800, "every week"), (172800, "every 2 d"),
    ],
)  # fmt: skip
def test_an_interval_is_said_in_its_largest_whole_unit(seconds, shown):
    assert Schedule(every=seconds).shown == shown


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, "schedule"),
        ({"cron": "@daily", "every": 5}, "schedule"),
        ({"cron": "61 * * * *"}, "cron"),
        ({"cron": "@daily", "timezone": "Mars"}, "timezone"),
        ({"every": 0.5}, "every"),
        ({"every": True}, "every"),
        ({"every": "5"}, "every"),
        ({"every": float("inf")}, "every"),
        ({"every": timedelta(0)}, "every"),
        ({"every": 5, "anchor": datetime(2026, 1, 1)}, "anchor"),  # noqa: DTZ001
        ({"every": 5, "anchor": "now"}, "anchor"),
        ({"every": 5, "catch_up": "some"}, "catch_up"),
        ({"every": 5, "overlap": "maybe"}, "overlap"),
        ({"every": 5, "catch_up_limit": 0}, "catch_up_limit"),
        ({"every": 5, "catch_up_limit": 10_001}, "catch_up_limit"),
        ({"every": 5, "inputs": [1]}, "inputs"),
        ({"every": 5, "inputs": {"n": {1}}}, "inputs.n"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(options, path):
    for making in (schedule_of, Schedule):
        with pytest.raises(InvalidValueError) as caught:
            making(**options)

        assert caught.value.path == path
