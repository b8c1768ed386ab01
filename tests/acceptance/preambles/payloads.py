"""For "Context in Signal Payloads": the class around its methods, and the application's clock."""

from datetime import UTC, datetime


class timezone:  # noqa: N801
    @staticmethod
    def now():
        return datetime(2025, 6, 1, tzinfo=UTC)


class Around:
    @step(start=True)
    def begin(self):
        return goto("wait_for_user_input")
