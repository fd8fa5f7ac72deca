"""One document over facts in order of their time, by the engine that runs live. Pure.

The clock is the facts' own. Facts are taken in large pieces; that changes no decision and no time of one, because deadlines are
passed at their own times whatever brings the clock beyond them. Only at the end a key's clock may lag by the length of a piece,
so time is let run on by that much, and what is decided beyond the end is left out.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from opsloom.rules.decisions import to_alert
from opsloom.rules.explain import Proof, holds_up
from opsloom.rules.facts import Batch
from opsloom.rules.lifecycle import Change
from opsloom.rules.moments import to_datetime
from opsloom.rules.program import Program
from opsloom.rules.run import Found
from opsloom.rules.runtime import Failure, Runtime
from opsloom.rules.simulation.schemas import SimulatedRule, WouldHaveFired

MOST_INTERVALS: Final = 500


class Simulation:
    """A document under way. `members` are the rules that it joins, if it joins others."""

    def __init__(self, rule: Program, members: Sequence[Program] = ()) -> None:
        self._rule = rule
        self._runtime = Runtime()
        for program in (*members, rule):
            self._runtime.add(program)
        self._table = self._runtime.runs[rule.rule_id].table
        self._firing: dict[int, WouldHaveFired] = {}
        self._intervals: deque[WouldHaveFired] = deque(maxlen=MOST_INTERVALS)
        self._failed: str | None = None
        self._fired = self._dropped = 0
        self._longest_us = 0
        self._end_us: int | None = None

    def take(self, batch: Batch) -> None:
        """Facts in order of their time, none older than those before; the clock is theirs."""
        if len(batch) == 0:
            return
        first, newest = int(batch.times[0]), int(batch.times[-1])
        self._longest_us = max(self._longest_us, newest - first)
        self.hear(batch, newest)

    def hear(self, batch: Batch, now_us: int) -> None:
        """Facts as they come in, at a time of the wall clock."""
        if self._failed is not None:
            return
        if len(batch):
            self._note(self._runtime.take(batch, now_us))
        self._note(self._runtime.tick(now_us))

    def finish(self, end_us: int) -> SimulatedRule:
        """Let time go on to the end."""
        self._end_us = end_us
        if self._failed is None:
            self._note(self._runtime.tick(end_us + self._longest_us))
        return self.so_far()

    def so_far(self) -> SimulatedRule:
        """What was found until now."""
        return SimulatedRule(
            fired=self._fired,
            pending_only=self._dropped,
            keys=len(self._table),
            late=self._table.late,
            intervals=list(self._intervals),
            failed=self._failed,
        )

    def _note(self, outcome: tuple[Iterable[Found], Iterable[Failure]]) -> None:
        found, failures = outcome
        for failure in failures:
            self._failed = self._failed or f"{failure.program.name}: {failure.error}"
        for one in found:
            beyond = self._end_us is not None and one.decision.at > self._end_us
            if one.program.rule_id == self._rule.rule_id and not beyond:
                self._step(one)

    def _step(self, found: Found) -> None:
        match found.decision.change:
            case Change.FIRED:
                self._fired += 1
                interval = self._firing[found.code] = shown(found)
                self._intervals.append(interval)
            case Change.RESOLVED if found.code in self._firing:
                self._firing.pop(found.code).resolved_at = to_datetime(found.decision.at)
            case Change.DROPPED:
                self._dropped += 1
            case _:
                return


def shown(found: Found) -> WouldHaveFired:
    """A firing as people see it."""
    alert = to_alert(found)
    proof = Proof.model_validate(alert.proof)
    return WouldHaveFired(
        key=alert.key,
        labels=found.table.labels[found.code],
        title=alert.title,
        started_at=alert.since,
        fired_at=alert.at,
        reason=found.decision.reason,
        proof=proof,
        proof_holds=holds_up(proof),
    )


def differing(
    mine: Sequence[WouldHaveFired], others: Sequence[WouldHaveFired]
) -> tuple[int, list[WouldHaveFired], list[WouldHaveFired]]:
    """How many overlap with one of the same key on the other side, and those that only one side has."""
    more = [one for one in mine if not _overlaps(one, others)]
    less = [one for one in others if not _overlaps(one, mine)]
    return len(mine) - len(more), more, less


def _overlaps(one: WouldHaveFired, others: Iterable[WouldHaveFired]) -> bool:
    return any(
        other.key == one.key
        and (other.resolved_at is None or other.resolved_at >= one.fired_at)
        and (one.resolved_at is None or one.resolved_at >= other.fired_at)
        for other in others
    )
