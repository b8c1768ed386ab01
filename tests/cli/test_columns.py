"""Rows in columns."""

import io

from rich.console import Console

from perdure.cli.columns import lay_out, print_columns


def plain(lines):
    return [line.plain for line in lines]


def test_cells_stand_below_each_other_without_blanks_at_the_end():
    assert plain(lay_out([("a", "bb", "c"), ("aaa", "b", "")], (), None)) == [
        "a    bb  c",
        "aaa  b",
    ]


def test_where_there_is_no_room_the_first_that_may_gives_way_first():
    rows = [("x" * 10, "y" * 20, "z" * 20)]

    assert plain(lay_out(rows, (2, 1), 47)) == ["x" * 10 + "  " + "y" * 20 + "  " + "z" * 12 + "…"]
    assert plain(lay_out(rows, (2, 1), 30)) == ["x" * 10 + "  " + "y" * 7 + "…  " + "z" * 7 + "…"]


def test_what_may_not_give_way_is_whole_however_narrow_it_is():
    assert plain(lay_out([("x" * 30, "y")], (1,), 10)) == ["x" * 30 + "  y"]


def test_wide_letters_take_two_places():
    assert plain(lay_out([("中文", "a"), ("b", "a")], (), None)) == ["中文  a", "b     a"]


def test_no_rows_are_no_lines():
    assert lay_out([], (), 10) == []


def test_a_header_is_bold_and_only_terminals_are_narrow():
    narrow = Console(file=io.StringIO(), width=20, force_terminal=True)
    pipe = Console(file=io.StringIO(), width=20)

    for console in (narrow, pipe):
        print_columns(console, ("NAME", "TEXT"), [("a", "t" * 40)], shrinks=(1,))

    assert "\x1b[1mNAME\x1b[0m" in narrow.file.getvalue()
    assert "…" in narrow.file.getvalue()
    assert pipe.file.getvalue() == f"NAME  TEXT\na     {'t' * 40}\n"
