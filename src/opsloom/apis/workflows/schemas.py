"""Shapes of workflow runs over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.apis.workflow import NodeId
from opsloom.apis.workflows.graph import NodeState
from opsloom.apis.workflows.models import RunKind, RunState
from opsloom.kit.model import JsonObject, Shown, StorableJson, Text, Wire


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
    """A run in the background: of a durable workflow, of one call, or of a list of calls. `version` 0 was the draft;
    `schedule_id` is there when the clock began it."""

    id: UUID
    kind: RunKind
    api_id: UUID
    schedule_id: UUID | None
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


class BatchRequest(Wire):
    """One call for each set of parameters, so many at once; `stop_on_error` begins no more after the first failure."""

    items: Annotated[list[JsonObject], Field(min_length=1, max_length=1_000)]
    concurrency: Annotated[int, Field(ge=1, le=20)] = 4
    stop_on_error: bool = False


class BegunShown(Shown):
    """Where to look. `repeated`: the idempotency key had begun it before."""

    run_id: UUID
    href: str
    result: str
    repeated: bool


class ApprovalLinkShown(Shown):
    """A page where a node is decided, once."""

    url: str
    expires_at: datetime | None


Token = Annotated[Text, StringConstraints(min_length=1, max_length=1_000)]


class ApprovalLinkRequest(Wire):
    """What stands behind `#token=` in a link."""

    token: Token


class ApprovalLinkDecision(ApprovalLinkRequest):
    approve: bool
    comment: Annotated[Text, StringConstraints(max_length=2_000)] = ""


class ApprovalQuestionShown(Shown):
    """What is to be decided. `members_only`: it takes a sign-in."""

    api_name: str
    node: str
    question: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime | None
    members_only: bool


class ApprovalDecidedShown(Shown):
    approved: bool
    decided_by: str


class PinnedOutputRequest(Wire):
    """What a node is to give, and the port at which it is to end."""

    output: StorableJson = None
    port: Annotated[Text, StringConstraints(max_length=50)] = ""


class PinnedOutputShown(Shown):
    """A node's pinned output."""

    node_id: str
    output: Any
    port: str
    updated_at: datetime
    updated_by: str
