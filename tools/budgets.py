"""Size budgets of Python code: a file 400 lines, a function 50, six parameters, complexity 10 (that one ruff counts).

Over budget means: split by idea. The web app's files are counted by web/scripts/sizes.mjs.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "tools", "bench", "migrations")
FILE_LINES = 400
FUNCTION_LINES = 50
PARAMETERS = 6
# A command's parameters are its options: the user counts them, not the caller.
COMMANDS = ("src/opsloom/cli",)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print everything over budget."""
    found = [line for path in python_files() for line in over_budget(path)]
    for line in found:
        print(line)
    return 1 if found else 0


def python_files() -> list[Path]:
    """All Python files of the repository."""
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def over_budget(path: Path) -> Iterator[str]:
    """One sentence for each budget this file exceeds."""
    text = path.read_text(encoding="utf-8")
    shown = path.relative_to(ROOT).as_posix()
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{shown}: {lines} lines, the budget is {FILE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, Function):
            continue
        length = length_of(node)
        if length > FUNCTION_LINES:
            yield f"{shown}:{node.lineno}: {node.name} has {length} lines, the budget is {FUNCTION_LINES}"
        count = parameters_of(node)
        if count > PARAMETERS and not shown.startswith((*COMMANDS, "tests/")):
            yield f"{shown}:{node.lineno}: {node.name} takes {count} parameters, the budget is {PARAMETERS}"


def length_of(node: Function) -> int:
    """Lines from `def` to the end, the docstring not counted: explaining must not cost."""
    begin = node.lineno
    end = node.end_lineno or begin
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return end - begin + 1 - ((first.end_lineno or first.lineno) - first.lineno + 1)
    return end - begin + 1


def parameters_of(node: Function) -> int:
    """Parameters a caller gives; `self` and `cls` are not."""
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len(names) - (1 if names[:1] in (["self"], ["cls"]) else 0)


if __name__ == "__main__":
    sys.exit(main())
