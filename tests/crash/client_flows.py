"""A client with 200 executions: `python -m tests.crash.client_flows STORE JOURNAL`.

It begins them under keys, follows each with a monitor, and writes each event into the journal as
its handler is called. Begun again it follows each from behind the last event that is written there.
"""

import sys
import threading
import time
from pathlib import Path

from perdure.authoring.functions import function
from perdure.client.client import Client

COUNT = 200
PATIENCE = 100.0

DEFINITION = {
    "name": "crash client",
    "steps": [
        {
            "id": name,
            "type": "data_processing",
            "function": "crash_wait",
            "input": template,
            "error_handling": {"retry_policy": {"max_retries": 1000, "retry_delay_seconds": 0}},
        }
        for name, template in (
            ("first", "${workflow.input.number}"),
            ("second", "${first.result}"),
            ("third", "${second.result}"),
        )
    ],
}


@function("crash_wait")
def crash_wait(number: int) -> int:
    """Return the number after it, a moment later."""
    time.sleep(0.02)
    return number + 1


def written(journal: Path) -> dict[str, list[tuple[int, str]]]:
    """Return the events in a journal by execution; a line that a kill cut off is none."""
    found: dict[str, list[tuple[int, str]]] = {}
    text = journal.read_text() if journal.exists() else ""
    for line in text[: text.rfind("\n") + 1].splitlines():
        execution, number, kind = line.split()
        found.setdefault(execution, []).append((int(number), kind))
    return found


def main(store: str, journal: str) -> None:
    """Begin and follow all executions to their ends, and print what they have come to."""
    path, lock = Path(journal), threading.Lock()
    before = written(path)
    with Client(store=store) as client, path.open("a") as file:
        made = client.workflows.create(definition=DEFINITION, idempotency_key="flow")
        executions = [
            made.execute({"number": number}, idempotency_key=str(number)) for number in range(COUNT)
        ]
        monitors = []
        for execution in executions:
            last = before.get(execution.id, [(0, "")])[-1][0]
            monitor = execution.monitor(after=last)

            def note(event, execution=execution.id):
                with lock:
                    file.write(f"{execution} {event.id} {event.type}\n")
                    file.flush()

            monitor.on_event(note)
            monitors.append(monitor)
        for monitor in monitors:
            monitor.wait(PATIENCE)
        results = [execution.refresh().final_result for execution in executions]
        sys.stdout.write(f"{results == [number + 3 for number in range(COUNT)]}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
