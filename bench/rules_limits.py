"""What the engine keeps to: memory of many rules over many keys, and other rules' time beside one that is poisoned.

    python bench/rules_limits.py [--rules 1000] [--keys 100000]

Memory: so many threshold rules and one average over a minute look at so many series, each of which has reported twice; every rule fires
for a hundred of them. Counted is what the process grows by once its modules are loaded, in a process of its own for each line. Poison:
fifty rules get batches of 1,000 events alone, and beside a rule that grows without end, stalls or reads what is not there. Times
are those of a batch from its arrival to the last decision of all rules, so the poison's own counts until it is taken out; processor
seconds, the two runs batch by batch in turn.
"""

import argparse
import gc
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Iterator
from typing import Final
from uuid import UUID

import numpy as np
import psutil

from opsloom.rules.document import RuleDocument
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.runtime import Runtime
from opsloom.rules.series import Series, SeriesTable, sample_batch

SECOND: Final = 1_000_000
PIECE: Final = 10_000
FIRING: Final = 100
METRIC = {"source": {"type": "metric", "metric": "cpu.usage"}}
AVERAGE = METRIC | {
    "kind": "aggregate",
    "window": {"type": "tumbling", "size_s": 60},
    "measures": [{"name": "mean", "function": "avg", "of": "value"}],
    "having": "mean > 1000000",
}
EVENTS = {"source": {"type": "event", "event_type": "t"}, "late_s": 0}
ALWAYS = {"name": "a", "condition": "data.n >= 0"}
POISONS: Final[dict[str, dict[str, object]]] = {
    "huge state": EVENTS
    | {
        "kind": "aggregate",
        "keys": ["subject"],
        "window": {"type": "hopping", "size_s": 1000, "slide_s": 1},
        "measures": [{"name": "s", "function": "stddev", "of": "data.n"}],
        "having": "s > 1",
    },
    "endless match": EVENTS
    | {
        "kind": "sequence",
        "keys": [],
        "steps": [ALWAYS, {"name": "b", "condition": "data.n = a.data.n + 1000"}],
        "within_s": 100_000,
    },
    "branching match": EVENTS
    | {
        "kind": "sequence",
        "keys": [],
        "steps": [
            ALWAYS | {"times": {"min": 1, "max": None}},
            {"name": "b", "condition": "data.n >= 0", "times": {"min": 1, "max": None}},
            {"name": "c", "condition": "data.n < 0"},
        ],
        "within_s": 100_000,
    },
    "catastrophic pattern": EVENTS
    | {"kind": "threshold", "keys": ["subject"], "condition": "data.k LIKE '%a%a%a%a%a%a%a%a%a%a%b'"},
    "null and zero": EVENTS
    | {"kind": "threshold", "keys": ["subject"], "condition": "data.n / data.zero > 1 OR data.no LIKE '%a%'"},
}


def program(document: dict[str, object], number: int) -> Program:
    """A document as rule number so and so."""
    return compile_rule(RuleDocument.model_validate(document).root, Identity(UUID(int=number), 1, f"rule {number}"))


def grown(rules: int, keys: int) -> int:
    """Bytes the process grows by."""
    gc.collect()
    own = psutil.Process()
    before = own.memory_info().rss
    runtime, table = Runtime(), SeriesTable()
    for number in range(rules):
        document = METRIC | {"kind": "threshold", "condition": f"value > {90 + number / rules * 9}", "cooldown_s": 60}
        runtime.add(program(document, number))
    runtime.add(program(AVERAGE, rules))
    codes = [table.add(Series(f"host-{number}", "cpu.usage", f"host-{number}")) for number in range(keys)]
    values = [100.0 if number < FIRING else 50.0 for number in range(keys)]
    for turn in range(2):
        for start in range(0, keys, PIECE):
            part = slice(start, start + PIECE)
            count = len(codes[part])
            batch = sample_batch(table, codes[part], [turn * SECOND] * count, values[part], [1] * count)
            _, failures = runtime.take(batch, turn * SECOND)
            assert not failures, failures
    assert sum(len(run.states) for run in runtime.runs.values()) == rules * min(FIRING, keys)
    gc.collect()
    return own.memory_info().rss - before


def _tell(rules: int, keys: int, answers: "multiprocessing.Queue[int]") -> None:
    answers.put(grown(rules, keys))


def memory(rules: int, keys: int) -> int:
    """The same in a process of its own."""
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_tell, args=(rules, keys, answers))
    process.start()
    found = answers.get(timeout=600)
    process.join()
    return found


def batches(count: int) -> Iterator[Batch]:
    """Events of a thousand subjects."""
    dice = np.random.default_rng(1)
    text = "a" * 200
    for number in range(count):
        values = dice.integers(0, 100, 1_000).tolist()
        yield Batch.of(
            [
                Fact(
                    (number * 1_000 + place) * SECOND // 100,
                    f"f{place}",
                    type="t",
                    subject=f"s{number % 50}-{place}",
                    data={"n": value, "k": text, "zero": 0},
                )
                for place, value in enumerate(values)
            ]
        )


def beside(poison: dict[str, object], count: int) -> tuple[float, float, float | None]:
    """99th percentiles alone and beside, in seconds, and how long the poisoned rule had been at work when it was taken out."""
    runtimes = Runtime(), Runtime()
    for runtime in runtimes:
        for number in range(50):
            document = EVENTS | {"kind": "threshold", "keys": ["subject"], "condition": f"data.n > {98 + number / 50}"}
            runtime.add(program(document, number))
    runtimes[1].add(program(poison, 1_000))
    spent: tuple[list[float], list[float]] = ([], [])
    out_s: float | None = None
    gc.collect()
    gc.freeze()
    for number, batch in enumerate(batches(count)):
        # A batch keeps what it has decoded, so each runtime gets one of its own.
        for runtime, times in sorted(zip(runtimes, spent, strict=True), key=lambda _: number % 2):
            own = Batch.of(list(batch.facts()))
            started = time.process_time()
            _, failures = runtime.take(own, 0)
            times.append(time.process_time() - started)
            for failure in failures:
                runtime.remove(failure.program.rule_id)
                out_s = sum(times)
    alone, together = (statistics.quantiles(times, n=100)[98] for times in spent)
    return alone, together, out_s


def main(rules: int, keys: int, count: int) -> None:
    """Measure and tell."""
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    figures: dict[str, object] = {"bench": "rules_limits"}
    for some, many in ((1, keys), (rules, keys)):
        size = memory(some, many) / 1e6
        print(f"{some:>6,} rules, {many:,} keys: {size:,.0f} MB more")
        figures[f"mb_{some}_rules"] = round(size)
    print(f"{'poison':<22}{'alone p99':>12}{'beside p99':>12}{'ratio':>8}{'taken out after':>18}")
    for name, poison in POISONS.items():
        alone, together, out_s = beside(poison, count)
        out = "was not" if out_s is None else f"{out_s:.2f} s"
        print(
            f"{name:<22}{alone * 1e3:>9.2f} ms{together * 1e3:>9.2f} ms{together / alone:>7.2f}x{out:>18}", flush=True
        )
    print(json.dumps(figures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--batches", type=int, default=500)
    given = parser.parse_args()
    main(given.rules, given.keys, given.batches)
