"""What the command line's tests have started by events; importing it makes this process host it."""

from pydantic import BaseModel

from perdure import complete, event_workflow, step


@event_workflow("cli delivery due", offset_minutes=-60, name="cli remind")
class Remind:
    """Starts an hour before a delivery."""

    @step(start=True)
    def remind(self):
        return complete()


@event_workflow("cli delivered", name="cli thank")
class Thank:
    """Starts when something was delivered."""

    class Context(BaseModel):
        parcel: str = ""

    @step(start=True)
    def thank(self):
        return complete()
