"""For "Graceful Error Handling": the operation that may fail, and the class around its method."""


class SpecificException(Exception):  # noqa: N818 - the document's name
    pass


calls = []


def perform_operation():
    calls.append(len(calls) + 1)
    outcome = outcomes[len(calls) - 1]
    if isinstance(outcome, str):
        raise {"specific": SpecificException, "other": ConnectionError}[outcome](outcome)
    return outcome


class Around:
    class Context(BaseModel):
        operation_result: int = 0
        error_details: str = ""

    @step(start=True)
    def begin(self):
        return goto("risky_operation")

    @step()
    def success_step(self):
        return complete(way="success")

    @step()
    def error_recovery_step(self):
        return complete(way="recovered")
