"""Examples of calls: those that people saved and that passed, the last good run, or values made up from the schemas. Pure.

Invariant: no value of a parameter that opens something is in an example; of an answer neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from opsloom.apis import secrecy
from opsloom.apis.params import Parameter, ParameterType, Schema, property_schema
from opsloom.apis.schemas import ApiDefinition
from opsloom.kit.masking import HIDDEN, masked

_DEEPEST = 8
_MOST_ITEMS = 3
_TEXTS: Mapping[str, str] = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T09:00:00Z",
    "uuid": "0190b3f0-0000-7000-8000-000000000000",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "password": HIDDEN,
}


class ExampleSource(StrEnum):
    CASE = "case"
    RUN = "run"
    SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Example:
    """One call and what came of it; `answer` is None where it was not kept."""

    name: str
    source: ExampleSource
    parameters: dict[str, Any]
    answer: Any = None
    status: int = 200


def made_up(definition: ApiDefinition, row: Schema, *, whole: bool) -> Example:
    """A call with the parameters that must be given, and an answer of one row."""
    due = [each for each in definition.parameters if each.must_be_given and not each.where.is_magic]
    answer = sample(row) if row else None
    return Example(
        name="",
        source=ExampleSource.SCHEMA,
        parameters={each.name: value_of(each) for each in due},
        answer=answer if whole or answer is None else [answer],
    )


def readable(example: Example, definition: ApiDefinition, row: Schema) -> Example:
    """The example without what must not be read or is not sent by callers, and short enough to be read."""
    hidden = {each.name for each in definition.parameters if each.sensitive}
    filled_in = {each.name for each in definition.parameters if each.where.is_magic}
    values = {
        name: HIDDEN if name in hidden or secrecy.opens_something(name) else value
        for name, value in example.parameters.items()
        if name not in filled_in
    }
    short = example.answer[:_MOST_ITEMS] if isinstance(example.answer, list) else example.answer
    shown = masked(_answer_schema(row, example.answer), {"answer": short}).get("answer")
    return Example(example.name, example.source, values, shown, example.status)


def _answer_schema(row: Schema, answer: Any) -> Schema:
    inner = {key: value for key, value in row.items() if key != "$defs"}
    schema: Schema = {"properties": {"answer": {"items": inner} if isinstance(answer, list) else inner}}
    return schema | ({"$defs": row["$defs"]} if "$defs" in row else {})


def value_of(parameter: Parameter) -> Any:
    """A value the parameter would take."""
    if parameter.type is ParameterType.STRING and parameter.default is None:
        low, high = int(parameter.minimum or 0), parameter.maximum
        text = parameter.name.ljust(low, "x")
        return text if high is None else text[: int(high)]
    return sample(property_schema(parameter))


def sample(schema: Any, definitions: Mapping[str, Any] | None = None, depth: int = 0) -> Any:
    """A small value that fits a plain schema; what it cannot make up is left out."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    inside = schema.get("$defs", definitions) if isinstance(schema.get("$defs", definitions), dict) else {}
    for keyword in ("const", "default"):
        if keyword in schema:
            return schema[keyword]
    for keyword in ("examples", "enum"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            return schema[keyword][0]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return sample((inside or {}).get(reference.rpartition("/")[2]), inside, depth + 1)
    for keyword in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            return sample(schema[keyword][0], inside, depth + 1)
    return _of_type(schema, inside or {}, depth)


def _of_type(schema: Schema, definitions: Mapping[str, Any], depth: int) -> Any:
    kinds = schema.get("type")
    kind = next((each for each in kinds if each != "null"), None) if isinstance(kinds, list) else kinds
    properties = schema.get("properties")
    if kind == "object" or isinstance(properties, dict):
        known = properties if isinstance(properties, dict) else {}
        return {name: sample(each, definitions, depth + 1) for name, each in known.items()}
    match kind:
        case "array":
            item = sample(schema.get("items"), definitions, depth + 1)
            return [] if item is None else [item]
        case "string":
            return _text(schema)
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return True
    return None


def _text(schema: Schema) -> str:
    text = _TEXTS.get(str(schema.get("format")), "text")
    low = schema.get("minLength")
    return text.ljust(low, "x") if isinstance(low, int) else text


def _number(schema: Schema) -> Any:
    for keyword in ("minimum", "maximum"):
        if isinstance(schema.get(keyword), int | float):
            return schema[keyword]
    return 1


def chosen(found: Sequence[Example], definition: ApiDefinition, row: Schema, *, whole: bool) -> list[Example]:
    """What was found, fit to be read; made up where nothing was, or where no answer was kept."""
    shown = [readable(each, definition, row) for each in found]
    if any(each.answer is not None for each in shown):
        return shown
    return [*shown, readable(made_up(definition, row, whole=whole), definition, row)]
