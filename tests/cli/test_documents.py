"""A run as a document; its result and its error as people read them."""

import io

import pytest
from rich.console import Console

from perdure.app.shown import show
from perdure.cli import documents
from perdure.cli.documents import (
    is_short,
    print_ending,
    print_interrupted,
    print_rest,
    print_result,
    run_document,
    status_of,
)
from tests.cli.scenes import post_office, start_graph, until_waiting


@pytest.fixture
def engine(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        yield engine


def waiting(engine):
    run = engine.start("parcel")
    until_waiting(engine, run)
    return run


def test_the_document_has_all_of_a_run(engine):
    run = waiting(engine)

    document = run_document(show(engine.store, run.id))

    assert document["id"] == run.id
    assert (document["status"], document["waiting_for"]) == ("waiting", "courier")
    assert document["context"]["weight"] == 1
    assert document["ended_at"] is None
    pack, ask = document["steps"]
    assert pack["failed_attempts"][0]["error"]["message"] == "the box tore"
    assert ask["waiting_for"] == "courier"
    assert ask["due"].endswith("Z")


def test_paused_comes_before_how_a_run_stands_otherwise(engine):
    run = waiting(engine)
    engine.pause(run.id)

    assert status_of(engine.view(run.id)) == "paused"


@pytest.mark.parametrize(
    ("result", "printed"),
    [
        ("text\n", "text\n"),
        (None, "null\n"),
        ({"a": "short", "n": 5}, "a: short\nn: 5\n"),
        ({"a": "two\nlines"}, "a:\n  two\n  lines\n"),
        ({"a": ["x" * 70]}, f'a:\n  [\n    "{"x" * 70}"\n  ]\n'),
        ({}, "{}\n"),
        ([1], "[\n  1\n]\n"),
        ({"a\x1b": "b\x1b"}, "a\ufffd: b\ufffd\n"),
    ],
)
def test_a_result_is_printed_for_people(capsys, result, printed):
    print_result(result)

    assert capsys.readouterr().out == printed


def test_in_a_terminal_long_text_is_wrapped_under_its_name(monkeypatch):
    console = Console(file=io.StringIO(), width=20, force_terminal=True, no_color=True)
    monkeypatch.setattr(documents.output, "console", lambda **_: console)

    print_result({"a": "word " * 15})

    lines = console.file.getvalue().splitlines()
    assert len(lines) > 3
    assert all(line.startswith("  word") and len(line) <= 20 for line in lines[1:])


def test_a_completed_run_is_one_line(engine, capsys):
    run = start_graph(engine, text="a").wait(10)

    print_ending(show(engine.store, run.id))

    assert capsys.readouterr().out.startswith(f"run {run.id} completed in ")


def test_a_failed_run_says_where_why_and_what_to_do(engine, capsys):
    run = start_graph(engine, text=5).wait(10)

    print_ending(show(engine.store, run.id), ("a file.py",))

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: run {run.id} failed at step tidy, attempt 1 in ")
    assert "\n  invalid_input: " in err
    assert f"perdure show {run.id}" in err
    assert f"perdure resume {run.id} --retry --module 'a file.py'\n" in err


def test_a_run_that_rests_says_for_what_and_how_it_goes_on(engine, capsys):
    run = waiting(engine)

    print_rest(show(engine.store, run.id))

    out, err = capsys.readouterr()
    assert f"run {run.id} is waiting at step ask, for signal 'courier', until 20" in out
    assert f"perdure signal courier --run {run.id}" in err
    assert f"perdure resume {run.id} --module MODULE" in err


def test_a_paused_run_is_not_offered_a_signal(engine, capsys):
    run = waiting(engine)
    engine.pause(run.id)

    print_rest(show(engine.store, run.id))

    out, err = capsys.readouterr()
    assert f"run {run.id} is paused" in out
    assert "perdure signal" not in err


def test_an_interrupted_run_says_that_nothing_is_lost(engine, capsys):
    run = waiting(engine)

    print_interrupted(show(engine.store, run.id), ("orders.py",))

    err = capsys.readouterr().err
    assert "what it has done is kept" in err
    assert f"  perdure resume {run.id} --module orders.py\n" in err


def test_short_is_what_fits_beside_its_name():
    assert is_short("x" * 60)
    assert not is_short("x" * 61)
    assert not is_short("a\nb")
    assert is_short([1, 2])
