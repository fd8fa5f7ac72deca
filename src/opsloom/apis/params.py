"""Parameters of an API: their definitions, their JSON Schema, and the reading of a call's values.

Invariant: `Reader.read` answers either a value for every declared parameter (None when an optional one was left out) or
one error that names every bad field. Nothing undeclared gets through, and every value is text, number, boolean or None,
ready to be bound and to be a cache key.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from opsloom.apis import secrecy
from opsloom.apis.errors import ParametersInvalid
from opsloom.kit.errors import FieldProblem, OpsloomError
from opsloom.kit.json_schema import compiled, problems_of

Value = str | int | float | bool | None
Values = dict[str, Value]

LARGEST_INTEGER = 2**63 - 1
LONGEST_TEXT = 10_000
LONGEST_JSON = 1_000_000
_INTEGER = re.compile(r"[+-]?\d{1,20}\Z", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class ParameterType(StrEnum):
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    UUID = "uuid"
    ENUM = "enum"
    JSON = "json"


class Place(StrEnum):
    """Where a call carries the value. A query parameter is also read from the flat JSON body of a POST."""

    QUERY = "query"
    PATH = "path"
    BODY = "body"


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
        if self.default is not None:
            problem = _checked(self, self.default)[1]
            if problem:
                raise ValueError(f"the default {problem}")
        return self

    @property
    def must_be_given(self) -> bool:
        return self.default is None and (self.required or self.where is Place.PATH)


# --- reading one value: each reader answers (value, problem); the problem finishes the sentence "the value …" ---

Checked = tuple[Value, str]


def _text(raw: object) -> Checked:
    if not isinstance(raw, str):
        return None, "must be a string"
    if "\0" in raw or any("\ud800" <= c <= "\udfff" for c in raw):
        return None, "contains a character that cannot be stored"
    if len(raw) > LONGEST_TEXT:
        return None, f"is longer than {LONGEST_TEXT} characters"
    return raw, ""


def _integer(raw: object) -> Checked:
    if isinstance(raw, str) and _INTEGER.match(raw):
        number = int(raw)
    elif isinstance(raw, int) and not isinstance(raw, bool):
        number = raw
    elif isinstance(raw, float) and raw.is_integer():
        number = int(raw)
    else:
        return None, "must be an integer"
    if not -LARGEST_INTEGER - 1 <= number <= LARGEST_INTEGER:
        return None, "does not fit in 64 bits"
    return number, ""


def _number(raw: object) -> Checked:
    if (
        isinstance(raw, bool)
        or not isinstance(raw, int | float | str)
        or (isinstance(raw, str) and not _NUMBER.match(raw))
    ):
        return None, "must be a number"
    try:
        number = float(raw)
    except OverflowError:
        return None, "is too large"
    return (number, "") if math.isfinite(number) else (None, "must be a finite number")


def _boolean(raw: object) -> Checked:
    if isinstance(raw, bool):
        return raw, ""
    truth = _TRUTHS.get(raw.lower()) if isinstance(raw, str) else None
    return (None, "must be true or false") if truth is None else (truth, "")


def _date(raw: object) -> Checked:
    try:
        return date.fromisoformat(raw if isinstance(raw, str) and len(raw) == 10 else "").isoformat(), ""
    except ValueError:
        return None, "must be a date like 2026-05-01"


def _datetime(raw: object) -> Checked:
    """A time without an offset is read as UTC; the canonical form is always UTC."""
    try:
        moment = datetime.fromisoformat(raw if isinstance(raw, str) and len(raw) > 10 else "")
        return (moment.replace(tzinfo=moment.tzinfo or UTC)).astimezone(UTC).isoformat(), ""
    except (ValueError, OverflowError):
        return None, "must be a date and time like 2026-05-01T09:30:00Z"


def _uuid(raw: object) -> Checked:
    try:
        return str(UUID(raw if isinstance(raw, str) and len(raw) in (32, 36) else "")), ""
    except ValueError:
        return None, "must be a UUID"


def _as_json_text(value: object) -> object:
    """A value of a body as a query would carry it; what cannot be written is refused by the reader."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer beyond 64 bits, half of a surrogate pair
        return None


def _json(raw: object) -> Checked:
    """JSON text, put into one canonical form, so that equal values are one cache key."""
    text = raw if isinstance(raw, str) else ""
    if len(text) > LONGEST_JSON:
        return None, f"is longer than {LONGEST_JSON} characters"
    try:
        return orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS).decode(), ""
    except orjson.JSONDecodeError:
        return None, "must be JSON"


READERS: dict[ParameterType, Callable[[object], Checked]] = {
    ParameterType.STRING: _text,
    ParameterType.ENUM: _text,
    ParameterType.INTEGER: _integer,
    ParameterType.NUMBER: _number,
    ParameterType.BOOLEAN: _boolean,
    ParameterType.DATE: _date,
    ParameterType.DATETIME: _datetime,
    ParameterType.UUID: _uuid,
    ParameterType.JSON: _json,
}


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
        self._hidden = frozenset(p.name for p in parameters if p.sensitive or secrecy.opens_something(p.name))
        self.hides_path = any(p.where is Place.PATH and p.name in self._hidden for p in parameters)
        self._json = frozenset(p.name for p in parameters if p.type is ParameterType.JSON)
        self._validators = {p.name: compiled(p.value_schema, p.name) for p in parameters if p.value_schema is not None}

    def read(
        self,
        query: Iterable[tuple[str, str]] = (),
        path: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Values:
        """Values of a call in declared order. Raises ParametersInvalid naming every bad field."""
        values = dict(self._defaults)
        given: set[str] = set()
        problems: list[FieldProblem] = []
        for name, raw in query:
            self._take(name, raw, (Place.QUERY,), (values, given, problems))
        for name, raw in (path or {}).items():
            self._take(name, raw, (Place.PATH,), (values, given, problems))
        for name, item in (body or {}).items():
            self._take(name, item, (Place.BODY, Place.QUERY), (values, given, problems))
        missing = [name for name in self._defaults if name in self.needed and name not in given]
        problems += [_problem(name, "required", f"{name} is required") for name in missing]
        if problems:
            raise ParametersInvalid(f"{len(problems)} of the parameters cannot be used.", details=problems)
        return values

    def _take(self, name: str, raw: object, places: tuple[Place, ...], into: _Taken) -> None:
        values, given, problems = into
        parameter = self._by_name.get(name)
        if parameter is None or parameter.where not in places:
            shown = (name if name.isprintable() else ascii(name))[:80]
            why = f"there is no parameter {shown}"
            if parameter is not None:
                why = f"{name} is not read from the {places[0]} but from the {parameter.where}"
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
            raw = _as_json_text(raw)
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
