"""For "Step-Level Retry Override": the service that it calls, and the class around its method."""


class Response:
    def __init__(self, status_code):
        self.status_code = status_code

    def json(self):
        return {"status": self.status_code, "items": [1, 2]}


calls = []


def make_api_call(endpoint):
    calls.append(endpoint)
    return Response(answers[len(calls) - 1] if len(calls) <= len(answers) else 503)


class Around:
    class Context(BaseModel):
        endpoint: str
        api_response: dict | None = None

    @step(start=True)
    def begin(self):
        return goto("call_external_api")

    @step()
    def process_response(self):
        return complete()
