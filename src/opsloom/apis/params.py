"""Parameters of an API: their definitions, their JSON Schema, and the reading of a call's values.

Invariant: `Reader.read` answers either a value for every declared parameter (None when an optional one was left out) or
one error that names every bad field. Nothing undeclared gets through, and every value is text, number, boolean or None,
ready to be bound and to be a cache key.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from opsloom.apis import secrecy
from opsloom.apis.errors import ParametersInvalid
from opsloom.apis.values import READERS, Checked, ParameterType, Value, Values, as_json_text
from opsloom.kit.errors import FieldProblem, OpsloomError
from opsloom.kit.json_schema import compiled, problems_of

__all__ = ["ParameterType", "Value", "Values"]  # what a parameter is made of belongs to this interface


class Place(StrEnum):
    """Where the value comes from. A query parameter is also read from the flat JSON body of a POST; a header is named like the
    parameter, with - for _. The last three are filled in by the server, and no call can say otherwise."""

    QUERY = "query"
    PATH = "path"
    BODY = "body"
    HEADER = "header"
    CALLER = "caller"
    TENANT = "tenant"
    NOW = "now"

    @property
    def is_magic(self) -> bool:
        return self in _FILLED


_FILLED: dict[Place, frozenset[ParameterType]] = {
    Place.CALLER: frozenset({ParameterType.STRING, ParameterType.UUID}),
    Place.TENANT: frozenset({ParameterType.STRING, ParameterType.UUID}),
    Place.NOW: frozenset({ParameterType.DATETIME, ParameterType.DATE, ParameterType.STRING}),
}
"""What the server fills in, and as which types: a caller of type string is its name, of type uuid its id."""

_OTHERS_HEADERS = re.compile(
    r"authorization|cookie|x_api_key|host|connection|te|trailer|upgrade|expect|forwarded|range|prefer|idempotency_key|traceparent"
    r"|(accept|content|if|proxy|transfer|sec|x_csrf|x_forwarded|cache|access_control)(_.*)?",
    re.IGNORECASE,
)
"""Headers that mean something else already; a parameter must not read a credential."""


class Parameter(BaseModel):
    """One declared parameter. `minimum` and `maximum` bound numbers and the length of a string; `value_schema` is the
    JSON Schema of a parameter of type json, whose value is any JSON (as JSON text in a query)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
    type: ParameterType = ParameterType.STRING
    required: bool = False
    default: str | int | float | bool | None = None
    description: Annotated[str, Field(max_length=2000)] = ""
    enum: Annotated[list[str], Field(max_length=500)] = []
    minimum: float | None = None
    maximum: float | None = None
    where: Place = Place.QUERY
    sensitive: bool = False
    value_schema: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.type is ParameterType.ENUM) != bool(self.enum):
            raise ValueError("a parameter of type enum lists its choices in `enum`, the other types do not")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        bounded = self.type in (ParameterType.INTEGER, ParameterType.NUMBER, ParameterType.STRING)
        if not bounded and (self.minimum is not None or self.maximum is not None):
            raise ValueError(f"a parameter of type {self.type} takes no minimum or maximum")
        if self.value_schema is not None:
            if self.type is not ParameterType.JSON:
                raise ValueError("only a parameter of type json takes a value_schema")
            try:
                compiled(self.value_schema, "/value_schema")
            except OpsloomError as error:
                raise ValueError(error.message) from None
        self._agree_with_place()
        if self.default is not None:
            problem = _checked(self, self.default)[1]
            if problem:
                raise ValueError(f"the default {problem}")
        return self

    def _agree_with_place(self) -> None:
        if self.where is Place.HEADER and _OTHERS_HEADERS.fullmatch(self.name):
            raise ValueError(f"the header {self.header} means something else already; choose another name")
        if self.where.is_magic and self.type not in _FILLED[self.where]:
            fitting = ", ".join(sorted(_FILLED[self.where]))
            raise ValueError(f"what the server fills in from {self.where} is of type {fitting}")
        if self.where.is_magic and (self.default is not None or self.enum or self.required):
            raise ValueError("what the server fills in has no default and no choices, and is not required of callers")

    @property
    def must_be_given(self) -> bool:
        return self.default is None and (self.required or self.where is Place.PATH)

    @property
    def header(self) -> str:
        """The header it is read from, in small letters."""
        return self.name.replace("_", "-").lower()


def hidden_of(parameters: Sequence[Parameter]) -> tuple[str, ...]:
    """The names of those whose values are shown to nobody."""
    return tuple(each.name for each in parameters if each.sensitive or secrecy.opens_something(each.name))


def _checked(parameter: Parameter, raw: object) -> Checked:
    value, problem = READERS[parameter.type](raw)
    if problem:
        return None, problem
    if parameter.enum and value not in parameter.enum:
        return None, "must be one of " + ", ".join(parameter.enum[:20])
    size = len(value) if isinstance(value, str) else value
    unit = " characters" if isinstance(value, str) else ""
    if parameter.minimum is not None and size is not None and size < parameter.minimum:
        return None, f"must be at least {parameter.minimum:g}{unit}"
    if parameter.maximum is not None and size is not None and size > parameter.maximum:
        return None, f"must be at most {parameter.maximum:g}{unit}"
    return value, ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server knows of a call; ids are None for whoever has none (the system, a caller without a credential)."""

    caller_name: str
    caller_id: UUID | None
    tenant_id: UUID
    now: datetime

    def value_of(self, parameter: Parameter) -> Value:
        """What is filled in for the parameter."""
        if parameter.where is Place.NOW:
            moment = self.now.astimezone(UTC)
            return moment.date().isoformat() if parameter.type is ParameterType.DATE else moment.isoformat()
        if parameter.where is Place.TENANT:
            return str(self.tenant_id)
        if parameter.type is ParameterType.UUID:
            return None if self.caller_id is None else str(self.caller_id)
        return self.caller_name


def _header_text(content: bytes) -> str | None:
    """UTF-8; what is none is refused by every type as it would be in a body."""
    try:
        return content.decode().strip()
    except UnicodeDecodeError:
        return "\0"


_Taken = tuple[Values, set[str], list[FieldProblem]]


class Reader:
    """The compiled parameters of one API version."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self.parameters = tuple(parameters)
        self._by_name = {p.name: p for p in parameters}
        self._defaults: Values = {
            p.name: _checked(p, p.default)[0] if p.default is not None else None for p in parameters
        }
        self.needed = frozenset(p.name for p in parameters if p.must_be_given)
        self._hidden = frozenset(hidden_of(parameters))
        self.hides_path = any(p.where is Place.PATH and p.name in self._hidden for p in parameters)
        self.headers = {p.header.encode(): p.name for p in parameters if p.where is Place.HEADER}
        self._filled = tuple(p for p in parameters if p.where.is_magic)
        self.is_filled = bool(self._filled)
        self._json = frozenset(p.name for p in parameters if p.type is ParameterType.JSON)
        self._validators = {p.name: compiled(p.value_schema, p.name) for p in parameters if p.value_schema is not None}

    def read(
        self,
        query: Iterable[tuple[str, str]] = (),
        path: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        headers: Iterable[tuple[bytes, bytes]] = (),
    ) -> Values:
        """Values of a call in declared order, with nothing yet where the server fills in. Headers that no parameter asks for are
        passed over. Raises ParametersInvalid naming every bad field."""
        values = dict(self._defaults)
        given: set[str] = set()
        problems: list[FieldProblem] = []
        for name, raw in query:
            self._take(name, raw, (Place.QUERY,), (values, given, problems))
        for name, raw in (path or {}).items():
            self._take(name, raw, (Place.PATH,), (values, given, problems))
        for name, item in (body or {}).items():
            self._take(name, item, (Place.BODY, Place.QUERY), (values, given, problems))
        for header, content in headers:
            asked = self.headers.get(header)
            if asked is not None:
                self._take(asked, _header_text(content), (Place.HEADER,), (values, given, problems))
        missing = [name for name in self._defaults if name in self.needed and name not in given]
        problems += [_problem(name, "required", f"{name} is required") for name in missing]
        if problems:
            raise ParametersInvalid(f"{len(problems)} of the parameters cannot be used.", details=problems)
        return values

    def filled(self, values: Values, facts: "Facts") -> Values:
        """The values with what the server knows of the call in them."""
        for parameter in self._filled:
            values[parameter.name] = facts.value_of(parameter)
        return values

    def _take(self, name: str, raw: object, places: tuple[Place, ...], into: _Taken) -> None:
        values, given, problems = into
        parameter = self._by_name.get(name)
        if parameter is None or parameter.where not in places:
            shown = (name if name.isprintable() else ascii(name))[:80]
            why = f"there is no parameter {shown}"
            if parameter is not None:
                why = f"{name} is not read from the {places[0]} but from the {parameter.where}"
                if parameter.where.is_magic:
                    why = f"{name} is filled in by the server"
            problems.append(_problem(shown, "unknown", why))
            return
        if name in given:
            problems.append(_problem(name, "repeated", f"{name} is given more than once"))
            return
        given.add(name)
        if raw is None:
            if parameter.must_be_given:
                problems.append(_problem(name, "required", f"{name} is required"))
            return
        if parameter.type is ParameterType.JSON and Place.BODY in places:
            raw = as_json_text(raw)
        value, problem = _checked(parameter, raw)
        if problem:
            problems.append(_problem(name, "invalid", f"{name} {problem}"))
        elif name in self._validators:
            problems += self._misfits(name, value)
        values[name] = value

    def _misfits(self, name: str, value: Value) -> list[FieldProblem]:
        """Where a JSON value does not fit the schema declared for it."""
        found = problems_of(self._validators[name], orjson.loads(str(value)))
        return [each.model_copy(update={"pointer": f"{name}{each.pointer.rstrip('/')}"}) for each in found]

    def masked(self, values: Values) -> Values:
        """The values as the log may keep them: sensitive ones hidden, long ones cut."""
        return secrecy.kept(values, self._hidden, self._json)

    def scrubbed(self, text: str, values: Values) -> str:
        """A message as the log may keep it: without the hidden values that it quotes."""
        return secrecy.scrubbed(text, [values[name] for name in self._hidden if name in values])


def _problem(name: str, code: str, detail: str) -> FieldProblem:
    return FieldProblem(pointer=name, detail=detail, code=code)


# --- JSON Schema 2020-12 ---

Schema = dict[str, object]

_SCHEMA_TYPES: dict[ParameterType, Schema] = {
    ParameterType.STRING: {"type": "string"},
    ParameterType.ENUM: {"type": "string"},
    ParameterType.INTEGER: {"type": "integer"},
    ParameterType.NUMBER: {"type": "number"},
    ParameterType.BOOLEAN: {"type": "boolean"},
    ParameterType.DATE: {"type": "string", "format": "date"},
    ParameterType.DATETIME: {"type": "string", "format": "date-time"},
    ParameterType.UUID: {"type": "string", "format": "uuid"},
    ParameterType.JSON: {},
}


def property_schema(parameter: Parameter) -> Schema:
    """The schema of one value, without where it is read from."""
    schema = dict(parameter.value_schema or _SCHEMA_TYPES[parameter.type])
    if parameter.description:
        schema["description"] = parameter.description
    if parameter.enum:
        schema["enum"] = list(parameter.enum)
    if parameter.default is not None:
        is_json = parameter.type is ParameterType.JSON
        schema["default"] = orjson.loads(str(parameter.default)) if is_json else parameter.default
    low, high = ("minLength", "maxLength") if parameter.type is ParameterType.STRING else ("minimum", "maximum")
    for keyword, bound in ((low, parameter.minimum), (high, parameter.maximum)):
        if bound is not None:
            schema[keyword] = int(bound) if bound.is_integer() else bound
    return schema
