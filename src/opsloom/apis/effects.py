"""Whether running logic again may change something. Pure, but for looking up what a workflow calls.

Invariant: what cannot be told apart from a change counts as one.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from opsloom.apis.logic import HttpLogic, HttpMethod, ScriptLogic, SqlLogic, WriteLogic
from opsloom.apis.schemas import ApiDefinition, Method
from opsloom.apis.workflow import ApiNode, ApprovalNode, LogicNode, MapNode, Node, NotifyNode, WorkflowLogic

Find = Callable[[str], Awaitable[ApiDefinition | None]]
_DEEPEST: Final = 8


async def why_it_may_change(definition: ApiDefinition, find: Find, depth: int = 0) -> str | None:
    """The reason, as the end of a sentence that begins with “it”; None when it only reads. `find` gives a published API."""
    if definition.method is Method.POST:
        return "answers to POST alone, which is for APIs that change something"
    if depth > _DEEPEST:
        return "calls other APIs too deeply to be looked through"
    logic = definition.logic
    if not isinstance(logic, WorkflowLogic):
        return _of_step(logic)
    if logic.durable:
        return "is a durable workflow, whose run would go on"
    for node in logic.nodes:
        reason = await _of_node(node.do if isinstance(node, MapNode) else node, find, depth)
        if reason is not None:
            return f"has the node “{node.id}”, which {reason}"
    return None


def _of_step(logic: SqlLogic | WriteLogic | HttpLogic | ScriptLogic) -> str | None:
    match logic:
        case WriteLogic():
            return "changes rows of another database"
        case HttpLogic(method=method) if method is not HttpMethod.GET:
            return f"calls its upstream with {method.value}"
        case ScriptLogic(connections=[_, *_]):
            return "is a script that reaches connections, and may write there"
    return None


async def _of_node(node: Node, find: Find, depth: int) -> str | None:
    match node:
        case NotifyNode():
            return "notifies people"
        case ApprovalNode():
            return "asks a person"
        case LogicNode(logic=logic):
            return _of_step(logic)
        case ApiNode(api=key):
            called = await find(key)
            return None if called is None else await why_it_may_change(called, find, depth + 1)
    return None
