"""The terminal: `perdure run`, `show`, `worker` and the rest. Talks to `app`; decides nothing.

Read `main` first: the commands by name, and how errors become messages and exit codes. Each
command is a module of its own (`run`, `resume`, `runs` ...). `hosting` executes a run while it is
watched, `watching` shows its progress; `opening`, `targets` and `inputs` turn words into an
engine, a workflow and its inputs; `output` and `documents` are what is printed.
"""

from perdure.cli.main import main

__all__ = ["main"]
