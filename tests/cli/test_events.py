"""`perdure events`: what is announced, and what is to start by it."""

from tests.cli import deliveries  # noqa: F401 - it is hosted then


def test_announced_events_are_listed_with_what_they_start(cli):
    cli.parked()
    at = "2099-05-01T15:00Z"
    cli("emit", "cli delivery due", "--entity", "Parcel:9", "--at", at)
    cli("emit", "cli else", "x:=1", "--entity", "7", "--key", "b", "--at", "2099-06-01T00:00Z")

    lines = cli("events").out.splitlines()

    assert lines[0].split() == ["EVENT", "ENTITY", "AT", "STARTS", "WHEN"]
    assert "7 b" in lines[1]
    assert lines[1].endswith("2099-06-01 00:00:00 UTC")
    assert "Parcel:9" in lines[2]
    assert lines[2].endswith("cli remind  2099-05-01 14:00:00 UTC")


def test_they_are_told_as_one_document(cli):
    cli.parked()
    cli("emit", "cli else", "x:=1", "--entity", "7", "--at", "2099-06-01T00:00Z")

    (event,) = cli("events", "cli else", "--json").document["events"]

    assert event.pop("event_id").startswith("evt_")
    assert event == {
        "name": "cli else",
        "at": "2099-06-01T00:00:00+00:00",
        "entity_type": "",
        "entity_id": 7,
        "key": None,
        "payload": {"x": 1},
        "scheduled": [],
    }


def test_where_nothing_is_announced_it_says_so(cli):
    cli.parked()

    assert "no event is announced" in cli("events").err
    assert "no such event is known" in cli("events", "x").err
