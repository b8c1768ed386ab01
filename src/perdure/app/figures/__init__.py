"""Figures about workflows, measured or null: each with its basis, and from how many runs it is.

Read `frames` (which time is meant), `gathering` (what runs have taken and cost, from the store's
rows), then what is made of it: `analytics` (a workflow), `usage` (everybody's shares), `estimates`
with `forecasts` (what a run will take), and `optimizing` (how it could take less).

A run counts in a timeframe if it began in it. Nothing is ever guessed: what was not measured is
None, on the basis `none`.
"""
