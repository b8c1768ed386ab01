"""Workflows and runs as pictures: Mermaid's text, and SVG that needs nothing else.

Read in this order: `drawings` (what there is to draw: boxes and arrows), `plans` (a plan as that) and
`runs` (what a run has made of it); `mermaid` writes it as text. For an SVG, `layout` finds a place
for everything (`layers`, `orders`, `columns`), and `boxes` writes it down. `timelines` is a run by
its times, and `bars` writes that. All write by `svg`, in the colours of `states`, with texts measured
by `letters`.

No value of a run stands in a picture, and the same run gives the same picture.
"""
