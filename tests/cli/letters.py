"""A workflow whose run waits for the first of two."""

from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, wait


@workflow("cli letter")
class Letter:
    @step(start=True)
    def ask(self):
        return wait.any(wait.for_event("picked"), wait.for_signal("lost"), then=self.file)

    @step
    def file(self):
        return complete()
