"""The OpenAPI 3.1 document of everything a tenant has published. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opsloom.apis.examples import Example
from opsloom.apis.formats import MEDIA_TYPES, Format
from opsloom.apis.logic import ScriptLogic
from opsloom.apis.params import Parameter, Place, Schema, property_schema
from opsloom.apis.schemas import ApiDefinition, Method
from opsloom.apis.sql.verdict import output_schema
from opsloom.apis.workflow import WorkflowLogic

ERRORS = {
    "400": ("malformed_request", "The request could not be read."),
    "401": ("sign_in_required", "No valid credential was sent."),
    "403": ("permission_missing", "The caller may not run APIs."),
    "404": ("api_not_found", "No API is published here."),
    "413": ("api_result_too_large", "The result is larger than the API's limit."),
    "422": ("api_parameters_invalid", "Parameters are missing, unknown or not valid; `errors` names each."),
    "429": ("api_rate_limited", "Too many calls; see `Retry-After`."),
    "502": ("api_statement_failed", "The statement, script or upstream failed."),
    "503": ("api_busy", "Paused or busy; see `Retry-After`."),
    "504": ("api_timeout", "The API took longer than its limit."),
}
_LATER = ("429", "503")


@dataclass(frozen=True, slots=True)
class Described:
    """One published API as the documents show it."""

    id: str
    name: str
    version: int
    definition: ApiDefinition
    examples: Sequence[Example] = ()


def describe(tenant: str, origin: str, apis: Sequence[Described]) -> dict[str, Any]:
    """One path item for each API, with GET beside POST where it answers both."""
    paths: dict[str, Any] = {}
    for api in apis:
        operations = {Method.POST.value.lower(): _operation(api, by_post=True)}
        if api.definition.method is Method.GET:
            operations[Method.GET.value.lower()] = _operation(api, by_post=False)
        paths[f"/runtime/{api.definition.path}"] = operations
    tags = sorted({tag for api in apis for tag in api.definition.tags})
    return {
        "openapi": "3.1.0",
        "info": {"title": f"APIs of {tenant}", "version": "1", "description": "Published with Opsloom."},
        "servers": [{"url": origin}],
        "security": [{"api_key": []}, {"bearer": []}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "headers": HEADERS,
            "responses": {status: _error(status) for status in ERRORS},
            "securitySchemes": SECURITY,
        },
    }


def _operation(api: Described, *, by_post: bool) -> dict[str, Any]:
    definition = api.definition
    in_body = [each for each in definition.parameters if by_post and _in_body(each)]
    shown = [each for each in definition.parameters if each not in in_body and each.where in _PLACES]
    operation: dict[str, Any] = {
        "operationId": f"{'post' if by_post else 'get'}_{api.id.replace('-', '')}",
        "summary": api.name,
        "description": definition.description,
        "tags": definition.tags,
        "x-api-id": api.id,
        "x-api-version": api.version,
        "parameters": [_parameter(each, api.examples) for each in shown],
        "responses": _responses(definition, api.examples),
    }
    if definition.sunset is not None:
        operation["deprecated"] = True
    if in_body:
        content: dict[str, Any] = {"schema": _body(in_body)}
        names = {each.name for each in in_body}
        sent = {
            key: {name: value for name, value in each.parameters.items() if name in names}
            for key, each in _named(api.examples).items()
        }
        if sent:
            content["examples"] = {key: {"value": value} for key, value in sent.items()}
        operation["requestBody"] = {
            "required": any(each.must_be_given for each in in_body),
            "content": {"application/json": content},
        }
    return operation


_PLACES = {Place.PATH: "path", Place.QUERY: "query", Place.HEADER: "header"}


def _in_body(parameter: Parameter) -> bool:
    return parameter.where in (Place.QUERY, Place.BODY)


def _parameter(parameter: Parameter, examples: Sequence[Example]) -> dict[str, Any]:
    place = _PLACES[parameter.where]
    schema = {key: value for key, value in property_schema(parameter).items() if key != "description"}
    shown: dict[str, Any] = {
        "name": parameter.header if place == "header" else parameter.name,
        "in": place,
        "required": place == "path" or parameter.must_be_given,
        "description": parameter.description,
        "schema": schema,
    }
    given = [each.parameters[parameter.name] for each in examples if parameter.name in each.parameters]
    return shown | ({"example": given[0]} if given else {})


def _body(parameters: Sequence[Parameter]) -> Schema:
    return {
        "type": "object",
        "properties": {each.name: property_schema(each) for each in parameters},
        "required": [each.name for each in parameters if each.must_be_given],
        "additionalProperties": False,
    }


def schemas_of(definition: ApiDefinition) -> tuple[Schema, Schema]:
    """What a call takes, all in one object, and what it gives."""
    given = [each for each in definition.parameters if not each.where.is_magic]
    taken = _body(given)
    secret = {"writeOnly": True}
    properties = {each.name: property_schema(each) | (secret if each.sensitive else {}) for each in given}
    return taken | {"properties": properties}, answer_schema(definition)


def gives_rows(definition: ApiDefinition) -> bool:
    """Whether answers are rows in an envelope; else they are whatever a script or workflow returns."""
    return not isinstance(definition.logic, ScriptLogic | WorkflowLogic)


def row_schema_of(definition: ApiDefinition) -> Schema:
    """What is known of one row, or of the whole answer of a script or workflow; references count from its own root."""
    return definition.row_schema or (output_schema(tuple(definition.output)) if definition.output else {})


def answer_schema(definition: ApiDefinition) -> Schema:
    """What a call answers as JSON."""
    row = row_schema_of(definition)
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


def answer_of(definition: ApiDefinition, example: Example) -> Any:
    """The answer as it leaves: rows in their envelope."""
    if not gives_rows(definition) or not isinstance(example.answer, list):
        return example.answer
    return {"items": example.answer, "row_count": len(example.answer), "truncated": False}


def _responses(definition: ApiDefinition, examples: Sequence[Example]) -> dict[str, Any]:
    rows = gives_rows(definition)
    as_json: dict[str, Any] = {"schema": answer_schema(definition) if rows else row_schema_of(definition)}
    kept = {key: each for key, each in _named(examples).items() if each.answer is not None and each.status < 400}
    if kept:
        as_json["examples"] = {key: {"value": answer_of(definition, each)} for key, each in kept.items()}
    content = {MEDIA_TYPES[Format.JSON]: as_json}
    if rows:
        for form, media in MEDIA_TYPES.items():
            text = {"type": "string"} if form in (Format.CSV, Format.NDJSON) else {}
            content.setdefault(media.partition(";")[0], {"schema": text})
    limited = {} if not _is_limited(definition) else {name: _header(name) for name in HEADERS if "RateLimit" in name}
    shown = {name: _header(name) for name in HEADERS if name.startswith(("ETag", "X-", "Server"))}
    responses: dict[str, Any] = {
        "200": {"description": "The rows." if rows else "The answer.", "headers": shown | limited, "content": content},
        "304": {"description": "The caller has this answer already (`If-None-Match`)."},
    }
    return responses | {status: {"$ref": f"#/components/responses/{status}"} for status in ERRORS}


def _is_limited(definition: ApiDefinition) -> bool:
    return definition.limits.caller_rate is not None or definition.limits.tenant_rate is not None


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _named(examples: Sequence[Example]) -> dict[str, Example]:
    return {f"{each.source}_{at}": each for at, each in enumerate(examples, 1)}


def _error(status: str) -> dict[str, Any]:
    """A problem as RFC 9457 has it, with an example."""
    code, text = ERRORS[status]
    example: dict[str, Any] = {
        "type": f"/docs/errors#{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": text.replace("`", ""),
        "code": code,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }
    if status == "422":
        example["errors"] = [{"pointer": "/name", "detail": "name is required", "code": "required"}]
    headers = {"headers": {"Retry-After": _header("Retry-After")}} if status in _LATER else {}
    if status == "429":
        headers["headers"] |= {name: _header(name) for name in HEADERS if name.startswith("RateLimit")}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    return {"description": text, **headers, "content": content}


PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong, as RFC 9457 has it.",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Which error it is, for programs."},
        "trace_id": {"type": "string"},
        "hint": {"type": "string", "description": "What to do about it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
HEADERS: dict[str, Any] = {
    name: {"description": text, "schema": {"type": kind}}
    for name, kind, text in (
        ("ETag", "string", "Names this answer; send it as `If-None-Match`."),
        ("X-Api-Version", "integer", "The version that answered."),
        ("X-Row-Count", "integer", "How many rows there are."),
        ("X-Truncated", "string", "`true` when more rows were found than the limit lets through."),
        ("X-Cache-Status", "string", "`HIT`, `STALE`, `MISS` or `BYPASS`."),
        ("Server-Timing", "string", "Where the time went, in milliseconds."),
        ("RateLimit-Limit", "integer", "Calls a minute."),
        ("RateLimit-Remaining", "integer", "Calls left now."),
        ("RateLimit-Reset", "integer", "Seconds until all calls are there again."),
        ("Retry-After", "integer", "Seconds to wait before the next try."),
    )
}
SECURITY: Schema = {
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}
