"""HTML as a reader sees it."""

import pytest

from perdure.packs.functions.markup import decoded, is_page, paragraphs_of, without_markup

PAGE = """<!DOCTYPE html><html><head><title>T</title><style>p {}</style></head>
<body><!-- no --><h1>Fruit &amp;
veg</h1><p>An <b>ap</b>ple.<br>A pear.</p><script>alert("<p>")</script>
<ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr></table></body></html>"""


def test_a_page_gives_its_blocks_as_paragraphs():
    assert paragraphs_of(PAGE) == "Fruit & veg\n\nAn apple.\nA pear.\n\none\ntwo\n\na b"


def test_markup_goes_and_words_stay_apart():
    assert without_markup("<p>a</p><p>b<i>c</i></p>").split() == ["a", "bc"]
    assert without_markup("1 < 2 &lt; 3") == "1 < 2 < 3"


def test_a_hostile_page_takes_no_time():
    assert paragraphs_of("<" * 200_000 + "<!--" * 50_000) != "x"
    assert paragraphs_of("<script>" * 20_000) == ""


@pytest.mark.parametrize("text", [PAGE, "  <html>", "<p>x", "<div class=a>", "<!doctype HTML>"])
def test_a_page_is_told_by_its_beginning(text):
    assert is_page(text)


@pytest.mark.parametrize("text", ["plain", "<3 you", "a <p>", "<pre", "<?xml version='1'?>", ""])
def test_other_texts_are_no_page(text):
    assert not is_page(text)


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("é".encode(), "", "é"),
        ("é".encode("latin-1"), "", "é"),
        ("é".encode("latin-1"), "iso-8859-1", "é"),
        (b"\xef\xbb\xbf" + "é".encode(), "latin-1", "é"),
        ('<meta charset="shift_jis">あ'.encode("shift_jis"), "", '<meta charset="shift_jis">あ'),
        ("é".encode(), "no-such-thing", "é"),
        (b"\x81", "", "\ufffd"),
    ],
)
def test_bytes_are_read_as_somebody_says_they_are(content, charset, text):
    assert decoded(content, charset) == text
