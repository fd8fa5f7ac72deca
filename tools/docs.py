"""The generated parts of docs/: settings, routes, errors, rule kinds. Checked against the program, or written with --write.

Sentences about meaning are written by hand, in the program's own descriptions and docstrings or, for errors, in the page
itself; this program keeps the lists complete and fails when something has no words yet.
"""

import difflib
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opsloom
from opsloom.document import management_document
from opsloom.kit.errors import OpsloomError
from opsloom.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BEGIN, END = "<!-- generated: make docs -->", "<!-- end of the generated part -->"


def settings_table() -> str:
    """One row for each setting, in the order of `Settings`."""
    rows = ["| Name | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "" if default in (None, ()) else f"`{getattr(default, 'value', default)}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


def routes_table() -> str:
    """Every operation, by its tag."""
    by_tag: dict[str, list[str]] = {}
    for path, methods in management_document()["paths"].items():
        for method, operation in methods.items():
            summary = first_sentence(operation)
            line = f"| `{method.upper()} {path}` | `{operation['operationId']}` | {summary} |"
            by_tag.setdefault((operation.get("tags") or ["other"])[0], []).append(line)
    parts = []
    for tag in sorted(by_tag):
        parts += [f"## {tag.capitalize()}", "", "| Request | Operation | What it does |", "| --- | --- | --- |"]
        parts += [*sorted(by_tag[tag]), ""]
    return "\n".join(parts).rstrip()


def first_sentence(operation: dict[str, Any]) -> str:
    """The docstring's first sentence; the operation's name in words when it has none."""
    text = " ".join(operation.get("description", "").split())
    if not text:
        return str(operation.get("summary", "")) + "."
    return re.split(r"(?<=[.!?])\s", text)[0].replace("|", "\\|")


def error_kinds() -> list[type[OpsloomError]]:
    """Every error with a code of its own."""
    for module in pkgutil.walk_packages(opsloom.__path__, "opsloom."):
        if module.name.rsplit(".", 1)[-1] not in {"__main__", "cli"}:
            importlib.import_module(module.name)
    found: dict[str, type[OpsloomError]] = {}
    todo: list[type[OpsloomError]] = [OpsloomError]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        if not kind.__name__.startswith("_"):
            found.setdefault(kind.code, kind)
    return [found[code] for code in sorted(found)]


def settings_example() -> str:
    """`.env.example`: everything switched off, so that copying it changes nothing."""
    lines = ["# Copy to .env and uncomment what you change. Real environment variables win over this file.", ""]
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "" if default in (None, ()) else str(getattr(default, "value", default))
        lines += [f"# {field.description}", f"#{PREFIX}{name.upper()}={shown}", ""]
    return "\n".join(lines)


def between(path: Path, generated: str) -> str:
    """The page with its generated part replaced."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{generated}\n\n{END}{after}"


PAGES: tuple[tuple[Path, Callable[[Path], str]], ...] = (
    (DOCS / "guide" / "settings.md", lambda path: between(path, settings_table())),
    (DOCS / "guide" / "settings.ko.md", lambda path: between(path, settings_table())),
    (DOCS / "reference" / "api.md", lambda path: between(path, routes_table())),
    (ROOT / ".env.example", lambda _path: settings_example()),
)


def undescribed_errors() -> list[str]:
    """Errors that docs/errors.md does not explain, and headings there that no longer are errors."""
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    described = re.findall(r"^### `([a-z_]+)` · (\d{3})$", text, re.MULTILINE)
    wanted = {(kind.code, str(kind.status)) for kind in error_kinds()}
    missing = [f"docs/errors.md lacks `{code}` · {status}" for code, status in sorted(wanted - set(described))]
    return missing + [f"docs/errors.md describes `{code}` · {status}, which no error has"
                      for code, status in sorted(set(described) - wanted - FRAMEWORK)]  # fmt: skip


# Refusals that come from HTTP itself, before any of our code.
FRAMEWORK = {("method_not_allowed", "405"), ("http_error", "400")}


def main(write: bool) -> int:
    """Show what differs, or write it."""
    problems = undescribed_errors()
    for path, render in PAGES:
        wanted = render(path)
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if wanted == current:
            continue
        if write:
            path.write_text(wanted, encoding="utf-8")
            continue
        shown = str(path.relative_to(ROOT))
        problems += [f"{shown} is out of date; run `make docs` and commit it."]
        problems += list(
            difflib.unified_diff(current.splitlines(), wanted.splitlines(), shown, "generated", lineterm="", n=0)
        )[:12]
    for line in problems:
        print(line)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
