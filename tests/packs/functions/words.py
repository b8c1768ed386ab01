"""Word documents for tests."""

import io


def make_docx(*parts):
    """Return a .docx: texts are paragraphs, lists of lists are tables; None joins the cell before."""
    import docx

    document = docx.Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(len(part), len(part[0]))
        for row, texts in zip(table.rows, part, strict=True):
            for n, text in enumerate(texts):
                if text is None:
                    row.cells[n - 1].merge(row.cells[n])
                else:
                    row.cells[n].text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
