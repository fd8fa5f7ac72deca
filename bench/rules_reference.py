"""The drill of the rule engine: random rules over random streams, and the plain road beside it; any difference ends it.

python bench/rules_reference.py [STREAMS] [--seed FIRST]

STREAMS (50,000 without one; a million is the whole drill) are parted over the kinds and the processors. Streams have late, repeated
and disordered facts; batches are cut, states stored and brought back at random places. Every proof is evaluated again.
Repeat a stream by its seed.
"""

import argparse
import multiprocessing
import os
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Without this folder: the bench of rules would hide the tests' folder of the same name.
sys.path[:] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests"), *sys.path[1:]]

from rules.streams import KINDS, check  # noqa: E402

PIECE = 100
EACH = 5
"""Streams for each random rule: reading a rule takes longer than a stream."""


def piece(work: tuple[str, int, int]) -> tuple[str, int, int]:
    """Some streams of a kind: its name, how many there were, how many decisions."""
    kind, first, last = work
    rule, stream = KINDS[kind]
    decided = 0
    for seed in range(first, last):
        rng = random.Random(seed)
        document = rule(rng)
        for _ in range(EACH):
            decided += check(rng, document, stream(rng))
    return kind, (last - first) * EACH, decided


def main() -> None:
    """Prints how far it came; ends with an AssertionError that shows the rule, the stream and the difference."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("streams", nargs="?", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    each = -(-asked.streams // len(KINDS) // EACH)
    work = [
        (kind, asked.seed + first, asked.seed + min(first + PIECE, each))
        for first in range(0, each, PIECE)
        for kind in KINDS
    ]
    totals = dict.fromkeys(KINDS, (0, 0))
    started = time.monotonic()
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for number, (kind, streams, decisions) in enumerate(pool.imap_unordered(piece, work)):
            totals[kind] = (totals[kind][0] + streams, totals[kind][1] + decisions)
            if number % 100 == 99:
                print(f"{sum(each for each, _ in totals.values()):,} streams", flush=True)
    for kind, (streams, decisions) in totals.items():
        print(f"{kind:>10} {streams:>10,} streams {decisions:>10,} decisions, 0 differences")
    print(f"{time.monotonic() - started:,.0f} s")


if __name__ == "__main__":
    main()
