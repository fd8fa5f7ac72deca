"""The evaluator behind placeholders keeps to itself."""

import subprocess
import sys

PROGRAM = """
import sys
from opsloom.assets.code.placeholders import evaluate
before = sys.getrecursionlimit()
print(evaluate("params.cpu + 1", {"params": {"cpu": 1}}), sys.getrecursionlimit() == before)
"""


def test_evaluating_leaves_the_interpreters_depth_as_it_was() -> None:
    """In a fresh process: the library lifts the limit when it is first imported."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "True"]
