"""The SDK: `perdure.Client()`, whose calls run in this process, over its own engine.

Read `client`, then `workflows` (all calls), `objects` (what they answer), `monitor`, `aclient` (the
same to be awaited).
"""
