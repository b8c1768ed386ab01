"""What perdure costs, beside the raw database and two other engines: `python -m benchmarks`.

Read `README.md`, then `figures` (what is measured, and the marks), `cases` and `harness`.
"""
