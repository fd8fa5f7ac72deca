"""Resolves requirements*.in into exact versions with hashes. The files say what, never from where."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"


def main() -> int:
    """Lock production first: development is resolved on top of it."""
    for name in ("requirements", "requirements-dev"):
        target = ROOT / f"{name}.txt"
        command = [str(UV), "pip", "compile", f"{name}.in", "--output-file", str(target), "--quiet", "--generate-hashes",
                   "--no-emit-index-url", "--no-annotate", "--no-header", "--python-version", "3.11"]  # fmt: skip
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code != 0:
            return code
        kept = [
            line for line in target.read_text().splitlines() if not line.startswith(("--index", "--extra", "--find"))
        ]
        target.write_text("\n".join(kept) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
