"""Document 004's blocks, made to run as printed: `Script` runs one with what its reader would have.

What a block uses and does not bind is given to it: `client`, and what its preamble binds. Ids that
are printed as examples stand for real ones, and `[...]` for a real list of steps.
"""

import ast
import contextlib
import copy
import io
import json

from tests.acceptance.documents import PREAMBLES, blocks


class Script:
    """A block of a document. `run` runs it, and gives the names that there are then."""

    def __init__(self, path, line, preamble=None, *, ids=(), steps=None, **bound):
        self.path = path
        (self.block,) = (block for block in blocks(path) if block.line == line)
        self.names = {"__name__": f"document_{path.name[:3]}", **bound}
        self.printed = ""
        self._ids = dict(ids)
        self._steps = steps
        if preamble is not None:
            file = PREAMBLES / f"{preamble}.py"
            exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), self.names)

    def run(self):
        filled = _Filling(self._ids, self._steps).visit(copy.deepcopy(self.block.tree))
        tree = ast.fix_missing_locations(filled)
        code = compile(tree, str(self.path), "exec", dont_inherit=True)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, self.names)
        self.printed = out.getvalue()
        return self.names


class _Filling(ast.NodeTransformer):
    """Puts real ids for printed ones, and a list of steps where three dots stand for it."""

    def __init__(self, ids, steps):
        self._ids = ids
        self._steps = steps

    def visit_Constant(self, node):
        if isinstance(node.value, str) and node.value in self._ids:
            return ast.copy_location(ast.Constant(self._ids[node.value]), node)
        return node

    def visit_List(self, node):
        is_dots = [isinstance(part, ast.Constant) and part.value is ... for part in node.elts]
        if is_dots == [True]:
            made = ast.parse(repr(self._steps), mode="eval").body
            return ast.copy_location(made, node)
        return self.generic_visit(node)


def fragment(path, line):
    """Return a block that is a step as JSON has it."""
    lines = path.read_text(encoding="utf-8").splitlines()[line - 1 :]
    return json.loads("\n".join(lines[: lines.index("```")]))
