"""One script a case: each measures perdure once and prints JSON (see `harness.sample`).

`subject` has the workflows, asked for as any user would; `inside` is the only module that knows
what the engine is made of, for the cases that look into it.
"""
