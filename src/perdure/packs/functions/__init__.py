"""Functions for definitions.

Read `text` and `combine` first, then what works on lists (`items`, over `fields`), on texts
(`splitting`, `markup`, `relevance`), on values (`checking`) and on files (`filing`, over `disk`).
`extraction` takes the text out of anything, `scholarly` finds papers. Libraries that open files of
strangers run alone (`bounded`): `office` with `docx_child`, and a PDF goes through
`pdf` (looks at the file), `pdf_child` (the bounded process), `pdfium` (glyphs to words),
`layout` (words to lines in reading order) and `reflow` (lines to paragraphs).
"""
