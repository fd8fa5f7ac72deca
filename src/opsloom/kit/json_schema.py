"""JSON Schemas (draft 2020-12) as validators.

Invariant: a validator never leaves its schema (no reference is fetched) and matches patterns in linear time, so neither a
schema nor a value can hold a worker up. Messages never repeat values: they may be secrets, or megabytes.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

import orjson

from opsloom.kit.errors import FieldProblem, InvalidInput

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

Schema = dict[str, Any]
Json = Any

MOST_SCHEMA_BYTES = 512 * 1024
DEEPEST = 100
_MOST_PROBLEMS = 50
_KEPT = 2_000


class SchemaInvalid(InvalidInput):
    """It is no JSON Schema, or reaches outside itself."""

    code, title = "schema_invalid", "A schema is not valid"


class Checker:
    """The validators of one process by the schemas they were made of."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Validator] = OrderedDict()

    def problems(self, schema: Schema, value: Json) -> list[FieldProblem]:
        """What of a value does not fit, the first fifty places. Raises SchemaInvalid."""
        return problems_of(self.validator(schema), value)

    def validator(self, schema: Schema) -> "Validator":
        """Raises SchemaInvalid."""
        key = _canonical(schema)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = compiled(schema, "")
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found


def problems_of(validator: "Validator", value: Json) -> list[FieldProblem]:
    """What of a value does not fit, the first fifty places."""
    found = islice(validator.iter_errors(value), _MOST_PROBLEMS)
    return [problem for error in found for problem in _problems(error)]


def compiled(schema: Schema, pointer: str) -> "Validator":
    """A validator. Raises SchemaInvalid; `pointer` is where the schema stands."""
    import jsonschema_rs  # only processes that use schemas pay for it

    if depth_of(schema) > DEEPEST:
        _refuse(pointer, f"it is nested deeper than {DEEPEST} levels")
    if len(_canonical(schema)) > MOST_SCHEMA_BYTES:
        _refuse(pointer, f"it is larger than {MOST_SCHEMA_BYTES} bytes")
    try:
        return jsonschema_rs.Draft202012Validator(
            schema,
            validate_formats=True,
            retriever=_no_retrieval,
            pattern_options=jsonschema_rs.RegexOptions(),
            mask="the value",
        )
    except (jsonschema_rs.ValidationError, ValueError) as error:
        path = getattr(error, "instance_path", None) or []
        message = getattr(error, "message", None) or str(error)
        _refuse(pointer + "".join(f"/{_escaped(part)}" for part in path), message.splitlines()[0][:300])


def _canonical(schema: Schema) -> bytes:
    try:
        return orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a number beyond 64 bits
        return json.dumps(schema, sort_keys=True).encode("utf-8", "surrogatepass")


def depth_of(value: Json) -> int:
    """How deeply objects and arrays are nested; without recursion, for a hostile depth is what it looks for."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        if isinstance(each, dict | list):
            deepest = max(deepest, depth)
            waiting += [(inner, depth + 1) for inner in (each.values() if isinstance(each, dict) else each)]
            if deepest > DEEPEST:
                break
    return deepest


def _problems(error: "ValidationError") -> Iterator[FieldProblem]:
    """One problem a field, with a pointer to the field also where it is missing or unknown."""
    kind, base = error.kind, "".join(f"/{_escaped(part)}" for part in error.instance_path)
    if kind.name == "required":
        yield FieldProblem(pointer=f"{base}/{_escaped(str(kind.value))}", detail="is required", code="required")
    elif kind.name in ("additionalProperties", "unevaluatedProperties"):
        for name in kind.as_dict().get("unexpected", []):
            yield FieldProblem(pointer=f"{base}/{_escaped(name)}", detail="there is no such field", code="unknown")
    else:
        yield FieldProblem(pointer=base or "/", detail=error.message[:300], code=_code(kind.name))


def _code(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")[:200]


def _no_retrieval(uri: str) -> NoReturn:
    raise ValueError(f"references leave the schema ({uri[:200]})")


def _refuse(pointer: str, why: str) -> NoReturn:
    raise SchemaInvalid(
        f"This is not a usable JSON Schema: {why}.",
        details=[FieldProblem(pointer=pointer or "/", detail=why, code="schema")],
        hint="Schemas follow draft 2020-12 and hold everything they refer to.",
    )
