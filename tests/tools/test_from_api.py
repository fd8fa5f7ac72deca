"""APIs exported as tools: schemas, limits and both directions of the link."""

from typing import Any

from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from apis.conftest import problem_in
from tools.conftest import Bench

PARAMETERS = [
    {"name": "host", "required": True, "description": "Whose values."},
    {"name": "n", "type": "integer", "default": 2, "minimum": 1, "maximum": 5},
    {"name": "token", "sensitive": True},
]
QUERY = "select :host::text as host, g as value from generate_series(1, :n) g where :token::text is null or true"


async def exported(bench: Bench, **more: Any) -> dict[str, Any]:
    builder = bench.upstream.builder
    await builder.publish(
        "values/of", QUERY, parameters=PARAMETERS, description="Values of a host.", name="Host values"
    )
    answer = await bench.send("/tools/from-api", {"api": "host-values", "publish": True, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_an_api_becomes_a_tool_that_runs_it(bench: Bench) -> None:
    made = await exported(bench, when_to_use="For values.")
    assert (made["kind"], made["key"], made["published_version"]) == ("tool", "host-values", 1)
    content = (await bench.get(f"/assets/{made['asset_id']}"))["content"]
    taken = content["input_schema"]
    assert taken["required"] == ["host"]
    assert taken["additionalProperties"] is False
    assert (taken["properties"]["n"]["maximum"], taken["properties"]["token"]["writeOnly"]) == (5, True)
    assert content["output_schema"]["properties"]["items"]["items"]["properties"]["value"]["type"] == [
        "integer",
        "null",
    ]
    assert (content["description"], content["capabilities"]) == ("Values of a host.", ["read_only", "idempotent"])
    answer = await bench.run(made["asset_id"], {"host": "web", "token": "hunter2"})
    assert [row["value"] for row in answer.json()["result"]["items"]] == [1, 2], answer.text
    assert (await bench.runs(made["asset_id"]))[0]["arguments"] == {"host": "web", "token": "***"}
    apis = (await bench.get("/apis"))["items"]
    logged = (await bench.upstream.builder.runs(apis[0]["id"]))[0]
    assert (logged["method"], logged["path"], logged["parameters"]["token"]) == ("TOOL", "tools/host-values", "***")


async def test_both_sides_show_the_link_and_what_would_break(bench: Bench) -> None:
    made = await exported(bench)
    uses = (await bench.get(f"/assets/{made['asset_id']}/links"))["uses"]
    assert [(each["kind"], each["key"], each["role"]) for each in uses] == [("api", "host-values", "wraps")]
    api = (await bench.get("/apis"))["items"][0]
    used_by = (await bench.get(f"/assets/{api['id']}/links"))["used_by"]
    assert [each["key"] for each in used_by] == ["host-values"]
    narrower = {**api["definition"], "name": "Host values", "parameters": PARAMETERS[:1]}
    narrower.pop("output")
    narrower["logic"] = {"type": "sql", "sql": "select :host::text as host, 1 as value"}
    saved = await bench.send(f"/apis/{api['id']}", narrower, method="PUT", **{"If-Match": f'"{api["revision"]}"'})
    assert saved.status_code == 200, saved.text
    refused = await bench.send(f"/apis/{api['id']}/publish", {})
    assert refused.status_code == 409, refused.text
    assert "host-values" in refused.text or "Host values" in refused.text
    forced = await bench.send(f"/apis/{api['id']}/publish", {"force": True})
    assert (forced.status_code, forced.json()["version"]) == (200, 2), forced.text
    again = await bench.send(f"/apis/{api['id']}/rollback", {"version": 1, "force": True})
    assert (again.status_code, again.json()["version"]) == (200, 1), again.text


async def test_an_api_that_is_not_published_is_no_tool(bench: Bench) -> None:
    await bench.upstream.builder.create("draft", "select 1 as one")
    problem_in(await bench.send("/tools/from-api", {"api": "draft"}), 422, "tool_logic_refused")
    problem_in(await bench.send("/tools/from-api", {"api": "nothing"}), 422, "tool_logic_refused")


async def test_a_withdrawn_api_makes_the_tool_say_so(bench: Bench) -> None:
    made = await exported(bench)
    api = (await bench.get("/apis"))["items"][0]
    problem_in(await bench.send(f"/apis/{api['id']}/unpublish", {}), 409, "breaks_dependants")
    answer = await bench.send(f"/apis/{api['id']}/unpublish", {"force": True})
    assert answer.status_code == 200, answer.text
    problem_in(await bench.run(made["asset_id"], {"host": "a"}), 404, "api_not_found")


async def test_a_tool_that_a_policy_wants_looked_at_is_made_and_waits(bench: Bench) -> None:
    policy = {"kind": "policy", "name": "Four eyes", "content": {"kinds": ["tool"]}}
    asset = (await bench.send("/assets", policy)).json()
    assert (await bench.send(f"/assets/{asset['id']}/publish", {})).status_code == 200
    made = await exported(bench)
    assert made["published_version"] is None
    reviews = (await bench.get(f"/assets/{made['asset_id']}/reviews"))["items"]
    assert [each["state"] for each in reviews] == ["requested"]


async def test_a_language_model_finds_it_on_the_mcp_server_and_runs_it(bench: Bench) -> None:
    await exported(bench, name="Values by host", description="Values of one host.", when_to_use="For single hosts.")
    bench.client.headers.update(bench.headers)
    url = str(bench.client.base_url.join("/mcp"))
    async with Client(streamable_http_client(url, http_client=bench.client)) as client:
        offered = (await client.list_tools()).tools
        tool = next(each for each in offered if each.name == "values-by-host")
        ran = await client.call_tool(tool.name, {"host": "web-1", "n": 3})
        refused = await client.call_tool(tool.name, {"n": 99})
    assert tool.description is not None
    assert "Values of one host." in tool.description
    assert "For single hosts." in tool.description
    assert tool.input_schema["required"] == ["host"]
    assert tool.input_schema["properties"]["n"]["maximum"] == 5
    assert tool.output_schema is not None
    assert tool.annotations is not None
    assert tool.annotations.read_only_hint is True
    assert ran.structured_content is not None, ran
    assert [row["value"] for row in ran.structured_content["items"]] == [1, 2, 3]
    assert refused.is_error
    made = (await bench.get("/tools"))["items"]
    asset = next(each["asset_id"] for each in made if each["key"] == "values-by-host")
    assert [(each["caller"], each["code"]) for each in await bench.runs(asset)] == [
        ("mcp", "tool_arguments_invalid"),
        ("mcp", ""),
    ]
