"""The pure engine: plans, messages, events, and the run that they make.

Read in this order: `plan`, `directives`, `messages`, `history`, `run`, `evolve`, `decide`,
`follow`, `advance`; `scopes` and `loops` for graphs that go over lists. Nothing here does I/O, reads a clock or draws a random number.
"""
