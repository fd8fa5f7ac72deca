"""The API document read as a list of operations, and requests made up from its schemas."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from opsloom.document import management_document

Schema = dict[str, Any]

# Everything else needs a sign-in. A new entry here is a decision about security, not a convenience.
OPEN = frozenset(
    {
        "read_setup",
        "complete_setup",
        "log_in",
        "refresh_tokens",
        "describe_oidc",
        "start_oidc",
        "finish_oidc",
        "read_acknowledge_link",  # the same of an alert; tests/alerts/test_links.py
        "acknowledge_by_link",
        "read_approval_link",  # the sealed link in the body is the credential; tests/apis/workflows/test_links.py
        "decide_by_link",
        "ingest_hook",  # the signature of the body is the credential; tests/events/sources/test_sources.py
        "read_oncall_feed",  # calendars cannot sign in; the address is the credential: tests/alerts/oncall/test_schedules.py
    }
)
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_RANDOM_ID = "0198c0de-0000-7000-8000-00000000dead"


@dataclass(frozen=True)
class Parameter:
    """`place` is path, query or header."""

    name: str
    place: str
    required: bool
    schema: Schema


@dataclass(frozen=True)
class Operation:
    """One method of one path. `body` is the JSON body's schema, if it takes one."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Schema | None
    media: tuple[str, ...]
    answers: dict[str, Any]

    def url(self, values: dict[str, str]) -> str:
        """The path with its parameters filled in."""
        return re.sub(r"\{(\w+)(?::path)?\}", lambda found: values[found.group(1)], self.path)

    def in_path(self) -> list[Parameter]:
        return [each for each in self.parameters if each.place == "path"]

    def sample(self, parameter: Parameter) -> str:
        """Some value the schema accepts, as text."""
        return str(example(parameter.schema))


@cache
def document() -> Schema:
    """The document, made once per process."""
    return management_document()


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the management API."""
    return tuple(_read())


def by_id(name: str) -> Operation:
    """The operation with that id; fails when it was renamed."""
    return next(each for each in operations() if each.id == name)


def _read() -> Iterator[Operation]:
    for path, methods in document()["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema")
            yield Operation(
                id=described["operationId"],
                method=method.upper(),
                path=path,
                parameters=tuple(
                    Parameter(each["name"], each["in"], each.get("required", False), each["schema"])
                    for each in described.get("parameters", [])
                    if each["in"] != "cookie"
                ),
                body=body,
                media=tuple(content),
                answers=described["responses"],
            )


def resolve(schema: Schema) -> Schema:
    """Follow one reference."""
    if "$ref" in schema:
        found: Schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def example(schema: Schema, depth: int = 0) -> Any:
    """The smallest value a schema accepts; optional properties are left out."""
    schema = resolve(schema)
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return example(next(each for each in schema[key] if each.get("type") != "null"), depth + 1)
    return _of_type(schema, depth)


def _of_type(schema: Schema, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", [])
        return {
            name: example(each, depth + 1) for name, each in schema.get("properties", {}).items() if name in required
        }
    if kind == "array":
        return [example(schema.get("items", {}), depth + 1)] * schema.get("minItems", 0)
    if kind in {"integer", "number"}:
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return True
    return _text(schema)


def _text(schema: Schema) -> str:
    known = {
        "uuid": _RANDOM_ID,
        "date-time": "2026-01-01T00:00:00Z",
        "email": "someone@meta.example",
        "uri": "https://meta.example/",
        "password": "a passphrase of good length",
    }
    text = known.get(schema.get("format", ""), "text")
    return text.ljust(schema.get("minLength", 0), "x")


def properties(schema: Schema, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, Schema]]:
    """Every property name inside a body's schema, at any depth, with its schema."""
    name = schema.get("$ref", "")
    if name in seen:
        return
    seen |= {name} if name else set()
    schema = resolve(schema)
    for key, each in schema.get("properties", {}).items():
        yield key, each
        yield from properties(each, seen)
    for key in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(key, []):
            yield from properties(each, seen)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from properties(schema[key], seen)


def names_an_id(name: str, schema: Schema) -> bool:
    """Whether a property points at something that is stored: by its form (a UUID) or by its name."""
    forms = [schema, *schema.get("anyOf", []), *([schema["items"]] if isinstance(schema.get("items"), dict) else [])]
    return any(each.get("format") == "uuid" for each in forms) or re.search(r"(^|_)ids?$", name) is not None
