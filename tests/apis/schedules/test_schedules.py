"""Schedules: a moment begins one run, whoever deals with it; what was missed is skipped or made up for once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from apis.conftest import Builder, problem_in
from apis.workflows.test_durable import advance
from apis.workflows.test_engine import publish, value
from opsloom.apis.schedules import jobs
from opsloom.identity.permissions import Role

HOURLY = {"name": "hourly", "cron": "0 * * * *", "zone": "Asia/Seoul", "parameters": {"n": 2}}


async def send(
    builder: Builder, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Any:
    return await builder.client.request(
        method, f"/api/v1{path}", json=body, headers=builder.tenant.headers | (headers or {})
    )


async def made(builder: Builder, api_id: str, **more: Any) -> dict[str, Any]:
    answer = await send(builder, "POST", f"/apis/{api_id}/schedules", HOURLY | more)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def doubling(builder: Builder) -> str:
    parameters = [{"name": "n", "type": "integer", "required": True}]
    return await builder.publish("double", "select :n * 2 as twice", parameters=parameters)


async def fire(builder: Builder, schedule: dict[str, Any], late_s: float = 1) -> list[dict[str, Any]]:
    """What the job does at the schedule's moment, a little late; the history then."""
    due = datetime.fromisoformat(schedule["next_at"])
    builder.core.clock.now = lambda: due + timedelta(seconds=late_s)  # type: ignore[method-assign]
    await jobs.fire(builder.core, str(builder.tenant.id), schedule["id"], due.isoformat())
    history = await send(builder, "GET", f"/schedules/{schedule['id']}/ticks")
    items: list[dict[str, Any]] = history.json()["items"]
    return items


@pytest.fixture(autouse=True)
def _own_clock(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test does to the clock ends with it."""
    monkeypatch.setattr(builder.core.clock, "now", builder.core.clock.now)


async def test_a_moment_begins_one_run_and_the_next_is_awaited(builder: Builder) -> None:
    schedule = await made(builder, await doubling(builder))
    assert len(schedule["upcoming"]) == 5
    assert schedule["upcoming"][0] == schedule["next_at"]
    first, second = await asyncio.gather(fire(builder, schedule), fire(builder, schedule))
    (tick,) = max(first, second, key=len)
    assert (tick["outcome"], tick["due_at"]) == ("started", schedule["next_at"])
    run = await advance(builder, UUID(tick["run_id"]))
    assert (run["kind"], run["state"], run["output"]["items"]) == ("call", "succeeded", [{"twice": 4}])
    assert run["asked_by"] == "schedule hourly"
    linked = await send(builder, "GET", f"/workflow-runs?schedule_id={schedule['id']}")
    assert [each["id"] for each in linked.json()["items"]] == [tick["run_id"]]
    after = (await send(builder, "GET", f"/schedules/{schedule['id']}")).json()
    assert after["next_at"] == schedule["upcoming"][1]
    assert await waiting(builder, schedule["id"]) == sorted(schedule["upcoming"][:2])


async def waiting(builder: Builder, schedule_id: str) -> list[str]:
    jobs_of = text("select args->>'due_at' from procrastinate_jobs where args->>'schedule_id' = :id order by 1")
    async with builder.core.db.transaction(builder.tenant.scope) as session:
        found = (await session.execute(jobs_of, {"id": schedule_id})).scalars()
        return [each.replace("+00:00", "Z") for each in found]


@pytest.mark.parametrize(("missed", "outcome"), [("skip", "missed"), ("run_once", "started")])
async def test_missed_moments_are_skipped_or_made_up_for_once(builder: Builder, missed: str, outcome: str) -> None:
    schedule = await made(builder, await doubling(builder), missed=missed)
    (tick,) = await fire(builder, schedule, late_s=5 * 3600 + 600)
    assert (tick["outcome"], tick["detail"]) == (outcome, "missed: 6")
    assert datetime.fromisoformat(tick["due_at"]) - datetime.fromisoformat(schedule["next_at"]) == timedelta(hours=5)
    after = (await send(builder, "GET", f"/schedules/{schedule['id']}")).json()
    assert datetime.fromisoformat(after["next_at"]) - datetime.fromisoformat(tick["due_at"]) == timedelta(hours=1)


async def test_a_lost_job_is_noticed(builder: Builder) -> None:
    schedule = await made(builder, await doubling(builder), missed="run_once")
    due = datetime.fromisoformat(schedule["next_at"])
    builder.core.clock.now = lambda: due + timedelta(seconds=jobs.GRACE_S + 1)  # type: ignore[method-assign]
    await jobs.sweep(builder.core)
    await jobs.sweep(builder.core)
    history = await send(builder, "GET", f"/schedules/{schedule['id']}/ticks")
    assert [each["outcome"] for each in history.json()["items"]] == ["started"]


async def test_a_paused_or_changed_schedule_ignores_the_job_of_before(builder: Builder) -> None:
    schedule = await made(builder, await doubling(builder))
    paused = (await send(builder, "POST", f"/schedules/{schedule['id']}/pause")).json()
    assert (paused["enabled"], paused["next_at"], paused["upcoming"]) == (False, None, [])
    assert await fire(builder, schedule) == []
    resumed = (await send(builder, "POST", f"/schedules/{schedule['id']}/resume")).json()
    assert resumed["next_at"] > schedule["next_at"]
    changed = HOURLY | {"cron": "30 4 * * *"}
    path, tag = f"/schedules/{schedule['id']}", {"If-Match": f'"{resumed["revision"]}"'}
    problem_in(await send(builder, "PUT", path, changed), 428, "precondition_required")
    assert (await send(builder, "PUT", path, changed, tag)).status_code == 200
    problem_in(await send(builder, "PUT", path, changed, tag), 412, "precondition_failed")
    assert await fire(builder, resumed) == []
    assert (await send(builder, "DELETE", path)).status_code == 204
    problem_in(await send(builder, "GET", path), 404, "schedule_not_found")


async def test_what_the_api_refuses_is_told_and_the_schedule_goes_on(builder: Builder) -> None:
    api_id = await doubling(builder)
    schedule = await made(builder, api_id)
    await send(builder, "POST", f"/apis/{api_id}/unpublish", {})
    (tick,) = await fire(builder, schedule)
    assert (tick["outcome"], tick["detail"][:13]) == ("refused", "api_not_found")
    after = (await send(builder, "GET", f"/schedules/{schedule['id']}")).json()
    assert after["next_at"] == schedule["upcoming"][1]


async def test_a_durable_workflow_runs_as_itself(builder: Builder) -> None:
    nodes, parameters = [value("a", "params.n + 1")], [{"name": "n", "type": "integer"}]
    schedule = await made(builder, await publish(builder, "flow", nodes, durable=True, parameters=parameters))
    (tick,) = await fire(builder, schedule)
    run = await advance(builder, UUID(tick["run_id"]))
    assert (run["kind"], run["output"]) == ("workflow", 3)


async def test_what_cannot_be_is_refused(builder: Builder) -> None:
    api_id = await doubling(builder)
    path = f"/apis/{api_id}/schedules"
    problem_in(await send(builder, "POST", path, HOURLY | {"cron": "0 0 31 2 *"}), 422, "schedule_invalid")
    problem_in(await send(builder, "POST", path, HOURLY | {"zone": "Nowhere"}), 422, "schedule_invalid")
    problem_in(await send(builder, "POST", path, HOURLY | {"parameters": {"n": "x"}}), 422, "api_parameters_invalid")
    refused = await send(builder, "POST", path, HOURLY, builder.tenant.as_role(Role.OPERATOR))
    problem_in(refused, 403, "permission_missing")
    seen = await send(builder, "POST", "/schedules/moments", {"cron": "0 0 * * *", "zone": "Asia/Seoul"})
    assert [each[11:] for each in seen.json()["upcoming"]] == ["15:00:00Z"] * 5


async def test_secret_values_are_shown_only_to_whoever_may_change_them(builder: Builder) -> None:
    parameters = [{"name": "word", "sensitive": True}]
    api_id = await builder.publish("hidden", "select :word as word", parameters=parameters)
    schedule = await made(builder, api_id, parameters={"word": "sesame"})
    assert schedule["parameters"] == {"word": "sesame"}
    path, viewer = f"/schedules/{schedule['id']}", builder.tenant.as_role(Role.VIEWER)
    assert (await send(builder, "GET", path, None, viewer)).json()["parameters"] == {"word": "***"}
    (tick,) = await fire(builder, schedule)
    run = await advance(builder, UUID(tick["run_id"]))
    assert (run["params"], run["output"]["items"]) == ({"word": "***"}, [{"word": "sesame"}])
