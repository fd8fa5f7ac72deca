"""Content in its two forms: whole, as it is stored and hashed, and short, as a person writes it.

Invariant: reading the short form gives the whole one back, hash for hash; `short` proves it for each content and falls back to
the whole form where a model would not. What a kind derives when an asset is published is no part of either form.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from opsloom.assets.code.reading import Json
from opsloom.assets.content import content_hash
from opsloom.assets.kinds import Kind

_Form = Callable[[object, Json], Json]


def whole(kind: Kind, content: BaseModel) -> dict[str, Json]:
    """Every field that people write, in the model's order, free mappings by key."""
    return _without_derived(kind, _whole(content, content.model_dump(mode="json")))


def short(kind: Kind, content: BaseModel) -> dict[str, Json]:
    """The same without what is the default anyway."""
    complete = whole(kind, content)
    pruned = _without_derived(kind, _short(content, content.model_dump(mode="json")))
    wanted = content_hash(complete)
    for attempt in (_plain_numbers(pruned), pruned):
        if _reads_as(kind, attempt, wanted):
            found: dict[str, Json] = attempt
            return found
    return complete


def fingerprint(kind: Kind, content: BaseModel) -> str:
    """The hash of the whole form: the registry's own for what people wrote."""
    return content_hash(whole(kind, content))


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
        return {name: _whole(each, dumped[name]) for name, each, _ in _fields(value, dumped)}
    return _inside(value, dumped, _whole)


def _short(value: object, dumped: Json) -> Json:
    if isinstance(value, RootModel):
        return _short(value.root, dumped)
    if isinstance(value, BaseModel) and isinstance(dumped, dict):
        told = (found for found in _fields(value, dumped) if found[2] is None or _is_told(found[2], found[1]))
        return {name: _short(each, dumped[name]) for name, each, _ in told}
    return _inside(value, dumped, _short)


def _inside(value: object, dumped: Json, form: _Form) -> Json:
    if isinstance(value, Mapping) and isinstance(dumped, dict) and len(value) == len(dumped):
        pairs = zip(value.values(), dumped.items(), strict=True)
        return dict(sorted((key, form(each, shown)) for each, (key, shown) in pairs))
    if isinstance(value, (list, tuple)) and isinstance(dumped, list):
        return [form(each, shown) for each, shown in zip(value, dumped, strict=True)]
    return dumped


def _fields(value: BaseModel, dumped: dict[str, Json]) -> Iterator[tuple[str, object, FieldInfo | None]]:
    """Name, value and description of each dumped field, then what the model takes beside them."""
    declared = type(value).model_fields
    for name, field in declared.items():
        if name in dumped:
            yield name, getattr(value, name), field
    for name, each in sorted((value.model_extra or {}).items()):
        if name in dumped and name not in declared:
            yield name, each, None


def _is_told(field: FieldInfo, value: object) -> bool:
    """Whether a person would write it: not the default, or the word that tells the members of a union apart."""
    if field.is_required() or get_origin(field.annotation) is Literal:
        return True
    return bool(value != field.get_default(call_default_factory=True, validated_data={}))


def _plain_numbers(value: Json) -> Json:
    """`300` instead of `300.0`, as far as the model makes the same of it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, dict):
        return {key: _plain_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(each) for each in value]
    return value
