"""The texts and records that answer a query."""

import pytest

from perdure.errors import InvalidInputError
from perdure.packs.functions.relevance import relevance_filter

PAPERS = [
    {"title": "Coral bleaching under marine heatwaves", "abstract": "Reefs lose their algae."},
    {"title": "A survey of sorting networks", "abstract": None},
    {"title": "Heatwaves in cities", "abstract": "Coral is not mentioned, bleach neither. Well."},
    {"title": "Reef fish", "abstract": "Marine heatwaves and the bleaching of corals in 2016."},
]


def kept(items, **parameters):
    return [item.get("title") or item["text"] for item in relevance_filter(items, **parameters)]


def relevance(item, query):
    (made,) = relevance_filter([item], query=query, min_relevance=0)
    return made["relevance"]


def test_what_has_all_terms_in_any_form_is_relevant_1():
    query = "coral bleaching in marine heatwaves"

    assert relevance(PAPERS[0], query) == relevance(PAPERS[3], query) == 1
    assert kept(PAPERS, query=query, min_relevance=0.8) == [
        "Coral bleaching under marine heatwaves",
        "Reef fish",
    ]


def test_relevance_is_the_share_of_the_terms():
    assert relevance("cats and dogs", "cat dog bird fish") == 0.5
    assert relevance("nothing of it", "cat dog") == 0


def test_relevance_does_not_depend_on_the_other_items():
    query = "marine heatwaves"
    alone = relevance(PAPERS[0], query)
    among = {item["title"]: item["relevance"] for item in relevance_filter(PAPERS, query=query)}

    assert among[PAPERS[0]["title"]] == alone


def test_words_that_stand_in_any_paper_weigh_less():
    assert relevance("a study of methods", "study of cats") < 0.3
    assert relevance("cats", "study of cats") > 0.7


def test_a_word_that_begins_like_a_term_counts_in_part():
    assert relevance("robotics", "robot") == 0.7
    assert relevance("carpet", "car") == 0


def test_a_phrase_is_to_stand_together():
    assert relevance("deep learning of cats", '"deep learning"') == 1
    assert relevance("deep-learning", '"deep learning"') == 1
    assert relevance("learning about the deep sea", '"deep learning"') == 0


def test_items_of_one_relevance_are_in_order_of_their_answer():
    items = ["cat " + "and so on " * 50, "cat cat cat"]

    assert kept(items, query="cat") == ["cat cat cat", items[0]]


def test_the_result_of_a_search_brings_its_query():
    found = {"query": "sorting networks", "papers": PAPERS}

    assert kept(found) == ["A survey of sorting networks"]
    assert kept(found, query="reef fish", min_relevance=1) == ["Reef fish"]


def test_items_are_kept_as_they_are_beside_their_relevance():
    record = {"title": "Cats", "doi": "10.1/x", "keywords": ["dog"]}

    assert relevance_filter([record], query="cats dogs") == [{**record, "relevance": 1.0}]
    assert relevance_filter(["Cats"], query="cats") == [{"text": "Cats", "relevance": 1.0}]


def test_not_more_than_wanted_are_kept():
    assert len(relevance_filter(PAPERS, query="reef", min_relevance=0, limit=2)) == 2
    assert relevance_filter([], query="reef") == []


def test_texts_of_other_scripts_are_compared():
    assert relevance("珊瑚の白化について", "珊瑚") == 1
    assert relevance("Die Bleiche der Korallen", "die Korallen und die Bleiche") == 1


@pytest.mark.parametrize(
    ("items", "query", "told"),
    [
        (PAPERS, "", "parameters.query: is needed"),
        (PAPERS, "of the and", "holds no word to look for"),
        ("text", "x", "input: must be a list of records or texts"),
        ({"items": []}, "x", "input: must be a list"),
        (["a", 7], "xyz", r"input\[1\]: is neither a record nor a text"),
    ],
)
def test_what_cannot_be_ranked_is_told(items, query, told):
    with pytest.raises(InvalidInputError, match=told):
        relevance_filter(items, query=query)
