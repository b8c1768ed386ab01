"""The order in which people read what stands on a page."""

from perdure.packs.functions.layout import Line, Word, in_reading_order, segments


def line(text, x0, x1, y, size=10.0):
    return Line(text, x0, x1=x1, y=y, size=size)


def column(name, x0, x1, top=700.0, count=6):
    return [line(f"{name}{n}", x0, x1, top - 12 * n) for n in range(count)]


def texts(lines):
    return [line.text for line in lines]


def test_words_side_by_side_are_one_segment_and_a_gutter_parts_them():
    words = [Word("left", 50, x1=70, y=100, size=10), Word("part", 74, x1=94, y=100, size=10),
             Word("right", 120, x1=145, y=100, size=10)]  # fmt: skip

    assert texts(segments(words)) == ["left part", "right"]


def test_a_raised_number_stays_in_its_line():
    words = [Word("word", 50, x1=70, y=100, size=10), Word("2", 70.5, x1=73, y=104, size=6)]

    (found,) = segments(words)

    assert (found.text, found.y, found.size) == ("word 2", 100, 10)


def test_pieces_that_the_file_holds_apart_are_joined():
    words = [Word("tail", 74, x1=90, y=100, size=10), Word("head", 50, x1=72, y=100, size=10)]

    assert texts(segments(words)) == ["head tail"]


def test_one_column_is_read_from_top_to_bottom():
    assert texts(in_reading_order(column("a", 50, 550)[::-1])) == [
        "a0",
        "a1",
        "a2",
        "a3",
        "a4",
        "a5",
    ]


def test_two_columns_are_read_one_after_the_other():
    both = [*column("a", 50, 290), *column("b", 310, 550)]

    assert texts(in_reading_order(sorted(both, key=lambda one: -one.y))) == texts(both)


def test_columns_whose_lines_stand_at_other_heights_are_told_apart():
    both = [*column("a", 50, 290), *column("b", 310, 550, top=694)]

    assert texts(in_reading_order(both)) == texts(both)


def test_three_columns_are_read_one_after_the_other():
    three = [*column("a", 50, 200), *column("b", 220, 370), *column("c", 390, 540)]

    assert texts(in_reading_order(three)) == texts(three)


def test_what_crosses_the_gutter_parts_the_columns_above_from_those_below():
    title = line("title", 100, 500, 760, 20)
    figure = line("figure", 60, 540, 600)
    upper = [*column("a", 50, 290, count=4), *column("b", 310, 550, count=4)]
    lower = [*column("c", 50, 290, 500, 4), *column("d", 310, 550, 500, 4)]

    ordered = in_reading_order([*upper, *lower, figure, title])

    assert texts(ordered) == ["title", *texts(upper), "figure", *texts(lower)]


def test_a_table_is_read_row_by_row():
    """Its cells do not fill their columns, as prose does."""
    rows = [cell for n in range(6) for cell in (line(f"k{n}", 50, 70, 700 - 12 * n),
                                                line(f"v{n}", 400, 420, 700 - 12 * n))]  # fmt: skip

    ordered = in_reading_order([*rows, line("the width of the page", 50, 550, 720)])

    assert texts(ordered)[1:3] == ["k0 v0", "k1 v1"]
    assert ordered[1].cells == 2


def test_each_line_knows_the_edges_of_its_column():
    both = [*column("a", 50, 290), *column("b", 310, 550)]

    ordered = in_reading_order(both)

    assert {(one.left, one.right) for one in ordered} == {(50, 290), (310, 550)}


def test_an_empty_page_has_no_lines():
    assert in_reading_order([]) == []
    assert segments([]) == []
