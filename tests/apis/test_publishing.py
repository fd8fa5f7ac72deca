"""Checking, trying, publishing, rolling back and describing APIs over HTTP."""

from typing import Any

from apis.conftest import CPU, PARAMETERS, Builder, draft, problem_in


async def test_versions_roll_back_and_paths_are_taken_once(builder: Builder) -> None:
    client, headers = builder.client, builder.tenant.headers
    api_id = await builder.publish("v", "select 1 as version")
    changed = draft("v", "select 2 as version")
    saved = await client.put(f"/api/v1/apis/{api_id}", json=changed, headers=headers | {"if-match": '"1"'})
    assert saved.json()["revision"] == 2
    assert (await builder.call("v")).json()["items"] == [{"version": 1}]
    await client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=headers)
    assert (await builder.call("v")).json()["items"] == [{"version": 2}]
    await client.post(f"/api/v1/apis/{api_id}/rollback", json={"version": 1}, headers=headers)
    assert (await builder.call("v")).json()["items"] == [{"version": 1}]
    versions = (await client.get(f"/api/v1/apis/{api_id}/versions", headers=headers)).json()["items"]
    assert [(each["version"], each["is_published"]) for each in versions] == [(2, False), (1, True)]
    second = await builder.create("v", "select 3 as version", name="another")
    taken = await client.post(f"/api/v1/apis/{second['id']}/publish", json={}, headers=headers)
    problem_in(taken, 409, "api_path_taken")
    await client.post(f"/api/v1/apis/{api_id}/unpublish", headers=headers)
    problem_in(await builder.call("v"), 404, "api_not_found")
    published = await client.post(f"/api/v1/apis/{second['id']}/publish", json={}, headers=headers)
    assert published.status_code == 200
    assert (await builder.call("v")).json()["items"] == [{"version": 3}]


async def test_publishing_is_refused_with_places(builder: Builder) -> None:
    made = await builder.create("bad", "select\n  pg_sleep(1) as a from data.nothing")
    answer = await builder.client.post(f"/api/v1/apis/{made['id']}/publish", json={}, headers=builder.tenant.headers)
    problem = problem_in(answer, 422, "api_logic_refused")
    assert [each["pointer"] for each in problem["errors"]] == ["/logic/sql#2:3", "/logic/sql#2:25"]
    problem_in(await builder.call("bad"), 404, "api_not_found")


async def test_checking_gives_columns_or_reasons(builder: Builder) -> None:
    async def check(sql: str, **more: Any) -> dict[str, Any]:
        body = {"logic": {"type": "sql", "sql": sql}, **more}
        answer = await builder.client.post("/api/v1/apis/check", json=body, headers=builder.tenant.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    good = await check(
        "select item, value, time, labels from data.metrics where item = :host", parameters=[{"name": "host"}]
    )
    assert good["passes"]
    assert {column["name"]: column["type"] for column in good["output"]} == {
        "item": "text",
        "value": "double precision",
        "time": "timestamp with time zone",
        "labels": "jsonb",
    }
    assert good["row_schema"]["properties"]["time"]["format"] == "date-time"
    assert good["parameters_used"] == ["host"]
    missing = await check("select item,\n  nothing from data.metrics")
    assert missing["findings"][0] | {"message": ""} == {
        "code": "postgres_42703",
        "message": "",
        "line": 2,
        "column": 3,
        "pointer": "/logic/sql",
    }


async def test_a_draft_runs_like_a_published_version(builder: Builder) -> None:
    client, headers = builder.client, builder.tenant.headers
    where = [{"name": "host", "where": "path"}, {"name": "n", "type": "integer", "default": 2}]
    made = await builder.create("{host}/x", "select :host::text as h, :n::int as n", parameters=where)
    run = f"/api/v1/apis/{made['id']}/run"
    answer = await client.post(run, json={"parameters": {"host": "web-1"}}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["items"], answer.json()["version"]) == ([{"h": "web-1", "n": 2}], 0)
    problem_in(await client.post(run, json={"parameters": {}}, headers=headers), 422, "api_parameters_invalid")
    await builder.client.put(
        f"/api/v1/apis/{made['id']}",
        json=draft("{host}/x", "select set_config('role', 'none', true) as a, :host as b", parameters=where),
        headers=headers | {"if-match": '"1"'},
    )
    answer = await client.post(run, json={"parameters": {"host": "web-1"}}, headers=headers)
    problem_in(answer, 422, "api_logic_refused")


async def test_the_document_describes_what_is_published(builder: Builder) -> None:
    await builder.publish("hosts/cpu", CPU, parameters=PARAMETERS, description="CPU of a host", tags=["hosts"])
    await builder.create("unpublished", "select 1 as one")
    headers = builder.tenant.headers
    document = (await builder.client.get("/api/v1/runtime/openapi.json", headers=headers)).json()
    assert document["openapi"] == "3.1.0"
    assert list(document["paths"]) == ["/runtime/hosts/cpu"]
    operation = document["paths"]["/runtime/hosts/cpu"]["get"]
    assert [(each["name"], each["required"]) for each in operation["parameters"]] == [("host", True), ("n", False)]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["items"]["items"]["properties"]["value"] == {"type": ["number", "null"]}
