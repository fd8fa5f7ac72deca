"""What can go wrong with an API, each with its own code."""

from opsloom.apis.rates import Quota
from opsloom.kit.errors import (
    Conflict,
    ConnectionLost,
    DeadlinePassed,
    ExternalServiceFailed,
    Forbidden,
    InvalidInput,
    MalformedRequest,
    NotFound,
    OpsloomError,
    PayloadTooLarge,
    RateLimited,
    ToolFailed,
)
from opsloom.kit.resilience.errors import BulkheadFull


class ParametersInvalid(InvalidInput):
    """A call's parameters; `details` names every bad field."""

    code, title = "api_parameters_invalid", "The parameters are not valid"


class LogicRefused(InvalidInput):
    """The logic of an API breaks a rule of its engine; `details` points at each place."""

    code, title = "api_logic_refused", "The logic of the API is refused"


class ApiNotFound(NotFound):
    """No such API, no published API at this path, or another tenant's."""

    code, title = "api_not_found", "No such API"


class RunNotFound(NotFound):
    """No such run in the log, or another tenant's, or forgotten."""

    code, title = "api_run_not_found", "No such run"


class RerunRefused(Conflict):
    """A logged call cannot be made again as it was, or that could change something."""

    code, title = "api_rerun_refused", "The call cannot be made again"


def no_such_path() -> ApiNotFound:
    """One answer for all that is not there, not yours or not open, so that none can be told from the others."""
    return ApiNotFound("No API is published at this path.", hint="See GET /api/v1/runtime/openapi.json.")


class CallerUnfit(Forbidden):
    """The API is for people only, or for keys only."""

    code, title = "api_caller_unfit", "Not for this kind of caller"


class MethodNotServed(NotFound):
    """The path is published, but for another method."""

    status, code, title = 405, "api_method_not_allowed", "Another method is needed"


class PathTaken(Conflict):
    """Another published API answers at this path."""

    code, title = "api_path_taken", "The path is taken"


class RunTimedOut(DeadlinePassed):
    """The statement ran longer than the API's limit."""

    code, title = "api_timeout", "The API took too long"


class ReaderTooSlow(OpsloomError):
    """The caller of a stream did not read it within its time; says nothing about the API."""

    status, code, title = 408, "api_reader_too_slow", "The caller read too slowly"


class ResultTooLarge(PayloadTooLarge):
    """The result is larger than the API's limit of bytes."""

    code, title = "api_result_too_large", "The result is too large"


class FormUnsuitable(OpsloomError):
    """The answer cannot be written in the form the caller asked for: a value does not fit its column's type."""

    status, code, title = 406, "api_form_unsuitable", "The form does not suit the answer"


class CallsLimited(RateLimited):
    """The caller's or the tenant's rate is used up."""

    code, title = "api_rate_limited", "Too many calls"

    def __init__(self, message: str, *, hint: str, quota: Quota) -> None:
        super().__init__(message, hint=hint, retry_after_s=quota.retry_s)
        self.quota = quota


class StatementFailed(ToolFailed):
    """PostgreSQL refused the statement while it ran (a division by zero, a value out of range)."""

    code, title = "api_statement_failed", "The statement failed"


class WriteUnreachable(Forbidden):
    """An API that changes rows is called by POST at /runtime, and by nothing else: no tool, workflow, schedule or replay."""

    code, title = "api_write_unreachable", "Not callable from here"


class KeyMissing(MalformedRequest):
    """A call that changes rows came without an idempotency key."""

    code, title = "api_key_missing", "An idempotency key is needed"


class PlanNotGiven(ToolFailed):
    """The database gave no plan, or one in a form that is not read."""

    code, title = "api_plan_not_given", "There is no plan"


class UpstreamFailed(ExternalServiceFailed):
    """The upstream of an HTTP API failed (5xx), or its answer cannot be read."""

    code, title = "api_upstream_failed", "The upstream failed"


class UpstreamBusy(ConnectionLost):
    """The upstream of an HTTP API is there and takes no more at the moment (429, 503)."""

    code, title = "api_upstream_busy", "The upstream is busy"


class UpstreamRefused(ToolFailed):
    """The upstream of an HTTP API refused the call (4xx); `details` holds what it said."""

    code, title = "api_upstream_refused", "The upstream refused"


class ScriptFailed(ToolFailed):
    """The script raised, used too much memory, or returned what is not JSON; `details` holds its line."""

    code, title = "api_script_failed", "The script failed"


class WorkflowTooDeep(ToolFailed):
    """Workflows call each other deeper than is allowed."""

    code, title = "workflow_too_deep", "Workflows call each other too deep"


class WorkflowFailed(ToolFailed):
    """A node failed and nothing in the workflow catches it; the message names the node."""

    code, title = "workflow_failed", "The workflow failed"


class WorkflowRunNotFound(NotFound):
    """No such run of a workflow in this tenant."""

    code, title = "workflow_run_not_found", "No such run"


class WorkflowRunEnded(Conflict):
    """The run, or the node that was waiting, has ended already."""

    code, title = "workflow_run_ended", "It has ended"


class RunKeyReused(Conflict):
    """This idempotency key has started a run with other parameters."""

    code, title = "run_key_reused", "The key belongs to another run"


class RunFailed(ToolFailed):
    """A run in the background failed; `cause` is the code of what a call would have been answered with."""

    code, title = "run_failed", "The run failed"


class RunUnfinished(Conflict):
    """A run in the background has no answer yet, or was cancelled and has none."""

    code, title = "run_unfinished", "It has no answer"


class ApprovalLinkInvalid(NotFound):
    """Not a link that this server gave out, or a changed one."""

    code, title = "approval_link_invalid", "The link is not valid"


class ApprovalLinkUsed(Conflict):
    """What the link leads to is decided, has ended, or does not ask yet."""

    code, title = "approval_link_used", "Nobody waits for an answer"


class ApprovalLinkExpired(NotFound):
    """The link's time is over."""

    status, code, title = 410, "approval_link_expired", "The link has expired"


class ReachUndeclared(InvalidInput):
    """A script reaches for a connection or secret that its API does not declare."""

    code, title = "api_reach_undeclared", "Not declared"


class ValueRefused(InvalidInput):
    """PostgreSQL could not use a value that the call gave (22xxx, and the values came from the caller)."""

    code, title = "api_value_refused", "A value could not be used"


class RunsBusy(BulkheadFull):
    """No place (a database connection, an interpreter) became free in time, or a slow call's was needed by others."""

    code, title = "api_busy", "All places for such calls are taken"


class ApiUnservable(OpsloomError):
    """What is published cannot run any more (a relation or function it uses is gone)."""

    status, code, title = 503, "api_unservable", "The API cannot run"
