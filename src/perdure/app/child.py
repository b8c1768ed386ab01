"""`python -m perdure.app.child LINE LIFE`: a process for attempts, started by another one of ours.

LINE is its end of a socket, LIFE the reading end of a pipe that only the parent can close. Code is
looked up by workflow and step, once the module that declares it has been imported here.
"""

import fcntl
import os
import signal
import socket
import sys

from perdure.app.clock import SystemClock
from perdure.app.kinds import host_graphs
from perdure.app.origins import import_origin
from perdure.authoring.defaults import default_registry
from perdure.errors import DefinitionError
from perdure.executors.child import Child, kill_group
from perdure.executors.frames import Origin
from perdure.executors.links import Link
from perdure.ports.executor import Body, Work


def find(origin: Origin, work: Work) -> Body:
    """Return the code of an attempt, importing its module at first use. Raises DefinitionError."""
    import_origin(origin)
    registry = default_registry()
    body = registry.body(work.plan, work.step)
    if body is None:
        raise DefinitionError(
            f"step {work.step.name!r} of {work.workflow!r} runs in a process of its own, and there "
            f"{origin.main or origin.module} declares no such step in the default registry. Declare "
            "the class at the top of a module, not within a function"
        )
    return body


def die_with_parent(life: int) -> None:
    """Have the kernel kill this process group when the other end of the pipe is closed.

    Only Linux has it; elsewhere the end of the line is seen by a thread, which a step that never
    lets go of the interpreter can keep from running.
    """
    if not hasattr(fcntl, "F_SETSIG"):
        return
    fcntl.fcntl(life, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(life, fcntl.F_GETFL)
    fcntl.fcntl(life, fcntl.F_SETFL, flags | os.O_ASYNC)


def main() -> None:
    """Serve the line until it ends."""
    line, life = (int(word) for word in sys.argv[1:3])
    for descriptor in (line, life):
        os.set_inheritable(descriptor, False)  # what a step starts does not hold them open
    die_with_parent(life)
    host_graphs(default_registry())
    child = Child(Link(socket.socket(fileno=line)), SystemClock(), find, kill_group)
    signal.signal(signal.SIGTERM, child.terminate)
    child.serve()


if __name__ == "__main__":
    main()
