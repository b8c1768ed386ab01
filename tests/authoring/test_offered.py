"""What a process can run that not every perdure can: functions of somebody's own."""

import pytest

from perdure.authoring import functions, offered


@pytest.fixture(autouse=True)
def nothing_yet(monkeypatch):
    monkeypatch.setattr(offered, "_offered", set())
    monkeypatch.setattr(functions, "_DECLARED", {})


def test_a_function_is_offered_once_it_is_declared():
    @functions.function("loud")
    def loud(text: str) -> str:
        return text.upper()

    assert offered.hosts() == ["function:loud"]
    assert offered.is_offered(offered.host_of("loud"))
    assert not offered.is_offered(offered.host_of("quiet"))


def test_the_count_grows_with_what_is_new():
    offered.offer("a")
    offered.offer("a")
    offered.offer("b")

    assert offered.count() == 2


def test_what_every_perdure_has_is_not_offered():
    """Importing the built-in functions declares them, and any process may call them."""
    functions.default_registry()

    assert offered.hosts() == []
