"""The shape of the code: small files, short functions, a test file for each source file."""

import ast

import pytest

from tests.architecture.tree import ROOT, SOURCES, Source, sources

FILE_LINES = 400
FUNCTION_LINES = 50

# The only ways around a limit: the place, and why it is better so.
LONG_FILES: dict[str, str] = {
    "tests/simulation/defects.py": "a list: forty small defects, each told in a line",
}
LONG_FUNCTIONS: dict[str, str] = {}
WITHOUT_TEST_FILE: dict[str, str] = {
    "src/perdure/ports/clock.py": "a protocol; app/clock.py is one and has its tests",
    "src/perdure/ports/mailbox.py": "a protocol; runtime/post.py is one and has its tests",
    "src/perdure/ports/spawn.py": "protocols; executors/spawning.py is one and has its tests",
    "src/perdure/ports/queues.py": "a protocol; tests/conformance says what it means",
    "src/perdure/ports/vault.py": "rows and protocols; tests/vaults and conformance have what they mean",
    "src/perdure/ports/store.py": "protocols; tests/conformance says what they mean",
    "src/perdure/ports/events.py": "rows and protocols; tests/conformance says what they mean",
    "src/perdure/ports/commit.py": "rows without behaviour; tests/conformance writes each",
    "src/perdure/ports/revisions.py": "rows without behaviour; tests/conformance writes each",
    "src/perdure/ports/rows.py": "rows without behaviour; tests/conformance reads each",
}

OURS = sources()
ALL = [*OURS, *(s for place in ("tests", "benchmarks", "examples") for s in sources(ROOT / place))]


def test_no_file_is_longer_than_the_limit():
    long = {
        f"{s}: {s.lines} lines" for s in ALL if s.lines > FILE_LINES and str(s) not in LONG_FILES
    }

    assert not long, f"at most {FILE_LINES} lines; split by idea"


def test_no_function_is_longer_than_the_limit():
    long = {
        f"{place}: {length} lines"
        for source in ALL
        for name, length in source.functions
        if length > FUNCTION_LINES and (place := f"{source}:{name}") not in LONG_FUNCTIONS
    }

    assert not long, f"at most {FUNCTION_LINES} lines; give a part of it a name"


def test_each_source_file_has_a_test_file_of_its_name():
    missing = {
        f"{source} -> {wanted.relative_to(ROOT)}"
        for source in OURS
        if source.has_code and str(source) not in WITHOUT_TEST_FILE
        if not (wanted := mirrored(source)).exists()
    }

    assert not missing


def test_each_module_says_what_it_is_for():
    silent = {str(s) for s in ALL if not ast.get_docstring(s.tree)}

    assert not silent


def test_imports_are_absolute():
    relative = {
        f"{source}:{node.lineno}"
        for source in ALL
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    }

    assert not relative


@pytest.mark.parametrize("exceptions", [LONG_FILES, LONG_FUNCTIONS, WITHOUT_TEST_FILE])
def test_each_exception_is_of_something_that_is_there_and_has_a_reason(exceptions):
    there = {str(source) for source in ALL}

    assert all(place.split(":")[0] in there and reason for place, reason in exceptions.items())


def test_the_measures_can_tell(tmp_path):
    """A limit that measures nothing would hold for ever."""
    path = tmp_path / "planted.py"
    path.write_text('"""Says."""\n\nimport os\n\n__all__ = ["os"]\n')
    only_exports = Source(path).has_code
    path.write_text("def f():\n    x = 1\n\n    def g():\n        return x\n\n    return g\n")

    assert not only_exports
    assert Source(path).has_code
    assert dict(Source(path).functions) == {"f": 7, "g": 2}
    assert Source(path).lines == 7


def mirrored(source):
    """Return where the tests of a source file are: a mirrored path, `init` for a package's own."""
    within = source.path.relative_to(SOURCES)
    name = "init" if within.stem == "__init__" else within.stem.strip("_")
    return ROOT / "tests" / within.parent / f"test_{name}.py"
