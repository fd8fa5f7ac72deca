"""Schemas of OpenAPI 3.0 and 3.1 as JSON Schemas (2020-12) that hold everything they refer to.

Invariant: a converted schema refers only to its own `$defs`, so it can be stored, shown to a model and checked alone; circles
of references stay circles of references.
"""

import re
from typing import Any

import orjson

from opsloom.apis.openapi.errors import Broken
from opsloom.apis.openapi.references import Node, at, escaped
from opsloom.kit.json_schema import SchemaInvalid, compiled

Schema = dict[str, Any]
MOST_DEFINITIONS = 200
MOST_BYTES = 200_000
_DEEPEST = 60
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
_ONE = frozenset(
    {"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedProperties",
     "unevaluatedItems"}
)  # fmt: skip
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_KEPT = frozenset(
    {"type", "enum", "const", "title", "description", "default", "format", "minimum", "maximum", "exclusiveMinimum",
     "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minContains",
     "maxContains", "minProperties", "maxProperties", "required", "dependentRequired", "deprecated", "readOnly", "writeOnly",
     "examples", "contentEncoding", "contentMediaType"}
)  # fmt: skip
_DROPPED = object()
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


class Dialect:
    """Converts schemas of one document. `old` is OpenAPI 3.0, with its own words for null and bounds."""

    def __init__(self, document: Node, *, old: bool) -> None:
        self.document = document
        self._old = old
        self._patterns: dict[str, bool] = {}

    def closed(self, schema: Any, pointer: str) -> Schema:
        """A schema with the definitions it needs. Raises Broken for a reference that cannot be followed.

        One that is too large to be worth it becomes a schema that lets everything through."""
        names: dict[str, str] = {}
        converted = self._convert(schema, pointer, names, 0)
        definitions: Schema = {}
        while len(definitions) < len(names):
            reference = next(each for each, name in names.items() if name not in definitions)
            if len(definitions) >= MOST_DEFINITIONS:
                return _anything(converted)
            target = at(self.document, reference, pointer)
            definitions[names[reference]] = self._convert(target, reference[1:], names, 0)
        whole = converted | ({"$defs": definitions} if definitions else {})
        return whole if len(orjson.dumps(whole)) <= MOST_BYTES else _anything(converted)

    def _convert(self, schema: Any, pointer: str, names: dict[str, str], depth: int) -> Schema:
        if schema is True or depth > _DEEPEST:
            return {}
        if schema is False:
            return {"not": {}}
        if not isinstance(schema, dict):
            raise Broken(pointer, "a schema must be an object")
        made: Schema = {}
        for word, value in schema.items():
            kept = self._word(word, value, f"{pointer}/{escaped(word)}", (names, depth + 1))
            if kept is not _DROPPED:
                made[word] = kept
        return _of_old(made, schema) if self._old else made

    def _word(self, word: str, value: Any, here: str, inside: tuple[dict[str, str], int]) -> Any:
        """One keyword's value, or that it is left out."""
        if word == "$ref":
            return self._reference(value, here, inside[0])
        if word in _MAPS and isinstance(value, dict):
            return {name: self._convert(each, f"{here}/{escaped(name)}", *inside) for name, each in value.items()}
        if word in _ONE:
            return self._convert(value, here, *inside)
        if word in _SEVERAL and isinstance(value, list):
            return [self._convert(each, f"{here}/{n}", *inside) for n, each in enumerate(value)]
        if word == "pattern":
            return value if isinstance(value, str) and self._linear(value) else _DROPPED
        return value if word in _KEPT else _DROPPED

    def _reference(self, value: Any, pointer: str, names: dict[str, str]) -> str:
        if not isinstance(value, str):
            raise Broken(pointer, "a reference must be text")
        at(self.document, value, pointer)
        name = names.get(value)
        if name is None:
            wanted = _NAME.sub("_", value.removeprefix("#/components/schemas/").removeprefix("#/")) or "root"
            name = wanted
            while name in names.values():
                name += "_"
            names[value] = name
        return f"#/$defs/{name}"

    def _linear(self, pattern: str) -> bool:
        """Whether a pattern can be matched in linear time; one that cannot is left to the upstream."""
        known = self._patterns.get(pattern)
        if known is None:
            try:
                compiled({"pattern": pattern}, "")
                known = True
            except SchemaInvalid:
                known = False
            self._patterns[pattern] = known
        return known


def _of_old(made: Schema, schema: Node) -> Schema:
    """OpenAPI 3.0's `nullable` and boolean bounds in today's words."""
    for word, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(word), bool):
            strict = made.pop(word)
            if strict and bound in made:
                made[word] = made.pop(bound)
    if schema.get("nullable") is not True:
        return made
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if isinstance(made.get("enum"), list) and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made
    return {"anyOf": [made, {"type": "null"}]} if made else made


def _anything(schema: Schema) -> Schema:
    return {word: schema[word] for word in ("title", "description") if isinstance(schema.get(word), str)}
