"""`pdf_to_text` on files as people have them: good, bad and hostile."""

import io
import os
import re
import sys
from pathlib import Path

import pytest

from examples.paper_text import ABSTRACT, BODY
from perdure.authoring.paths import allow_roots
from perdure.errors import (
    InvalidInputError,
    MissingExtraError,
    PathNotAllowedError,
    StepError,
    UrlNotAllowedError,
)
from perdure.outgoing.addresses import ALLOW_HOSTS
from perdure.packs.functions import pdf
from perdure.packs.functions.pdf import pdf_to_text
from tests.outgoing.servers import serving
from tests.packs.functions.pdfs import Put, make_pdf

pytest.importorskip("pypdfium2")
PAPER = Path(__file__).parents[3] / "examples" / "durable_workflows.pdf"
HELLO = make_pdf([[Put("Hello from a page.", 72, 700)]])


def refused(source, **parameters):
    with pytest.raises(InvalidInputError) as error:
        pdf_to_text(source, **parameters)
    return str(error.value)


@pytest.fixture(scope="module")
def paper():
    return pdf_to_text(str(PAPER))


def test_the_paper_is_read_column_by_column_from_title_to_references(paper):
    """Each heading comes once, alone in its paragraph and in the order of the paper."""
    headings = [
        "Abstract",
        "1 Introduction",
        "2 Background",
        "3 Methods",
        "4 Results",
        "5 Discussion",
        "6 Limitations",
        "7 Related Work",
        "8 Conclusion",
        "References",
    ]
    paragraphs = paper.split("\n\n")

    assert paragraphs[0].startswith("Facts, Fences and One Forced Write: Group Commit")
    assert [p for p in paragraphs if p in headings] == headings


def test_each_paragraph_of_the_paper_comes_out_as_it_was_written(paper):
    paragraphs = paper.split("\n\n")
    written = [p for _, section in BODY for p in section if p != "TABLE"]

    assert len(written) > 20
    assert [p for p in [ABSTRACT, *written, *headings()] if p not in paragraphs] == []


def headings():
    return [heading for heading, _ in BODY]


def test_the_paper_has_no_header_no_page_number_and_no_broken_word(paper):
    whole = re.findall(r"Facts, Fences and One Forced Write", paper)

    assert len(whole) == 1  # in the title; not on top of each page
    assert "Perdure Technical Report 1" not in paper
    assert not re.search(r"^\d+$", paper, re.MULTILINE)
    assert not re.search(r"\w-\s+\w|[\u0002\ufffe\u00ad]", paper)


def test_the_papers_sentences_go_on_across_lines_columns_and_pages(paper):
    assert "because the speed of the disk varied between 3,000 and 3,600 commits" in paper
    assert "the first statement of the transaction is the fence" in paper.lower()
    assert "write-ahead-logging mode" in paper  # its own hyphens are kept


@pytest.mark.parametrize("source", [PAPER, str(PAPER), PAPER.as_uri()])
def test_a_file_is_named_by_its_path(source, paper):
    assert pdf_to_text(source) == paper


def test_a_file_is_given_as_bytes_or_open():
    assert pdf_to_text(HELLO) == "Hello from a page."
    assert pdf_to_text(bytearray(HELLO)) == "Hello from a page."
    assert pdf_to_text(io.BytesIO(HELLO)) == "Hello from a page."


def test_a_missing_file_is_named_with_where_it_was_looked_for():
    assert "there is no file" in (told := refused("no/such/paper.pdf"))
    assert str(Path.cwd()) in told


def test_what_is_no_pdf_is_shown_by_its_first_bytes():
    assert "is not a PDF: it begins with b'<!DOCTYPE html>" in refused(
        b"<!DOCTYPE html>\n<p>Not found"
    )


@pytest.mark.parametrize("source", [b"", io.BytesIO()])
def test_an_empty_file_is_told_apart(source):
    assert "is empty" in refused(source)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_refused_wherever_it_ends(share):
    whole = PAPER.read_bytes()

    assert "is cut off" in refused(whole[: int(share * len(whole))])


def test_a_linearised_file_is_as_long_as_it_says():
    """Such a file has an end mark near its head, so the mark alone proves nothing."""
    start, rest = HELLO.split(b"\n", 1)
    body = start + b"\n9 0 obj\n<< /Linearized 1 /L 99999 /H [1 2] >>\nendobj\n" + rest

    assert "is cut off" in refused(body)


def test_a_locked_file_opens_with_its_password_only():
    locked = make_pdf([[Put("For your eyes only.", 72, 700)]], password="open sesame")

    assert "is encrypted" in (told := refused(locked))
    assert "parameter `password`" in told
    assert "is encrypted" in refused(locked, password="wrong")
    assert pdf_to_text(locked, password="open sesame") == "For your eyes only."


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path):
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        file.truncate(200 * 2**20)

    assert "'huge.pdf' is 200 MiB; at most 100 MiB are read" in refused(huge)


def test_an_endless_source_is_read_to_the_limit_and_no_further(monkeypatch):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            Endless.given += size
            return (b"%PDF-" + b" " * size)[:size]

    monkeypatch.setattr(pdf, "MOST_BYTES", 3 * 2**20)

    assert "is larger; at most 3 MiB" in refused(Endless())
    assert Endless.given == 3 * 2**20 + 1


def test_damage_inside_is_told():
    damaged = HELLO.replace(b"/Type /Catalog /Pages 2 0 R", b"/Type /Cabbage             ")

    assert "is damaged" in refused(damaged)


def test_pages_without_text_ask_for_character_recognition():
    assert "has 2 page(s) and no text" in refused(make_pdf([[], []]))


def test_more_pages_than_allowed_are_refused_with_their_number():
    three = make_pdf([[Put(f"Page text {n}", 72, 400)] for n in range(3)])

    assert "has 3 pages, more than `max_pages` allows" in refused(three, max_pages=2)


def test_a_reader_that_takes_too_long_is_ended():
    assert "could not be read in 0.001 s" in refused(HELLO, timeout_seconds=0.001)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit on Windows")
def test_a_reader_that_takes_too_much_memory_is_ended(monkeypatch):
    monkeypatch.setattr(pdf, "MEMORY", 16 * 2**20)

    assert "could not be read" in refused(HELLO)


@pytest.fixture
def allowed(monkeypatch):
    monkeypatch.setenv(ALLOW_HOSTS, "127.0.0.1")


def test_a_url_is_fetched_and_read(allowed):
    with serving(lambda asked: asked.give(content=HELLO, content_type="application/pdf")) as site:
        assert pdf_to_text(site.url("/paper.pdf")) == "Hello from a page."


def test_a_url_within_is_not_fetched():
    with serving(lambda asked: asked.give(content=HELLO)) as site:
        assert ALLOW_HOSTS in refused(site.url("/paper.pdf"))

    assert site.asked == []


@pytest.mark.parametrize(
    ("status", "kind"), [(404, "invalid_input"), (503, "temporary_failure"), (429, "rate_limit")]
)
def test_a_url_without_a_file_fails_by_its_status(allowed, status, kind):
    with (
        serving(lambda asked: asked.give(status, b"no")) as site,
        pytest.raises(StepError, match=f"paper.pdf' answered {status}") as raised,
    ):
        pdf_to_text(site.url("/paper.pdf?key=secret"))

    assert raised.value.kind == kind
    assert "secret" not in str(raised.value)


def test_a_page_that_a_url_gives_instead_is_no_pdf(allowed):
    with serving(lambda asked: asked.give(content=b"<html>Log in</html>")) as site:
        assert "is not a PDF: it begins with b'<html>Log in" in refused(site.url("/paper.pdf"))


def test_of_a_url_only_the_address_is_looked_at_before_a_run():
    pdf.check_pdf("https://example.org/paper.pdf")

    with pytest.raises(UrlNotAllowedError, match="name or password"):
        pdf.check_pdf("https://me:pass@example.org/paper.pdf")


@pytest.mark.parametrize("source", [7, None, {"file": "x"}, ["a"]])
def test_other_things_are_no_pdf(source):
    assert "is given by its URL or path or as bytes" in refused(source)


def test_text_files_paths_of_nothing_and_folders_are_refused(tmp_path):
    assert "open as text" in refused(io.StringIO("%PDF-"))
    assert "is empty" in refused("  ")
    assert "is no path" in refused("a\0b")
    assert "cannot be opened" in refused(tmp_path) or "no ordinary file" in refused(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")

    assert "is no ordinary file" in refused(tmp_path / "pipe.pdf")


def test_only_allowed_folders_are_read(tmp_path):
    inside = tmp_path / "papers"
    inside.mkdir()
    (inside / "a.pdf").write_bytes(HELLO)
    (tmp_path / "secret.pdf").write_bytes(HELLO)
    (inside / "way-out.pdf").symlink_to(tmp_path / "secret.pdf")

    with allow_roots([inside]):
        assert pdf_to_text(str(inside / "a.pdf")) == "Hello from a page."
        for path in (tmp_path / "secret.pdf", inside / ".." / "secret.pdf", inside / "way-out.pdf"):
            with pytest.raises(PathNotAllowedError):
                pdf_to_text(str(path))


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda _: None)

    with pytest.raises(MissingExtraError, match=r"pip install 'perdure\[text\]'"):
        pdf_to_text(HELLO)


def test_a_bad_file_is_refused_before_a_run_begins(tmp_path):
    (tmp_path / "page.pdf").write_bytes(b"<html>")

    with pytest.raises(InvalidInputError, match="there is no file"):
        pdf.check_pdf(str(tmp_path / "missing.pdf"))
    with pytest.raises(InvalidInputError, match="is not a PDF"):
        pdf.check_pdf(tmp_path / "page.pdf")
    assert pdf.check_pdf(PAPER) is None
