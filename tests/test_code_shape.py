"""Bounds on the code itself: short modules, short functions, no import cycles, documented."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "gigstack_sync").rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def module_name(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def functions(tree: ast.Module) -> Iterator[Function]:
    """Every function, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """Lines without signature and docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def imports(path: Path) -> set[str]:
    """Modules of this package that are imported when `path` is."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & {module_name(module) for module in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_modules_and_functions_are_short(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    long = [f.name for f in functions(ast.parse(text)) if body_lines(f) > 40]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_no_import_cycles() -> None:
    graph = {module_name(path): imports(path) - {module_name(path)} for path in MODULES}
    parents = {
        name: {n for n in reads if not name.startswith(f"{n}.")} for name, reads in graph.items()
    }
    TopologicalSorter(parents).prepare()  # CycleError names the circle
