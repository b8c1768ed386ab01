"""What is printed, where, and that nobody's text steers a terminal."""

import io
import json
import sys

from perdure.cli import output


def test_what_steers_a_terminal_becomes_visible_and_lines_stay():
    assert output.safe("a\x1b[2J\r\nb\tc\x9bd\x00\x7f") == "a\ufffd[2J\nb    c\ufffdd\ufffd\ufffd"


def test_marks_go_to_standard_error_with_the_text_as_it_is(capsys):
    output.error("[bold]no[/] :smile:")
    output.warn("mind")
    output.note("so")

    out, err = capsys.readouterr()
    assert out == ""
    assert err == "error: [bold]no[/] :smile:\nwarning: mind\nso\n"


def test_a_long_line_is_not_broken(capsys):
    output.say("x " * 200)

    assert capsys.readouterr().out == "x " * 200 + "\n"


def test_a_document_is_json_that_people_can_read(capsys):
    output.document({"a": ["ü"]})

    out = capsys.readouterr().out
    assert json.loads(out) == {"a": ["ü"]}
    assert '"ü"' in out
    assert out.count("\n") > 2


def test_further_lines_stand_under_the_first():
    assert output.indented("a\nb\n", 2) == "a\n  b"


def test_a_status_has_its_colour():
    assert output.status("failed").style == "red"
    assert output.status("new to us").plain == "new to us"


def test_outside_a_terminal_there_are_no_colours_and_a_fixed_width(capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    output.say("x", style="red")

    assert capsys.readouterr().out == "x\n"
    assert output.console().width == output.PLAIN_WIDTH


def test_compact_is_one_line():
    assert output.compact({"a": [1, "x"]}) == '{"a":[1,"x"]}'


def test_while_it_is_reserved_standard_output_has_only_what_we_print(capsys):
    with output.reserved():
        sys.stdout.write("said by a step\n")
        output.say("a result")
        output.raw("raw\n")
    sys.stdout.write("afterwards\n")

    out, err = capsys.readouterr()
    assert out == "a result\nraw\nafterwards\n"
    assert err == "said by a step\n"


def test_letters_that_a_stream_cannot_show_are_no_failure(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))

    with output.reserved():
        output.say("gr\u00fcn")
        output.document(["gr\u00fcn"])

    assert raw.getvalue() == b'gr?n\n[\n  "gr\\u00fcn"\n]\n'
