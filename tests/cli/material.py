"""What the command line's tests run: a workflow of steps, and functions for definitions."""

import time
from pathlib import Path

from pydantic import BaseModel

from perdure.authoring.functions import function
from perdure.authoring.steps.current import current_step, get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, goto, wait
from perdure.authoring.steps.retry import Retry


@workflow("cli parcel", default_retry=Retry(max_attempts=2, base_delay=0.01))
class Parcel:
    """Packs at the second try, asks for a courier, sends."""

    class Context(BaseModel):
        parcel: str
        courier: str = ""

    @step(start=True)
    def pack(self):
        if current_step().attempt == 1:
            raise RuntimeError("the box tore")
        return goto(self.ask)

    @step
    def ask(self):
        return wait.for_signal("courier", then=self.send)

    @step
    def send(self):
        assert get_context().courier
        return complete()


@workflow("cli parcel back")
class Back:
    """Has a context that cannot be made."""

    @classmethod
    def create_context(cls, reason: str):
        raise LookupError(f"nobody knows {reason}")

    @step(start=True)
    def take(self):
        return complete()


@function("cli_until", returns="text")
def until(input: str) -> str:  # noqa: A002
    """Wait until a file of this name is there; leave one beside it that says so."""
    Path(f"{input}.begun").touch()
    deadline = time.monotonic() + 30
    while not Path(input).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return f"{Path(input).name} is there"


@function("cli_fail", returns="text")
def fail(input: str) -> str:  # noqa: A002
    """Fail, saying the input."""
    raise RuntimeError(input)
