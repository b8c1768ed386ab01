"""The entry point: composes store, executors and runtime, and says what one can do with runs.

Read `engine` first. `default` is the engine that scripts share, `compose` says what it is made
of, `views` what a run looks like from outside.
"""
