"""An operation as the definition of an HTTP API: parameters, the request they fill, and the schema of a row. Pure."""

import re
from dataclasses import dataclass
from typing import Any, Final

from opsloom.apis.openapi.dialect import Schema
from opsloom.apis.openapi.errors import Broken
from opsloom.apis.openapi.operations import Body, Found, Operation, Taken
from opsloom.apis.openapi.references import Node, resolved

MOST_FIELDS: Final = 60
_TYPES: Final = frozenset({"string", "integer", "number", "boolean"})
_STRING_FORMATS: Final = {"date": "date", "uuid": "uuid"}
_WORD = re.compile(r"[^A-Za-z0-9_]+")
_SEGMENT = re.compile(r"[^A-Za-z0-9._~-]+")
_DATA_SUFFIXES: Final = (".csv", ".ndjson", ".json")
_RESERVED: Final = frozenset({"true", "false", "null", "and", "or", "in", "function"})


@dataclass(frozen=True, slots=True)
class Draft:
    """What an API or a tool is made of; `input_schema` and `output_schema` are a tool's."""

    name: str
    path: str
    method: str
    description: str
    tags: list[str]
    logic: dict[str, Any]
    parameters: list[dict[str, Any]]
    row_schema: Schema | None
    input_schema: Schema
    output_schema: Schema | None
    capabilities: list[str]


@dataclass(frozen=True, slots=True)
class _Field:
    """One parameter of ours: its name, its definition, its JSON Schema, and whether it must be given."""

    name: str
    definition: dict[str, Any]
    schema: Schema
    required: bool


def draft_of(found: Found, operation: Operation, connection: str, base_path: str) -> Draft:
    """Raises Broken for an operation whose schemas cannot be followed."""
    names = _Names()
    fields: list[_Field] = []
    logic: dict[str, Any] = {"type": "http", "connection": connection, "method": operation.method}
    path, query, headers = operation.path, {}, {}
    method = "GET" if operation.method == "GET" else "POST"
    for taken in operation.parameters:
        field = _field(found, taken, names)
        fields.append(field)
        text = _expression(field, taken)
        if taken.place == "path":
            path = path.replace(f"{{{taken.name}}}", text)
        elif taken.place == "query":
            query[taken.name] = text
        else:
            headers[taken.name] = text
    body = None
    if operation.body is not None:
        body, more = _body(found, operation.body, names)
        fields += more
        logic["body_type"] = operation.body.type
    logic |= {"path": base_path + path, "query": query, "headers": headers, "body": body}
    row = _row(found, operation)
    placed = zip(operation.parameters, fields, strict=False)
    answered_at = _runtime_path(operation, {each.name: field.name for each, field in placed})
    for field in fields:
        if field.definition["where"] == "path" and f"{{{field.name}}}" not in answered_at.split("/"):
            field.definition["where"] = "query"
    return Draft(
        name=operation.name,
        path=answered_at,
        method=method,
        description=operation.description,
        tags=operation.tags,
        logic=logic,
        parameters=[field.definition for field in fields],
        row_schema=row,
        input_schema=_input(fields),
        output_schema=None if row is None else _output(row),
        capabilities=_capabilities(operation),
    )


class _Names:
    """Identifiers that stand for the names of a document, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, wanted: str) -> str:
        plain = _WORD.sub("_", wanted).strip("_")[:60] or "value"
        plain = f"_{plain}" if plain[0].isdigit() or plain in _RESERVED else plain
        name, count = plain, 1
        while name in self._taken:
            count += 1
            name = f"{plain[:56]}_{count}"
        self._taken.add(name)
        return name


def _field(found: Found, taken: Taken, names: _Names) -> _Field:
    where = "path" if taken.place == "path" else "query"
    schema = found.dialect.closed(taken.schema, taken.pointer)
    described = {"description": taken.description} if taken.description else {}
    return _made(names.new(taken.name), schema | described, where, required=taken.required)


def _made(name: str, schema: Schema, where: str, *, required: bool) -> _Field:
    """A parameter of ours for a value with this schema; what is no plain value travels as JSON."""
    kind = schema.get("type")
    plain = (
        isinstance(kind, str) and kind in _TYPES and not ({"anyOf", "oneOf", "allOf", "$ref", "const"} & schema.keys())
    )
    choices = schema.get("enum")
    definition: dict[str, Any] = {"name": name, "required": required, "where": where, "type": "json"}
    if isinstance(schema.get("description"), str):
        definition["description"] = schema["description"][:2_000]
    definition["sensitive"] = schema.get("format") == "password" or schema.get("writeOnly") is True
    if plain and kind == "string" and _are_words(choices):
        definition |= {"type": "enum", "enum": choices}
    elif plain and choices is None:
        definition["type"] = _STRING_FORMATS.get(str(schema.get("format")), kind) if kind == "string" else kind
        definition |= _bounds(schema, definition["type"])
    else:
        inner = {word: value for word, value in schema.items() if word not in ("description", "default")}
        if inner:
            definition["value_schema"] = inner
        return _Field(name, definition, schema, required)
    default = schema.get("default")
    if default is not None and not isinstance(default, dict | list) and (not choices or default in choices):
        definition["default"] = default
    return _Field(name, definition, schema, required)


def _are_words(choices: Any) -> bool:
    return isinstance(choices, list) and 0 < len(choices) <= 500 and all(isinstance(each, str) for each in choices)


def _bounds(schema: Schema, kind: str) -> dict[str, Any]:
    if kind not in ("string", "integer", "number"):
        return {}
    low, high = ("minLength", "maxLength") if kind == "string" else ("minimum", "maximum")
    pairs = (("minimum", schema.get(low)), ("maximum", schema.get(high)))
    return {name: value for name, value in pairs if isinstance(value, int | float) and not isinstance(value, bool)}


def _expression(field: _Field, taken: Taken) -> str:
    """The template that puts a value into its place; a list is repeated, or joined as the document says."""
    if field.definition["type"] == "json" and taken.joined is not None and field.schema.get("type") == "array":
        return f'{{{{ $join({field.name}.$string(), "{taken.joined}") }}}}'
    return f"{{{{ {field.name} }}}}"


def _body(found: Found, body: Body, names: _Names) -> tuple[Any, list[_Field]]:
    """The body's template: a field each where it is a plain object, else one parameter for all of it."""
    flat = _flat(found, body.schema, body.pointer) if body.type != "text" else None
    if flat is None:
        schema = found.dialect.closed(body.schema, body.pointer)
        field = _made(names.new("body"), schema, "body", required=body.required)
        return f"{{{{ {field.name} }}}}", [field]
    template, fields = {}, []
    properties, required = flat
    for name, (raw, pointer) in properties.items():
        schema = found.dialect.closed(raw, pointer)
        if schema.get("readOnly") is True:
            continue
        field = _made(names.new(name), schema, "body", required=body.required and name in required)
        template[name] = f"{{{{ {field.name} }}}}"
        fields.append(field)
    return template, fields


_Properties = dict[str, tuple[Any, str]]


def _flat(found: Found, schema: Any, pointer: str, depth: int = 0) -> tuple[_Properties, set[str]] | None:
    """The properties of a plain object, `allOf` put together; None where it is anything else."""
    told, pointer = resolved(found.dialect.document, schema, pointer)
    if not isinstance(told, dict) or depth > 10 or {"oneOf", "anyOf", "not", "if"} & told.keys():
        return None
    properties: _Properties = {}
    required = {each for each in told.get("required") or () if isinstance(each, str)}
    for at, part in enumerate(told.get("allOf") or ()):
        inner = _flat(found, part, f"{pointer}/allOf/{at}", depth + 1)
        if inner is None:
            return None
        properties |= inner[0]
        required |= inner[1]
    own = told.get("properties")
    for name, each in own.items() if isinstance(own, dict) else ():
        properties[name] = (each, f"{pointer}/properties/{name.replace('~', '~0').replace('/', '~1')}")
    is_object = told.get("type") in ("object", None, ["object"])
    if not is_object or not 0 < len(properties) <= MOST_FIELDS or isinstance(told.get("additionalProperties"), dict):
        return None
    return properties, required


def _row(found: Found, operation: Operation) -> Schema | None:
    """What one row of the answer is: an item of a list, or the whole."""
    if operation.answer is None:
        return None
    schema, pointer = operation.answer
    try:
        told, place = resolved(found.dialect.document, schema, pointer)
        if isinstance(told, dict) and told.get("type") == "array" and "items" in told:
            return found.dialect.closed(told["items"], f"{place}/items")
        return found.dialect.closed(schema, pointer)
    except Broken:
        return None  # it was noted when the operation was read, or is only of the answer


def _input(fields: list[_Field]) -> Schema:
    """The arguments of a tool. Definitions of all fields stand at the root."""
    definitions: Schema = {}
    properties: Schema = {}
    for field in fields:
        inner = dict(field.schema)
        definitions |= inner.pop("$defs", {})
        properties[field.name] = inner
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    schema["required"] = [field.name for field in fields if field.required]
    return schema | ({"$defs": definitions} if definitions else {})


def _output(row: Schema) -> Schema:
    inner = {word: value for word, value in row.items() if word != "$defs"}
    schema: Schema = {
        "type": "object",
        "required": ["items", "row_count", "truncated"],
        "properties": {
            "items": {"type": "array", "items": inner},
            "row_count": {"type": "integer"},
            "truncated": {"type": "boolean"},
        },
    }
    return schema | ({"$defs": row["$defs"]} if "$defs" in row else {})


def _capabilities(operation: Operation) -> list[str]:
    known = {
        "GET": ["read_only", "idempotent"],
        "PUT": ["idempotent"],
        "DELETE": ["destructive", "idempotent"],
    }
    return [*known.get(operation.method, []), "open_world"]


def _runtime_path(operation: Operation, names: Node) -> str:
    """Where the API answers: the document's path in letters that may stand there; other methods than GET end in their name."""
    segments = []
    for raw in operation.path.strip("/").split("/"):
        placed = re.fullmatch(r"\{([^{}]+)\}", raw)
        if placed and placed.group(1) in names:
            segments.append(f"{{{names[placed.group(1)]}}}")
        else:
            plain = _SEGMENT.sub("-", raw).lstrip("-._~").rstrip("-")
            segments += [plain] if plain else []
    if operation.method != "GET":
        segments.append(operation.method.lower())
    path = "/".join(segments)[:150].rstrip("/") or "root"
    return path.replace(".", "-") if path.endswith(_DATA_SUFFIXES) else path
