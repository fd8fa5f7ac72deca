"""Puts the API manager together for one process; the composition root calls it."""

import asyncio
from collections.abc import Sequence
from functools import partial

from opsloom.apis import run_traces
from opsloom.apis.callers import Callers
from opsloom.apis.cases.service import must_be_green
from opsloom.apis.engines.adhoc import AdHocPrograms
from opsloom.apis.engines.explain import Explainer
from opsloom.apis.engines.http.engine import HttpEngine
from opsloom.apis.engines.lanes import Lanes
from opsloom.apis.engines.sql import SqlEngine
from opsloom.apis.engines.sql_connected import ConnectedSql
from opsloom.apis.engines.sql_write import WriteEngine
from opsloom.apis.execute import Executor
from opsloom.apis.kind import ApiKind
from opsloom.apis.logs.announce import RunAnnouncer
from opsloom.apis.public import PublicTenants
from opsloom.apis.published import Published
from opsloom.apis.run_log import RunLog
from opsloom.apis.run_meters import METERS
from opsloom.apis.scripts.engine import ScriptEngine
from opsloom.apis.scripts.sandbox import Sandbox
from opsloom.apis.service import Engines
from opsloom.apis.workflows.acts import Acts
from opsloom.apis.workflows.durable import DurableRuns
from opsloom.apis.workflows.engine import WorkflowEngine
from opsloom.apis.workflows.ledger import Ledger
from opsloom.apis.workflows.runner import Runner
from opsloom.apis.workflows.work import Work
from opsloom.connections.schemas import SCRIPTS, SecretPlaces
from opsloom.infra.core import Component, Core
from opsloom.kit.ids import new_id
from opsloom.kit.json_schema import Checker
from opsloom.traces import service as traces


def install(core: Core) -> None:
    """Make the parts, to be found by their class."""
    lanes = Lanes(core.db.dsn)
    sql, sandbox = SqlEngine(core.db, lanes, ConnectedSql(core)), Sandbox()
    engines = Engines({SqlEngine.type: sql, HttpEngine.type: HttpEngine(core)})
    engines[WriteEngine.type] = WriteEngine(core)
    adhoc = AdHocPrograms(engines)
    engines[ScriptEngine.type] = ScriptEngine(core, sandbox, adhoc)
    acts = Acts(core, adhoc)
    ledger = Ledger(core.db, new_id())
    runs = DurableRuns(core, ledger)
    engines[WorkflowEngine.type] = WorkflowEngine(core, engines, acts, runs)
    kind = ApiKind(engines)
    kind.hold_up(must_be_green)
    public = PublicTenants(core.db, core.settings.public_apis)
    kind.open_to(public.allow)
    published = Published(core.db, core.wakeups, engines, kind)
    kind.tell(published)
    core.part(SecretPlaces)[kind.name] = SCRIPTS
    announcer = RunAnnouncer(core.db)
    METERS.watch(core.breakers.local)
    run_log = RunLog(
        core.db,
        retention_days=core.settings.api_log_retention_days,
        on_written=lambda tenant_id, count: announcer.note(tenant_id, count, core.clock.now()),
        on_rows=partial(run_traces.bring, traces.intake(core)),
    )
    core.parts |= {
        Lanes: lanes,
        Explainer: Explainer(core, lanes),
        Sandbox: sandbox,
        Engines: engines,
        ApiKind: kind,
        Published: published,
        PublicTenants: public,
        DurableRuns: runs,
        Runner: Runner(core, ledger, Work(core, acts, ledger), of_tenant=core.settings.workflow_runs_per_tenant),
        RunLog: run_log,
        RunAnnouncer: announcer,
        Checker: Checker(),
        Callers: Callers(core.clock, core.wakeups),
        Executor: Executor(core.clock, core.breakers.local, run_log),
    }


class LaneKeeper:
    """Component: closes the lanes when the process stops."""

    name = "apis.lanes"

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()
        await self._lanes.close()


def components(core: Core) -> Sequence[Component]:
    """What runs beside the requests of a web process."""
    return [core.part(RunLog), core.part(RunAnnouncer), LaneKeeper(core.part(Lanes)), core.part(Sandbox)]


def worker_components(core: Core) -> Sequence[Component]:
    """The same of a process that does background work."""
    return [*components(core), core.part(Runner)]
