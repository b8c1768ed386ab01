"""`perdure prove`: exit codes, the verdict as text and as JSON, and the seed that shows it again."""

import json
import zlib

import pytest

from perdure.cli.main import main

CODE = """
from perdure import complete, current_step, get_context, step, wait, workflow
from perdure.testing import scenario_of, world
pay = world.service("pay")

@workflow("cli proved {name}")
class Flow:
    @step(start=True)
    def charge(self):
        pay("charge"{key})
        return wait.for_signal("go", then=self.end)

    @step()
    def end(self):
        return complete()

scene = scenario_of(Flow)
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write a sound and a broken workflow, in modules that no other test has."""
    monkeypatch.chdir(tmp_path)
    made = []
    for kind, key in (("good", ", key=current_step().idempotency_key"), ("bad", "")):
        name = f"proved_{kind}_{zlib.crc32(str(tmp_path).encode())}"
        (tmp_path / f"{name}.py").write_text(CODE.format(name=name, key=key))
        made.append(f"{name}.py")
    return made


@pytest.mark.parametrize("words", [["Flow", "--signal", "go:={}"], ["scene"]])
def test_a_sound_workflow_passes(files, capsys, words):
    name, *options = words

    assert main(["prove", f"{files[0]}:{name}", *options, "--histories", "20"]) == 0
    assert "20 histories, nothing broken" in capsys.readouterr().out


def test_a_broken_one_is_told_and_its_seed_shows_it_again(files, capsys):
    target = f"{files[1]}:Flow"
    assert main(["prove", target, "--json"]) == 1
    verdict = json.loads(capsys.readouterr().out)

    assert main(["prove", target, "--seed", str(verdict["seed"]), "--trace"]) == 1
    out = capsys.readouterr().out
    assert verdict["kind"] == "done twice"
    assert "DONE TWICE" in out
    assert " commit " in out


@pytest.mark.parametrize(
    "words",
    [["scene", "--signal", "go"], ["Flow", "--signal", "go=[1]"], ["Flow", "--signal", "go={"]],
)
def test_what_makes_no_sense_is_refused(files, words):
    name, *options = words

    assert main(["prove", f"{files[0]}:{name}", *options]) == 2
