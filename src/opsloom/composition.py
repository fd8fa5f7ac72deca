"""Which domains there are and how they plug into each other. Nothing here decides anything."""

import time
from collections.abc import Callable, Sequence

from fastapi import APIRouter

from opsloom.alerts import jobs as alert_jobs
from opsloom.alerts import routes as alert_routes
from opsloom.alerts import routes_links as alert_link_routes
from opsloom.alerts import routes_views as alert_view_routes
from opsloom.alerts.alertmanager import routes as alertmanager_routes
from opsloom.alerts.escalation import wiring as escalation
from opsloom.alerts.incidents import service as incidents
from opsloom.alerts.service import Listeners
from opsloom.alerts.silences import jobs as silence_jobs
from opsloom.alerts.silences import routes as silence_routes
from opsloom.alerts.silences.stages import stages
from opsloom.alerts.timers import jobs as timer_jobs
from opsloom.apis import public as apis_public
from opsloom.apis import routes as apis_routes
from opsloom.apis import routes_documents as api_document_routes
from opsloom.apis import routes_sql as api_sql_routes
from opsloom.apis import runtime as apis_runtime
from opsloom.apis import wiring as apis
from opsloom.apis.cases import routes as api_case_routes
from opsloom.apis.kind import ApiKind
from opsloom.apis.logs import jobs as api_log_jobs
from opsloom.apis.logs import routes as api_log_routes
from opsloom.apis.schedules import jobs as schedule_jobs
from opsloom.apis.schedules import routes as schedule_routes
from opsloom.apis.workflows import routes as workflow_routes
from opsloom.apis.workflows import routes_calls as batch_routes
from opsloom.apis.workflows import routes_links as approval_link_routes
from opsloom.apis.workflows import routes_pins as pin_routes
from opsloom.ask import wiring as ask_wiring
from opsloom.ask.golden import jobs as golden_jobs
from opsloom.ask.golden import routes as golden_routes
from opsloom.ask.golden.kind import GOLDEN
from opsloom.ask.llm import jobs as llm_jobs
from opsloom.ask.llm import routes as llm_routes
from opsloom.ask.llm import wiring as llm
from opsloom.assets import routes as asset_routes
from opsloom.assets import routes_insight as asset_insight_routes
from opsloom.assets import routes_lists as asset_list_routes
from opsloom.assets import routes_reviews as asset_review_routes
from opsloom.assets.code import routes as as_code_routes
from opsloom.assets.code import wiring as as_code
from opsloom.assets.fault_gauge import FaultGauge
from opsloom.assets.kinds import Kinds
from opsloom.assets.policy import PolicyKind
from opsloom.connections import routes as connection_routes
from opsloom.connections import routes_secrets as secret_routes
from opsloom.connections import wiring as connections
from opsloom.connections.catalog import jobs as catalog_jobs
from opsloom.connections.catalog import routes as catalog_routes
from opsloom.connections.catalog import wiring as catalogs
from opsloom.events import jobs as event_jobs
from opsloom.events import service as events
from opsloom.events import wiring as event_wiring
from opsloom.identity import access, setup
from opsloom.identity import jobs as identity_jobs
from opsloom.identity import routes as identity_routes
from opsloom.identity.scope import Scope
from opsloom.infra.addresses import EgressPolicy
from opsloom.infra.aside import Aside
from opsloom.infra.breaker_news import BreakerNews
from opsloom.infra.core import Component, Core
from opsloom.infra.db import Database
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.http import Http
from opsloom.infra.jobs import Schedule, Task, Worker
from opsloom.infra.secrets import Secrets, load_secrets
from opsloom.infra.stream import Hub
from opsloom.infra.wakeups import Wakeups
from opsloom.inventory import jobs as inventory_jobs
from opsloom.inventory import routes as inventory_routes
from opsloom.inventory import samples
from opsloom.inventory.demo import feed as demo_feed
from opsloom.inventory.demo.sink import EventSink
from opsloom.inventory.host import HostMonitor
from opsloom.kit.clock import Clock, SystemClock
from opsloom.kit.resilience.board import BreakerBoard
from opsloom.kit.resilience.breakers import Breakers
from opsloom.notifications import jobs as notification_jobs
from opsloom.notifications import routes as notification_routes
from opsloom.notifications import wiring as notifications
from opsloom.notifications.kinds import KIND as CHANNEL
from opsloom.notifications.kinds import ROUTE
from opsloom.notifications.kinds import TemplateKind as MessageTemplateKind
from opsloom.notifications.stages import Stages
from opsloom.notifications.telling import Telling
from opsloom.rules import routes as rule_routes
from opsloom.rules.actions import jobs as rule_call_jobs
from opsloom.rules.actions import routes as rule_call_routes
from opsloom.rules.actions.service import Calling
from opsloom.rules.cases import routes as rule_case_routes
from opsloom.rules.cases.service import must_be_green
from opsloom.rules.engine import RuleEngine
from opsloom.rules.executors import jobs as executor_jobs
from opsloom.rules.executors import routes as executor_routes
from opsloom.rules.executors import wiring as executors
from opsloom.rules.kind import RULE
from opsloom.rules.learning import routes as rule_learning_routes
from opsloom.rules.performance import jobs as rule_performance_jobs
from opsloom.rules.performance import routes as rule_performance_routes
from opsloom.rules.simulation import routes as rule_simulation_routes
from opsloom.screens import routes as screen_routes
from opsloom.screens.kind import ScreenKind
from opsloom.settings import Settings
from opsloom.system import routes as system_routes
from opsloom.tools import jobs as tool_jobs
from opsloom.tools import routes as tool_routes
from opsloom.tools import routes_imports as import_routes
from opsloom.tools import wiring as tools
from opsloom.tools.history import History
from opsloom.tools.kind import ToolKind
from opsloom.tools.mcp import routes as mcp_routes
from opsloom.tools.mcp import server as mcp_server
from opsloom.tools.mcp import wiring as mcp
from opsloom.tools.mcp.server import McpServer
from opsloom.traces import keeping as trace_keeping
from opsloom.traces import routes as trace_routes
from opsloom.traces import wiring as traces

record_denial = access.on_denied


def build_core(settings: Settings, dsn: Dsn, clock: Clock | None = None) -> Core:
    """The shared parts of one process, wired but not yet opened (`core.db.open()`)."""
    db = Database(dsn, pool_size=settings.database_pool_size)
    wakeups = Wakeups(db)
    core = Core(
        settings=settings,
        db=db,
        clock=clock or SystemClock(),
        wakeups=wakeups,
        hub=Hub(db, wakeups),
        breakers=Breakers(BreakerBoard(time.monotonic)),
        http=Http(EgressPolicy.read(settings.egress_allow)),
    )
    if settings.redis_url is not None:
        _share_through_redis(core, settings.redis_url.get_secret_value())
    wire(core)
    return core


def _share_through_redis(core: Core, url: str) -> None:
    """Breaker state and the waking of streams go through Redis; without it nothing is missing."""
    from redis.asyncio import Redis  # only installations with Redis pay for it

    from opsloom.infra.breaker_store import RedisStore
    from opsloom.infra.redis_wakeups import RedisWakeups

    redis = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=0.5)
    core.breakers.store = RedisStore(redis, core.clock, core.breakers.local)
    core.db.waker = waker = RedisWakeups(redis, core.wakeups)
    core.companions.append(waker)


def wire(core: Core) -> None:
    """Hand the upper domains' kinds, channels and tools to the lower ones that asked for them."""
    kinds = core.parts[Kinds] = Kinds()
    news = BreakerNews(core.db)
    core.parts[BreakerNews] = news
    core.breakers.listen(news.heard)
    aside = core.parts[Aside] = Aside()
    core.companions.append(aside)
    traces.install(core)
    connections.install(core)
    catalogs.install(core)
    notifications.install(core)
    core.part(Stages).each.extend(stages(core.clock))
    core.parts[Listeners] = Listeners(
        [escalation.install(core), Telling(core.part(Stages), incidents.incident_of), Calling()]
    )
    event_wiring.install(core)
    core.parts[EventSink] = EventSink(event_wiring.sink(core))
    apis.install(core)
    executors.install(core)
    tools.install(core)
    mcp.install(core)
    RULE.hold_up(must_be_green)
    screens = core.parts[ScreenKind] = ScreenKind(aside)
    for kind in (
        CHANNEL,
        ROUTE,
        MessageTemplateKind(aside),
        RULE,
        core.part(ApiKind),
        PolicyKind(kinds),
        core.part(ToolKind),
        GOLDEN,
        screens,
    ):
        kinds.add(kind)
    llm.install(core)
    as_code.install(core)
    ask_wiring.install(core)


def routers() -> Sequence[APIRouter]:
    """Every route of the management API and the runtime."""
    return [
        identity_routes.router,
        system_routes.router,
        trace_routes.router,
        as_code_routes.router,
        asset_list_routes.router,
        asset_routes.router,
        asset_insight_routes.router,
        asset_review_routes.router,
        connection_routes.router,
        secret_routes.router,
        catalog_routes.router,
        inventory_routes.router,
        *event_wiring.ROUTERS,
        alert_routes.router,
        alert_link_routes.router,
        alert_view_routes.router,
        silence_routes.router,
        alertmanager_routes.router,
        *escalation.ROUTERS,
        notification_routes.router,
        rule_simulation_routes.router,
        rule_performance_routes.router,
        rule_learning_routes.router,
        rule_call_routes.router,
        rule_routes.router,
        rule_case_routes.router,
        executor_routes.router,
        apis_routes.router,
        api_case_routes.router,
        api_document_routes.router,
        api_sql_routes.router,
        apis_runtime.router,
        apis_public.router,
        api_log_routes.router,
        workflow_routes.router,
        batch_routes.router,
        approval_link_routes.router,
        pin_routes.router,
        schedule_routes.router,
        *ask_wiring.ROUTERS,
        golden_routes.router,
        llm_routes.router,
        screen_routes.router,
        tool_routes.router,
        import_routes.router,
        mcp_routes.router,
        mcp_server.router,
    ]


def tasks() -> Sequence[Task]:
    """Every kind of background job."""
    return [
        *identity_jobs.TASKS,
        *trace_keeping.TASKS,
        *inventory_jobs.TASKS,
        *demo_feed.TASKS,
        *event_jobs.TASKS,
        *alert_jobs.TASKS,
        *silence_jobs.TASKS,
        *timer_jobs.TASKS,
        *notification_jobs.TASKS,
        *catalog_jobs.TASKS,
        *tool_jobs.TASKS,
        *mcp.TASKS,
        *api_log_jobs.TASKS,
        *schedule_jobs.TASKS,
        *executor_jobs.TASKS,
        *rule_performance_jobs.TASKS,
        *rule_call_jobs.TASKS,
        *golden_jobs.TASKS,
        *llm_jobs.TASKS,
    ]


def schedules() -> Sequence[Schedule]:
    """Every job that the clock starts."""
    return [
        *identity_jobs.SCHEDULES,
        *trace_keeping.SCHEDULES,
        *inventory_jobs.SCHEDULES,
        *demo_feed.SCHEDULES,
        *event_jobs.SCHEDULES,
        *alert_jobs.SCHEDULES,
        *silence_jobs.SCHEDULES,
        *timer_jobs.SCHEDULES,
        *notification_jobs.SCHEDULES,
        *catalog_jobs.SCHEDULES,
        *tool_jobs.SCHEDULES,
        *mcp.SCHEDULES,
        *api_log_jobs.SCHEDULES,
        *schedule_jobs.SCHEDULES,
        *executor_jobs.SCHEDULES,
        *rule_performance_jobs.SCHEDULES,
        *golden_jobs.SCHEDULES,
        *llm_jobs.SCHEDULES,
    ]


def web_components(core: Core) -> Sequence[Component]:
    """What a process that answers requests runs beside them."""
    return [
        *core.companions,
        core.wakeups,
        core.hub,
        core.part(BreakerNews),
        *event_wiring.components(core),
        FaultGauge(core.db, core.wakeups),
        *apis.components(core),
        core.part(McpServer),
        llm.Warmth(core),
    ]


def engine_components(core: Core) -> Sequence[Component]:
    """What evaluates rules and measures this machine."""
    return [*core.companions, HostMonitor(core), RuleEngine(core)]


def worker_components(core: Core) -> Sequence[Component]:
    """What runs jobs."""
    return [*core.companions, Worker(core, tasks(), schedules()), core.part(BreakerNews), *apis.worker_components(core)]


async def first_start(core: Core, announce: Callable[[str], None]) -> None:
    """What has to exist before the first request: partitions, a way for the first administrator to come in."""
    core.parts[Secrets] = load_secrets(core.settings.data_dir, core.settings.master_key_file)
    await events.prepare(core.db)
    await core.part(History).prepare()
    async with core.db.raw(Scope.outside()) as connection:
        await samples.ensure_partitions(connection)
    settings = core.settings
    if settings.admin_email is not None and settings.admin_password is not None:
        first = setup.FirstTenant(
            tenant_name="Operations",
            email=settings.admin_email.strip().lower(),
            name=settings.admin_email.split("@")[0],
            password=settings.admin_password.get_secret_value(),
        )
        await setup.ensure_admin(core.db, core.clock, first)
    token = await setup.ensure_token(core.db, core.clock)
    if token is not None:
        announce(f"Set up Opsloom (once, within 7 days): {settings.origin}/setup#token={token}")
