"""Make examples/durable_workflows.pdf, the paper that the example workflow reads.

The text is ours, in the public domain, and about what this project is: engines whose runs survive
a crash. The layout is that of a paper (two columns, justified, hyphenated, with a running header
and page numbers), because that is what makes reading a PDF hard. The same text gives the same
bytes.

    pip install reportlab pyphen
    python examples/make_paper.py
"""

from pathlib import Path

from paper_text import ABSTRACT, AUTHORS, BODY, KEYWORDS, REFERENCES, RUNNING_HEAD, TABLE, TITLE
from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

TARGET = Path(__file__).with_name("durable_workflows.pdf")
WIDTH, HEIGHT = A4
MARGIN, GUTTER, FOOT, HEAD = 24 * mm, 8 * mm, 28 * mm, 28 * mm
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
TITLE_HEIGHT = 40 * mm

PROSE = ParagraphStyle(
    "prose", fontName="Times-Roman", fontSize=11.2, leading=14.6, alignment=TA_JUSTIFY,
    firstLineIndent=10, hyphenationLang="en_US", hyphenationMinWordLength=6,
)  # fmt: skip
FIRST = ParagraphStyle("first", PROSE, firstLineIndent=0)
SECTION = ParagraphStyle(
    "section", fontName="Times-Bold", fontSize=12.5, leading=16, spaceBefore=10, spaceAfter=3,
    alignment=TA_LEFT, keepWithNext=1,
)  # fmt: skip
SUBSECTION = ParagraphStyle("subsection", SECTION, fontSize=11.2, leading=14, spaceBefore=6)
NAME = ParagraphStyle("name", fontName="Times-Bold", fontSize=18, leading=22, alignment=TA_CENTER)
BYLINE = ParagraphStyle(
    "byline", fontName="Times-Roman", fontSize=11, leading=14, alignment=TA_CENTER
)
ENTRY = ParagraphStyle(
    "entry", PROSE, fontSize=9, leading=11, leftIndent=14, firstLineIndent=-14, spaceAfter=2
)
CAPTION = ParagraphStyle("caption", FIRST, fontSize=9, leading=11, spaceBefore=3, spaceAfter=6)


def main() -> None:
    """Write the PDF."""
    rl_config.invariant = 1  # no clock in the file: the same text gives the same bytes
    document = BaseDocTemplate(
        str(TARGET), pagesize=A4, title=TITLE, author=AUTHORS, pageTemplates=_templates()
    )
    document.build(_story())
    print(f"wrote {TARGET.name}: {TARGET.stat().st_size} bytes, {document.page} pages")


def _templates() -> list[PageTemplate]:
    top = HEIGHT - HEAD
    rest = top - TITLE_HEIGHT
    title = Frame(MARGIN, rest, WIDTH - 2 * MARGIN, TITLE_HEIGHT, id="title", **_bare())
    return [
        PageTemplate("first", [title, *_columns(rest)], onPage=_furniture),
        PageTemplate("later", _columns(top), onPage=_furniture),
    ]


def _columns(top: float) -> list[Frame]:
    return [
        Frame(left, FOOT, COLUMN, top - FOOT, **_bare())
        for left in (MARGIN, MARGIN + COLUMN + GUTTER)
    ]


def _bare() -> dict[str, float]:
    return dict.fromkeys(("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0)


def _furniture(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont("Times-Italic", 9)
    canvas.drawString(MARGIN, HEIGHT - 18 * mm, RUNNING_HEAD)
    canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 18 * mm, "Perdure Technical Report 1")
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, HEIGHT - 20 * mm, WIDTH - MARGIN, HEIGHT - 20 * mm)
    canvas.setFont("Times-Roman", 9)
    canvas.drawCentredString(WIDTH / 2, 16 * mm, str(document.page))
    canvas.restoreState()


def _story() -> list[Flowable]:
    story: list[Flowable] = [
        NextPageTemplate("later"),
        Paragraph(TITLE, NAME),
        Spacer(1, 6),
        Paragraph(AUTHORS, BYLINE),
        FrameBreak(),
        Paragraph("Abstract", SECTION),
        Paragraph(ABSTRACT, FIRST),
        Paragraph(f"<b>Keywords:</b> {KEYWORDS}", CAPTION),
    ]
    for heading, paragraphs in BODY:
        story += _section(heading, paragraphs)
    story.append(Paragraph("References", SECTION))
    story += [Paragraph(f"[{n}] {entry}", ENTRY) for n, entry in enumerate(REFERENCES, 1)]
    return story


def _section(heading: str, paragraphs: list[str]) -> list[Flowable]:
    number = heading.partition(" ")[0]
    made: list[Flowable] = [Paragraph(heading, SUBSECTION if "." in number else SECTION)]
    style = FIRST
    for paragraph in paragraphs:
        if paragraph == "TABLE":
            made += _table()
        else:
            made.append(Paragraph(paragraph, style))
            style = PROSE
    return made


def _table() -> list[Flowable]:
    caption, rows = TABLE
    table = Table(rows, colWidths=[COLUMN * 0.44, COLUMN * 0.28, COLUMN * 0.28])
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), "Times-Roman", 9),
                ("FONT", (0, 0), (-1, 0), "Times-Bold", 9),
                ("LINEABOVE", (0, 0), (-1, 0), 0.6, colors.black),
                ("LINEBELOW", (0, 0), (-1, 0), 0.4, colors.black),
                ("LINEBELOW", (0, -1), (-1, -1), 0.6, colors.black),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return [Spacer(1, 6), table, Paragraph(caption, CAPTION)]


if __name__ == "__main__":
    main()
