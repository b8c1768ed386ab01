"""For "Completion and Failure": the class around its method, and the application's `timezone`."""

from datetime import UTC, datetime


class timezone:  # noqa: N801
    @staticmethod
    def now():
        return datetime(2025, 6, 1, tzinfo=UTC)


class Around:
    class Context(BaseModel):
        all_validations_passed: bool
