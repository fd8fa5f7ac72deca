"""House rules that no ready-made linter knows. Each rule reads a syntax tree and yields what it found.

The rules and their reasons: the environment is read in one place; one place commits; a broad catch is a boundary, says why
and leaves a trace; HTTP's own exception stays at the edge; a domain is used through its public modules only; a relationship
never loads by surprise; tests wait for conditions, not for time; lock files name no registry.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "opsloom"
SHARED = {"infra", "kit"}  # below the domains: everything in them is public
PUBLIC = {"service", "schemas", "errors"}
PUBLIC_BESIDE = {
    "identity": {"scope", "permissions", "access", "audit", "people"},
    "assets": {"code", "diff", "kinds", "tables", "views"},
    "apis": {"openapi"},
    "connections": {"catalog", "content", "vault"},
    "notifications": {"content", "held", "pages", "stages", "subject"},
}


@dataclass(frozen=True)
class Source:
    """One parsed file; `shown` is its path in the repository."""

    shown: str
    tree: ast.Module
    lines: list[str]

    @property
    def domain(self) -> str | None:
        """The domain folder it lies in, if it lies in one."""
        parts = self.shown.split("/")
        inside = parts[:2] == ["src", "opsloom"] and len(parts) > 3
        return parts[2] if inside and parts[2] not in SHARED else None


Finding = tuple[int, str]
Rule = Callable[[Source], Iterator[Finding]]


def environment_in_settings_only(source: Source) -> Iterator[Finding]:
    """`os.environ` and its relatives belong to settings.py."""
    if source.shown == "src/opsloom/settings.py":
        return
    for node in ast.walk(source.tree):
        if dotted(node) in {"os.environ", "os.getenv", "os.putenv", "os.environb"}:
            yield node.lineno, "reads the environment; only settings.py does"  # type: ignore[attr-defined]
        if isinstance(node, ast.ImportFrom) and node.module == "os" and {"environ", "getenv"} & names(node):
            yield node.lineno, "reads the environment; only settings.py does"


def one_place_commits(source: Source) -> Iterator[Finding]:
    """A request or job is one transaction; infra/db ends it."""
    if source.shown.startswith("src/opsloom/infra/db/"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield node.lineno, "commits; only infra/db does (use Database.transaction)"


def broad_catches_are_boundaries(source: Source) -> Iterator[Finding]:
    """Catching everything needs `# boundary: why` on the line, and the outcome must be logged, counted or raised on."""
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and dotted(node.func) in {"contextlib.suppress", "suppress"}
            and any(is_broad(each) for each in node.args)
        ):
            yield node.lineno, "suppresses everything; name the exceptions"
        if not isinstance(node, ast.ExceptHandler) or not is_broad(node.type):
            continue
        if isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None:
            continue
        if "# boundary: " not in source.lines[node.lineno - 1]:
            yield node.lineno, "catches everything without `# boundary: why`"
        elif not leaves_a_trace(node):
            yield node.lineno, "is a boundary but neither logs, records nor raises what it caught"


def is_broad(kind: ast.expr | None) -> bool:
    """Whether an except clause takes all exceptions."""
    if isinstance(kind, ast.Tuple):
        return any(is_broad(each) for each in kind.elts)
    return kind is None or dotted(kind) in {"Exception", "BaseException"}


def leaves_a_trace(handler: ast.ExceptHandler) -> bool:
    """Whether the handler uses the exception it caught, calls a log, or raises."""
    for node in ast.walk(ast.Module(handler.body, [])):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Name) and handler.name is not None and node.id == handler.name:
            return True
        if isinstance(node, ast.Call) and dotted(node.func).startswith(("log.", "_log.", "logger.")):
            return True
    return False


def http_exceptions_at_the_edge(source: Source) -> Iterator[Finding]:
    """Services raise our own errors; only routes (and what serves without the framework) may speak HTTP."""
    if source.shown.endswith(("/routes.py", "infra/brief.py", "infra/pages.py")):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if dotted(called).split(".")[-1] == "HTTPException":
                yield node.lineno, "raises HTTPException; raise an OpsloomError"


def domains_use_public_modules(source: Source) -> Iterator[Finding]:
    """Another domain's tables and queries are its own business."""
    if source.domain is None:
        return
    for node in ast.walk(source.tree):
        for target in imported(node):
            parts = target.split(".")
            if len(parts) < 3 or parts[0] != "opsloom" or parts[1] in {source.domain, *SHARED}:
                continue
            if not (PACKAGE / parts[1]).is_dir():
                continue
            of_a_part = len(parts) > 3 and parts[3] in PUBLIC  # opsloom.apis.workflows.service: a part's own interface
            if not of_a_part and parts[2] not in PUBLIC | PUBLIC_BESIDE.get(parts[1], set()):
                yield node.lineno, f"imports {target}; a domain is used through service and schemas"  # type: ignore[attr-defined]


def relationships_never_load_by_surprise(source: Source) -> Iterator[Finding]:
    """In an async session a lazy load fails at a distance; say `lazy="raise"`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "relationship":
            given = {word.arg: word.value for word in node.keywords}
            lazy = given.get("lazy")
            if not (isinstance(lazy, ast.Constant) and lazy.value == "raise"):
                yield node.lineno, 'declares a relationship without lazy="raise"'


def tests_wait_for_conditions(source: Source) -> Iterator[Finding]:
    """A sleep is either too short or too long; only between two looks at a condition (in a `while`) it does no harm."""
    polling = {id(inner) for loop in ast.walk(source.tree) if isinstance(loop, ast.While) for inner in ast.walk(loop)}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or dotted(node.func) not in {"time.sleep", "asyncio.sleep", "sleep"}:
            continue
        yields = bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
        if not yields and id(node) not in polling:
            yield node.lineno, "sleeps; wait for a condition (tests/fixtures/waiting.py)"


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names, else nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def names(node: ast.ImportFrom) -> set[str]:
    """What an import statement brings in."""
    return {each.name for each in node.names}


def imported(node: ast.AST) -> list[str]:
    """Full names a statement imports: `from a import b` may bring the module a.b."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
        return [f"{node.module}.{each.name}" for each in node.names]
    return []


PRODUCT_RULES: tuple[Rule, ...] = (
    environment_in_settings_only,
    one_place_commits,
    broad_catches_are_boundaries,
    http_exceptions_at_the_edge,
    domains_use_public_modules,
    relationships_never_load_by_surprise,
)
TEST_RULES: tuple[Rule, ...] = (tests_wait_for_conditions,)
_ADDRESS = {
    ".txt": re.compile(r"https?://|--(?:extra-)?index-url|--find-links|\bfile:"),
    ".json": re.compile(r'"resolved":'),
}
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


def check_tree(folder: Path, rules: tuple[Rule, ...]) -> Iterator[str]:
    """All findings of some rules in one folder."""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        source = Source(path.relative_to(ROOT).as_posix(), ast.parse(text), text.splitlines())
        for rule in rules:
            for line, sentence in rule(source):
                yield f"{source.shown}:{line}: {sentence}"


def check_locks() -> Iterator[str]:
    """A lock file names versions and hashes; where packages come from is the machine's own setting."""
    for path in [
        *ROOT.glob("requirements*.txt"),
        *ROOT.glob("web/package-lock.json"),
        *ROOT.glob("web/tools/*/package-lock.json"),
    ]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if _ADDRESS[path.suffix].search(line):
                yield f"{path.relative_to(ROOT)}:{number}: names an address; use `make lock`"


def check_unfinished() -> Iterator[str]:
    """Work that is not done is an issue, not a comment."""
    for folder, kinds in (
        ("src", ("py",)),
        ("tests", ("py",)),
        ("web/src", ("ts", "tsx")),
        ("migrations", ("py", "sql")),
    ):
        for path in sorted(each for kind in kinds for each in (ROOT / folder).rglob(f"*.{kind}")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if _UNFINISHED.search(line):
                    yield f"{path.relative_to(ROOT)}:{number}: leaves a note of unfinished work"


def main() -> int:
    """Print every finding."""
    found = [
        *check_tree(PACKAGE, PRODUCT_RULES),
        *check_tree(ROOT / "tests", TEST_RULES),
        *check_locks(),
        *check_unfinished(),
    ]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
