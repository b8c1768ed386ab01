"""The source tree as the architecture's tests see it: files, modules and their syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "perdure"


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path

    def __str__(self) -> str:
        """Name the file from the repository's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def functions(self) -> Iterator[tuple[str, int]]:
        """Yield the name and the number of lines of each function, also of nested ones."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1

    @property
    def has_code(self) -> bool:
        """Tell a module from one that only says, imports and re-exports."""
        return not all(_is_front_matter(node) for node in self.tree.body)


def sources(folder: Path = SOURCES) -> list[Source]:
    """Return every Python file under a folder, in a stable order."""
    return [Source(path) for path in sorted(folder.rglob("*.py")) if not _is_made(path)]


def _is_made(path: Path) -> bool:
    """Tell environments and caches, which are hidden, from what somebody wrote."""
    return any(part.startswith(".") for part in path.relative_to(ROOT).parts)


def _is_front_matter(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
    return False
