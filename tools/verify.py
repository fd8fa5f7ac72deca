"""Runs the gates (`check`), the test suites (`test`) or both; everything runs, then one line counts it.

The closing line, `N passed, N failed`, counts tests and gates together, and the exit code is 0 only when nothing failed. A
suite that ends badly without naming a failed test, or that ran no test at all, counts as a failure.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / ".make"
BIN = Path(sys.executable).parent
WEB = ROOT / "web"


@dataclass(frozen=True)
class Command:
    """One program; `report` is the JUnit file it writes if it is a test suite."""

    name: str
    words: tuple[str, ...]
    folder: Path = ROOT
    report: Path | None = None


@dataclass
class Count:
    """What came out."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


def own(name: str, *words: str) -> Command:
    """One of our own programs in tools/."""
    return Command(name, (sys.executable, f"tools/{words[0]}", *words[1:]))


def python(name: str, program: str, *words: str) -> Command:
    """A program of the Python environment."""
    return Command(name, (str(BIN / program), *words))


def npm(name: str, script: str) -> Command:
    """A script of the web app."""
    return Command(name, ("npm", "run", "--silent", script), WEB)


GATES = (
    python("types", "mypy"),
    python("lint", "ruff", "check", "."),
    python("format", "ruff", "format", "--check", "--quiet", "."),
    python("layers", "lint-imports", "--no-cache"),
    own("unused code", "unused.py"),
    own("budgets", "budgets.py"),
    own("house rules", "lints.py"),
    own("generated client", "client.py"),
    own("generated docs", "docs.py"),
    npm("web lint, layers, sizes, messages", "lint"),
    npm("web types", "typecheck"),
)

PYTHON_TESTS, UNIT_TESTS, BROWSER_TESTS = (REPORTS / f"{name}.xml" for name in ("python", "web", "browser"))
SUITES = (
    Command("Python", (str(BIN / "pytest"), "-n", "2", "-q", f"--junitxml={PYTHON_TESTS}"), report=PYTHON_TESTS),
    Command(
        "web",
        ("npx", "vitest", "run", "--reporter=dot", "--reporter=junit", f"--outputFile.junit={UNIT_TESTS}"),
        WEB,
        UNIT_TESTS,
    ),
    Command(
        "browser",
        ("npm", "run", "--silent", "e2e", "--", "--reporter=default", "--reporter=junit",
         f"--outputFile.junit={BROWSER_TESTS}"),
        WEB,
        BROWSER_TESTS,
    ),
)  # fmt: skip


def run_gates() -> Count:
    """Two at a time; a gate's output shows only if it fails."""
    count = Count()

    def judge(gate: Command) -> None:
        began = time.monotonic()
        done = subprocess.run(gate.words, cwd=gate.folder, capture_output=True, text=True, check=False)
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"  {gate.name}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
        if done.returncode == 0:
            count.passed += 1
            return
        count.failed += 1
        print((done.stdout + done.stderr).rstrip(), flush=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(judge, GATES))
    return count


def run_suites() -> Count:
    """One after the other: each uses both cores already."""
    total = Count()
    for suite in SUITES:
        print(f"\n{suite.name} tests", flush=True)
        assert suite.report is not None
        suite.report.unlink(missing_ok=True)
        code = subprocess.run(suite.words, cwd=suite.folder, check=False).returncode
        count = read_report(suite.report)
        if count.failed == 0 and (code != 0 or count.passed == 0):
            print(f"{suite.name} tests ended with exit code {code} and {count.passed} passed tests.")
            count.failed = 1
        total.passed += count.passed
        total.failed += count.failed
        total.skipped += count.skipped
    if total.skipped:
        print(f"\n{total.skipped} skipped")
    return total


def read_report(path: Path) -> Count:
    """Count the cases of a JUnit file; none if it was not written."""
    if not path.exists():
        return Count()
    count = Count()
    for case in ElementTree.parse(path).iter("testcase"):  # noqa: S314  # written by our own run a moment ago
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed += 1
        elif case.find("skipped") is not None:
            count.skipped += 1
        else:
            count.passed += 1
    return count


def main(wanted: list[str]) -> int:
    """Run what was asked for and close with the sum."""
    REPORTS.mkdir(exist_ok=True)
    counts = [{"check": run_gates, "test": run_suites}[each]() for each in wanted]
    passed, failed = sum(each.passed for each in counts), sum(each.failed for each in counts)
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
