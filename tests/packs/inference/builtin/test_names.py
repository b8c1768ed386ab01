"""The names that are known."""

import pytest

from perdure.packs.inference.builtin import names


def test_kinds_have_their_names():
    kinds = names.sections()

    assert {"Kenya", "New York", "Rio de Janeiro"} <= kinds["place"]
    assert {"NATO", "Bank of England", "H&M"} <= kinds["organisation"]
    assert "Prime Minister" in kinds["title"]
    assert {"Angela", "Kofi", "José"} <= names.first_names()


def test_no_name_is_empty_or_of_several_lines():
    assert all(
        name.strip() == name and name and "\n" not in name
        for kind in names.sections().values()
        for name in kind
    )


@pytest.mark.parametrize(
    "word", ["German", "Brazilians", "Chinese", "British", "European", "Republican", "Muslims"]
)
def test_peoples_and_parties_are_no_names(word):
    assert names.is_of_a_people(word)


@pytest.mark.parametrize(
    "word", ["Ian", "Brian", "Dominic", "Berlin", "Atlantic", "Siemens", "Table"]
)
def test_names_that_look_like_peoples_are_names(word):
    assert not names.is_of_a_people(word)


def test_a_known_name_is_of_any_kind():
    assert names.is_known("Berlin")
    assert names.is_known("NATO")
    assert names.is_known("Merkel")
    assert not names.is_known("Xyzzy")
