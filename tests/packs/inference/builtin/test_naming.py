"""What a run of capitalised words names."""

import pytest

from perdure.packs.inference.builtin.naming import Name, is_descriptor, judged


def name(words, before="", after="", **known):
    return Name(tuple(words.split()), tuple(before.split()), after=tuple(after.split()), **known)


def label(*parts, **known):
    verdict = judged(name(*parts, **known))
    return verdict[0] if verdict else None


@pytest.mark.parametrize(
    ("words", "before", "after", "wanted"),
    [
        ("Berlin", "in", "", "LOC"),
        ("NATO", "", "", "ORG"),
        ("Amazon", "the", "is", "LOC"),
        ("Amazon", "", "said", "ORG"),
        ("Angela Merkel", "", "", "PER"),
        ("J. Smith", "", "", "PER"),
        ("Virginia Woolf", "", "", "PER"),
        ("Xyzzy Holdings", "", "", "ORG"),
        ("University of Xyzzy", "", "", "ORG"),
        ("Supreme Court of Xyzzy", "", "", "ORG"),
        ("Lake Xyzzy", "", "", "LOC"),
        ("Xyzzy River", "", "", "LOC"),
        ("San Xyzzy", "", "", "LOC"),
        ("XYZ", "", "", "ORG"),
        ("BioXyzzy", "", "", "ORG"),
        ("Tim O'Xyzzy", "", "", "PER"),
        ("Xyzzy & Sons", "", "", "ORG"),
        ("Jean-Xyzzy Plugh", "", "", "PER"),
        ("Xyzzy World", "the", "", "ORG"),
        ("Xyzzy World", "a", "", None),
        ("Xyzzy", "lives in", "", "LOC"),
        ("Xyzzy", "shares of", "", "ORG"),
        ("Xyzzy", "the singer", "", "PER"),
        ("Xyzzy", "", "'s headquarters", "ORG"),
        ("Xyzzy Plugh", "by", "", "PER"),
        ("Xyzzy Plugh", "by the", "", "ORG"),
        ("Xyzzy Plugh", "", "said", "PER"),
        ("Xyzzy", "flew to", "", "LOC"),
        ("German", "the", "", None),
        ("CEO", "the", "", None),
        ("World Cup", "the", "", None),
        ("Xyzzy", "the", "", None),
    ],
)
def test_names_are_told_by_lists_form_and_place(words, before, after, wanted):
    assert label(words, before, after) == wanted


def test_a_title_makes_a_person():
    assert label("Xyzzy", titled=True) == "PER"


@pytest.mark.parametrize(
    ("word", "after", "wanted"),
    [
        ("Police", "said", None),
        ("Xyzzys", "said", None),
        ("Inflation", "rose", None),
        ("Xyzzy", "closed", "ORG"),
        ("Xyzzy", "told", "PER"),
        ("Xyzzy", "of", None),
        ("Xyzzy", "expanded", "ORG"),
    ],
)
def test_the_first_word_of_a_sentence_needs_a_reason(word, after, wanted):
    assert label(word, "", after, is_first=True) == wanted


def test_in_a_headline_a_capital_proves_nothing():
    assert label("Xyzzy", "in", "", in_headline=True) is None
    assert label("Berlin", "in", "", in_headline=True) == "LOC"


def test_what_is_put_before_names_is_known():
    assert is_descriptor("Singer")
    assert is_descriptor("Carmaker")
    assert not is_descriptor("Xyzzy")
