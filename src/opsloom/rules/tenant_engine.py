"""The engine for one tenant: read what came, decide, and commit decisions, states and place in the feeds together.

The invariant: what is stored (place in the feeds, keys, states, alerts) is at every commit what evaluating the feeds up to
that place gives. Everything since is in memory only, so a crash loses nothing: the next owner reads the same facts again, and
they give the same decisions. A batch without decisions may therefore wait for its commit. The commit itself is refused when
another engine has moved the progress on (`revision`), and whoever is refused throws its memory away and loads again.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import service as alerts
from opsloom.alerts.schemas import Decision
from opsloom.assets import service as assets
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import recording, stream
from opsloom.infra.core import Core
from opsloom.infra.parts import AssetUsed, TraceKind
from opsloom.infra.telemetry import get_logger, note_failure, span
from opsloom.rules import loading, repository, saving
from opsloom.rules.decisions import to_alert
from opsloom.rules.feeds import EventFeed, Feed, Piece, SampleFeed
from opsloom.rules.kind import RULE
from opsloom.rules.moments import to_micros
from opsloom.rules.pace import LEAST, Pace, is_due
from opsloom.rules.performance import repository as meters
from opsloom.rules.performance.meters import EngineMeter, rows_of, sizes_of
from opsloom.rules.repository import Progress
from opsloom.rules.run import Found, RuleRun
from opsloom.rules.runtime import Failure, Runtime

log = get_logger(__name__)

_TOLD = 50
COUNT_EVERY_S = 5.0

_FACTS = Counter("opsloom_engine_facts_total", "Events and samples the rule engine has evaluated.", ["feed"])
_DECISIONS = Counter("opsloom_engine_decisions_total", "Decisions committed, by kind.", ["change"])
_BATCH_S = Histogram("opsloom_engine_batch_seconds", "Time to evaluate and commit one batch.")
_LATENCY_S = Histogram(
    "opsloom_engine_decision_latency_seconds",
    "From the time of the deciding fact to the commit of the decision.",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600),
)
_LAG_S = Gauge("opsloom_engine_lag_seconds", "Age of the newest fact evaluated, for the tenant furthest behind.")
_QUARANTINED = Counter("opsloom_rules_quarantined_total", "Rules that failed and were taken out of the running set.")


class OwnershipLost(Exception):
    """Another engine has moved this tenant on."""


@dataclass
class Pending:
    """What was decided in memory and is not committed yet."""

    found: list[Found] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    failed: list[RuleRun] = field(default_factory=list)
    moved: bool = False


class TenantEngine:
    """One tenant's rules at work. `load` first; after any error throw it away and make a new one."""

    def __init__(self, core: Core, tenant_id: UUID, *, batch: int = LEAST) -> None:
        self._core = core
        self.scope = Scope.system(tenant_id)
        self.runtime = Runtime()
        self._feeds: dict[str, Feed] = {"samples": SampleFeed(), "events": EventFeed()}
        self._paces = {name: Pace(batch) for name in self._feeds}
        self._stored: Progress | None = None
        self._places = {"samples": (0, 0), "events": (0, 0)}
        self._pending = Pending()
        self._committed_at = core.clock.monotonic()
        self._counted_at = float("-inf")
        self._meter = EngineMeter()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to watch for."""
        return not self.runtime.runs

    async def load(self) -> None:
        """Bring the running set to what is published, and states to what was stored. Raises OwnershipLost."""
        now = self._core.clock.now()
        async with self._core.db.transaction(self.scope) as session:
            loaded = await loading.load(session, self.scope, now)
            listeners = self._core.part(alerts.Listeners)
            await alerts.apply(session, self.scope, loaded.dropped, listeners)
            await alerts.withdraw_others(session, self.scope, loaded.in_force, now, listeners)
            await self._record_failures(session, loaded.failures, now)
            self.runtime = loaded.runtime
            self._stored = await repository.progress(session)
            if self._stored is not None:
                self._places = {"samples": self._stored.samples, "events": self._stored.events}
                self._stored = await self._move_on(session, now)

    async def step(self) -> bool:
        """Take in the next batch of each feed, or let time pass when there is none; tells whether there is more."""
        if self.idle:
            return False
        with span("rules.step", owner=self.scope), _BATCH_S.time():
            recording.nothing_happened()
            more = await self._take_in()
            if not more:
                self._note(self.runtime.tick(to_micros(self._core.clock.now())))
            if self._must_commit(more):
                await self._commit()
        return more

    async def flush(self) -> None:
        """Commit what could still wait."""
        if not self.idle:
            await self._commit(count=True)

    async def _take_in(self) -> bool:
        pieces: dict[str, Piece] = {}
        async with self._core.db.raw(self.scope) as connection:
            for name, feed in self._feeds.items():
                pieces[name] = await feed.read(connection, self.scope, self._places[name], self._paces[name].limit)
        for name, piece in pieces.items():
            if len(piece.batch):
                self._judge(name, piece)
        return any(piece.more for piece in pieces.values())

    def _judge(self, name: str, piece: Piece) -> None:
        count, now, started = len(piece.batch), to_micros(self._core.clock.now()), time.perf_counter()
        self._note(self.runtime.take(piece.batch, now))
        spent, newest = time.perf_counter() - started, int(piece.batch.times.max())
        self._meter.batch(count, spent, now, newest)
        if piece.more:
            self._paces[name].judged(count, spent)
        self._places[name] = piece.cursor
        self._pending.moved = True
        _FACTS.labels(name).inc(count)
        _LAG_S.set(max(0.0, (now - newest) / 1e6))

    def _note(self, outcome: tuple[list[Found], list[Failure]]) -> None:
        found, failures = outcome
        self._pending.found += found
        for failure in failures:
            run = self.runtime.runs.get(failure.program.rule_id)
            if run is not None:
                self.runtime.remove(failure.program.rule_id)
                self._pending.failures.append(failure)
                self._pending.failed.append(run)

    def _must_commit(self, more: bool) -> bool:
        pending = self._pending
        if pending.failures:
            return True
        decided = bool(pending.found) or any(run.dirty for run in self.runtime.runs.values())
        waited_s = self._core.clock.monotonic() - self._committed_at
        return is_due(waited_s, decided=decided, moved=pending.moved, more=more)

    async def _commit(self, *, count: bool = False) -> None:
        now = self._core.clock.now()
        count = count or self._core.clock.monotonic() - self._counted_at >= COUNT_EVERY_S
        pending, runtime = self._pending, self.runtime
        decisions = self._worded()
        _tell(decisions)
        for found in pending.found:
            run = runtime.runs.get(found.program.rule_id)
            if run is not None:
                run.counts.delay.add((to_micros(now) - found.decision.at) / 1e6)
        async with self._core.db.transaction(self.scope) as session:
            # The progress row first: a second engine waits on it here instead of on some alert.
            moved = await self._move_on(session, now)
            await alerts.apply(session, self.scope, decisions, self._core.part(alerts.Listeners))
            await saving.save(session, self.scope.tenant_id, runtime, pending.failed)
            if count:
                await repository.add_counts(session, runtime, now)
                await meters.add(session, self.scope.tenant_id, now, rows_of(runtime, self._meter))
                await meters.put_sizes(session, self.scope.tenant_id, now, sizes_of(runtime))
            await self._record_failures(session, pending.failures, now)
            await self.before_commit()
        self._settle(moved, now)
        if count:
            runtime.counted()
            self._meter = EngineMeter()
            self._counted_at = self._committed_at

    def _worded(self) -> list[Decision]:
        """What alerts are told. A rule whose words cannot be made fails like one whose condition cannot be evaluated."""
        decisions: list[Decision] = []
        for found in list(self._pending.found):
            try:
                decisions.append(to_alert(found))
            except Exception as error:  # noqa: BLE001  # boundary: the others go on; it is recorded with the commit
                self._note(([], [Failure(found.program, error)]))
        return decisions

    async def before_commit(self) -> None:
        """Where a test lets the engine die."""

    def _settle(self, moved: Progress, now: datetime) -> None:
        for found in self._pending.found:
            _DECISIONS.labels(found.decision.change).inc()
            _LATENCY_S.observe(max(0.0, (to_micros(now) - found.decision.at) / 1e6))
        self._stored, self._pending = moved, Pending()
        self._committed_at = self._core.clock.monotonic()
        for group in self.runtime.groups.values():
            group.table.settled()
        for run in self.runtime.runs.values():
            run.dirty.clear()
            run.detector.settled()

    async def _move_on(self, session: AsyncSession, now: datetime) -> Progress:
        revision = self._stored.revision + 1 if self._stored else 1
        new = Progress(revision, self._places["samples"], self._places["events"])
        if not await repository.advance(session, self.scope.tenant_id, self._stored, new, now):
            raise OwnershipLost("Another engine has moved this tenant on.")
        return new

    async def _record_failures(self, session: AsyncSession, failures: Sequence[Failure], now: datetime) -> None:
        """Quarantine: the rule waits until it is published again; its open alerts stay as they are."""
        for failure in failures:
            program, reason = failure.program, f"{type(failure.error).__name__}: {failure.error}"[:500]
            note_failure("rule", failure.error)
            _QUARANTINED.inc()
            log.error("rule.quarantined", rule_id=str(program.rule_id), rule=program.name, cause=reason)
            await repository.quarantine(session, program.rule_id, reason, now)
            asset = await assets.get(session, RULE, program.rule_id)
            if asset.published_version == program.version:
                await assets.report_fault(session, self.scope, asset, program.version, reason)
            detail = {"version": program.version, "reason": reason}
            await audit.record(session, self.scope, "rule.quarantined", "rule", program.rule_id, detail)
            message = {"type": "rule.quarantined", "id": str(program.rule_id), "name": program.name, "reason": reason}
            await stream.publish(session, self.scope.tenant_id, "rules", message)


def _tell(decisions: Sequence[Decision]) -> None:
    """What the trace of a round shows of its decisions."""
    if not decisions:
        return
    used = {AssetUsed("rule", one.rule_id, one.rule_name, one.rule_version) for one in decisions[:_TOLD]}
    recording.about(TraceKind.RULE, decisions[0].title, *sorted(used, key=lambda each: each.name))
    told = (
        {"rule": one.rule_name, "key": one.key, "step": one.step, "title": one.title, "at": one.at} for one in decisions
    )
    recording.keep(output=list(islice(told, _TOLD)), decisions=len(decisions))
