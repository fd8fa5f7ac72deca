"""Threshold rules: the engine's runtime against a plain Python loop, in one run, with equal results.

python bench/rules.py [EVENTS]

Facts are in memory as the feed of samples hands them over, in columns; what is measured goes from there to decisions (keys,
conditions, state machine, evidence), without the database. A thousand hosts report a value that seldom passes a threshold. With
one rule it is for all hosts, with more each rule is for one host. The loop holds the same rules as compiled closures and the same
states in dicts; with 10,000 rules it gets fewer events, since it asks every rule about every event.
"""

import gc
import random
import sys
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from opsloom.rules.document import RuleDocument
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.runtime import Runtime
from opsloom.rules.series import Series, SeriesTable, sample_batch

HOSTS = 1000
STEP_US = 1_000
BATCHES = (1, 100, 1_000, 10_000)
LOOP_BUDGET = 20_000_000
"""How many times the loop may ask a rule about an event."""

Verdicts = list[tuple[int, str, int, bool]]
Cost = tuple[float, Verdicts]


def facts(count: int) -> list[Fact]:
    """About one event in two thousand is high."""
    rng = random.Random(1)
    names = [f"host-{number}" for number in range(HOSTS)]
    made = []
    for position in range(count):
        host = rng.choice(names)
        value = rng.uniform(85, 100) if rng.random() < 0.0005 else rng.gauss(35, 10)
        made.append(Fact(position * STEP_US, str(position), metric="cpu.usage", value=value, item=host, series=host))
    return made


def rules(count: int) -> list[tuple[float, str | None]]:
    """Threshold and host; None is every host."""
    rng = random.Random(2)
    return [(rng.uniform(80, 99), None if count == 1 else f"host-{number % HOSTS}") for number in range(count)]


def compiled(wanted: list[tuple[float, str | None]]) -> list[Program]:
    programs = []
    for number, (threshold, host) in enumerate(wanted):
        condition = f"value > {threshold!r}" + (f" AND item = '{host}'" if host else "")
        source = {"type": "metric", "metric": "cpu.usage"}
        rule = RuleDocument.model_validate({"kind": "threshold", "source": source, "condition": condition}).root
        programs.append(compile_rule(rule, Identity(UUID(int=number), 1, f"rule {number}")))
    return programs


def batches(stream: list[Fact], size: int) -> list[Batch]:
    """The stream as the feed would hand it over, so many samples at a time."""
    table = SeriesTable()
    codes: dict[str, int] = {}
    for fact in stream:
        if fact.series not in codes:
            codes[fact.series] = table.add(Series(fact.series, str(fact.metric), fact.item))
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    return [
        sample_batch(
            table,
            [codes[fact.series] for fact in piece],
            [fact.time for fact in piece],
            [fact.value for fact in piece],
            [int(fact.ref) for fact in piece],
        )
        for piece in pieces
    ]


def with_engine(programs: list[Program], stream: list[Fact], size: int) -> Cost:
    """CPU seconds and verdicts: rule, host, time, whether it fired (or resolved)."""
    runtime = Runtime()
    for program in programs:
        runtime.add(program)
    runtime.take(Batch.of([stream[0]._replace(value=0.0, time=-1)]), 0)  # builds the index, as publishing does
    verdicts: Verdicts = []
    pieces = batches(stream, size)
    gc.collect()
    gc.freeze()  # the bench's own facts are no part of what a server would walk over
    started = time.process_time()
    for piece in pieces:
        found, failures = runtime.take(piece, int(piece.times[0]))
        assert not failures, failures
        verdicts += [
            (one.program.rule_id.int, one.table.texts[one.code], one.decision.at, one.decision.change == "fired")
            for one in found
        ]
    return time.process_time() - started, verdicts


def with_loop(wanted: list[tuple[float, str | None]], stream: list[Fact]) -> Cost:
    """The same by asking every rule about every event."""
    asked = [_closure(threshold, host) for threshold, host in wanted]
    firing: list[set[str]] = [set() for _ in wanted]
    verdicts: Verdicts = []
    gc.collect()
    gc.freeze()
    started = time.process_time()
    for fact in stream:
        key = fact.series
        for number, holds in enumerate(asked):
            if holds(fact):
                if key not in firing[number]:
                    firing[number].add(key)
                    verdicts.append((number, key, fact.time, True))
            elif key in firing[number]:
                firing[number].discard(key)
                verdicts.append((number, key, fact.time, False))
    return time.process_time() - started, verdicts


def _closure(threshold: float, host: str | None) -> Callable[[Fact], bool]:
    if host is None:
        return lambda fact: fact.value is not None and fact.value > threshold
    return lambda fact: fact.value is not None and fact.value > threshold and fact.item == host


def lines(count: int) -> Iterator[str]:
    """The table, row by row."""
    stream = facts(count)
    yield f"{'rules':>7} {'engine':>22} {'events':>9} {'events/s':>12} {'us/batch':>10} {'against the loop':>17}"
    for number in (1, 100, 10_000):
        wanted = rules(number)
        programs = compiled(wanted)
        few = stream[: max(1, min(count, LOOP_BUDGET // number))]
        loop_s, expected = with_loop(wanted, few)
        loop_rate = len(few) / loop_s
        yield f"{number:>7} {'plain Python loop':>22} {len(few):>9} {loop_rate:>12,.0f} {'':>10} {1:>16.1f}x"
        for batch in BATCHES:
            _, same = with_engine(programs, few, batch)
            assert sorted(same) == sorted(expected), f"{number} rules, batches of {batch}: the results differ"
            part = stream[: count // 10] if batch == 1 else stream
            spent, _ = with_engine(programs, part, batch)
            rate, each = len(part) / spent, spent / (len(part) / batch) * 1e6
            name = f"batches of {batch}"
            yield f"{number:>7} {name:>22} {len(part):>9} {rate:>12,.0f} {each:>10,.0f} {rate / loop_rate:>16.1f}x"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    print(
        f"threshold rules, {count:,} events in memory, {HOSTS} hosts, CPU seconds of one core; all results checked equal"
    )
    for line in lines(count):
        print(line, flush=True)


if __name__ == "__main__":
    main()
