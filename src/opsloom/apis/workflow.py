"""A workflow as it is stored: nodes, the edges between them, and how its answer is made.

Invariant: what `WorkflowLogic` accepts is a directed graph without cycles whose edges join nodes that exist, at ports that exist.
Expressions are JSONata over `{"params": …, "nodes": {id: output}, "ctx": …}`, in a map also `item` and `index`.
"""

from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, StringConstraints, model_validator

from opsloom.apis.logic import Expression, FieldName, HttpLogic, Key, ScriptLogic, SqlLogic, WriteLogic, typed
from opsloom.kit.model import Text, Wire

NodeId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Port = Annotated[Text, StringConstraints(max_length=50)]
MOST_NODES = 200
MOST_ITEMS = 1_000

OUT: Port = ""
"""The port of a node that ended well and has no other."""
ERROR: Port = "error"
"""Where a node's failure goes, when an edge leaves from it."""


class Retry(Wire):
    """`tries` counts the first one; the pause grows by `factor` each time, with jitter."""

    tries: Annotated[int, Field(ge=1, le=10)] = 1
    wait_s: Annotated[float, Field(ge=0, le=60)] = 1.0
    factor: Annotated[float, Field(ge=1, le=4)] = 2.0


class OnError(StrEnum):
    FAIL = "fail"
    CONTINUE = "continue"


class _Node(Wire):
    """`x` and `y` are its place on the canvas; `sample` is an output to go on with while drawing."""

    id: NodeId
    name: Annotated[Text, StringConstraints(max_length=100)] = ""
    x: float = 0
    y: float = 0
    timeout_ms: Annotated[int, Field(ge=10, le=600_000)] = 30_000
    retry: Retry = Retry()
    on_error: OnError = OnError.FAIL
    sample: JsonValue = None


Arguments = Annotated[dict[FieldName, Expression], Field(max_length=100)]


class ApiNode(_Node):
    """Calls a published API; a workflow among them is a sub-workflow."""

    type: Literal["api"]
    api: Key
    arguments: Arguments = Field(default_factory=dict)


class LogicNode(_Node):
    """Logic of its own: a query, a call of an upstream, or a script, with `arguments` for parameters."""

    type: Literal["logic"]
    logic: Annotated[SqlLogic | HttpLogic | ScriptLogic, Field(discriminator="type")]
    arguments: Arguments = Field(default_factory=dict)
    input: Expression | None = None


class ValueNode(_Node):
    """The value of an expression."""

    type: Literal["value"]
    value: Expression


class Case(Wire):
    port: Annotated[Port, StringConstraints(min_length=1)]
    when: Expression


class BranchNode(_Node):
    """Goes on at the port of the first case that holds, else at “else”."""

    type: Literal["branch"]
    cases: Annotated[list[Case], Field(min_length=1, max_length=20)]


class MapNode(_Node):
    """Runs `do` for each item of a list, so many at once; its output is the list of outputs, in order."""

    type: Literal["map"]
    over: Expression
    do: Annotated[ApiNode | LogicNode | ValueNode, Field(discriminator="type")]
    concurrency: Annotated[int, Field(ge=1, le=20)] = 4
    max_items: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 100


class WaitNode(_Node):
    """Waits some seconds, or until a moment (ISO 8601)."""

    type: Literal["wait"]
    seconds: Expression | None = None
    until: Expression | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.seconds is None) == (self.until is None):
            raise ValueError("a wait has either `seconds` or `until`")
        return self


class LinkFor(StrEnum):
    """Who decides by a link: nobody (there is none), whoever is signed in and may run APIs, or whoever has it."""

    NOBODY = "nobody"
    MEMBERS = "members"
    ANYONE = "anyone"


class Told(Wire):
    """The channel that is told of a question; without one, everybody inside Opsloom."""

    channel: Key | None = None


class ApprovalNode(_Node):
    """Waits for a person, who goes on at “approved” or “rejected”; nobody in time is a failure. Expressions find its link in
    `ctx.approvals`; `tell` sends the question with it when the waiting begins."""

    type: Literal["approval"]
    message: Expression
    expires_s: Annotated[int, Field(ge=10, le=90 * 86_400)] = 86_400
    link: LinkFor = LinkFor.NOBODY
    tell: Told | None = None


class NotifyNode(_Node):
    """Tells a channel (or, without one, everybody inside Opsloom)."""

    type: Literal["notify"]
    channel: Key | None = None
    title: Expression
    text: Expression


Node = Annotated[
    ApiNode | LogicNode | ValueNode | BranchNode | MapNode | WaitNode | ApprovalNode | NotifyNode,
    Field(discriminator="type"),
]


class Edge(Wire):
    """From a node's port to another node."""

    source: NodeId
    target: NodeId
    port: Port = OUT


class WorkflowLogic(Wire):
    """A DAG. Without `output` the answer is what the last nodes gave, by id. `durable`: it outlives the process, is answered
    with 202 and a run to look at, and may wait for long."""

    type: Literal["workflow"] = "workflow"
    nodes: Annotated[list[Node], Field(min_length=1, max_length=MOST_NODES)]
    edges: Annotated[list[Edge], Field(max_length=1_000)] = Field(default_factory=list)
    output: Expression | None = None
    durable: bool = False

    @model_validator(mode="after")
    def _is_a_graph(self) -> Self:
        by_id = {node.id: node for node in self.nodes}
        if len(by_id) < len(self.nodes):
            raise ValueError("two nodes have the same id")
        for edge in self.edges:
            for end in (edge.source, edge.target):
                if end not in by_id:
                    raise ValueError(f"an edge names the node {end}, which is not there")
            if edge.port not in ports_of(by_id[edge.source]):
                raise ValueError(f"the node {edge.source} has no port “{edge.port}”")
        follows: dict[str, set[str]] = {node.id: set() for node in self.nodes}
        for edge in self.edges:
            follows[edge.target].add(edge.source)
        try:
            TopologicalSorter(follows).prepare()
        except CycleError as error:
            raise ValueError(f"the nodes go round in a circle: {' → '.join(error.args[1])}") from None
        long = [node.id for node in self.nodes if isinstance(node, ApprovalNode)]
        if long and not self.durable:
            raise ValueError(f"the node {long[0]} waits for a person: make the workflow durable")
        return self


def ports_of(node: Node) -> tuple[str, ...]:
    """Where edges may leave a node."""
    match node:
        case BranchNode(cases=cases):
            return (*(case.port for case in cases), "else", ERROR)
        case ApprovalNode():
            return ("approved", "rejected", ERROR)
    return (OUT, ERROR)


AnyLogic = Annotated[SqlLogic | WriteLogic | HttpLogic | ScriptLogic | WorkflowLogic, Field(discriminator="type")]
Logic = Annotated[AnyLogic, BeforeValidator(typed)]
"""What an API can be made of."""
