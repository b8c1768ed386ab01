"""The benchmarks' own tools: `sample` (one measurement), `process`, `raw`, `recorder`, `table`.

Read `sample` first. Nothing here imports perdure, so the peers' environments can use it too.
"""
