"""Runs every benchmark and puts the figures into docs/figures.md, with the machine they were measured on.

python bench/run.py [--drills] [--only NAME …] [--write]
"""

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures.md"
BEGIN, END = "<!-- measured: make bench -->", "<!-- end of the measured part -->"
BENCHES = (
    "ingest",
    "intake",
    "rules",
    "rules_kinds",
    "anomaly",
    "rules_limits",
    "rules_live",
    "apis",
    "apis_isolation",
    "ask",
    "assets",
    "as_code",
    "catalogs",
    "read_latency",
    "memory",
    "first_run",
    "workflows",
    "kill_ingest",
    "kill_workflows",
    "kill_alerts",
    "rules_reference",
)
DRILLS = ("kill_ingest", "kill_workflows", "kill_alerts", "rules_reference")


def machine() -> str:
    """What the figures depend on, in one line."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} x {model}, {memory:.0f} GiB, Python {platform.python_version()}, "
        f"load {load:.1f} before, {datetime.now(UTC):%Y-%m-%d}"
    )


def run(name: str) -> tuple[int, str]:
    """One benchmark; its output is shown as it comes and kept."""
    print(f"\n== {name}", flush=True)
    process = subprocess.Popen(
        [sys.executable, f"bench/{name}.py"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    kept = []
    for line in process.stdout:
        print(line, end="", flush=True)
        kept.append(line)
    return process.wait(), "".join(kept)


def write(parts: dict[str, str], where: str) -> None:
    """Replace the sections that were measured now; the others stay."""
    text = FIGURES.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    sections = dict(section.split("\n", 1) for section in old.split("\n## ")[1:])
    for name, output in parts.items():
        sections[name] = f"\n{where}\n\n```text\n{output.strip()}\n```\n"
    body = "".join(f"\n## {name}\n{sections[name].rstrip()}\n" for name in BENCHES if name in sections)
    FIGURES.write_text(f"{before}{BEGIN}\n{body}\n{END}{after}", encoding="utf-8")


def main(names: tuple[str, ...], *, keep: bool) -> int:
    """Run them one after the other: each wants the machine to itself."""
    parts, failed = {}, []
    for name in names:
        where = machine()
        code, output = run(name)
        if code == 0:
            parts[name] = output
        else:
            failed.append(name)
        if keep and code == 0:
            write({name: output}, where)
    print(f"\n{len(parts)} measured, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drills", action="store_true", help="only the drills")
    parser.add_argument("--only", nargs="+", choices=BENCHES, default=BENCHES)
    parser.add_argument("--write", action="store_true", help="put the figures into docs/figures.md")
    given = parser.parse_args()
    sys.exit(main(DRILLS if given.drills else tuple(given.only), keep=given.write))
