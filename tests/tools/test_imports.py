"""OpenAPI documents over HTTP: listed, fetched through a connection, and made into APIs and tools that run."""

import json
from typing import Any

import pytest

from apis.conftest import problem_in
from apis.openapi.documents import PETS_YAML, minimal
from fakes.receiver import answers, floods, hangs
from opsloom.identity.permissions import Role
from tools.conftest import Bench


async def apply(bench: Bench, operations: list[str], **more: Any) -> list[dict[str, Any]]:
    body = {"document": PETS_YAML, "connection": "upstream", "operations": operations, "base_path": "", **more}
    answer = await bench.send("/imports/openapi/apply", body)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_document_is_listed(bench: Bench) -> None:
    found = (await bench.send("/imports/openapi", {"document": PETS_YAML})).json()
    assert (found["title"], found["base_path"]) == ("Pets", "/base")
    by_id = {each["id"]: each for each in found["operations"]}
    assert by_id["listPets"]["input_schema"]["properties"]["limit"]["maximum"] == 50
    assert by_id["listPets"]["parameters"][0] == {"name": "X-Trace", "place": "header", "required": False}
    assert (by_id["upload"]["usable"], by_id["upload"]["problems"][0]["code"]) == (False, "media_type")


async def test_an_imported_api_runs_at_once(bench: Bench) -> None:
    made = await apply(bench, ["listPets", "addPet"], publish=True, path_prefix="store")
    assert [(each["kind"], each["path"], each["published_version"], each["error"]) for each in made] == [
        ("api", "store/pets", 1, None), ("api", "store/pets/post", 1, None),
    ]  # fmt: skip
    bench.upstream.answer([{"id": 1}])
    answer = await bench.client.get(
        "/runtime/store/pets", params={"limit": 5, "tag": '["a","b c"]', "ids": "[1,2]"}, headers=bench.headers
    )
    assert answer.json()["items"] == [{"id": 1}], answer.text
    sent = bench.upstream.receiver.received[-1]
    path, _, query = sent.path.partition("?")
    assert (path, set(query.split("&"))) == ("/base/pets", {"limit=5", "tag%5B%5D=a", "tag%5B%5D=b+c", "ids=1%2C2"})
    assert (await bench.client.get("/runtime/store/pets", headers=bench.headers)).status_code == 200
    assert bench.upstream.receiver.received[-1].path == "/base/pets?limit=10"
    pet = {"name": "Rex", "kind": "dog", "parent": {"id": 1}}
    answer = await bench.client.post("/runtime/store/pets/post", json=pet, headers=bench.headers)
    assert answer.status_code == 200, answer.text
    assert json.loads(bench.upstream.receiver.received[-1].body) == pet
    refused = await bench.client.get("/runtime/store/pets", params={"limit": 500, "kind": "cow"}, headers=bench.headers)
    problem_in(refused, 422, "api_parameters_invalid")


async def test_an_imported_tool_runs_and_keeps_its_schemas(bench: Bench) -> None:
    made = (await apply(bench, ["addPet"], make="tool", publish=True))[0]
    assert (made["kind"], made["published_version"]) == ("tool", 1)
    bench.upstream.answer({"id": 7})
    answer = await bench.run(made["asset_id"], {"name": "Rex", "kind": "dog", "secret": "hunter2"})
    assert answer.json()["result"]["items"] == [{"id": 7}], answer.text
    assert (await bench.runs(made["asset_id"]))[0]["arguments"]["secret"] == "***"
    problem = problem_in(
        await bench.run(made["asset_id"], {"name": "x" * 30, "kind": "cow"}), 422, "tool_arguments_invalid"
    )
    assert {each["pointer"] for each in problem["errors"]} == {"/name", "/kind"}
    bench.upstream.answer({"id": "seven"})
    problem_in(await bench.run(made["asset_id"], {"name": "Rex", "kind": "dog"}), 502, "tool_output_invalid")


async def test_both_are_linked(bench: Bench) -> None:
    made = await apply(bench, ["deletePet"], make="both", publish=True)
    assert [each["kind"] for each in made] == ["api", "tool"]
    uses = (await bench.get(f"/assets/{made[1]['asset_id']}/links"))["uses"]
    assert [(each["kind"], each["key"]) for each in uses] == [("api", made[0]["key"])]
    uses = (await bench.get(f"/assets/{made[0]['asset_id']}/links"))["uses"]
    assert [(each["kind"], each["key"]) for each in uses] == [("connection", "upstream")]
    bench.upstream.answer(None, 204)
    answer = await bench.run(made[1]["asset_id"], {"petId": 3})
    assert answer.json()["result"]["items"] == [], answer.text
    assert (bench.upstream.receiver.received[-1].method, bench.upstream.receiver.received[-1].path) == (
        "DELETE",
        "/base/pets/3",
    )


async def test_what_cannot_be_made_costs_no_other(bench: Bench) -> None:
    made = await apply(bench, ["upload", "listPets", "photo"], publish=True)
    assert [(each["operation"], each["code"]) for each in made] == [
        ("upload", "media_type"), ("listPets", None), ("photo", None),
    ]  # fmt: skip
    again = await apply(bench, ["listPets"], publish=True)
    assert (again[0]["code"], again[0]["asset_id"]) == ("api_path_taken", None)
    assert len((await bench.get("/apis"))["items"]) == 2


async def test_names_that_are_taken_get_a_number(bench: Bench) -> None:
    first = await apply(bench, ["listPets"], make="tool")
    second = await apply(bench, ["listPets"], make="tool")
    assert [each["key"] for each in (*first, *second)] == ["list-pets", "list-pets-2"]


async def test_a_document_is_fetched_through_its_connection(bench: Bench) -> None:
    bench.upstream.receiver.otherwise = answers(200, PETS_YAML.encode(), content_type="application/yaml")
    found = await bench.send("/imports/openapi", {"connection": "upstream", "path": "/openapi.yaml?v=1"})
    assert found.json()["title"] == "Pets", found.text
    assert bench.upstream.receiver.received[-1].path == "/base/openapi.yaml?v=1"
    body = {"connection": "upstream", "path": "openapi.yaml", "operations": ["listPets"], "make": "tool"}
    made = (await bench.send("/imports/openapi/apply", body)).json()["items"][0]
    logic = (await bench.get(f"/assets/{made['asset_id']}"))["content"]["logic"]
    assert logic["path"] == "/pets"  # the connection's address ends in the document's base path already


@pytest.mark.parametrize(
    ("behaviour", "status"), [(answers(404, b"no"), 502), (answers(200, b"<html>"), 422), (floods(), 502)]
)
async def test_a_document_that_cannot_be_fetched(bench: Bench, behaviour: Any, status: int) -> None:
    bench.upstream.receiver.otherwise = behaviour
    answer = await bench.send("/imports/openapi", {"connection": "upstream", "path": "x"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_source_that_hangs_is_given_up(bench: Bench) -> None:
    config = {"type": "http", "url": f"http://127.0.0.1:{bench.upstream.receiver.port}"}
    await bench.upstream.linked.publish("slow", config, total_s=0.3)
    bench.upstream.receiver.otherwise = hangs
    problem_in(await bench.send("/imports/openapi", {"connection": "slow", "path": "x"}), 504, "deadline_passed")


async def test_this_servers_own_operations(bench: Bench) -> None:
    found = (await bench.send("/imports/openapi", {"own": True})).json()
    assert "list_tools" in {each["id"] for each in found["operations"]}
    body = {"own": True, "connection": "upstream", "operations": ["list_tools"], "make": "tool", "publish": True}
    made = (await bench.send("/imports/openapi/apply", body)).json()["items"][0]
    assert (made["published_version"], made["error"]) == (1, None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_input"),
        ({"own": True, "document": "x"}, "invalid_input"),
        ({"document": "openapi: ["}, "openapi_refused"),
        ({"document": '{"swagger": "2.0"}'}, "openapi_refused"),
        ({"document": "{}", "surplus": 1}, "invalid_input"),
    ],
)
async def test_bad_requests_say_what_is_wrong(bench: Bench, body: dict[str, Any], code: str) -> None:
    problem = problem_in(await bench.send("/imports/openapi", body), 422, code)
    assert problem["errors"]


async def test_operations_that_are_not_there(bench: Bench) -> None:
    body = {"document": json.dumps(minimal()), "connection": "upstream", "operations": ["x", "gone"]}
    problem = problem_in(await bench.send("/imports/openapi/apply", body), 422, "invalid_input")
    assert [each["pointer"] for each in problem["errors"]] == ["/operations/1"]


async def test_an_unknown_connection(bench: Bench) -> None:
    body = {"document": json.dumps(minimal()), "connection": "none", "operations": ["x"]}
    problem_in(await bench.send("/imports/openapi/apply", body), 404, "connection_not_found")


async def test_too_large_a_body(bench: Bench) -> None:
    answer = await bench.send("/imports/openapi", {"document": "x" * 17_000_000})
    problem_in(answer, 413, "openapi_too_large")


async def test_only_builders_import(bench: Bench) -> None:
    tenant = bench.upstream.builder.tenant
    body = {"document": json.dumps(minimal()), "connection": "upstream", "operations": ["x"]}
    for role, status in ((Role.OPERATOR, 403), (Role.BUILDER, 200)):
        answer = await bench.client.post("/api/v1/imports/openapi/apply", json=body, headers=tenant.as_role(role))
        assert answer.status_code == status, answer.text
