"""Script APIs over HTTP: published, called, refused, logged, and what their modules reach."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest_asyncio

from apis.conftest import CPU, PARAMETERS, Builder, fill, problem_in
from fixtures.linked import Linked, linked_core
from fixtures.tenants import make_tenant
from opsloom import composition
from opsloom.apis.engines.lanes import Lanes
from opsloom.apis.scripts.sandbox import Sandbox
from opsloom.app import create_app
from opsloom.health import Readiness
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.settings import Settings


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _close_sandbox(core: Core) -> AsyncIterator[None]:
    yield
    await core.part(Sandbox).close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def linked_process(core: Core, settings: Settings, app_dsn: Dsn) -> AsyncIterator[Core]:
    del core
    async with linked_core(settings, app_dsn) as made:
        yield made
        await made.part(Sandbox).close()
        await made.part(Lanes).close()


@pytest_asyncio.fixture
async def linked(linked_process: Core) -> AsyncIterator[tuple[Linked, Builder]]:
    tenant = await make_tenant(linked_process)
    app = create_app(linked_process, composition.routers(), Readiness(), composition.record_denial)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test") as client:
        yield Linked(linked_process, tenant), Builder(linked_process, client, tenant)


def script(path: str, code: str, **more: Any) -> dict[str, Any]:
    reach = {name: more.pop(name) for name in ("connections", "secrets") if name in more}
    return {"name": path, "path": path, "logic": {"type": "script", "code": code, **reach}, **more}


async def create(builder: Builder, path: str, code: str, **more: Any) -> str:
    headers = builder.tenant.headers
    made = await builder.client.post("/api/v1/apis", json=script(path, code, **more), headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def publish(builder: Builder, path: str, code: str, **more: Any) -> str:
    api_id = await create(builder, path, code, **more)
    answer = await builder.client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=builder.tenant.headers)
    assert answer.status_code == 200, answer.text
    return api_id


async def test_a_script_reads_the_tenants_data_and_answers_as_it_likes(builder: Builder, core: Core) -> None:
    await fill(core, builder.tenant, "web-1", [10.0, 30.0, 50.0])
    code = (
        "import db, statistics\n"
        "async def main(params, input, ctx):\n"
        f"    rows = await db.query({CPU!r}, params)\n"
        "    values = [row['value'] for row in rows]\n"
        "    return {'host': params['host'], 'mean': statistics.mean(values), 'by': ctx['caller']['name']}\n"
    )
    api_id = await publish(builder, "mean", code, parameters=PARAMETERS)
    answer = await builder.call("mean", host="web-1")
    assert answer.json() == {"host": "web-1", "mean": 30.0, "by": "owner key"}
    assert answer.headers["content-type"] == "application/json"
    (run,) = await builder.runs(api_id)
    assert (run["status"], run["parameters"]["host"]) == (200, "web-1")


async def test_another_tenants_data_is_not_there(builder: Builder, core: Core, other_tenant: Any) -> None:
    await fill(core, other_tenant, "web-9", [99.0])
    code = (
        "import db\nasync def main(params, input, ctx):\n    return await db.query('select item from data.metrics')\n"
    )
    await publish(builder, "theirs", code)
    assert (await builder.call("theirs")).json() == []


async def test_the_guard_reads_a_scripts_sql(builder: Builder) -> None:
    for number, sql in enumerate(("delete from data.metrics", "select pg_sleep(9)", "select * from assets")):
        code = f"import db\nasync def main(params, input, ctx):\n    return await db.query({sql!r})\n"
        await publish(builder, f"sql{number}", code)
        answer = await builder.call(f"sql{number}")
        assert answer.status_code in (422, 502), answer.text
        assert answer.json()["code"] in ("api_logic_refused", "api_statement_failed")


async def test_a_status_and_headers_of_its_own(builder: Builder) -> None:
    code = (
        "import answer\ndef main(params, input, ctx):\n"
        "    return answer.respond({'missing': True}, 404, {'X-Reason': 'gone', 'Set-Cookie': 'a=b', 'Bad\\nName': 'x'})\n"
    )
    api_id = await publish(builder, "gone", code)
    answer = await builder.call("gone")
    assert (answer.status_code, answer.json()) == (404, {"missing": True})
    assert answer.headers["x-reason"] == "gone"
    assert "set-cookie" not in answer.headers
    assert (await builder.runs(api_id))[0]["status"] == 404


async def test_publishing_shows_every_finding_with_its_line(builder: Builder) -> None:
    code = "import db\nasync def main(params, input, ctx):\n    rows = await db.query(5)\n    return rows.foo\n"
    api_id = await create(builder, "bad", code, secrets=["none/such"], connections=["nowhere"])
    answer = await builder.client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=builder.tenant.headers)
    errors = problem_in(answer, 422, "api_logic_refused")["errors"]
    places = {each["pointer"].removesuffix("#1:1") for each in errors}
    assert places >= {"/logic/code#3:27", "/logic/connections/0", "/logic/secrets/0"}


async def test_a_failure_is_an_error_with_the_line_and_a_log_row(builder: Builder) -> None:
    api_id = await publish(builder, "broken", "def main(params, input, ctx):\n    return 1 / (2 - 2)\n")
    problem = problem_in(await builder.call("broken"), 502, "api_script_failed")
    assert problem["errors"][0]["pointer"] == "/logic/code#2:12"
    assert (await builder.runs(api_id))[0]["code"] == "api_script_failed"


async def test_a_loop_ends_at_the_limit_and_leaves_the_others_alone(builder: Builder) -> None:
    await publish(
        builder, "loop", "def main(params, input, ctx):\n    while True:\n        pass\n", limits={"timeout_ms": 300}
    )
    await publish(builder, "fine", "def main(params, input, ctx):\n    return 'ok'\n")
    stuck = [asyncio.ensure_future(builder.call("loop")) for _ in range(3)]
    assert (await builder.call("fine")).json() == "ok"
    for each in await asyncio.gather(*stuck):
        problem_in(each, 504, "api_timeout")


async def test_a_trial_run_shows_the_log(builder: Builder) -> None:
    code = "import log\ndef main(params, input, ctx):\n    log.info('seen', n=params['n'])\n    return [1, 2]\n"
    api_id = await create(builder, "try", code, parameters=[{"name": "n", "type": "integer", "default": 3}])
    answer = await builder.client.post(
        f"/api/v1/apis/{api_id}/run", json={"parameters": {}}, headers=builder.tenant.headers
    )
    ran = answer.json()
    assert (ran["items"], ran["row_count"], ran["version"]) == ([1, 2], 2, 0)
    assert [(each["level"], each["message"], each["fields"]) for each in ran["log"]] == [("info", "seen", {"n": 3})]


async def test_the_cache_keeps_between_runs_of_one_version(builder: Builder) -> None:
    code = "import cache\ndef main(params, input, ctx):\n    n = (cache.get('n') or 0) + 1\n    cache.set('n', n)\n    return n\n"
    await publish(builder, "count", code)
    assert [(await builder.call("count")).json() for _ in range(3)] == [1, 2, 3]


async def test_a_cached_answer_knows_no_caller(builder: Builder) -> None:
    code = "def main(params, input, ctx):\n    return ctx['caller']\n"
    await publish(builder, "who", code, cache={"ttl_s": 60})
    first, second = await builder.call("who"), await builder.call("who")
    assert (first.json(), second.json()) == (None, None)
    assert second.headers["x-cache-status"] == "HIT"


async def test_connections_and_secrets_are_reached_only_when_declared(linked: tuple[Linked, Builder]) -> None:
    connected, builder = linked
    connected.folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(connected.folder / "shop.db") as file:
        file.execute("create table orders (id integer, total real)")
        file.executemany("insert into orders values (?, ?)", [(1, 10.5), (2, 20.0)])
    key = await connected.publish("Shop", {"type": "sqlite", "path": "shop.db"})
    await connected.secret("shop/token", "canary-secret")
    code = (
        "import db, secrets\nasync def main(params, input, ctx):\n"
        "    rows = await db.query('select * from orders where total > :least', {'least': 15}, connection='shop')\n"
        "    return [rows, len(await secrets.get('shop/token'))]\n"
    )
    await publish(builder, "orders", code, connections=[key], secrets=["shop/token"])
    assert (await builder.call("orders")).json() == [[{"id": 2, "total": 20.0}], 13]
    await publish(builder, "undeclared", code, secrets=["shop/token"])
    problem_in(await builder.call("undeclared"), 422, "api_reach_undeclared")
    leak = (
        "import secrets\nasync def main(params, input, ctx):\n    raise ValueError(await secrets.get('shop/token'))\n"
    )
    await publish(builder, "leak", leak, secrets=["shop/token"])
    answer = await builder.call("leak")
    problem_in(answer, 502, "api_script_failed")
    assert "canary" not in answer.text
