"""For "Sleep/Delays": the class around its method, with the step that it leads to."""


class Around:
    class Context(BaseModel):
        reminders_sent: int = 0

    @step(start=True)
    def begin(self):
        return goto("send_reminder")

    @step()
    def escalate(self):
        return complete(escalated=True)
