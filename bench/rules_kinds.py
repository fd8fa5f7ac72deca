"""Rules of several kinds over one stream: the engine's runtime against a plain Python loop, in one run, with equal results.

python bench/rules_kinds.py [EVENTS]

Five sets: 100 thresholds, a tumbling average of a minute, a hopping one of five minutes every minute, a high value followed by a low one
within a minute, and a high one that is not. A thousand hosts report every ten seconds. Facts are in memory as the feed hands them
over; measured is processor time from there to decisions (keys, windows, runs, lifecycle, evidence). The loop is written for exactly
these five questions: dicts by host, no lateness, no evidence, no lifecycle but firing or not, nothing that could be stored.
"""

import gc
import random
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from uuid import UUID

from opsloom.rules.document import RuleDocument
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.program import Identity, Program, compile_rule
from opsloom.rules.runtime import Runtime
from opsloom.rules.series import Series, SeriesTable, sample_batch

HOSTS = 1_000
STEP_US = 10_000
MINUTE_US = 60_000_000
BATCHES = (100, 1_000, 10_000)
HIGH, LOW, WARM = 95.0, 5.0, 66.0
Fired = list[tuple[int, str, int]]
Loop = Callable[[list[Fact]], Fired]

SOURCE = {"source": {"type": "metric", "metric": "cpu.usage"}}
AVERAGE = SOURCE | {
    "kind": "aggregate",
    "measures": [{"name": "a", "function": "avg", "of": "value"}],
    "having": f"a > {WARM}",
}
SETS: dict[str, list[dict[str, object]]] = {
    "100 thresholds": [
        SOURCE | {"kind": "threshold", "condition": f"value > {HIGH + number / 20} AND item = 'host-{number}'"}
        for number in range(100)
    ],
    "tumbling average": [AVERAGE | {"window": {"type": "tumbling", "size_s": 60}}],
    "hopping average": [AVERAGE | {"window": {"type": "hopping", "size_s": 300, "slide_s": 60}}],
    "sequence": [
        SOURCE
        | {
            "kind": "sequence",
            "steps": [{"name": "a", "condition": f"value > {HIGH}"}, {"name": "b", "condition": f"value < {LOW}"}],
            "within_s": 60,
            "resolve_after_s": 0,
        }
    ],
    "absence": [
        SOURCE | {"kind": "absence", "after": f"value > {HIGH}", "expect": f"value < {LOW}", "within_s": 60},
    ],
}


def facts(count: int) -> list[Fact]:
    """Values around 50; about one in a hundred is high, as many low."""
    rng = random.Random(1)
    names = [f"host-{number}" for number in range(HOSTS)]
    made = []
    for position in range(count):
        host = names[position % HOSTS] if rng.random() < 0.9 else rng.choice(names)
        value = round(rng.gauss(50, 18.5) * 8) / 8  # eighths add up exactly in any order
        made.append(Fact(position * STEP_US, str(position), metric="cpu.usage", value=value, item=host, series=host))
    return made


def thresholds(stream: list[Fact]) -> Fired:
    """Every rule is asked about every fact, as compiled closures."""
    asked = [_above(HIGH + number / 20, f"host-{number}") for number in range(100)]
    firing: set[int] = set()
    fired: Fired = []
    for fact in stream:
        for number, (host, holds) in enumerate(asked):
            if holds(fact):
                if number not in firing:
                    firing.add(number)
                    fired.append((number, host, fact.time))
            elif number in firing and fact.series == host:
                firing.discard(number)
    return fired


def _above(limit: float, host: str) -> tuple[str, Callable[[Fact], bool]]:
    return host, lambda fact: fact.value is not None and fact.value > limit and fact.item == host


class Minutes:
    """The last few minutes of each host, and which hosts are warm."""

    def __init__(self, panes: int) -> None:
        self.panes = panes
        self.kept: dict[str, deque[list[float]]] = {}
        self.firing: set[str] = set()
        self.fired: Fired = []

    def close(self, host: str, own: deque[list[float]]) -> None:
        """Judge the window that ends with the host's minute."""
        number, total = sum(pane[1] for pane in own), sum(pane[2] for pane in own)
        if not number:
            return
        if total / number <= WARM:
            self.firing.discard(host)
        elif host not in self.firing:
            self.firing.add(host)
            self.fired.append((0, host, int(own[-1][0] + 1) * MINUTE_US))

    def move(self, host: str, own: deque[list[float]], minute: int) -> None:
        """Come to a later minute."""
        while own[-1][0] < minute and any(pane[1] for pane in own):
            self.close(host, own)
            own.append([own[-1][0] + 1, 0, 0.0])
        own[-1][0] = max(own[-1][0], minute)

    def run(self, stream: list[Fact]) -> Fired:
        """All of it."""
        for fact in stream:
            minute, own = fact.time // MINUTE_US, self.kept.get(fact.series)
            if own is None:
                own = self.kept[fact.series] = deque([[minute, 0, 0.0]], maxlen=self.panes)
            elif own[-1][0] < minute:
                self.move(fact.series, own, minute)
            own[-1][1] += 1
            own[-1][2] += fact.value or 0.0
        for host, own in self.kept.items():
            self.move(host, own, int(own[-1][0]) + self.panes + 1)
        return self.fired


def sequences(stream: list[Fact]) -> Fired:
    """High values of each host that may still be followed."""
    waiting: dict[str, list[int]] = {}
    fired: Fired = []
    for fact in stream:
        value = fact.value
        if value is None or LOW <= value <= HIGH:
            continue
        own = waiting.setdefault(fact.series, [])
        while own and fact.time - own[0] >= MINUTE_US:
            own.pop(0)
        if value > HIGH:
            own.append(fact.time)
        elif own:
            fired.append((0, fact.series, fact.time))
            own.clear()
    return fired


def absences(stream: list[Fact]) -> Fired:
    """The first high value of each host that no low one has followed."""
    begun: dict[str, int] = {}
    overdue: set[str] = set()
    fired: Fired = []

    def fall_due(host: str, since: int) -> None:
        if host not in overdue:
            overdue.add(host)
            fired.append((0, host, since + MINUTE_US))

    for fact in stream:
        value, host = fact.value, fact.series
        if value is None or LOW <= value <= HIGH:
            continue
        since = begun.get(host)
        if since is not None and since + MINUTE_US <= fact.time:
            fall_due(host, since)
        if value < LOW:
            begun.pop(host, None)
            overdue.discard(host)
        elif since is None:
            begun[host] = fact.time
    for host, since in begun.items():
        fall_due(host, since)
    return fired


LOOPS: dict[str, Loop] = {
    "100 thresholds": thresholds,
    "tumbling average": lambda stream: Minutes(1).run(stream),
    "hopping average": lambda stream: Minutes(5).run(stream),
    "sequence": sequences,
    "absence": absences,
}


def batches(stream: list[Fact], size: int) -> list[Batch]:
    """The stream as the feed hands it over, so many samples at a time."""
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


def with_engine(programs: list[Program], pieces: list[Batch], end: int) -> tuple[float, Fired]:
    """Processor seconds, and what fired."""
    runtime = Runtime()
    for program in programs:
        runtime.add(program)
    fired: Fired = []
    gc.collect()
    gc.freeze()
    started = time.process_time()
    for piece in pieces:
        arrived = int(piece.times[-1])
        for found, failures in (runtime.take(piece, arrived), runtime.tick(arrived)):
            assert not failures, failures
            fired += [
                (one.program.rule_id.int, one.table.texts[one.code], one.decision.at)
                for one in found
                if one.decision.change == "fired"
            ]
    found, _ = runtime.tick(end)
    spent = time.process_time() - started
    return spent, fired + [
        (one.program.rule_id.int, one.table.texts[one.code], one.decision.at)
        for one in found
        if one.decision.change == "fired"
    ]


def with_loops(loops: list[Loop], stream: list[Fact]) -> tuple[float, Fired]:
    """The same by loops, one after the other."""
    gc.collect()
    gc.freeze()
    started = time.process_time()
    fired = [one for number, loop in enumerate(loops) for one in _numbered(loop(stream), number * 1_000)]
    return time.process_time() - started, fired


def _numbered(fired: Fired, first: int) -> Fired:
    return [(first + number, host, at) for number, host, at in fired]


def compiled(sets: list[str]) -> list[Program]:
    """The rules of sets; those of a set have numbers from a thousand of its own on."""
    return [
        compile_rule(RuleDocument.model_validate(document).root, Identity(UUID(int=number * 1_000 + place), 1, "rule"))
        for number, name in enumerate(sets)
        for place, document in enumerate(SETS[name])
    ]


def lines(count: int) -> Iterator[str]:
    """The table, row by row."""
    stream = facts(count)
    end = stream[-1].time + 10 * MINUTE_US
    pieces = {size: batches(stream, size) for size in BATCHES}
    yield f"{'set':>17} {'':>17} {'events/s':>12} {'fired':>8} {'against the loop':>17}"
    for names in (*([name] for name in SETS), list(SETS)):
        title = names[0] if len(names) == 1 else "all five"
        loop_s, expected = with_loops([LOOPS[name] for name in names], stream)
        yield f"{title:>17} {'plain loop':>17} {count / loop_s:>12,.0f} {len(expected):>8,} {1:>16.1f}x"
        programs = compiled(names)
        for size in BATCHES:
            spent, fired = with_engine(programs, pieces[size], end)
            assert sorted(fired) == sorted(expected), f"{title}, batches of {size}: the results differ"
            yield f"{'':>17} {f'batches of {size}':>17} {count / spent:>12,.0f} {len(fired):>8,} {loop_s / spent:>16.1f}x"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    print(
        f"rules of five sets, {count:,} samples of {HOSTS:,} hosts in memory, CPU seconds of one core; all results checked equal"
    )
    for line in lines(count):
        print(line, flush=True)


if __name__ == "__main__":
    main()
