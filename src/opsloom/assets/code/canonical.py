"""Content in its two forms: whole, as it is stored and hashed, and short, as a person writes it.

Invariant: reading the short form gives the whole one back, hash for hash; `short` proves it for each content and falls back to
the whole form where a model would not. What a kind derives when an asset is published is no part of either form.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from opsloom.assets.code.reading import Json
from opsloom.assets.content import source_hash
from opsloom.assets.kinds import Kind

_Form = Callable[[object, Json], Json]


def whole(kind: Kind, content: BaseModel) -> dict[str, Json]:
    """Every field that people write, in the model's order, free mappings by key."""
    return _without_derived(kind, _whole(content, content.model_dump(mode="json")))


def short(kind: Kind, content: BaseModel) -> dict[str, Json]:
    """The same without what is the default anyway."""
    dumped = content.model_dump(mode="json")
    pruned = _without_derived(kind, _short(content, dumped))
    wanted = source_hash(kind, dumped)
    for attempt in (_plain_numbers(pruned), pruned):
        if _reads_as(kind, attempt, wanted):
            found: dict[str, Json] = attempt
            return found
    return whole(kind, content)


def fingerprint(kind: Kind, content: BaseModel) -> str:
    """The registry's own hash of what people wrote; the order of fields takes no part in it."""
    return source_hash(kind, content.model_dump(mode="json"))


def _reads_as(kind: Kind, attempt: Json, wanted: str) -> bool:
    try:
        return fingerprint(kind, kind.model.model_validate(attempt)) == wanted
    except ValueError:  # pydantic's refusal is one: something left out was needed after all
        return False


def _without_derived(kind: Kind, value: Json) -> dict[str, Json]:
    return {name: each for name, each in value.items() if name not in kind.derived}


def _whole(value: object, dumped: Json) -> Json:
    if isinstance(value, RootModel):
        return _whole(value.root, dumped)
    if isinstance(value, BaseModel) and isinstance(dumped, dict):
        return {part.name: _whole(each, dumped[part.name]) for part, each in _parts(value, dumped)}
    return _inside(value, dumped, _whole)


def _short(value: object, dumped: Json) -> Json:
    if isinstance(value, RootModel):
        return _short(value.root, dumped)
    if isinstance(value, BaseModel) and isinstance(dumped, dict):
        told = ((part, each) for part, each in _parts(value, dumped) if part.told or each != part.default)
        return {part.name: _short(each, dumped[part.name]) for part, each in told}
    return _inside(value, dumped, _short)


def _inside(value: object, dumped: Json, form: _Form) -> Json:
    if isinstance(value, Mapping) and isinstance(dumped, dict) and len(value) == len(dumped):
        pairs = zip(value.values(), dumped.items(), strict=True)
        return dict(sorted((key, form(each, shown)) for each, (key, shown) in pairs))
    if isinstance(value, (list, tuple)) and isinstance(dumped, list):
        return [form(each, shown) for each, shown in zip(value, dumped, strict=True)]
    return dumped


@dataclass(frozen=True, slots=True)
class _Part:
    """A field of a model; `told` is one that a person writes whatever its value."""

    name: str
    told: bool
    default: object = None


def _parts(value: BaseModel, dumped: dict[str, Json]) -> Iterator[tuple[_Part, object]]:
    """Each dumped field with its value, then what the model takes beside them."""
    declared = _declared(type(value))
    for part in declared:
        if part.name in dumped:
            yield part, getattr(value, part.name)
    for name, each in sorted((value.model_extra or {}).items()):
        if name in dumped and name not in type(value).model_fields:
            yield _Part(name, told=True), each


@cache
def _declared(model: type[BaseModel]) -> tuple[_Part, ...]:
    return tuple(_part(name, field) for name, field in model.model_fields.items())


def _part(name: str, field: FieldInfo) -> _Part:
    """Needed fields are told, and so is the word that tells the members of a union apart."""
    if field.is_required() or get_origin(field.annotation) is Literal:
        return _Part(name, told=True)
    return _Part(name, told=False, default=field.get_default(call_default_factory=True, validated_data={}))


def _plain_numbers(value: Json) -> Json:
    """`300` instead of `300.0`, as far as the model makes the same of it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, dict):
        return {key: _plain_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(each) for each in value]
    return value
