"""Functions for definitions.

Read `text` and `combine` first; a PDF goes through
`pdf` (looks at the file), `pdf_child` (the bounded process), `pdfium` (glyphs to words),
`layout` (words to lines in reading order) and `reflow` (lines to paragraphs).
"""
