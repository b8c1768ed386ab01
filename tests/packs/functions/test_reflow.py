"""Lines of pages made running text."""

# The typographic marks are what is tested.

from perdure.packs.functions.layout import Line
from perdure.packs.functions.reflow import Page, running_text, without_furniture

HEIGHT = 800.0


def line(text, y, *, x0=50.0, x1=550.0, size=10.0, bold=False):
    return Line(text, x0, x1=x1, y=y, size=size, bold=bold)


def page(*lines):
    return Page(HEIGHT, lines)


def prose(*texts, top=600.0):
    return [line(text, top - 12 * n) for n, text in enumerate(texts)]


def text_of(*texts):
    return running_text([page(*prose(*texts))])


def test_lines_become_one_paragraph():
    assert (
        text_of("The quick brown fox", "jumps over the dog.")
        == "The quick brown fox jumps over the dog."
    )


def test_a_broken_word_is_joined():
    assert text_of("It is a demon-", "stration of words.") == "It is a demonstration of words."


def test_a_hyphen_that_the_document_writes_elsewhere_is_kept():
    told = text_of("The write-ahead log is a write-", "ahead log again, and good.")

    assert told == "The write-ahead log is a write-ahead log again, and good."


def test_a_hyphen_before_a_capital_or_a_number_is_kept():
    assert text_of("A trip to Baden-", "Baden and then on.") == "A trip to Baden-Baden and then on."
    assert (
        text_of("All of the COVID-", "19 cases were mild.")
        == "All of the COVID-19 cases were mild."
    )


def test_self_and_its_kin_keep_their_hyphen():
    assert (
        text_of("It is a self-", "contained text of ours.")
        == "It is a self-contained text of ours."
    )


def test_soft_hyphens_go_wherever_they_are():
    assert (
        text_of("It is a demon\u00ad", "stration of so\u00adft ones.")
        == "It is a demonstration of soft ones."
    )


def test_a_dash_and_ideographs_are_joined_without_a_space():
    assert text_of("on pages 249–", "259 of the book.") == "on pages 249–259 of the book."
    assert text_of("今朝も京都行きの", "電車が遅れました。") == "今朝も京都行きの電車が遅れました。"


def test_ligatures_become_letters():
    assert text_of("The ﬁrst eﬃcient ﬂow.") == "The first efficient flow."


def test_a_gap_an_indent_and_other_type_begin_a_paragraph():
    gap = page(line("One ends here", 600), line("and two is lower.", 560), line("Go on", 548))
    indent = page(
        line("One goes on to", 600), line("Two is set in.", 588, x0=60), line("and on", 576)
    )
    type_ = page(line("A large title", 600, size=18), line("and the text of it", 580))

    assert running_text([gap]).count("\n\n") == 1
    assert running_text([indent]) == "One goes on to\n\nTwo is set in. and on"
    assert running_text([type_]) == "A large title\n\nand the text of it"


def test_a_heading_stands_alone():
    told = running_text(
        [
            page(
                line("the end of a section.", 600),
                line("3.1 Fence first", 588, x1=150),
                line("We did it so.", 576),
            )
        ]
    )

    assert told == "the end of a section.\n\n3.1 Fence first\n\nWe did it so."


def test_a_bold_short_line_is_a_heading():
    told = running_text(
        [page(line("Methods", 600, x1=100, bold=True), line("We did it so that all", 588))]
    )

    assert told == "Methods\n\nWe did it so that all"


def test_entries_of_a_list_are_paragraphs_and_their_lines_hang():
    told = running_text(
        [
            page(
                line("[1] A. Author. A long title of", 600),
                line("a paper, 1999.", 588, x0=64, x1=200),
                line("[2] B. Writer. Another.", 576),
            )
        ]
    )

    assert told == "[1] A. Author. A long title of a paper, 1999.\n\n[2] B. Writer. Another."


def test_a_sentence_goes_on_over_the_page():
    first = page(*prose("This sentence begins here", "and it goes on and"))
    second = page(*prose("ends on another page.", "It is well."))

    assert running_text([first, second]) == (
        "This sentence begins here and it goes on and ends on another page. It is well."
    )


def test_a_footnote_comes_after_the_paragraph_that_it_cuts():
    first = page(
        *prose("This sentence begins here", "and it goes on and"),
        line("1 A note.", 500, size=7, x1=90),
    )
    second = page(*prose("ends on another page.", "It is well."))

    assert running_text([first, second]).split("\n\n") == [
        "This sentence begins here and it goes on and ends on another page. It is well.",
        "1 A note.",
    ]


def test_rows_of_a_table_stay_rows():
    cells = [line(f"key{n}", 600 - 12 * n, x1=80) for n in range(2)]
    values = [line(f"{n}", 600 - 12 * n, x0=500) for n in range(2)]

    assert running_text([page(*cells, *values)]) == "key0 0\nkey1 1"


def test_headers_and_page_numbers_of_pages_nearby_are_furniture():
    pages = [
        page(
            line("Facts and Fences", 780),
            *prose(f"Text {n} of it."),
            line(f"{n}", 20, x0=300, x1=305),
        )
        for n in range(3)
    ]

    assert [[one.text for one in kept.lines] for kept in without_furniture(pages)] == [
        ["Text 0 of it."], ["Text 1 of it."], ["Text 2 of it."],
    ]  # fmt: skip


def test_left_and_right_pages_have_headers_of_their_own():
    pages = [page(line("Left" if n % 2 else "Right", 780), *prose("Body.")) for n in range(4)]

    assert all(len(kept.lines) == 1 for kept in without_furniture(pages))


def test_a_lone_page_number_goes_and_what_is_said_once_stays():
    kept = without_furniture(
        [page(line("A Title", 780), *prose("Body."), line("Page 1 of 9", 20, x1=90))]
    )

    assert [one.text for one in kept[0].lines] == ["A Title", "Body."]


def test_a_number_that_ends_the_text_is_no_page_number():
    text = [line(f"line {n}", 96 - 12 * n + 12 * 6) for n in range(12)]
    kept = without_furniture([page(*text, line("1999", 30, x1=70))])

    assert len(kept[0].lines) == 12 or kept[0].lines[-1].text == "1999"


def test_no_pages_and_empty_pages_are_no_text():
    assert running_text([]) == ""
    assert running_text([page()]) == ""


def test_a_heading_ends_the_search_for_the_rest_of_a_paragraph():
    first = page(*prose("This sentence begins here", "and it never comes to an end"))
    second = page(line("2 Next", 600, x1=100), *prose("other words begin here", top=580))

    assert running_text([first, second]).split("\n\n") == [
        "This sentence begins here and it never comes to an end",
        "2 Next",
        "other words begin here",
    ]
