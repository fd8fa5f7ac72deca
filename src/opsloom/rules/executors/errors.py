"""What can go wrong with executors."""

from opsloom.kit.errors import Conflict, InvalidInput, NotFound


class ExecutorNotFound(NotFound):
    """No executor serves this asset: it is not in force, or it needs none."""

    code, title = "executor_not_found", "No such executor"


class ExecutorBusy(Conflict):
    """It runs right now; what it is asked for has to wait."""

    code, title = "executor_busy", "The executor is at work"


class TimetableInvalid(InvalidInput):
    """The times of a rule cannot be read or never come; `details` names the field."""

    code, title = "timetable_invalid", "The times are not valid"


class AnswerUnusable(InvalidInput):
    """What the other system answered holds no numbers where the poll looks for them."""

    code, title = "answer_unusable", "The answer cannot be used"
