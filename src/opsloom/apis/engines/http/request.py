"""The request of an HTTP API: its templates made ready once, and filled for each call. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from opsloom.apis.errors import ValueRefused
from opsloom.apis.logic import BodyType, HttpLogic
from opsloom.connections.service import HttpCall
from opsloom.kit import template
from opsloom.kit.errors import FieldProblem
from opsloom.kit.template import Template

Json = Any
_LEFT_OUT = object()
_CONTENT_TYPES = {
    BodyType.JSON: "application/json",
    BodyType.FORM: "application/x-www-form-urlencoded",
    BodyType.TEXT: "text/plain; charset=utf-8",
}


def texts_of(logic: HttpLogic) -> Iterator[tuple[str, str]]:
    """Every template of the logic with its pointer in the definition."""
    yield "/logic/path", logic.path
    for part, pairs in (("query", logic.query), ("headers", logic.headers)):
        for name, text in pairs.items():
            yield f"/logic/{part}/{name.replace('~', '~0').replace('/', '~1')}", text
    yield from template.texts_in(logic.body, "/logic/body")


class Request:
    """The compiled request of one version. Raises template.Unclosed."""

    def __init__(self, logic: HttpLogic) -> None:
        self._logic = logic
        self._path = template.read(logic.path)
        self._query = {name: template.read(text) for name, text in logic.query.items()}
        self._headers = {name: template.read(text) for name, text in logic.headers.items()}
        self._body = _compiled(logic.body)
        expressions = [each for _, text in texts_of(logic) for each in template.read(text).expressions]
        self.names, self.expressions = template.split(expressions)

    def fill(self, values: Mapping[str, Json]) -> HttpCall:
        """The call with every expression's value in its place. Raises ValueRefused for a path without a value."""
        headers = {name: template.as_text(each.fill(values)) for name, each in self._headers.items()}
        headers = {name: text for name, text in headers.items() if text}
        body = self._filled_body(values)
        stated = {name.lower() for name in headers}
        if body is not None and "content-type" not in stated:
            headers["content-type"] = _CONTENT_TYPES[self._logic.body_type]
        if "accept" not in stated:
            headers["accept"] = "application/json, */*;q=0.5"
        query = {
            name: found for name, each in self._query.items() if (found := _several(each.fill(values))) is not None
        }
        return HttpCall(self._logic.method, self._path.fill(values, _segment), query, headers, body)

    def _filled_body(self, values: Mapping[str, Json]) -> bytes | None:
        if self._logic.body is None:
            return None
        filled = _filled(self._body, values)
        value = None if filled is _LEFT_OUT else filled
        match self._logic.body_type:
            case BodyType.JSON:
                return orjson.dumps(value)
            case BodyType.TEXT:
                return template.as_text(value).encode()
            case BodyType.FORM:
                fields = value if isinstance(value, dict) else {}
                pairs = [(name, each) for name, found in fields.items() for each in _each(_several(found))]
                return urlencode(pairs).encode()


def _compiled(value: Json) -> Json:
    if isinstance(value, str):
        return template.read(value)
    if isinstance(value, dict):
        return {name: _compiled(each) for name, each in value.items()}
    return [_compiled(each) for each in value] if isinstance(value, list) else value


def _filled(value: Json, values: Mapping[str, Json]) -> Json:
    """A field whose only content is an expression that gave nothing is left out."""
    if isinstance(value, Template):
        found = value.fill(values)
        return _LEFT_OUT if found is None and value.is_one_expression else found
    if isinstance(value, dict):
        filled = {name: _filled(each, values) for name, each in value.items()}
        return {name: each for name, each in filled.items() if each is not _LEFT_OUT}
    if isinstance(value, list):
        return [each for each in (_filled(one, values) for one in value) if each is not _LEFT_OUT]
    return value


def _segment(value: Json) -> str:
    """A value as one segment of a path, or a part of one: it can open no other."""
    if value is None or value == "" or isinstance(value, dict | list):
        problem = FieldProblem(pointer="/logic/path", detail="a part of the path has no value", code="path")
        raise ValueRefused("A part of the upstream's path has no value.", details=[problem], hint="Give the parameter.")
    return quote(template.as_text(value), safe="")


def _several(value: Json) -> str | list[str] | None:
    """A value as the query carries it: a list is repeated, nothing is left out."""
    if value is None:
        return None
    if isinstance(value, list):
        return [template.as_text(each) for each in value if each is not None]
    return template.as_text(value)


def _each(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []
