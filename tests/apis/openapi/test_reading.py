"""OpenAPI documents: what is found in them, and what is said about broken ones."""

from collections.abc import AsyncIterator
from typing import Any

import jsonschema_rs
import orjson
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from apis.openapi.documents import PETS_YAML, minimal
from opsloom.apis.openapi import Broken, DocumentRefused, DocumentTooLarge, Draft, Found, draft_of, load, read
from opsloom.apis.schemas import ApiDefinition
from opsloom.document import management_document
from opsloom.infra.aside import Aside


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def aside() -> AsyncIterator[Aside]:
    made = Aside(1)
    yield made
    await made.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pets(aside: Aside) -> Found:
    return read(await load(aside, PETS_YAML.encode()))


def drafted(found: Found, operation_id: str) -> Draft:
    operation = next(each for each in found.operations if each.id == operation_id)
    return draft_of(found, operation, "pets", "/base")


def definition(draft: Draft) -> ApiDefinition:
    """What is drafted is a definition."""
    return ApiDefinition.model_validate(
        {
            "path": draft.path,
            "method": draft.method,
            "logic": draft.logic,
            "parameters": draft.parameters,
            "row_schema": draft.row_schema,
        }
    )


async def test_operations_are_listed(pets: Found) -> None:
    assert (pets.title, pets.version, pets.openapi, pets.base_path) == ("Pets", "1.2", "3.0.3", "/base")
    assert {(each.id, each.method, each.usable) for each in pets.operations} == {
        ("listPets", "GET", True), ("addPet", "POST", True), ("photo", "GET", True), ("deletePet", "DELETE", True),
        ("replaceAll", "PUT", True), ("upload", "POST", False),
    }  # fmt: skip
    upload = next(each for each in pets.operations if each.id == "upload")
    assert [(each.code, each.pointer) for each in upload.problems] == [
        ("media_type", "/paths/~1upload/post/requestBody/content")
    ]


async def test_parameters_fill_the_request(pets: Found) -> None:
    draft = drafted(pets, "listPets")
    made = definition(draft)
    assert draft.path == "pets"
    assert draft.logic["query"] == {
        "limit": "{{ limit }}", "tag[]": "{{ tag }}", "ids": '{{ $join(ids.$string(), ",") }}', "kind": "{{ kind }}",
    }  # fmt: skip
    assert draft.logic["headers"] == {"X-Trace": "{{ X_Trace }}"}
    kinds = {each.name: (each.type.value, each.required, each.default) for each in made.parameters}
    assert kinds == {
        "X_Trace": ("string", False, None), "limit": ("integer", False, 10), "tag": ("json", False, None),
        "ids": ("json", False, None), "kind": ("enum", False, None),
    }  # fmt: skip
    row = made.row_schema or {}
    assert row["$ref"] == "#/$defs/Pet"
    assert row["$defs"]["Pet"]["properties"]["friends"]["items"] == {"$ref": "#/$defs/Pet"}
    assert row["$defs"]["Pet"]["properties"]["name"]["type"] == ["string", "null"]


async def test_bodies_become_fields(pets: Found) -> None:
    draft = drafted(pets, "addPet")
    made = definition(draft)
    assert draft.logic["body"] == {name: f"{{{{ {name} }}}}" for name in ("name", "kind", "weight", "parent", "secret")}
    found = {each.name: (each.type.value, each.required, each.sensitive) for each in made.parameters}
    assert found["name"] == ("string", True, False)
    assert found["kind"] == ("enum", True, False)
    assert found["secret"] == ("string", False, True)
    assert found["parent"][0] == "json"
    weight = draft.input_schema["properties"]["weight"]
    assert weight == {"type": ["number", "null"], "exclusiveMinimum": 0}
    assert "pattern" not in draft.input_schema["properties"]["name"]
    assert draft.path == "pets/post"


async def test_a_body_that_is_no_plain_object_is_one_parameter(pets: Found) -> None:
    draft = drafted(pets, "replaceAll")
    assert (draft.logic["body"], draft.logic["path"]) == ("{{ body }}", "/base/pets/{{ petId }}")
    assert draft.input_schema["properties"]["body"]["items"] == {"$ref": "#/$defs/Pet"}
    assert {each["name"]: each["where"] for each in draft.parameters} == {"petId": "path", "body": "body"}


async def test_a_path_that_cannot_be_ours_still_works(pets: Found) -> None:
    draft = drafted(pets, "photo")
    made = definition(draft)
    assert draft.logic["path"] == "/base/pets/{{ petId }}/photo.{{ format }}"
    assert made.path == "pets/{petId}/photo.-format"
    assert {each.name: each.where.value for each in made.parameters} == {"petId": "path", "format": "query"}


async def test_every_schema_stands_alone(pets: Found) -> None:
    for operation in pets.operations:
        if operation.usable:
            draft = drafted(pets, operation.id)
            for schema in (draft.input_schema, draft.output_schema, draft.row_schema):
                if schema is not None:
                    jsonschema_rs.Draft202012Validator(schema, offline=True)


def test_this_servers_own_document_is_read_whole() -> None:
    found = read(management_document())
    assert len(found.operations) > 100
    broken = {each.id: each.problems[0].detail for each in found.operations if not each.usable}
    assert broken == {"ingest_prometheus": "no body of type application/x-protobuf can be sent"}
    for operation in (each for each in found.operations if each.usable):
        definition(draft_of(found, operation, "self", ""))


BROKEN = [
    (b"", "syntax|document", None),
    (b"[1]", "document", "/"),
    (b"{", "syntax", "/"),
    (b"openapi: [", "syntax", "/"),
    (b'{"swagger": "2.0"}', "version", "/swagger"),
    (b'{"openapi": "4.0.0"}', "version", "/openapi"),
    (b'{"openapi": 3}', "version", "/openapi"),
    (b'{"openapi": "3.0.0", "paths": []}', "invalid", "/paths"),
    (b"\xff\xfe", "syntax", "/"),
]


@pytest.mark.parametrize(("text", "code", "pointer"), BROKEN)
async def test_what_is_no_document_is_refused_with_its_place(
    aside: Aside, text: bytes, code: str, pointer: str | None
) -> None:
    with pytest.raises(DocumentRefused) as caught:
        read(await load(aside, text))
    detail = caught.value.details[0]
    assert detail.code in code.split("|")
    assert pointer in (None, detail.pointer)
    assert detail.detail


async def test_a_huge_document_is_refused(aside: Aside) -> None:
    with pytest.raises(DocumentTooLarge):
        await load(aside, b"x" * 9_000_000)


FAULTS = [
    ({"parameters": [{"in": "query"}]}, "invalid", "/paths/~1x/get/parameters/0/name"),
    ({"parameters": [{"name": "a", "in": "nowhere"}]}, "invalid", "/paths/~1x/get/parameters/0/in"),
    ({"parameters": [{"$ref": "https://evil.example/p"}]}, "remote_reference", "/paths/~1x/get/parameters/0"),
    ({"parameters": [{"$ref": "#/components/none"}]}, "missing_reference", "/paths/~1x/get/parameters/0"),
    ({"parameters": [{"$ref": "#/paths/~1x/get/parameters/0"}]}, "circular_reference", "/paths/~1x/get/parameters/0"),
    ({"parameters": [{"name": "c", "in": "cookie", "required": True}]}, "cookie", "/paths/~1x/get/parameters/0"),
    ({"parameters": ["text"]}, "invalid", "/paths/~1x/get/parameters/0"),
]


@pytest.mark.parametrize(("change", "code", "pointer"), FAULTS)
def test_a_fault_costs_its_operation_only(change: dict[str, Any], code: str, pointer: str) -> None:
    document = minimal(**change)
    document["paths"]["/fine"] = {"get": {"operationId": "fine"}}
    found = {each.id: each for each in read(document).operations}
    assert found["fine"].usable
    assert not found["x"].usable
    assert [(each.code, each.pointer) for each in found["x"].problems] == [(code, pointer)]


@pytest.mark.parametrize("reference", ["#/components/schemas/Gone", "other.yaml#/X", "#/components/schemas/Loop/x"])
def test_a_schema_that_leads_nowhere_is_told_when_it_is_needed(reference: str) -> None:
    document = minimal(parameters=[{"name": "a", "in": "query", "schema": {"$ref": reference}}])
    found = read(document)
    with pytest.raises(Broken):
        draft_of(found, found.operations[0], "c", "")


def test_schemas_that_refer_to_themselves_stay_small() -> None:
    loop = {"$ref": "#/components/schemas/A"}
    document = minimal(parameters=[{"name": "a", "in": "query", "schema": loop}])
    document["components"] = {"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"allOf": [loop, loop]}}}
    found = read(document)
    draft = draft_of(found, found.operations[0], "c", "")
    assert set(draft.input_schema["$defs"]) == {"A", "B"}


def test_a_web_of_schemas_is_cut_off() -> None:
    names = [f"S{n}" for n in range(400)]
    schemas = {
        name: {
            "properties": {other: {"$ref": f"#/components/schemas/{other}"} for other in [*names[:50], names[at - 1]]}
        }
        for at, name in enumerate(names)
    }
    document = minimal(parameters=[{"name": "a", "in": "query", "schema": {"$ref": "#/components/schemas/S0"}}])
    document["components"] = {"schemas": schemas}
    found = read(document)
    assert len(orjson.dumps(draft_of(found, found.operations[0], "c", "").input_schema)) < 1_000


def test_the_same_id_twice_is_told_apart() -> None:
    document = minimal()
    document["paths"]["/y"] = document["paths"]["/x"]
    assert [each.id for each in read(document).operations] == ["x", "get:/y"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["get", "parameters", "name", "in", "schema", "$ref", "requestBody", "content", "responses", "200", "type",
             "application/json", "properties", "allOf", "items", "enum", "required", "default", "x"]
        ), inner, max_size=4,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON, JSON)
def test_no_document_makes_it_stumble(item: Any, components: Any) -> None:
    document = {"openapi": "3.0.1", "paths": {"/x/{a}": item, "/y": {"post": item}}, "components": components}
    try:
        found = read(document)
    except DocumentRefused:
        return
    for operation in found.operations:
        if operation.usable:
            try:
                draft_of(found, operation, "c", "")
            except Broken:
                continue
