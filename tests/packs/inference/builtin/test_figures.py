"""Dates, times, amounts and addresses."""

import pytest

from perdure.packs.inference.builtin.figures import figures


def found(text):
    return sorted((text[start:end], label) for start, end, label in figures(text))


@pytest.mark.parametrize(
    "date",
    [
        "3 May 2020",
        "May 3, 2020",
        "3rd of May 2020",
        "May 3rd",
        "May 2020",
        "2020-05-03",
        "03.05.2020",
        "5/3/2020",
        "Monday",
        "Monday, 3 May 2020",
        "1990s",
        "mid-1990s",
        "summer of 1969",
        "Q3 2021",
        "first quarter of 2022",
        "December",
        "Sept. 11, 2001",
    ],
)
def test_dates_are_found_whole(date):
    assert found(f"It was on {date} that it rained") == [(date, "DATE")]


@pytest.mark.parametrize(
    "amount",
    [
        "$5",
        "$1.2 billion",
        "US$30m",
        "€2,400,000",
        "£7.50",
        "¥500",
        "40 million euros",
        "3 dollars",
        "12 US dollars",
        "$2 Billion",
    ],
)
def test_amounts_of_money_are_found_whole(amount):
    assert found(f"They paid {amount} for it") == [(amount, "MONEY")]


def test_percentages_times_and_addresses_are_found():
    text = "Up 5% or 3.5 per cent at 10:30 am, write to a.b@c.example or see https://x.example/y."

    assert found(text) == [
        ("10:30 am", "TIME"),
        ("3.5 per cent", "PERCENT"),
        ("5%", "PERCENT"),
        ("a.b@c.example", "EMAIL"),
        ("https://x.example/y", "URL"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "You may march on",
        "2000 people came",
        "version 2.0.1",
        "no 12345 here",
        "May I come in?",
        "item #1999",
    ],
)
def test_numbers_and_words_that_look_like_dates_are_none(text):
    assert found(text) == []


def test_a_year_alone_is_a_date():
    assert found("born in 1969 and again in 2001.") == [("1969", "DATE"), ("2001", "DATE")]


@pytest.mark.parametrize("text", ["a" * 200_000, "1" * 200_000, "1," * 100_000, "a." * 100_000])
def test_hostile_texts_are_read_in_time(text):
    assert isinstance(found(text), list)
