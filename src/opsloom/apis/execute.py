"""The one executor: (API version, caller, values) → answer, for every way an API is called.

Invariant: each call ends in exactly one log row, whatever happened, and a failure is never an answer. The order is fixed:
rate, parameters, cache, breaker, bulkhead, engine; what refuses first costs least. Only running out of time counts against
an API's breaker: a value that divides by zero says nothing about the next call, and a lost database is everybody's.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from prometheus_client import Counter, Histogram

from opsloom.apis.cache import AnswerCache
from opsloom.apis.engines.protocol import Asker, EngineCall, EngineResult, StreamProgram, Writes
from opsloom.apis.errors import CallsLimited
from opsloom.apis.kept import BYPASS, GIVEN_AGAIN, KeptAnswers
from opsloom.apis.params import Facts, Values
from opsloom.apis.published import Served
from opsloom.apis.rates import Buckets, Quota
from opsloom.apis.run_log import RunLog, RunRow
from opsloom.apis.streams import StreamRun
from opsloom.identity.scope import Scope
from opsloom.infra import recording
from opsloom.infra.parts import AssetUsed, TraceKind
from opsloom.infra.telemetry import note_failure
from opsloom.kit.clock import Clock
from opsloom.kit.errors import DeadlinePassed, ExternalServiceFailed, OpsloomError
from opsloom.kit.ids import new_id
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.board import BreakerBoard, Outcome
from opsloom.kit.resilience.bulkhead import BulkheadPolicy, Bulkheads
from opsloom.kit.resilience.retry import RetryPolicy, retrying

_RUNS = Counter("opsloom_api_runs_total", "Runs of published APIs and drafts.", ["status", "cache"])
_SECONDS = Histogram(
    "opsloom_api_run_seconds", "Time of a run.", buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2, 10)
)
_CLIENT_LEFT = 499
_UNFORESEEN = (500, "internal", "")
_NOTHING, _SUCCEEDED = Outcome.NOTHING, Outcome.SUCCEEDED


@dataclass(frozen=True, slots=True)
class Way:
    """How a call came in, for the log. `read` gives its values and raises ParametersInvalid."""

    method: str
    path: str
    read: Callable[[], Values]
    may_cache: bool = True
    idempotency_key: str | None = None
    writes: Writes = Writes.NEVER
    address: str = ""


@dataclass(slots=True)
class Run:
    """The answer to a call, and what it took."""

    result: EngineResult
    cache: str
    quota: Quota | None
    total_ms: float
    row: RunRow | None = None

    def answered(self, serialise_ms: float) -> None:
        """Making the answer took so long. The row is written a moment later, so its log still learns of it."""
        if self.row is not None:
            self.row.serialise_ms = round(serialise_ms, 3)

    def unanswerable(self, error: OpsloomError) -> None:
        """It ran, and its answer could not be made; the log tells what the caller was told."""
        if self.row is not None:
            self.row.status, self.row.code, self.row.detail = error.status, error.code, error.message[:500]
            self.row.logged = True

    @property
    def body(self) -> bytes:
        """The answer as it leaves: the rows PostgreSQL made, and whether there were more; or what a script gave."""
        if self.result.whole:
            return self.result.body
        truncated = b"true" if self.result.truncated else b"false"
        return b"".join(
            (b'{"items":', self.result.body, b',"row_count":%d,"truncated":%s}' % (self.result.rows, truncated))
        )

    @property
    def server_timing(self) -> str:
        result = self.result
        if self.cache in GIVEN_AGAIN:
            return f"total;dur={self.total_ms:.2f}"
        return f"queue;dur={result.queue_ms:.2f}, db;dur={result.database_ms:.2f}, total;dur={self.total_ms:.2f}"


@dataclass(slots=True)
class _Progress:
    """What is known of a call so far, for its log row."""

    started: float
    values: Values = field(default_factory=dict)
    quota: Quota | None = None
    cache: str = BYPASS
    result: EngineResult | None = None
    guard_ms: float | None = None
    run: Run | None = None

    @property
    def so_far_ms(self) -> float:
        return round((time.perf_counter() - self.started) * 1e3, 3)


def _ended_by(error: BaseException) -> tuple[int, str, str]:
    """Status, code and detail of the log row of a call that ended by an error; one that nobody foresaw is counted."""
    if isinstance(error, OpsloomError):
        return error.status, error.code, error.message
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        return _CLIENT_LEFT, "client_left", ""
    if isinstance(error, Exception):
        note_failure("apis.execute", error)
    return _UNFORESEEN


class Executor:
    """The executor of one process."""

    def __init__(self, clock: Clock, board: BreakerBoard, run_log: RunLog, cache: AnswerCache | None = None) -> None:
        self._clock = clock
        self._board = board
        self._log = run_log
        self._kept = KeptAnswers(clock.monotonic, cache)
        self._buckets = Buckets()
        self._bulkheads: dict[int, Bulkheads] = {}
        self._counters: dict[tuple[int, str], Counter] = {}

    async def run(self, served: Served, scope: Scope, way: Way) -> Run:
        """Answer one call. Raises errors of the families; CallsLimited carries the quota."""
        progress = _Progress(time.perf_counter())
        ended = _UNFORESEEN
        try:
            result = await self._answer(served, scope, way, progress)
            ended = (result.status, "", "")
            progress.run = Run(result, progress.cache, progress.quota, (time.perf_counter() - progress.started) * 1e3)
            return progress.run
        except BaseException as error:  # boundary: whatever an engine raises, the call is logged before it goes on up
            ended = _ended_by(error)
            raise
        finally:
            self._note(served, scope, way, progress, ended)

    @asynccontextmanager
    async def stream(self, served: Served, scope: Scope, way: Way) -> AsyncIterator[StreamRun]:
        """A call whose rows leave while they are read; its log row is written when the block ends, however it ends. Raises as
        `run`, also from inside; the first rows are there when the block begins, so what fails at once fails before it."""
        policy, program = served.definition.stream, served.program
        assert policy is not None
        assert isinstance(program, StreamProgram)
        progress = _Progress(time.perf_counter())
        ended = _UNFORESEEN
        run = StreamRun(policy)
        try:
            run.quota = self._take(served, scope, way.address)
            values = progress.values = self._values(served, scope, way)
            progress.guard_ms = progress.so_far_ms
            async with self._admitted(served), run.limited(), aclosing(program.rows(
                EngineCall(served.tenant_id, values, served.pace, None), policy)) as parts:  # fmt: skip
                await run.begin(parts)
                progress.run = Run(EngineResult(b"", 0, False, 0, 0), progress.cache, run.quota, progress.so_far_ms)
                yield run
            ended = (200, "", "")
        except BaseException as error:  # boundary: whatever an engine raises, the call is logged before it goes on up
            ended = _ended_by(error)
            raise
        finally:
            row = self._note(served, scope, way, progress, ended)
            row.rows, row.bytes, row.database_ms = run.rows, run.bytes, round(run.reading_ms, 3)

    @asynccontextmanager
    async def _admitted(self, served: Served) -> AsyncIterator[None]:
        """A permit of the API's breaker and one of its places. How long a stream lasts is also its reader's doing, so it says
        nothing about the API's pace."""
        breaker = f"api:{served.tenant_id}:{served.api_id}"
        permit = self._board.admit(breaker, served.breaker_policy)
        outcome = Outcome.NOTHING
        try:
            async with self._bulkhead(served).slot(breaker):
                yield
            outcome = Outcome.SUCCEEDED
        except (DeadlinePassed, ExternalServiceFailed):
            outcome = Outcome.FAILED
            raise
        finally:
            self._board.report(breaker, permit, outcome)

    def _values(self, served: Served, scope: Scope, way: Way) -> Values:
        """What the call gave, and what the server knows of it."""
        values = way.read()
        if served.reader.is_filled:
            actor = scope.actor
            facts = Facts(actor.name, actor.user_id or actor.id, served.tenant_id, self._clock.now())
            values = served.reader.filled(values, facts)
        return values

    def refuse(self, scope: Scope, way: Way, error: OpsloomError, served: Served | None = None) -> None:
        """Log a call that never got as far as running: nothing at the path, the wrong method, a body that cannot be read."""
        row = self._row(scope, way, _Progress(time.perf_counter()), (error.status, error.code, error.message))
        if served is not None:
            row.api_id, row.api_name, row.version = served.api_id, served.name, served.version
            row.path = served.path if served.reader.hides_path else row.path
        self._log.add(row)

    async def _answer(self, served: Served, scope: Scope, way: Way, progress: _Progress) -> EngineResult:
        progress.quota = self._take(served, scope, way.address)
        values = progress.values = self._values(served, scope, way)
        progress.guard_ms = progress.so_far_ms
        policy = served.definition.cache
        if not policy.ttl_s or not way.may_cache:
            asker = Asker(
                scope.actor, served.name, served.version, scope.trace_id, served.api_id, way.idempotency_key,
                scope.permissions, way.writes,
            )  # fmt: skip
            progress.result = await self._tried(served, values, asker)
            return progress.result
        key = (served.content_hash, served.api_id, served.tenant_id, tuple([values[name] for name in served.varies]))
        progress.result, progress.cache = await self._kept.of(key, policy, lambda: self._tried(served, values))
        return progress.result

    async def _tried(self, served: Served, values: Values, asker: Asker | None = None) -> EngineResult:
        """All attempts together have the API's time."""
        terms, limit_s = served.definition.retry, served.definition.limits.timeout_ms / 1e3
        if terms.attempts == 1:
            return await self._compute(served, values, asker)
        with deadline.limit(limit_s):
            policy = RetryPolicy(terms.attempts, terms.wait_ms / 1e3)
            return await retrying(lambda: self._compute(served, values, asker), policy)

    async def _compute(self, served: Served, values: Values, asker: Asker | None = None) -> EngineResult:
        breaker = served.breaker
        permit = self._board.admit(breaker, served.breaker_policy)
        rooms = self._bulkhead(served)
        outcome, started = _NOTHING, time.perf_counter()
        try:
            if not rooms.enter_now(breaker):
                await rooms.enter(breaker)
            try:
                started = time.perf_counter()
                result = await served.program.run(EngineCall(served.tenant_id, values, served.pace, asker))
            finally:
                rooms.leave(breaker)
            outcome = _SUCCEEDED
            served.pace.note((time.perf_counter() - started) * 1e3 - result.queue_ms)
            return result
        except (DeadlinePassed, ExternalServiceFailed):
            outcome = Outcome.FAILED
            served.pace.note((time.perf_counter() - started) * 1e3)
            raise
        finally:
            self._board.report(breaker, permit, outcome)

    def _bulkhead(self, served: Served) -> Bulkheads:
        limit = served.definition.limits.concurrency
        found = self._bulkheads.get(limit)
        if found is None:
            found = self._bulkheads[limit] = Bulkheads(BulkheadPolicy(limit=limit, queue=4 * limit))
        return found

    def _take(self, served: Served, scope: Scope, address: str) -> Quota | None:
        limits = served.definition.limits
        if limits.caller_rate is None and limits.tenant_rate is None and not address:
            return None
        now = self._clock.monotonic()
        quotas = []
        if address:
            quotas.append(self._buckets.take((served.api_id, address), served.definition.auth.address_rate, now))
        if limits.caller_rate is not None:
            quotas.append(self._buckets.take((served.api_id, scope.actor.id), limits.caller_rate, now))
        if limits.tenant_rate is not None:
            quotas.append(self._buckets.take((served.api_id, served.tenant_id), limits.tenant_rate, now))
        tightest = max(quotas, key=lambda quota: (quota.retry_s, -quota.remaining))
        if tightest.retry_s > 0:
            raise CallsLimited(
                f"This API may be called {tightest.limit} times a minute.",
                hint=f"Wait {tightest.retry_s:.1f} s.",
                quota=tightest,
            )
        return tightest

    def _note(self, served: Served, scope: Scope, way: Way, progress: _Progress, ended: tuple[int, str, str]) -> RunRow:
        row = self._row(scope, way, progress, ended)
        row.api_id, row.api_name, row.version = served.api_id, served.name, served.version
        row.parameters = served.reader.masked(progress.values)
        row.detail = served.reader.scrubbed(row.detail, progress.values)
        if served.reader.hides_path:
            row.path = served.path
        if progress.run is not None:
            progress.run.row = row
            row.logged = row.status >= 400 or served.definition.log.keeps()
        if recording.is_recorded():
            row.traced = True
            recording.about(
                TraceKind.API,
                served.name,
                AssetUsed("api", served.api_id, served.name, served.version),
                subject_id=row.id,
            )
        self._log.add(row)
        counter = self._counters.get((ended[0], progress.cache))
        if counter is None:  # finding a labelled counter costs more than counting
            counter = self._counters[ended[0], progress.cache] = _RUNS.labels(str(ended[0]), progress.cache)
        counter.inc()
        _SECONDS.observe(row.total_ms / 1e3)
        return row

    def _row(self, scope: Scope, way: Way, progress: _Progress, ended: tuple[int, str, str]) -> RunRow:
        result, actor = progress.result, scope.actor
        is_fresh = result is not None and progress.cache not in GIVEN_AGAIN
        return RunRow(
            tenant_id=scope.tenant_id,
            at=self._clock.now(),
            id=new_id(),
            api_id=None,
            api_name="",
            version=0,
            path=way.path[:300],
            method=way.method,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            status=ended[0],
            code=ended[1],
            detail=ended[2][:500],
            parameters={},
            rows=result.rows if result else 0,
            bytes=len(result.body) if result else 0,
            truncated=result.truncated if result else False,
            cache=progress.cache,
            total_ms=(total_ms := progress.so_far_ms),
            guard_ms=total_ms if progress.guard_ms is None else progress.guard_ms,
            queue_ms=round(result.queue_ms, 3) if result and is_fresh else 0.0,
            database_ms=round(result.database_ms, 3) if result and is_fresh else 0.0,
            trace_id=scope.trace_id,
        )
