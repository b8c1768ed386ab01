"""Every operation of the API as a function over wire models: what a server's routes call, and we.

Read `flows` (what is stored becomes a workflow that can be started), `definitions`, `validating`,
`beginning` and `executions` (begin, look at and steer them), `standing` (how one stands), `watching` (what has
happened to one), `templates`, `analytics`, `estimates` and `optimize` (figures, made in `app.figures`),
`trials` (a definition is tried out, without anything outside; `mocks`).

The first argument of each is the engine. Nothing here knows of a web framework.
"""
