"""What can go wrong around questions; what goes wrong inside one is part of its answer."""

from opsloom.kit.errors import Forbidden, InvalidInput, NotFound, ToolFailed


class QuestionNotFound(NotFound):
    code, title = "question_not_found", "Question not found"


class ReferenceNotFound(NotFound):
    code, title = "reference_not_found", "Reference not found"


class ReferenceForbidden(Forbidden):
    code, title = "reference_forbidden", "Not permitted to run this query"


class ReferenceFailed(ToolFailed):
    code, title = "reference_failed", "The query could not be run again"


class TimeZoneUnknown(InvalidInput):
    code, title = "time_zone_unknown", "There is no such time zone"
