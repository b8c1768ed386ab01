"""A run and its children are paused together, and go on together."""

import pytest
from pydantic import BaseModel

from perdure.app.engine import Engine
from perdure.authoring.registry import Registry
from perdure.authoring.steps.children import start_child
from perdure.authoring.steps.current import get_context
from perdure.authoring.steps.decorators import step, workflow
from perdure.authoring.steps.directives import complete, wait
from tests.app.scenes import PATIENCE, until


def hosted():
    registry = Registry()

    @workflow("nest", registry=registry)
    class Nest:
        class Context(BaseModel):
            depth: int

        @step(start=True)
        def begin(self):
            if get_context().depth == 0:
                return wait.for_signal("go", then=self.end)
            start_child("nest", depth=get_context().depth - 1)
            return wait.for_children(then=self.end)

        @step
        def end(self):
            return complete()

    return registry


@pytest.mark.parametrize("place", ["memory", "file"])
def test_children_are_paused_with_their_parent_and_theirs_with_them(place, tmp_path):
    path = ":memory:" if place == "memory" else str(tmp_path / "s.db")
    with Engine(path, registry=hosted()) as engine:
        run = engine.start("nest", depth=2)
        until(lambda: len(engine.runs(status="waiting")) == 3)

        assert engine.pause(run.id, children=True)
        assert [view.paused for view in engine.runs()] == [True] * 3
        engine.signal("go")
        assert not engine.pause(run.id, children=True)

        assert engine.resume(run.id, children=True)
        assert run.wait(PATIENCE)
        assert {view.status for view in engine.runs()} == {"completed"}


def test_without_them_only_the_run_itself_is_paused(tmp_path):
    with Engine(str(tmp_path / "s.db"), registry=hosted()) as engine:
        run = engine.start("nest", depth=1)
        until(lambda: len(engine.runs(status="waiting")) == 2)

        engine.pause(run.id)

        assert sorted(view.paused for view in engine.runs()) == [False, True]
