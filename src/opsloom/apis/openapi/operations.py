"""The operations of a document, each with what it takes and gives, or with what is wrong with it.

A fault in one operation costs that operation; only a document that is none at all is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from opsloom.apis.openapi.dialect import Dialect
from opsloom.apis.openapi.errors import Broken
from opsloom.apis.openapi.references import Node, escaped, node

METHODS = ("get", "post", "put", "patch", "delete")
MOST_OPERATIONS = 3_000
_NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an operation, or a part of it, cannot be used, and where in the document."""

    pointer: str
    detail: str
    code: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One parameter; `place` is path, query or header. `joined` is what stands between the values of a list."""

    name: str
    place: str
    required: bool
    description: str
    schema: Node
    pointer: str
    joined: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The request's body; `type` is json, form or text."""

    type: str
    required: bool
    schema: Any
    pointer: str


@dataclass(slots=True)
class Operation:
    """One method of one path. `usable` unless `problems` hold one that cannot be worked around."""

    id: str
    method: str
    path: str
    name: str
    description: str
    tags: list[str]
    deprecated: bool
    pointer: str
    parameters: list[Taken] = field(default_factory=list)
    body: Body | None = None
    answer: tuple[Any, str] | None = None
    problems: list[Problem] = field(default_factory=list)
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What a document holds. `base_path` is the path of its first server."""

    title: str
    version: str
    openapi: str
    server: str
    base_path: str
    operations: list[Operation]
    dialect: Dialect


def read(document: Node) -> Found:
    """Every operation. Raises DocumentRefused."""
    try:
        version = _version(document)
        paths = document.get("paths", {})
        if not isinstance(paths, dict):
            raise Broken("/paths", "the paths must be an object")
        operations = list(_operations(document, paths))
    except Broken as error:
        raise error.refused() from None
    seen: set[str] = set()
    for operation in operations:
        if operation.id in seen:
            operation.id = f"{operation.method.lower()}:{operation.path}"
        seen.add(operation.id)
    info = document.get("info")
    info = info if isinstance(info, dict) else {}
    server = _server(document)
    return Found(
        title=_text(info.get("title"), 200),
        version=_text(info.get("version"), 100),
        openapi=version,
        server=server,
        base_path=urlsplit(server).path.rstrip("/") if "{" not in server else "",
        operations=operations,
        dialect=Dialect(document, old=version.startswith("3.0")),
    )


def _version(document: Node) -> str:
    version = document.get("openapi")
    if "swagger" in document:
        raise Broken("/swagger", "Swagger 2.0 is not read; convert the document to OpenAPI 3", "version")
    if not isinstance(version, str) or not version.startswith(("3.0.", "3.1.", "3.2.")):
        raise Broken("/openapi", "the version must be 3.0.x or 3.1.x", "version")
    return version


def _server(document: Node) -> str:
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    url: Any = first.get("url") if isinstance(first, dict) else None
    return _text(url, 2_000)


def _operations(document: Node, paths: Node) -> Iterator[Operation]:
    seen = 0
    for path, raw in paths.items():
        if not path.startswith("/"):
            continue  # an extension
        pointer = f"/paths/{escaped(path)}"
        try:
            item, place = node(document, raw, pointer, "a path")
        except Broken as error:
            yield _broken("get", path, pointer, error)
            continue
        for method in METHODS:
            if method in item:
                seen += 1
                if seen > MOST_OPERATIONS:
                    raise Broken("/paths", f"there are more than {MOST_OPERATIONS} operations", "too_many")
                yield _operation(document, (method, path), (item, place))


def _operation(document: Node, spot: tuple[str, str], owner: tuple[Node, str]) -> Operation:
    (method, path), (item, place) = spot, owner
    pointer = f"{place}/{method}"
    try:
        told, pointer = node(document, item[method], pointer, "an operation")
    except Broken as error:
        return _broken(method, path, pointer, error)
    tags = told.get("tags")
    operation = Operation(
        id=_text(told.get("operationId"), 200) or f"{method}:{path}",
        method=method.upper(),
        path=path,
        name=_text(told.get("summary"), 200) or _text(told.get("operationId"), 200) or f"{method.upper()} {path}"[:200],
        description=_text(told.get("description"), 4_000),
        tags=[_text(each, 100) for each in tags if isinstance(each, str)][:10] if isinstance(tags, list) else [],
        deprecated=told.get("deprecated") is True,
        pointer=pointer,
    )
    _fill(document, operation, told, (item, place))
    return operation


def _fill(document: Node, operation: Operation, told: Node, owner: tuple[Node, str]) -> None:
    """Parameters, body and answer; what is broken is noted."""
    item, place = owner
    for source, above in ((item, place), (told, operation.pointer)):
        listed = source.get("parameters", [])
        for at, raw in enumerate(listed if isinstance(listed, list) else []):
            with _Noting(operation):
                _add(operation, _taken(document, operation, raw, f"{above}/parameters/{at}"))
    with _Noting(operation):
        if "requestBody" in told and operation.method != "GET":
            operation.body = _body(document, told["requestBody"], f"{operation.pointer}/requestBody")
    with _Noting(operation, fatal=False):
        operation.answer = _answer(document, told.get("responses"), f"{operation.pointer}/responses")
    with _Noting(operation):
        _check_path(operation)


class _Noting:
    """Turns what is broken into a note on the operation."""

    def __init__(self, operation: Operation, *, fatal: bool = True) -> None:
        self._operation = operation
        self._fatal = fatal

    def __enter__(self) -> None:
        """Nothing is needed."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, Broken):
            return False
        self._operation.problems.append(Problem(error.pointer, error.detail, error.code))
        self._operation.usable = self._operation.usable and not self._fatal
        return True


def _taken(document: Node, operation: Operation, raw: Any, pointer: str) -> Taken | None:
    told, pointer = node(document, raw, pointer, "a parameter")
    name, place = told.get("name"), told.get("in")
    if not isinstance(name, str) or not name:
        raise Broken(f"{pointer}/name", "a parameter has no name")
    required = told.get("required") is True or place == "path"
    if place == "header" and name.lower() in _NOT_PARAMETERS:
        return None
    if place == "cookie":
        operation.problems.append(Problem(pointer, f"the cookie {name[:100]} is not sent", "cookie"))
        if required:
            operation.usable = False
        return None
    if place not in ("path", "query", "header"):
        raise Broken(f"{pointer}/in", "a parameter stands in path, query, header or cookie")
    schema, where = told.get("schema"), f"{pointer}/schema"
    if schema is None and isinstance(told.get("content"), dict) and told["content"]:
        media, first = next(iter(told["content"].items()))
        schema, where = (
            (first.get("schema") if isinstance(first, dict) else None),
            f"{pointer}/content/{escaped(media)}/schema",
        )
    if told.get("style") == "deepObject":
        operation.problems.append(Problem(pointer, f"the parameter {name[:100]} is sent as JSON", "style"))
    known = schema if isinstance(schema, dict) else {}
    return Taken(name, place, required, _text(told.get("description"), 1_900), known, where, _joined(told, place))


def _joined(told: Node, place: str) -> str | None:
    """What stands between the values of a list; None: the name is repeated."""
    if place != "query":
        return ","
    style, explode = told.get("style", "form"), told.get("explode")
    if style == "form":
        return "," if explode is False else None
    return {"spaceDelimited": " ", "pipeDelimited": "|"}.get(str(style))


def _add(operation: Operation, taken: Taken | None) -> None:
    """A parameter of the operation replaces that of the path."""
    if taken is not None:
        spot = (taken.name, taken.place)
        operation.parameters = [each for each in operation.parameters if (each.name, each.place) != spot]
        operation.parameters.append(taken)


def _body(document: Node, raw: Any, pointer: str) -> Body | None:
    told, pointer = node(document, raw, pointer, "a request body")
    content = told.get("content")
    if not isinstance(content, dict) or not content:
        return None
    for media, kind in _media(content):
        inner = content[media]
        schema = inner.get("schema", {}) if isinstance(inner, dict) else {}
        return Body(kind, told.get("required") is True, schema, f"{pointer}/content/{escaped(media)}/schema")
    raise Broken(f"{pointer}/content", f"no body of type {next(iter(content))[:100]} can be sent", "media_type")


def _media(content: Node) -> Iterator[tuple[str, str]]:
    """The types of content that can be sent, best first."""
    plain = {media: media.partition(";")[0].strip().lower() for media in content}
    yield from (
        (media, "json") for media, kind in plain.items() if kind == "application/json" or kind.endswith("+json")
    )
    yield from ((media, "json") for media, kind in plain.items() if kind == "*/*")
    yield from ((media, "form") for media, kind in plain.items() if kind == _FORM)
    yield from ((media, "text") for media, kind in plain.items() if kind.startswith("text/"))


def _answer(document: Node, raw: Any, pointer: str) -> tuple[Any, str] | None:
    """The schema of the first successful answer that is JSON."""
    responses = raw if isinstance(raw, dict) else {}
    for status in ("200", "201", "202", "203", "2XX", "default"):
        if status not in responses:
            continue
        told, place = node(document, responses[status], f"{pointer}/{status}", "a response")
        content: Any = told.get("content")
        for media, kind in _media(content) if isinstance(content, dict) else ():
            inner = content[media]
            if kind == "json" and isinstance(inner, dict) and "schema" in inner:
                return inner["schema"], f"{place}/content/{escaped(media)}/schema"
        return None
    return None


def _check_path(operation: Operation) -> None:
    """Every placeholder of the path has its parameter."""
    placed = {part.partition("}")[0] for part in operation.path.split("{")[1:]}
    known = {each.name for each in operation.parameters if each.place == "path"}
    if missing := sorted(placed - known):
        raise Broken(operation.pointer, f"the path's parameter {missing[0][:100]} is not declared", "path")


def _broken(method: str, path: str, pointer: str, error: Broken) -> Operation:
    problem = Problem(error.pointer, error.detail, error.code)
    name = f"{method.upper()} {path}"[:200]
    return Operation(
        f"{method}:{path}", method.upper(), path, name, "", [], deprecated=False, pointer=pointer, problems=[problem],
        usable=False,
    )  # fmt: skip


def _text(value: Any, longest: int) -> str:
    """Text that can be stored, cut."""
    plain = value if isinstance(value, str) else ""
    return plain.replace("\0", "").encode("utf-8", "replace").decode().strip()[:longest]
