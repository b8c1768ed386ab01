"""Workflows as classes of steps: `@workflow`, `@step`, a `Context`, and directives.

Read in this order: `decorators` (what users write), `directives` (what steps return), `retry`,
`compiler` (class to plan and bodies). It reads the class by `methods`, `bytecode`, `sources`,
`edges` and `continuations`, which tell from code objects where each step leads. At run time `body`
calls a step, `codec` loads and dumps its context (`models`, `exactness`), `begin` makes the first
one, `current` holds both for `get_context`, and `results` names a step's mistakes.
"""
