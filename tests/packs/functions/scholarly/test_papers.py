"""What a paper is, and which are the same."""

import pytest

from perdure.packs.functions.scholarly.papers import Paper, merged, plain, plain_doi

LONG = "A title that is long enough"


def paper(title=LONG, source="a", **more):
    return Paper(title=title, sources=(source,), **more)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, None),
        ("", None),
        ("<p> </p>", None),
        ("a\n  b", "a b"),
        (
            "<jats:title>Abstract</jats:title><jats:p>H<jats:sub>2</jats:sub>O &lt; x</jats:p>",
            "H2O < x",
        ),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
    ],
)
def test_markup_and_line_ends_go(text, told):
    assert plain(text) == told


@pytest.mark.parametrize(
    "text", ["10.1/AbC", "https://doi.org/10.1/abc", "http://dx.doi.org/10.1/abc", "doi: 10.1/abc"]
)
def test_a_doi_is_told_in_one_way(text):
    assert plain_doi(text) == "10.1/abc"
    assert plain_doi(None) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"doi": "10.1/x"}, {"title": "Another long title of it", "doi": "10.1/x"}),
        ({"arxiv_id": "1812.1v1"}, {"title": "Another long title of it", "arxiv_id": "1812.1v2"}),
        ({}, {"title": "a Title: that is “long” enough!"}),
    ],
)
def test_the_same_paper_of_two_sources_comes_once(first, second):
    (one,) = merged({"a": [paper(**first)], "b": [paper(**second, source="b")]})

    assert one.sources == ("a", "b")
    assert one.title == LONG


def test_short_titles_are_those_of_many():
    assert len(merged({"a": [paper("Editorial")], "b": [paper("Editorial")]})) == 2


def test_what_one_source_lacks_the_other_tells():
    first = paper(doi="10.1/x", year=2020)
    second = paper(doi="10.1/x", year=2021, abstract="A.", authors=("Ada",), source="b")

    (one,) = merged({"a": [first], "b": [second]})

    assert (one.year, one.abstract, one.authors) == (2020, "A.", ("Ada",))


def test_a_third_answer_joins_by_what_the_second_brought():
    answers = {
        "a": [paper(doi="10.1/x")],
        "b": [paper(doi="10.1/x", arxiv_id="1")],
        "c": [paper("Quite another title here", arxiv_id="1")],
    }

    assert len(merged(answers)) == 1


def test_what_stands_first_in_most_comes_first():
    one, two, three = (paper(f"The title number {n} of all") for n in (1, 2, 3))

    assert merged({"a": [one, two], "b": [three, two]})[0] == two


def test_a_paper_is_plain_data():
    assert paper(authors=("A",)).document()["authors"] == ["A"]
