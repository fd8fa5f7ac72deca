"""Steps run as a graph; whatever a tool does wrong costs its own step only."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from ask.cast import WEB_1, WEB_2
from fixtures.tenants import TestTenant
from opsloom.ask.blocks import AnswerStatus
from opsloom.ask.compose.composer import compose, present
from opsloom.ask.execute import Execution, execute
from opsloom.ask.plan import CompareStep, Intent, Language, MetricStep, Plan, Step, TimeWindow
from opsloom.ask.tools.builtin import BUILT_IN
from opsloom.ask.tools.contract import ErrorFamily, Evidence, Tool, ToolContext, ToolResult, ToolStatus, registry
from opsloom.ask.tools.reading import fetch
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import SYSTEM, Scope
from opsloom.infra.core import Core
from opsloom.inventory.schemas import Query
from opsloom.kit.errors import CircuitOpen, ConnectionLost, PlanningFailed

NOW = datetime(2026, 11, 18, 5, 30, tzinfo=UTC)
WINDOW = TimeWindow(start=NOW - timedelta(hours=1), end=NOW, zone="Asia/Seoul")


def step(number: int, item: object = WEB_1) -> MetricStep:
    return MetricStep(id=f"s{number}", metric="cpu.usage", item_ids=[item], scope_name="web-01", window=WINDOW)


def plan(*steps: Step) -> Plan:
    return Plan(language=Language.EN, intent=Intent.VALUE, zone="Asia/Seoul", steps=list(steps))


class ScriptedTool:
    """A metric tool that does what the test says."""

    name, kind, permission = "metric_query", "metric", Permission.INVENTORY_READ

    def __init__(self, act: Callable[[Step], float | Exception | None]) -> None:
        self.act, self.calls = act, 0

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        self.calls += 1
        result = self.act(step)
        if isinstance(result, Exception):
            raise result
        if result is None:
            await asyncio.Event().wait()
        rows = ({"value": result, "unit": "percent", "samples": 720},)
        evidence = Evidence(Query(sql="select 1"), ("value",), rows, False, NOW, 1.0)
        return ToolResult(self.name, step.id, ToolStatus.SUCCESS, evidence)


async def run(core: Core, tool: Tool, made: Plan, scope: Scope | None = None, deadline_s: float = 5.0) -> Execution:
    every = scope or Scope.system(core_tenant)
    return await execute(made, registry(tool), ToolContext(core.db, every, core.clock, deadline_s))


core_tenant = WEB_1


async def test_the_same_call_runs_once(core: Core) -> None:
    tool = ScriptedTool(lambda _step: 12.5)
    done = await run(core, tool, plan(step(1), step(2), step(3, WEB_2)))
    assert (tool.calls, done.merged) == (2, 1)
    assert [one.step_id for one in done.results.values()] == ["s1", "s2", "s3"]


@pytest.mark.parametrize(
    ("error", "family"),
    [
        (asyncpg.UndefinedTableError("no such table"), ErrorFamily.DATABASE),
        (asyncpg.QueryCanceledError("statement timeout"), ErrorFamily.DEADLINE),
        (TimeoutError(), ErrorFamily.DEADLINE),
        (CircuitOpen("open"), ErrorFamily.CIRCUIT),
        (PlanningFailed("no"), ErrorFamily.PLANNING),
        (ValueError("secret detail"), ErrorFamily.TOOL),
    ],
)
async def test_failures_are_told_apart_and_the_rest_is_answered(
    core: Core, error: Exception, family: ErrorFamily
) -> None:
    tool = ScriptedTool(lambda one: error if one.id == "s2" else 12.5)
    made = plan(step(1), step(2, WEB_2))
    done = await run(core, tool, made)
    assert done.results["s1"].status is ToolStatus.SUCCESS
    assert (done.results["s2"].status, done.results["s2"].family) == (ToolStatus.ERROR, family)
    answer, _withheld = present(compose(made, done))
    assert answer.status is AnswerStatus.PARTIAL
    assert [gap.family for gap in answer.gaps] == [family]
    assert "secret detail" not in answer.model_dump_json()
    assert any(block.type == "number" and block.value == 12.5 for block in answer.blocks)


async def test_a_tool_that_hangs_is_cut_off(core: Core) -> None:
    done = await run(
        core, ScriptedTool(lambda one: None if one.id == "s1" else 1.0), plan(step(1), step(2, WEB_2)), deadline_s=0.05
    )
    assert done.results["s1"].family is ErrorFamily.DEADLINE
    assert done.results["s2"].status is ToolStatus.SUCCESS


async def test_losing_the_database_altogether_is_an_error_of_the_request(core: Core) -> None:
    with pytest.raises(ConnectionLost):
        await run(core, ScriptedTool(lambda _step: ConnectionLost("away")), plan(step(1), step(2, WEB_2)))


async def test_a_caller_without_the_permission_is_told_so(core: Core) -> None:
    tool = ScriptedTool(lambda _step: 1.0)
    scope = Scope(core_tenant, SYSTEM, frozenset({Permission.ASK_USE}))
    made = plan(step(1))
    done = await run(core, tool, made, scope)
    assert tool.calls == 0
    assert done.results["s1"].status is ToolStatus.FORBIDDEN
    answer, _withheld = present(compose(made, done))
    assert answer.status is AnswerStatus.FAILED
    assert answer.gaps[0].family == "policy"


async def test_a_comparison_waits_for_both_sides(core: Core) -> None:
    values = {WEB_1: 40.0, WEB_2: 50.0}
    tool = ScriptedTool(lambda one: values[one.item_ids[0]] if isinstance(one, MetricStep) else 0.0)
    compare = CompareStep(id="s3", needs=["s1", "s2"], left="s1", right="s2", left_name="web-01", right_name="web-02")
    done = await run(core, tool, plan(step(1), step(2, WEB_2), compare))
    assert done.results["s3"].derived == {"left": 40.0, "right": 50.0, "difference": 10.0, "percent": 25.0}


async def test_comparing_with_itself_gives_no_difference(core: Core) -> None:
    compare = CompareStep(id="s3", needs=["s1", "s2"], left="s1", right="s2", left_name="a", right_name="b")
    done = await run(core, ScriptedTool(lambda _step: 40.0), plan(step(1), step(2), compare))
    assert done.results["s3"].derived["difference"] == 0


@pytest.mark.parametrize(
    "sql",
    [
        "delete from public.questions",
        "insert into public.questions default values",
        "select pg_notify('opsloom_ingest', 'x')",
        "select * from public.users",
        "select * from public.questions",
        "select set_config('opsloom.tenant', '', true)",
    ],
)
async def test_a_stored_query_can_only_read_the_views(core: Core, tenant: TestTenant, sql: str) -> None:
    context = ToolContext(core.db, tenant.scope, core.clock, 5.0)
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
        await fetch(context, Query(sql=sql))


async def test_a_slow_query_is_cancelled(core: Core, tenant: TestTenant) -> None:
    with pytest.raises(asyncpg.QueryCanceledError):
        await fetch(
            ToolContext(core.db, tenant.scope, core.clock, 0.05),
            Query(sql="select count(*) from generate_series(1, 1000000000)"),
        )


def test_every_kind_of_step_but_comparison_has_a_tool() -> None:
    assert set(registry(*BUILT_IN)) == {"metric", "items", "relations", "alerts", "events"}


def test_two_tools_for_one_kind_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two tools"):
        registry(ScriptedTool(lambda _step: 1.0), ScriptedTool(lambda _step: 1.0))
