"""The text of whatever holds one."""

import pytest

from perdure.authoring.paths import allow_roots
from perdure.errors import InvalidInputError, PathNotAllowedError, TemporaryFailureError
from perdure.outgoing.addresses import ALLOW_HOSTS
from perdure.packs.functions.extraction import extract_text
from tests.outgoing.servers import serving
from tests.packs.functions.pdfs import Put, make_pdf
from tests.packs.functions.words import make_docx

PAGE = "<html><body><h1>Fish</h1><p>A text.</p></body></html>"
READ = "Fish\n\nA text."


@pytest.fixture
def pdf():
    pytest.importorskip("pypdfium2")
    return make_pdf([[Put("Hello from a page.", 72, 700)]])


@pytest.fixture
def allowed(monkeypatch):
    monkeypatch.setenv(ALLOW_HOSTS, "127.0.0.1")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (" a text ", "a text"),
        (PAGE, READ),
        ("see https://a.test for more", "see https://a.test for more"),
        ("https://a.test\nis where it is", "https://a.test\nis where it is"),
        ("It stands in notes.txt", "It stands in notes.txt"),
        ("", ""),
        (b"bytes", "bytes"),
        (PAGE.encode(), READ),
        ("Müller".encode("latin-1"), "Müller"),
    ],
)
def test_texts_and_pages_give_their_text(source, text):
    assert extract_text(source) == text


def test_a_format_that_is_named_is_not_guessed():
    assert extract_text("x<br>y", format="html") == "x\ny"
    assert extract_text(PAGE, format="text") == PAGE


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.txt", b"plain\r\ntext\n", "plain\ntext"),
        ("a.md", b"# Title\n\n<p>kept", "# Title\n\n<p>kept"),
        ("a.html", PAGE.encode(), READ),
        ("a.HTM", b"x<br>y", "x\ny"),
        ("a b.txt", b"x", "x"),
    ],
)
def test_files_are_read_by_their_ending(tmp_path, name, content, text):
    path = tmp_path / name
    path.write_bytes(content)

    assert extract_text(str(path)) == extract_text(path.as_uri()) == text
    assert extract_text({"path": str(path)}) == text


def test_a_pdf_is_read_wherever_it_is(tmp_path, pdf, allowed):
    (tmp_path / "a.pdf").write_bytes(pdf)
    with serving(lambda asked: asked.give(content=pdf, content_type="text/plain")) as site:
        sources = (str(tmp_path / "a.pdf"), pdf, site.url("/x"), {"pdf_url": site.url("/y")})
        assert {extract_text(source) for source in sources} == {"Hello from a page."}


def test_a_word_document_is_read_wherever_it_is(tmp_path, allowed):
    pytest.importorskip("docx")
    content = make_docx("Hello.", [["a", "b"]])
    (tmp_path / "a.docx").write_bytes(content)
    with serving(lambda asked: asked.give(content=content)) as site:
        sources = (str(tmp_path / "a.docx"), content, site.url("/x"))
        assert {extract_text(source) for source in sources} == {"Hello.\n\na b"}


@pytest.mark.parametrize(
    ("headers", "content", "text"),
    [
        ({"content_type": "text/html; charset=latin-1"}, b"<p>M\xfcller", "Müller"),
        ({"content_type": "text/plain"}, b"<p>kept", "<p>kept"),
        ({}, PAGE.encode(), READ),
    ],
)
def test_what_a_url_gives_is_read_as_its_server_says(allowed, headers, content, text):
    with serving(lambda asked: asked.give(content=content, **headers)) as site:
        assert extract_text(site.url("/page")) == text


def test_a_url_that_fails_has_its_kind(allowed):
    with (
        serving(lambda asked: asked.give(503)) as site,
        pytest.raises(TemporaryFailureError, match="answered 503"),
    ):
        extract_text(site.url())


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"title": "T", "abstract": "A.", "pdf_url": "http://a.test/"}, "A."),
        ({"title": "T", "text": "X", "abstract": "A"}, "X"),
        ({"title": "T", "abstract": "<p>A &amp; b</p>"}, "A & b"),
        ({"title": "T", "abstract": None, "pdf_url": ""}, "T"),
        ({"title": "T", "url": "not a url", "abstract": " "}, "T"),
    ],
)
def test_a_record_gives_the_best_text_it_has(record, text):
    assert extract_text(record) == text


def test_the_full_text_is_fetched_if_asked_for_or_needed(allowed):
    with serving(lambda asked: asked.give(content=b"Full.")) as site:
        record = {"title": "T", "abstract": "A.", "url": site.url()}
        assert extract_text(record) == "A."
        assert extract_text(record, full_text=True) == "Full."
        assert extract_text({"title": "T", "url": site.url()}) == "Full."
    assert extract_text({"title": "T", "abstract": "A."}, full_text=True) == "A."


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (7, "must be a text, a URL, a path or a record, not int"),
        ({"id": 1}, "this record has no text. Looked for: text, abstract"),
        ("missing.txt", "there is no file"),
        (b"PK\x03\x04", "is no text, page, PDF or Word document: it begins with b'PK"),
    ],
)
def test_what_holds_no_text_is_told(source, told):
    with pytest.raises(InvalidInputError, match=told):
        extract_text(source)


def test_only_allowed_folders_are_read(tmp_path):
    (tmp_path / "a.txt").write_text("x")

    with allow_roots([tmp_path / "in"]):
        for source in (str(tmp_path / "a.txt"), {"path": str(tmp_path / "a.txt")}):
            with pytest.raises(PathNotAllowedError):
                extract_text(source)
