"""Steps run against a small recorded world; every expectation is worked out by hand or by SQL of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import orjson
import pytest
import pytest_asyncio

from ask.shop import ALERT, EVENT, HAPPENED, NAMES, THINGS
from fixtures.tenants import TestTenant
from opsloom.ask.blocks import Answer, NextAction
from opsloom.ask.causes.tool import CauseTool
from opsloom.ask.compose.composer import compose, present
from opsloom.ask.execute import execute
from opsloom.ask.plan import (
    AlertsStep,
    CauseStep,
    CompareStep,
    EventsStep,
    Filter,
    Intent,
    ItemsStep,
    Language,
    MetricStep,
    Plan,
    RelationsStep,
    Step,
    TimeWindow,
)
from opsloom.ask.tools.builtin import BUILT_IN
from opsloom.ask.tools.contract import Row, ToolContext, ToolResult, ToolStatus, registry
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.inventory.samples import Sample
from opsloom.inventory.schemas import Aggregate
from opsloom.kit.ids import new_id

TOOLS = registry(*BUILT_IN, CauseTool())
NOW = datetime.now(UTC).replace(second=0, microsecond=0)
WINDOW = TimeWindow(start=NOW - timedelta(hours=2), end=NOW, zone="UTC")


@dataclass(frozen=True)
class Recorded:
    ids: dict[str, UUID]
    run: Callable[..., Awaitable[tuple[dict[str, ToolResult], Answer]]]


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> Recorded:
    """Two hours by the minute: web-01 flat at 10, web-02 rising 0 to 119; pay and its database off for the last 20 minutes."""
    async with core.db.transaction(tenant.scope) as session:
        ids = await inventory.ensure_found(session, tenant.scope, THINGS, NOW, "test")
        samples = [
            Sample(ids[key], metric, NOW - timedelta(minutes=120 - n), value(n))
            for key, metric, value in (
                ("w1", "cpu.usage", lambda _n: 10.0),
                ("w2", "cpu.usage", float),
                ("db", "cpu.usage", lambda n: 30.0 + n % 3 + (60 if n >= 96 else 0)),
                ("pay", "service.latency_ms", lambda n: 100.0 + n % 5 + (300 if n >= 100 else 0)),
                ("shop", "service.latency_ms", lambda n: 150.0 + n % 4 + (300 if n >= 102 else 0)),
            )
            for n in range(120)
        ]
        await inventory.record_samples(await inventory.driver_of(session), tenant.scope, samples)
    async with core.db.raw(tenant.scope) as connection:
        for number, (ago, kind, subject, result, minutes, severity) in enumerate(HAPPENED):
            data = {"result": result, "duration_min": minutes, "title": f"Work {number}", "title_ko": f"작업 {number}"}
            at = NOW - timedelta(minutes=ago)
            values = (tenant.scope.tenant_id, new_id(), str(number), kind, subject, severity, at, NOW, data)
            await connection.execute(EVENT, *values)
        for rule, key, ago, lasted in (("cpu", "w1", 50, 10), ("cpu", "w2", 40, 20), ("slow", "pay", 30, 3)):
            at = NOW - timedelta(minutes=ago)
            ends = at + timedelta(minutes=lasted)
            await connection.execute(ALERT, tenant.scope.tenant_id, new_id(), new_id(), rule, key, ids[key], at, ends)

    async def run(*steps: Step, language: Language = Language.EN, intent: Intent = Intent.LIST) -> Any:
        plan = Plan(language=language, intent=intent, zone="UTC", steps=list(steps))
        done = await execute(plan, TOOLS, ToolContext(core.db, tenant.scope, core.clock, 5.0))
        answer, withheld = present(compose(plan, done))
        assert not withheld
        assert not answer.gaps
        return dict(done.results), answer

    return Recorded(ids, run)


def rows(result: ToolResult) -> list[Row]:
    assert result.evidence is not None
    return list(result.evidence.rows)


def names(result: ToolResult) -> list[object]:
    return [row["item"] for row in rows(result)]


@pytest.mark.parametrize(
    ("view", "of", "depth", "reached"),
    [
        ("neighbours", "pay", 1, {"shop": 1, "pay-db": 1, "web-02": 1, "pay-pod": 1}),
        ("dependencies", "shop", 3, {"pay": 1, "web-01": 1, "pay-db": 2, "web-02": 2}),
        ("dependencies", "shop", 1, {"pay": 1, "web-01": 1}),
        ("dependants", "db", 3, {"pay": 1, "shop": 2}),
        ("impact", "pod", 3, {"pay": 1, "shop": 2}),
        ("composition", "pay", 3, {"pay-pod": 1}),
    ],
)
async def test_each_view_reaches_what_it_should(
    world: Recorded, view: Any, of: str, depth: int, reached: dict[str, int]
) -> None:
    results, answer = await world.run(RelationsStep(id="s1", view=view, item_ids=[world.ids[of]], depth=depth))
    assert {row["item"]: row["hop"] for row in rows(results["s1"])} == reached
    assert rows(results["s1"])[0]["total"] == len(reached)
    graph = next(block for block in answer.blocks if block.type == "graph")
    assert {node.name for node in graph.nodes} == {*reached, NAMES[of]}
    drawn = {node.id for node in graph.nodes}
    assert all({edge.source, edge.target} <= drawn for edge in graph.edges)


@pytest.mark.parametrize(
    ("start", "goal", "way"),
    [
        ("shop", "db", ["shop", "pay", "pay-db"]),
        ("db", "shop", ["pay-db", "pay", "shop"]),
        ("w1", "w2", ["web-01", "shop", "pay", "web-02"]),
        ("shop", "shop", ["shop"]),
        ("shop", "alone", []),
    ],
)
async def test_a_path_is_a_shortest_one_along_the_dependencies_where_it_can(
    world: Recorded, start: str, goal: str, way: list[str]
) -> None:
    step = RelationsStep(id="s1", view="path", item_ids=[world.ids[start]], to_ids=[world.ids[goal]])
    results, answer = await world.run(step, intent=Intent.PATH)
    assert names(results["s1"]) == way
    paths = [block for block in answer.blocks if block.type == "path"]
    assert [path.hops for path in paths] == ([len(way) - 1] if way else [])
    assert all(len(path.edges) == path.hops for path in paths)


async def test_what_is_reached_is_measured(world: Recorded) -> None:
    """Which servers does the shop depend on, and which of them ran above 80 %?"""
    relations = RelationsStep(id="s1", view="dependencies", item_ids=[world.ids["shop"]], item_types=["server"])
    having: Any = {"comparison": ">", "value": 80}
    metric = MetricStep(
        id="s2",
        items_from="s1",
        metric="cpu.usage",
        window=WINDOW,
        aggregate=Aggregate.MAX,
        shape="by_item",
        having=having,
    )
    results, answer = await world.run(relations, metric, intent=Intent.FILTER)
    assert names(results["s1"]) == ["web-01", "web-02"]
    [row] = rows(results["s2"])
    assert (row["item"], row["value"], row["total"]) == ("web-02", 119.0, 1)
    assert datetime.fromisoformat(str(row["time"])) == NOW - timedelta(minutes=1)
    assert answer.blocks[0].type == "markdown"
    assert "web-02" in answer.blocks[0].text


async def test_nothing_reached_is_no_data_and_not_everything(world: Recorded) -> None:
    relations = RelationsStep(id="s1", view="dependencies", item_ids=[world.ids["alone"]])
    metric = MetricStep(id="s2", items_from="s1", metric="cpu.usage", window=WINDOW)
    results, answer = await world.run(relations, metric)
    assert [one.status for one in results.values()] == [ToolStatus.NO_DATA] * 2
    assert answer.status == "no_data"


async def test_a_step_about_other_items_than_the_source_gave_is_empty(world: Recorded) -> None:
    relations = RelationsStep(id="s1", view="dependencies", item_ids=[world.ids["shop"]], item_types=["server"])
    metric = MetricStep(id="s2", items_from="s1", item_ids=[world.ids["db"]], metric="cpu.usage", window=WINDOW)
    results, _answer = await world.run(relations, metric)
    assert results["s2"].status is ToolStatus.NO_DATA


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([Filter(field="attribute:zone", value="a")], ["pay-db", "web-01"]),
        ([Filter(field="attribute:cores", op=">", value=4)], ["pay-db", "web-02"]),
        ([Filter(field="attribute:cores", op="in", value=["4", "16"])], ["web-01", "web-02"]),
        ([Filter(field="name", op="like", value="WEB")], ["web-01", "web-02", "web-09"]),
        ([Filter(field="type", op="!=", value="server"), Filter(field="attribute:zone", value="a")], ["pay-db"]),
        ([Filter(field="attribute:zone", op="=", value="'; drop table x --")], []),
    ],
)
async def test_items_are_filtered(world: Recorded, filters: list[Filter], expected: list[str]) -> None:
    results, _answer = await world.run(ItemsStep(id="s1", filters=filters))
    assert names(results["s1"]) == expected


async def test_an_unknown_field_is_an_error_of_planning(core: Core, tenant: TestTenant) -> None:
    step = ItemsStep(id="s1", filters=[Filter(field="password", value="x")])
    plan = Plan(language=Language.EN, intent=Intent.LIST, zone="UTC", steps=[step])
    done = await execute(plan, TOOLS, ToolContext(core.db, tenant.scope, core.clock, 5.0))
    assert done.results["s1"].family == "planning"


async def test_groups_of_items_and_of_metrics(world: Recorded) -> None:
    items = ItemsStep(id="s1", mode="by_group", group_by="type")
    metric = MetricStep(id="s2", metric="cpu.usage", window=WINDOW, shape="by_group", group_by="attribute:zone")
    results, _answer = await world.run(items, metric, language=Language.KO)
    assert {row["name"]: row["value"] for row in rows(results["s1"])} == {
        "server": 3, "service": 2, "container": 1, "database": 1,
    }  # fmt: skip
    found = {row["name"]: row["value"] for row in rows(results["s2"])}
    flat, database = [10.0] * 120, [30.0 + n % 3 + (60 if n >= 96 else 0) for n in range(120)]
    assert found == {"a": pytest.approx(sum(flat + database) / 240), "b": pytest.approx(sum(range(120)) / 120)}


@pytest.mark.parametrize(
    ("nth", "ascending", "item"), [(1, False, "web-02"), (2, False, "pay-db"), (1, True, "web-01")]
)
async def test_the_nth_by_value(world: Recorded, nth: int, ascending: bool, item: str) -> None:
    step = MetricStep(
        id="s1",
        metric="cpu.usage",
        window=WINDOW,
        aggregate=Aggregate.MAX,
        shape="by_item",
        nth=nth,
        ascending=ascending,
    )
    results, _answer = await world.run(step, intent=Intent.TOP)
    assert names(results["s1"]) == [item]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mode": "count", "types": ["change."]}, 3),
        ({"mode": "count", "types": ["change.", "deployment.release"]}, 4),
        ({"mode": "count", "types": ["change."], "filters": [Filter(field="data:result", value="failed")]}, 1),
        ({"mode": "count", "filters": [Filter(field="data:duration_min", op=">=", value=20)]}, 3),
        ({"mode": "count", "item_types": ["server"]}, 2),
        ({"mode": "count", "types": ["nothing."]}, 0),
        ({"mode": "aggregate", "types": ["change."], "field": "duration_min", "aggregate": Aggregate.AVG}, 80 / 3),
        ({"mode": "aggregate", "types": ["change."], "field": "duration_min", "aggregate": Aggregate.SUM}, 80),
        ({"mode": "aggregate", "types": ["change."], "field": "duration_min", "aggregate": Aggregate.P50}, 30),
        ({"mode": "aggregate", "field": None, "aggregate": Aggregate.RATE}, 5 / 7200),
    ],
)
async def test_events_are_counted_and_their_numbers_aggregated(
    world: Recorded, changes: dict[str, Any], expected: float
) -> None:
    results, answer = await world.run(EventsStep(id="s1", window=WINDOW, **changes), intent=Intent.COUNT)
    assert rows(results["s1"])[0]["value"] == pytest.approx(expected)
    assert [block.value for block in answer.blocks if block.type == "number"] == [pytest.approx(expected)]


@pytest.mark.parametrize(
    ("changes", "titles"),
    [
        ({"nth": 1}, ["Work 3"]),
        ({"nth": 2}, ["Work 1"]),
        ({"nth": 1, "ascending": True}, ["Work 0"]),
        ({"order_by": "data:duration_min"}, ["Work 3", "Work 0", "Work 1"]),
        ({"text": "WORK 1"}, ["Work 1"]),
    ],
)
async def test_events_in_order(world: Recorded, changes: dict[str, Any], titles: list[str]) -> None:
    results, _answer = await world.run(EventsStep(id="s1", types=["change."], window=WINDOW, **changes))
    assert [row["title"] for row in rows(results["s1"])] == titles


async def test_events_of_reached_items_name_their_items(world: Recorded) -> None:
    relations = RelationsStep(id="s1", view="dependencies", item_ids=[world.ids["shop"]])
    events = EventsStep(id="s2", items_from="s1", types=["change."], window=WINDOW)
    results, answer = await world.run(relations, events, intent=Intent.HISTORY, language=Language.KO)
    found = {row["subject"]: row["item_id"] for row in rows(results["s2"])}
    assert found == {name: str(world.ids[key]) for key, name in (("db", "pay-db"), ("w1", "web-01"), ("pay", "pay"))}
    timeline = next(block for block in answer.blocks if block.type == "timeline")
    assert [one.label for one in timeline.moments] == ["작업 0", "작업 1", "작업 3"]


async def test_a_share_of_two_counts_and_a_share_of_nothing(world: Recorded) -> None:
    whole = EventsStep(id="s1", mode="count", types=["change."], window=WINDOW)
    part = whole.model_copy(update={"id": "s2", "filters": [Filter(field="data:result", value="failed")]})
    share = CompareStep(id="s3", mode="share", left="s1", right="s2", left_name="changes", right_name="failed changes")
    results, answer = await world.run(whole, part, share, intent=Intent.RATIO)
    assert results["s3"].derived["share"] == pytest.approx(100 / 3)
    assert "33.3 %" in "".join(block.text for block in answer.blocks if block.type == "markdown")
    none = [one.model_copy(update={"types": ["nothing."]}) for one in (whole, part)]
    results, answer = await world.run(*none, share, intent=Intent.RATIO, language=Language.KO)
    assert results["s3"].status is ToolStatus.NO_DATA
    assert "비율" in "".join(block.text for block in answer.blocks if block.type == "markdown")


async def test_alerts_by_rule_by_item_and_how_long_they_lasted(world: Recorded) -> None:
    by_rule = AlertsStep(id="s1", mode="by_rule", window=WINDOW)
    by_item = AlertsStep(id="s2", mode="by_item", item_types=["server"], window=WINDOW)
    lasted = AlertsStep(id="s3", mode="average_duration", text="CPU", window=WINDOW)
    second = AlertsStep(id="s4", nth=2, window=WINDOW)
    results, _answer = await world.run(by_rule, by_item, lasted, second)
    assert [(row["name"], row["value"]) for row in rows(results["s1"])] == [("cpu", 2), ("slow", 1)]
    assert {row["item_id"] for row in rows(results["s2"])} == {str(world.ids["w1"]), str(world.ids["w2"])}
    assert rows(results["s3"])[0]["value"] == 900
    assert rows(results["s4"])[0]["key"] == "w2"


async def test_a_cause_is_found_in_what_is_recorded(world: Recorded) -> None:
    window = TimeWindow(start=NOW - timedelta(minutes=40), end=NOW, zone="UTC")
    results, answer = await world.run(CauseStep(id="s1", item_id=world.ids["shop"], window=window), intent=Intent.CAUSE)
    assert names(results["s1"])[0] == "pay-db"
    block = next(one for one in answer.blocks if one.type == "hypotheses")
    assert block.observed
    assert block.hypotheses[0].path == ["shop", "pay", "pay-db"]
    cited = {one.id for one in answer.references}
    assert all(one.reference in cited for one in block.hypotheses[0].supports)


async def test_without_trouble_there_is_no_cause(world: Recorded) -> None:
    quiet = TimeWindow(start=NOW - timedelta(minutes=90), end=NOW - timedelta(minutes=30), zone="UTC")
    results, _answer = await world.run(CauseStep(id="s1", item_id=world.ids["shop"], window=quiet), intent=Intent.CAUSE)
    assert results["s1"].status is ToolStatus.NO_DATA


def offers(answer: Answer) -> dict[str, NextAction]:
    block = next(one for one in answer.blocks if one.type == "next_actions")
    return {one.kind: one for one in block.actions}


async def test_an_answer_becomes_an_api_and_a_rule(
    world: Recorded, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    step = MetricStep(id="s1", metric="cpu.usage", window=WINDOW, aggregate=Aggregate.P95, shape="by_item", limit=2)
    _results, answer = await world.run(step, intent=Intent.TOP)
    offered = offers(answer)
    made = await client.post("/api/v1/apis", json=offered["make_api"].api, headers=tenant.headers)
    assert made.status_code == 201, made.text
    published = await client.post(
        f"/api/v1/apis/{made.json()['id']}/publish", json={"comment": ""}, headers=tenant.headers
    )
    assert published.status_code == 200, published.text
    path = offered["make_api"].api["path"] if offered["make_api"].api else ""
    called = await client.get(f"/runtime/{path}", headers=tenant.headers)
    assert called.status_code == 200, called.text
    assert [row["item"] for row in orjson.loads(called.content)["items"]] == ["web-02", "pay-db"]
    rule = await client.post("/api/v1/rules", json=offered["make_rule"].rule, headers=tenant.headers)
    assert rule.status_code == 201, rule.text


async def test_a_count_of_events_becomes_a_rule(
    world: Recorded, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    step = EventsStep(id="s1", mode="count", types=["change.", "login.failed"], severities=["warning"], window=WINDOW)
    _results, answer = await world.run(step, intent=Intent.COUNT)
    rule = await client.post("/api/v1/rules", json=offers(answer)["make_rule"].rule, headers=tenant.headers)
    assert rule.status_code == 201, rule.text


async def test_every_reference_of_a_cause_runs_again(
    world: Recorded, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    window = TimeWindow(start=NOW - timedelta(minutes=40), end=NOW, zone="UTC")
    step = CauseStep(id="s1", item_id=world.ids["shop"], window=window)
    plan = Plan(language=Language.KO, intent=Intent.CAUSE, zone="UTC", steps=[step])
    body = {"text": "왜 느려졌지?", "plan": plan.model_dump(mode="json")}
    asked = (await client.post("/api/v1/questions", json=body, headers=tenant.headers)).json()
    assert asked["status"] == "answered", asked
    assert {one["part"] for one in asked["references"]} >= {"", "findings", "metrics", "events"}
    for one in asked["references"]:
        again = await client.post(f"/api/v1/questions/{asked['id']}/references/{one['id']}/run", headers=tenant.headers)
        assert (again.status_code, again.json()["same"]) == (200, True), one["part"]
