"""The documents' Python blocks, read from where the documents are, and made to run as printed.

No line of them is kept here. A block is known by its first line's number. What it uses and does not
bind itself is given to it: what the imports of earlier blocks bind, and what its preamble (a file
of `preambles/`) does. Methods that stand outside of a class are put into one.
"""

import ast
import os
import re
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

DOCUMENTS = ROOT.parent / "shared" / "documents"
PREAMBLES = Path(__file__).parent / "preambles"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of Python: the number of its first line, and its syntax tree."""

    line: int
    tree: ast.Module


def document(number):
    """Return a document's path. Skips the test where there are none; in CI they must be there."""
    found = sorted(DOCUMENTS.glob(f"{number}_*.txt"))
    if not found:
        assert os.environ.get("CI") != "true", f"document {number} is not in {DOCUMENTS}"
        pytest.skip("the documents are not beside this repository")
    return found[0]


@cache
def blocks(path):
    """Return the Python blocks of a document, in order; trees have the document's line numbers."""
    text = path.read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        above = text.count("\n", 0, match.start(1))
        tree = ast.parse("\n" * above + match[1], str(path))
        found.append(Block(above + 1, tree))
    return found


class Printed:
    """A block with what surrounds it. `define` has its classes made, `rest` does the rest of it."""

    def __init__(self, path, line, preamble=None, **bound):
        self.path = path
        (self.block,) = (block for block in blocks(path) if block.line == line)
        self.names = {"__name__": f"document_{path.name[:3]}"}
        for before in blocks(path):
            if before.line < line:
                self._run([node for node in before.tree.body if _binds(node)])
        self.names |= bound
        if preamble is not None:
            file = PREAMBLES / f"{preamble}.py"
            exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), self.names)

    def define(self, fragment=None):
        """Make its classes and functions, and `fragment` of its methods; return the warnings."""
        body = self.block.tree.body
        methods = [node for node in body if _is_method(node)]
        made = [node for node in body if node not in methods and _makes(node)]
        if methods:
            made.append(self._wrapped(fragment, methods))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            self._run(made)
        return [str(each.message) for each in told]

    def rest(self):
        """Do what its statements say, beside making things; return the names that there are then."""
        body = self.block.tree.body
        self._run([node for node in body if not _is_method(node) and not _makes(node)])
        return self.names

    def _wrapped(self, name, methods):
        """Return a class of these methods, declared as a workflow, upon the preamble's `Around`."""
        first = methods[0]
        called = ast.Call(ast.Name("workflow", ast.Load()), [ast.Constant(name)], [])
        made = ast.ClassDef(
            name="Fragment",
            bases=[ast.Name("Around", ast.Load())] if "Around" in self.names else [],
            keywords=[],
            body=methods,
            decorator_list=[called],
        )
        ast.copy_location(made, first)
        return ast.fix_missing_locations(made)

    def _run(self, nodes):
        code = compile(ast.Module(nodes, []), str(self.path), "exec", dont_inherit=True)
        exec(code, self.names)


def _binds(node):
    """Whether a statement of an earlier block is an import that may be done here."""
    return (
        isinstance(node, ast.ImportFrom)
        and node.module.partition(".")[0] in ("pydantic", "datetime", "django_ai")
        and not node.module.endswith("statezero_action")
    )


def _is_method(node):
    return (
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and bool(node.args.args)
        and node.args.args[0].arg == "self"
    )


def _makes(node):
    return isinstance(
        node,
        ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
    )
