"""What an API uses, and what those who use it could notice of a change. Pure.

Parts: `path`, `method`, `parameter.<name>`, `column.<name>`. A parameter that has become due hits those who do not pass it.
"""

from collections.abc import Iterator
from typing import Any

from opsloom.apis.logic import HttpLogic, ScriptLogic, SqlLogic
from opsloom.apis.params import Parameter
from opsloom.apis.schemas import ApiDefinition, Method
from opsloom.apis.workflow import ApiNode, LogicNode, MapNode, Node, NotifyNode, WorkflowLogic
from opsloom.assets.kinds import Breaking, Hits, Link


def links(definition: ApiDefinition) -> Iterator[Link]:
    """The connections of the logic, and what a workflow's nodes use."""
    yield from logic_links(definition.logic, "/logic")


def logic_links(logic: SqlLogic | HttpLogic | ScriptLogic | WorkflowLogic, pointer: str) -> Iterator[Link]:
    """What logic at a place uses."""
    match logic:
        case WorkflowLogic(nodes=nodes):
            for index, node in enumerate(nodes):
                yield from _node_links(node, f"{pointer}/nodes/{index}")
        case HttpLogic(connection=key):
            yield Link("connection", key, "calls", f"{pointer}/connection")
        case SqlLogic(connection=str(key)):
            yield Link("connection", key, "reads", f"{pointer}/connection")
        case ScriptLogic(connections=keys):
            for index, key in enumerate(keys):
                yield Link("connection", key, "calls", f"{pointer}/connections/{index}")


def _node_links(node: Node, pointer: str) -> Iterator[Link]:
    match node:
        case ApiNode(api=key):
            yield Link(
                "api", key, "calls", f"{pointer}/api", ("call", *(f"parameter.{each}" for each in node.arguments))
            )
        case LogicNode():
            yield from logic_links(node.logic, f"{pointer}/logic")
        case MapNode():
            yield from _node_links(node.do, f"{pointer}/do")
        case NotifyNode(channel=str(key)):
            yield Link("channel", key, "tells", f"{pointer}/channel")


def breaking(before: ApiDefinition, after: ApiDefinition) -> Iterator[Breaking]:
    """Changes that a caller of `before` may notice."""
    if before.path_shape != after.path_shape:
        yield Breaking("path", f"it moves from /runtime/{before.path} to /runtime/{after.path}")
    if before.method is Method.GET and after.method is Method.POST:
        yield Breaking("method", "it no longer answers to GET")
    yield from _parameters(before, after)
    old, new = columns(before), columns(after)
    if not old or not new:
        return  # of one of them nothing is known
    for name, kind in old.items():
        if name not in new:
            yield Breaking(f"column.{name}", f"the column {name} is gone")
        elif new[name] != kind:
            yield Breaking(f"column.{name}", f"the column {name} changes from {_said(kind)} to {_said(new[name])}")


def _parameters(before: ApiDefinition, after: ApiDefinition) -> Iterator[Breaking]:
    old = {each.name: each for each in before.parameters}
    new = {each.name: each for each in after.parameters}
    for name, parameter in old.items():
        changed = new.get(name)
        if changed is None:
            yield Breaking(f"parameter.{name}", f"the parameter {name} is gone")
        elif (why := _narrower(parameter, changed)) is not None:
            yield Breaking(f"parameter.{name}", f"the parameter {name} {why}")
        if changed is not None and changed.must_be_given and not parameter.must_be_given:
            yield Breaking(f"parameter.{name}", f"the parameter {name} is required now", Hits.OTHERS)
    for name, parameter in new.items():
        if name not in old and parameter.must_be_given:
            yield Breaking(f"parameter.{name}", f"the new parameter {name} is required", Hits.OTHERS)


def _narrower(before: Parameter, after: Parameter) -> str | None:
    if before.type is not after.type:
        return f"changes from {before.type} to {after.type}"
    if before.where is not after.where:
        return f"is read from the {after.where} instead of the {before.where}"
    if set(before.enum) - set(after.enum):
        return "takes fewer choices"
    narrower_low = after.minimum is not None and (before.minimum is None or after.minimum > before.minimum)
    narrower_high = after.maximum is not None and (before.maximum is None or after.maximum < before.maximum)
    return "takes a smaller range" if narrower_low or narrower_high else None


def columns(definition: ApiDefinition) -> dict[str, Any]:
    """What is known of a row: each column with its type."""
    if definition.row_schema is not None:
        properties = definition.row_schema.get("properties")
        known = properties if isinstance(properties, dict) else {}
        return {name: each.get("type") if isinstance(each, dict) else None for name, each in known.items()}
    return {column.name: column.type for column in definition.output or []}


def _said(kind: Any) -> str:
    return " or ".join(map(str, kind)) if isinstance(kind, list) else str(kind or "anything")
