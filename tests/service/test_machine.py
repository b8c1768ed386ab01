"""What a definition needs is compared with what this machine has."""

from perdure.service import machine


def needing(**wanted):
    return {"steps": [{"id": "a", "resource_requirements": wanted}]}


def test_what_is_there_is_no_problem():
    """S004-75."""
    assert machine.lacks({"steps": [], "resource_requirements": {"cpu_cores": 1}}) == []
    assert machine.lacks(needing(cpu_cores=0.5, ram_gb=0.01, gpu_required=False)) == []


def test_what_is_not_there_is_a_warning_with_its_place(monkeypatch):
    """S004-75."""
    monkeypatch.setattr(machine, "_DEVICES", machine.Path("/nowhere"))

    found = machine.lacks(needing(cpu_cores=9999, ram_gb=1e6, gpu_required=True))

    assert [problem.path for problem in found] == [
        f"steps[0].resource_requirements.{name}" for name in ("cpu_cores", "ram_gb", "gpu_required")
    ]
    assert {problem.severity for problem in found} == {"warning"}


def test_a_gpu_is_seen_by_its_device(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_DEVICES", tmp_path)
    assert not machine.has_gpu()

    (tmp_path / "nvidia0").touch()

    assert machine.has_gpu()


def test_memory_that_nobody_can_tell_is_no_problem(monkeypatch):
    def no_such(_name):
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(machine.os, "sysconf", no_such)

    assert machine.ram_gb() is None
    assert machine.lacks(needing(ram_gb=1e6)) == []


def test_what_cannot_be_read_is_left_to_the_other_checks():
    assert machine.lacks({"steps": ["odd", {"resource_requirements": "much"}]}) == []
