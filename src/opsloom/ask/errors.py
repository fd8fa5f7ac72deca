"""What can go wrong around questions; what goes wrong inside one is part of its answer."""

from opsloom.kit.errors import Conflict, Forbidden, InvalidInput, NotFound, ToolFailed


class QuestionNotFound(NotFound):
    code, title = "question_not_found", "Question not found"


class ThreadNotFound(NotFound):
    code, title = "thread_not_found", "Thread not found"


class QuestionNotRunning(Conflict):
    code, title = "question_not_running", "The question is not under way"


class PlanUnreadable(InvalidInput):
    code, title = "plan_unreadable", "This is not a plan"


class ReferenceNotFound(NotFound):
    code, title = "reference_not_found", "Reference not found"


class ReferenceForbidden(Forbidden):
    code, title = "reference_forbidden", "Not permitted to run this query"


class ReferenceFailed(ToolFailed):
    code, title = "reference_failed", "The query could not be run again"


class TimeZoneUnknown(InvalidInput):
    code, title = "time_zone_unknown", "There is no such time zone"
