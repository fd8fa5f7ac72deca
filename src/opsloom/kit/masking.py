"""JSON values as a history or a document may keep them. Pure.

A property that its schema marks `writeOnly` or `format: password` is hidden at any depth; long text is cut, and what is
still too large is left out with its size.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

Json = Any
Schema = dict[str, Any]
HIDDEN: Final = "***"
_LONGEST_TEXT = 500
_MOST_BYTES = 16_000
_DEEPEST = 30


def masked(schema: Schema, arguments: Mapping[str, Json]) -> dict[str, Any]:
    """A copy that may be stored."""
    kept = _masked(schema, dict(arguments), _definitions(schema), 0)
    size = len(orjson.dumps(kept))
    return kept if size <= _MOST_BYTES else {"…": f"{size} bytes of arguments"}


def _masked(schema: object, value: Json, definitions: Schema, depth: int) -> Json:
    if depth > _DEEPEST:
        return "…"
    forms = list(_forms(schema, definitions))
    if any(form.get("writeOnly") is True or form.get("format") == "password" for form in forms):
        return HIDDEN
    if isinstance(value, dict):
        return {
            _plain(name)[:200]: _masked(_of_property(forms, name), each, definitions, depth + 1)
            for name, each in value.items()
        }
    if isinstance(value, list):
        items = {"anyOf": [form["items"] for form in forms if "items" in form]}
        return [_masked(items, each, definitions, depth + 1) for each in value[:100]]
    if isinstance(value, str):
        plain = _plain(value)
        return plain if len(plain) <= _LONGEST_TEXT else plain[:_LONGEST_TEXT] + "…"
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value


def _plain(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _of_property(forms: list[Schema], name: str) -> Schema:
    found = []
    for form in forms:
        properties = form.get("properties")
        if isinstance(properties, dict) and name in properties:
            found.append(properties[name])
        elif isinstance(form.get("additionalProperties"), dict):
            found.append(form["additionalProperties"])
    return {"anyOf": found}


def _forms(schema: object, definitions: Schema, depth: int = 0) -> list[Schema]:
    """The schema and all it is made of at this place; whichever hides, hides."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return []
    found = [schema]
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        name = reference.removeprefix("#/$defs/").replace("~1", "/").replace("~0", "~")
        found += _forms(definitions.get(name), definitions, depth + 1)
    for keyword in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(keyword) or ():
            found += _forms(each, definitions, depth + 1)
    return found


def _definitions(schema: Schema) -> Schema:
    found = schema.get("$defs")
    return found if isinstance(found, dict) else {}
