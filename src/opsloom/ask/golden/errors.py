"""What can go wrong around golden runs."""

from opsloom.kit.errors import Conflict, NotFound


class GoldenRunNotFound(NotFound):
    code, title = "golden_run_not_found", "Golden run not found"


class GoldenQuestionUnknown(NotFound):
    code, title = "golden_question_unknown", "No such golden question in this run"


class NothingGolden(Conflict):
    code, title = "nothing_golden", "There is no golden question to ask"


class GoldenRunUnfinished(Conflict):
    code, title = "golden_run_unfinished", "The run has not ended"
