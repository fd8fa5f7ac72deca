"""What an API uses. Pure."""

from collections.abc import Iterator

from opsloom.apis.logic import HttpLogic, ScriptLogic, SqlLogic, WriteLogic
from opsloom.apis.schemas import ApiDefinition
from opsloom.apis.workflow import ApiNode, LogicNode, MapNode, Node, NotifyNode, WorkflowLogic
from opsloom.assets.kinds import Link


def links(definition: ApiDefinition) -> Iterator[Link]:
    """The connections of the logic, and what a workflow's nodes use."""
    yield from logic_links(definition.logic, "/logic")


def logic_links(logic: SqlLogic | WriteLogic | HttpLogic | ScriptLogic | WorkflowLogic, pointer: str) -> Iterator[Link]:
    """What logic at a place uses."""
    match logic:
        case WorkflowLogic(nodes=nodes):
            for index, node in enumerate(nodes):
                yield from _node_links(node, f"{pointer}/nodes/{index}")
        case HttpLogic(connection=key):
            yield Link("connection", key, "calls", f"{pointer}/connection")
        case WriteLogic(connection=key):
            yield Link("connection", key, "writes", f"{pointer}/connection")
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
