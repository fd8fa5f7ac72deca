"""Shapes of workflow runs over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from opsloom.apis.workflow import NodeId
from opsloom.apis.workflows.graph import NodeState
from opsloom.apis.workflows.models import RunState
from opsloom.kit.model import Shown, Text, Wire


class WorkflowNodeShown(Shown):
    """What became of a node. `asked` is what a waiting approval wants to know."""

    node_id: str
    state: NodeState
    port: str
    output: Any
    error_code: str | None
    error: str | None
    asked: str | None
    decided_by: str | None
    comment: str | None
    started_at: datetime
    ended_at: datetime | None
    wake_at: datetime | None


class WorkflowRunShown(Shown):
    """A run of a durable workflow. `version` 0 was the draft."""

    id: UUID
    api_id: UUID
    api_name: str
    version: int
    state: RunState
    asked_by: str
    error_code: str | None
    error: str | None
    cancel_asked: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    wake_at: datetime | None


class WorkflowRunDetail(WorkflowRunShown):
    """With everything it took, gave and did."""

    params: dict[str, Any]
    output: Any
    logic: dict[str, Any]
    nodes: list[WorkflowNodeShown]


class RetryRequest(Wire):
    """From which node on; without one, from where it broke."""

    from_node: NodeId | None = None


class DecisionRequest(Wire):
    approve: bool
    comment: Annotated[Text, StringConstraints(max_length=2_000)] = ""
