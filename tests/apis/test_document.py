"""The OpenAPI document, the reference and the change log of what is published."""

from typing import Any

import jsonschema_rs
import orjson
from schemathesis.specs.openapi.definitions import OPENAPI_31

from apis.conftest import CPU, PARAMETERS, Builder, draft, fill, problem_in
from opsloom.apis.document import ERRORS, HEADERS, Described, describe
from opsloom.apis.examples import chosen, sample, value_of
from opsloom.apis.formats import MEDIA_TYPES
from opsloom.apis.params import Parameter, Reader
from opsloom.apis.schemas import ApiDefinition

VALIDATOR = jsonschema_rs.Draft202012Validator(OPENAPI_31)
HOSTILE = 'it\'s "quoted" $(id) `id` \\ \n ünïcode 한글 <script>'
ROW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "host": {"type": "string"},
        "password": {"type": "string", "format": "password"},
        "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}},
    },
    "$defs": {"tag": {"type": "object", "properties": {"name": {"enum": ["a", "b"]}, "at": {"format": "date-time", "type": "string"}}}},
}  # fmt: skip
EVERY_TYPE = [
    {"name": "text", "required": True, "minimum": 3, "maximum": 9},
    {"name": "word", "required": True, "maximum": 2},
    {"name": "count", "type": "integer", "required": True, "minimum": 5},
    {"name": "share", "type": "number", "required": True, "maximum": 0.5},
    {"name": "live", "type": "boolean", "required": True},
    {"name": "day", "type": "date", "required": True},
    {"name": "at", "type": "datetime", "required": True},
    {"name": "id", "type": "uuid", "required": True},
    {"name": "kind", "type": "enum", "enum": ["host", "disk"], "required": True},
    {"name": "filter", "type": "json", "required": True, "value_schema": {"type": "object", "properties": {"a": {"type": "string"}}}},
    {"name": "optional"},
]  # fmt: skip


def definition(**more: Any) -> ApiDefinition:
    base: dict[str, Any] = {"path": "hosts/{host}/cpu", "logic": {"type": "sql", "sql": "select 1"}, "row_schema": ROW}
    return ApiDefinition.model_validate(base | {"parameters": [{"name": "host", "where": "path"}]} | more)


def test_the_document_is_openapi_with_every_form_header_and_error() -> None:
    apis = [
        definition(description=HOSTILE, tags=["b", "a"], limits={"caller_rate": 60}),
        definition(path="post", method="POST", parameters=[{"name": "text", "where": "body", "required": True}]),
        definition(path="script", logic={"type": "script", "code": "def main(params, input, ctx):\n    return 1"}, parameters=[]),
    ]  # fmt: skip
    described = [
        Described(f"0-{at}", HOSTILE, at, each, chosen([], each, ROW, whole=False)) for at, each in enumerate(apis)
    ]
    document = describe("tenant", "https://opsloom.example", described)
    assert [error.message for error in VALIDATOR.iter_errors(orjson.loads(orjson.dumps(document)))] == []
    operation = document["paths"]["/runtime/hosts/{host}/cpu"]["get"]
    answer = operation["responses"]["200"]
    assert set(answer["content"]) == {media.partition(";")[0] for media in MEDIA_TYPES.values()}
    assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "ETag"} <= set(answer["headers"])
    assert "RateLimit-Limit" not in document["paths"]["/runtime/post"]["post"]["responses"]["200"]["headers"]
    assert set(operation["responses"]) == {"200", "304", *ERRORS}
    assert list(document["paths"]["/runtime/script"]["get"]["responses"]["200"]["content"]) == ["application/json"]
    problem = jsonschema_rs.Draft202012Validator(document["components"]["schemas"]["Problem"])
    for response in document["components"]["responses"].values():
        content = response["content"]["application/problem+json"]
        problem.validate(content["example"])
    assert set(document["components"]["headers"]) == set(HEADERS)


def test_examples_fit_the_schemas_they_stand_beside() -> None:
    api = definition(path="types", parameters=EVERY_TYPE, method="POST")
    document = describe("t", "https://x.example", [Described("1", "n", 1, api, chosen([], api, ROW, whole=False))])
    operation = document["paths"]["/runtime/types"]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    jsonschema_rs.Draft202012Validator(body["schema"]).validate(body["examples"]["schema_1"]["value"])
    content = operation["responses"]["200"]["content"]["application/json"]
    answer = content["examples"]["schema_1"]["value"]
    jsonschema_rs.Draft202012Validator(content["schema"]).validate(answer)
    assert answer["items"][0]["password"] == "***"
    assert answer["items"][0]["tags"] == [{"name": "a", "at": "2026-01-31T09:00:00Z"}]


def test_a_made_up_value_is_one_the_parameter_takes() -> None:
    parameters = [Parameter.model_validate(each) for each in EVERY_TYPE]
    values = Reader(parameters).read(body={each.name: value_of(each) for each in parameters})
    assert values["kind"] == "host"
    assert values["word"] == "wo"


def test_a_schema_that_refers_to_itself_ends() -> None:
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}}}
    assert orjson.dumps(sample(schema)).count(b'"a"') < 10


async def test_the_reference_shows_examples_of_what_passed_without_secrets(builder: Builder) -> None:
    await fill(builder.core, builder.tenant, "web-1", [50.0, 60.0])
    parameters = [*PARAMETERS, {"name": "password"}]
    api_id = await builder.publish("hosts/cpu", CPU, parameters=parameters, description="CPU", tags=["hosts"])
    headers, client = builder.tenant.headers, builder.client
    entries = (await client.get("/api/v1/runtime/reference", headers=headers)).json()["items"]
    assert [(each["id"], each["tags"], each["path"]) for each in entries] == [(api_id, ["hosts"], "hosts/cpu")]

    async def examples() -> list[dict[str, Any]]:
        answer = await client.get(f"/api/v1/runtime/reference/{api_id}", headers=headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["examples"]
        return found

    assert [(each["source"], each["parameters"]) for each in await examples()] == [("schema", {"host": "host"})]
    await builder.call("hosts/cpu", host="web-1", password="hunter2")
    await builder.runs(api_id)
    found = await examples()
    assert [each["source"] for each in found] == ["run", "schema"]
    assert found[0]["parameters"] == {"host": "web-1", "n": 10, "password": "***"}
    case = {"name": "A host", "parameters": {"host": "web-1", "password": "hunter2"}}
    await client.post(f"/api/v1/apis/{api_id}/cases", json=case, headers=headers)
    await client.post(f"/api/v1/apis/{api_id}/cases/run", json={"version": 1}, headers=headers)
    found = await examples()
    assert [(each["name"], each["source"]) for each in found] == [("A host", "case")]
    assert found[0]["parameters"] == {"host": "web-1", "password": "***"}
    assert found[0]["answer"]["row_count"] == 2
    document = (await client.get("/api/v1/runtime/openapi.json", headers=headers)).json()
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert "hunter2" not in str(document)
    operation = document["paths"]["/runtime/hosts/cpu"]["get"]
    assert next(each for each in operation["parameters"] if each["name"] == "host")["example"] == "web-1"
    draft_id = (await builder.create("unpublished", "select 1 as one"))["id"]
    problem_in(await client.get(f"/api/v1/runtime/reference/{draft_id}", headers=headers), 409, "not_published")


async def test_what_changed_is_judged_and_names_who_uses_it(builder: Builder) -> None:
    api_id = await builder.publish("hosts/cpu", CPU, name="Host CPU", parameters=PARAMETERS)
    headers, client = builder.tenant.headers, builder.client
    tool = {"api": "host-cpu", "name": "CPU tool", "publish": True}
    assert (await client.post("/api/v1/tools/from-api", json=tool, headers=headers)).status_code == 201
    body = draft("hosts/cpu", CPU.replace("time, value", "time"), name="Host CPU", parameters=PARAMETERS, tags=["x"])
    revision = {"if-match": (await client.get(f"/api/v1/apis/{api_id}", headers=headers)).headers["etag"]}
    assert (await client.put(f"/api/v1/apis/{api_id}", json=body, headers=headers | revision)).status_code == 200
    path = f"/api/v1/apis/{api_id}/changes"
    found = (await client.get(path, headers=headers)).json()
    assert (found["from_version"], found["to_version"], found["breaks"]) == (1, 0, True)
    assert [(each["part"], each["breaks"]) for each in found["changes"]] == [
        ("column.value", True), ("logic", False), ("tags", False),
    ]  # fmt: skip
    assert [(each["kind"], each["name"], each["breaks"]) for each in found["consumers"]] == [("tool", "CPU tool", True)]
    forced = {"comment": "slimmer", "force": True}
    answer = await client.post(f"/api/v1/apis/{api_id}/publish", json=forced, headers=headers)
    assert answer.status_code == 200, answer.text
    between = (await client.get(path, params={"from": 2, "to": 1}, headers=headers)).json()
    assert [each["part"] for each in between["changes"] if each["breaks"]] == []
    log = (await client.get(f"/api/v1/apis/{api_id}/changelog", headers=headers)).json()["items"]
    assert [(each["version"], each["breaks"], each["comment"]) for each in log] == [
        (2, True, "slimmer"),
        (1, False, ""),
    ]
    shown = (await client.get(f"/api/v1/apis/{api_id}/changelog", params={"limit": 1}, headers=headers)).json()
    assert [len(each["changes"]) for each in shown["items"]] == [3], "the last of a page is compared too"
    problem_in(await client.get(path, params={"to": 9}, headers=headers), 404, "version_not_found")
