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

    def add(self, other: "Count") -> None:
        """Count what another counted as well."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


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
# Uses one core for most of its time, so it runs beside the gates when both are wanted.
UNITS = Command(
    "web",
    ("npx", "vitest", "run", "--reporter=dot", "--reporter=junit", f"--outputFile.junit={UNIT_TESTS}"),
    WEB,
    UNIT_TESTS,
)
SUITES = (
    # Each worker begins with one half of the modules: what a module starts (servers, databases) is started once, not twice.
    Command(
        "Python",
        (str(BIN / "pytest"), "-n", "2", "--dist", "worksteal", "-q", f"--junitxml={PYTHON_TESTS}"),
        report=PYTHON_TESTS,
    ),
    UNITS,
    Command(
        "browser",
        ("npm", "run", "--silent", "e2e", "--", "--reporter=default", "--reporter=junit",
         f"--outputFile.junit={BROWSER_TESTS}"),
        WEB,
        BROWSER_TESTS,
    ),
)  # fmt: skip


def run_gates(*suites: Command) -> Count:
    """Two at a time, and the suites with them; the output of each shows only if it fails."""

    def judge(each: Command) -> Count:
        began = time.monotonic()
        if each.report is not None:
            each.report.unlink(missing_ok=True)
        done = subprocess.run(each.words, cwd=each.folder, capture_output=True, text=True, check=False)
        found = outcome(each, done.returncode)
        verdict = "FAILED" if found.failed else "ok"
        tests = "" if each.report is None else f" tests, {found.passed} passed"
        print(f"  {each.name}{tests}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
        if found.failed:
            print((done.stdout + done.stderr).rstrip(), flush=True)
        return found

    total = Count()
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(judge, (*suites, *GATES)):
            total.add(found)
    return total


def run_suites(*suites: Command) -> Count:
    """One after the other: each uses both cores already."""
    total = Count()
    for suite in suites:
        print(f"\n{suite.name} tests", flush=True)
        assert suite.report is not None
        suite.report.unlink(missing_ok=True)
        code = subprocess.run(suite.words, cwd=suite.folder, check=False).returncode
        total.add(outcome(suite, code))
    return total


def outcome(command: Command, code: int) -> Count:
    """What one program came to: a gate is one thing that passes or fails, a suite is what its report holds."""
    if command.report is None:
        return Count(passed=int(code == 0), failed=int(code != 0))
    count = read_report(command.report)
    if count.failed == 0 and (code != 0 or count.passed == 0):
        print(f"{command.name} tests ended with exit code {code} and {count.passed} passed tests.", flush=True)
        count.failed = 1
    return count


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
    total = Count()
    if "check" in wanted:
        total.add(run_gates(*([UNITS] if "test" in wanted else [])))
    if "test" in wanted:
        total.add(run_suites(*(each for each in SUITES if "check" not in wanted or each is not UNITS)))
    if total.skipped:
        print(f"\n{total.skipped} skipped")
    print(f"\n{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
