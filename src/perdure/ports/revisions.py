"""What a commit says of the code that processes host, and of runs that go by another plan."""

from typing import NamedTuple

STRANDED = "!"
"""What stands before the host of a job that no process can run: its run does not fit the code."""


class Revision(NamedTuple):
    """A process announces that it hosts runs of this version of a workflow, by this plan.

    The current revision of a version is the one with the highest rank that a live process has
    announced. The rank is the row's number, unless it is given: by a process that was taken for
    dead and comes back, which must not win over those that were announced meanwhile. `bodies` is
    the JSON text of the digests of its steps' bodies, by name.
    """

    worker: int
    workflow: str
    version: str
    plan: str
    rank: int | None = None
    bodies: str = "{}"


class Adopted(NamedTuple):
    """A run goes by another plan from now on."""

    run: str
    plan: str
    version: str
