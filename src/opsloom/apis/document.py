"""The OpenAPI 3.1 document of everything a tenant has published. Pure."""

from collections.abc import Sequence
from typing import Any

from opsloom.apis.params import Parameter, Place, Schema, property_schema
from opsloom.apis.schemas import ApiDefinition, Method
from opsloom.apis.sql.verdict import output_schema

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_ERRORS = {
    "400": "The request could not be read.",
    "401": "No valid credential was sent.",
    "403": "The caller may not run APIs.",
    "404": "No API is published here.",
    "413": "The result is larger than the API's limit.",
    "422": "Parameters are missing, unknown or not valid; `errors` names each.",
    "429": "Too many calls; see `Retry-After`.",
    "502": "The statement failed.",
    "503": "Paused or busy; see `Retry-After`.",
    "504": "The API took longer than its limit.",
}


def describe(tenant: str, origin: str, apis: Sequence[tuple[str, str, int, ApiDefinition]]) -> dict[str, Any]:
    """`apis` are (id, name, version, definition)."""
    paths: dict[str, Any] = {}
    for api_id, name, version, definition in apis:
        operations = {Method.POST.value.lower(): _operation(api_id, name, version, definition, by_post=True)}
        if definition.method is Method.GET:
            operations[Method.GET.value.lower()] = _operation(api_id, name, version, definition, by_post=False)
        paths[f"/runtime/{definition.path}"] = operations
    return {
        "openapi": "3.1.0",
        "info": {"title": f"APIs of {tenant}", "version": "1", "description": "Published with Opsloom."},
        "servers": [{"url": origin}],
        "security": [{"api_key": []}, {"bearer": []}],
        "paths": paths,
        "components": {"schemas": {"Problem": PROBLEM}, "securitySchemes": SECURITY},
    }


def _operation(api_id: str, name: str, version: int, definition: ApiDefinition, *, by_post: bool) -> dict[str, Any]:
    in_body = [each for each in definition.parameters if by_post and each.where is not Place.PATH]
    shown = [each for each in definition.parameters if each not in in_body]
    operation: dict[str, Any] = {
        "operationId": f"{'post' if by_post else 'get'}_{api_id.replace('-', '')}",
        "summary": name,
        "description": definition.description,
        "tags": definition.tags,
        "x-api-id": api_id,
        "x-api-version": version,
        "parameters": [_parameter(each) for each in shown],
        "responses": _responses(definition),
    }
    if in_body:
        operation["requestBody"] = {
            "required": any(each.must_be_given for each in in_body),
            "content": {"application/json": {"schema": _body(in_body)}},
        }
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    place = "path" if parameter.where is Place.PATH else "query"
    schema = {key: value for key, value in property_schema(parameter).items() if key != "description"}
    return {
        "name": parameter.name,
        "in": place,
        "required": place == "path" or parameter.must_be_given,
        "description": parameter.description,
        "schema": schema,
    }


def _body(parameters: Sequence[Parameter]) -> Schema:
    return {
        "type": "object",
        "properties": {each.name: property_schema(each) for each in parameters},
        "required": [each.name for each in parameters if each.must_be_given],
        "additionalProperties": False,
    }


def schemas_of(definition: ApiDefinition) -> tuple[Schema, Schema]:
    """What a call takes, all in one object, and what it gives."""
    taken = _body(definition.parameters)
    secret = {"writeOnly": True}
    properties = {
        each.name: property_schema(each) | (secret if each.sensitive else {}) for each in definition.parameters
    }
    return taken | {"properties": properties}, _answer(definition)


def _answer(definition: ApiDefinition) -> Schema:
    row = definition.row_schema or (output_schema(tuple(definition.output)) if definition.output else {})
    # References of a schema that people wrote count from its own root.
    inner = {key: value for key, value in row.items() if key not in ("$defs", "$schema", "$id")}
    answer: Schema = {
        "type": "object",
        "required": ["items", "row_count", "truncated"],
        "properties": {
            "items": {"type": "array", "items": inner},
            "row_count": {"type": "integer"},
            "truncated": {"type": "boolean", "description": f"More than {definition.limits.max_rows} rows were found."},
        },
    }
    return answer | ({"$defs": row["$defs"]} if "$defs" in row else {})


def _responses(definition: ApiDefinition) -> dict[str, Any]:
    answer = _answer(definition)
    content = {
        "application/json": {"schema": answer},
        "text/csv": {"schema": {"type": "string"}},
        "application/x-ndjson": {"schema": {"type": "string"}},
    }
    responses: dict[str, Any] = {"200": {"description": "The rows.", "content": content}}
    for status, text in _ERRORS.items():
        responses[status] = {"description": text, "content": {"application/problem+json": {"schema": _PROBLEM}}}
    return responses


PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "trace_id": {"type": "string"},
        "hint": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
SECURITY: Schema = {
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}
