"""`perdure emit` and `perdure withdraw`: what starts, what is to start, and what is off."""

import pytest

from perdure.cli.emit import entity_given
from perdure.errors import ConfigError
from tests.cli import deliveries

AT = "2099-05-01T15:00+00:00"


@pytest.fixture
def known(cli):
    """A store, and a process that hosts what events start."""
    cli.parked()
    assert deliveries.Remind.__perdure_workflow__ == "cli remind"
    return cli


def test_an_event_that_happens_now_starts_a_workflow(known):
    said = known("emit", "cli delivered", "parcel=p9", "--entity", "Parcel:9")

    run = known.runs()[0]
    assert (said.code, said.out) == (0, f"started {run['id']}\n")
    assert f"perdure resume {run['id']}" in said.err
    shown = known("show", run["id"], "--json").document
    assert shown["workflow"] == "cli thank"
    assert shown["context"]["entity_id"] == 9


def test_an_event_is_announced_moved_and_withdrawn(known):
    announce = ("emit", "cli delivery due", "--entity", "Parcel:9", "--at")
    first = known(*announce, AT)
    moved = known(*announce, "2099-05-02T15:00Z", "--json").document
    again = known(*announce, "2099-05-02T15:00Z")

    assert first.out == "cli remind is to start at 2099-05-01T14:00:00+00:00\n"
    assert (moved["moved_from"], moved["started"], moved["known"]) == (
        "2099-05-01T15:00:00+00:00", [], False,
    )  # fmt: skip
    assert moved["scheduled"] == [
        {"workflow": "cli remind", "at": "2099-05-02T14:00:00+00:00", "offset_minutes": -60.0}
    ]
    assert "had been told so before" in again.err
    assert known("withdraw", "cli delivery due", "--entity", "Parcel:9").out == (
        "withdrew cli delivery due\n"
    )
    said = known("withdraw", "cli delivery due", "--entity", "Parcel:9")
    assert (said.code, said.out) == (1, "")
    assert "nothing was to come of event 'cli delivery due'" in said.err
    assert known("withdraw", "x", "--json").document == {"withdrawn": False}


def test_an_event_that_nobody_asked_for_is_told_all_the_same(known):
    said = known("emit", "cli nothing", "--payload", '{"a": 1}', "--key", "k")

    assert (said.code, said.out) == (0, "")
    assert "nothing starts by event 'cli nothing'" in said.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--at", "tomorrow"), "'tomorrow' is no moment with a time zone"),
        (("--at", "2099-05-01T15:00"), "is no moment with a time zone"),
        (("--payload", "[1]"), "it is a JSON object"),
        (("--payload", "{"), "not JSON"),
        (("--entity", ":"), "':' is no entity. Write it as in: Order:5"),
    ],
)
def test_what_makes_no_sense_is_an_error(known, options, told):
    said = known("emit", "x", *options)

    assert said.code == 2
    assert told in said.err


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        (None, None), ("5", 5), ("05", "05"), ("a-b", "a-b"), ("Order:5", ("Order", 5)),
        ("a:b:c", ("a:b", "c")),
    ],
)  # fmt: skip
def test_an_entity_is_an_id_or_a_type_and_an_id(text, entity):
    assert entity_given(text) == entity


@pytest.mark.parametrize("text", ["", "Order:", ":5"])
def test_half_an_entity_is_refused(text):
    with pytest.raises(ConfigError, match="--entity"):
        entity_given(text)
