"""The simulator by hand."""

import argparse

import pytest

from perdure.testing.__main__ import main, seed_range


def test_a_range_of_seeds_has_both_its_ends():
    assert list(seed_range("3..5")) == [3, 4, 5]
    assert list(seed_range("7")) == [7]


@pytest.mark.parametrize("text", ["", "a..b", "1.."])
def test_what_is_no_range_is_refused_with_an_example(text):
    with pytest.raises(argparse.ArgumentTypeError, match=r"1\.\.1000"):
        seed_range(text)


def test_many_histories_are_told_in_short(capsys):
    assert main(["simulate", "--seeds", "11..13"]) == 0

    assert "3 histories" in capsys.readouterr().out


def test_one_history_is_told_with_its_trace(capsys):
    assert main(["repro", "11", "--trace"]) == 0

    said = capsys.readouterr().out.splitlines()
    assert len(said) > 10
    assert "trace " in said[-2]
    assert said[-1] == "no violation"
