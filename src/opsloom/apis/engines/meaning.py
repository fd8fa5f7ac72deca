"""What PostgreSQL's refusal of a user's statement means to who called it."""

from opsloom.apis.engines.lane import StatementRefused
from opsloom.apis.errors import ResultTooLarge, RunTimedOut, StatementFailed, ValueRefused
from opsloom.apis.sql.statement import Wrapped
from opsloom.kit.errors import FieldProblem, OpsloomError

_TOO_LARGE = frozenset({"54000", "53200", "53400"})
_BY_VALUES = "22"


def meaning(error: StatementRefused, wrapped: Wrapped, timeout_ms: int) -> OpsloomError:
    """The refusal in our families, with the place in the user's text where it is known."""
    place = wrapped.place(error.position) if error.position else None
    where = f" at line {place[0]}, column {place[1]}" if place else ""
    if error.sqlstate == "57014":
        return RunTimedOut(
            f"The statement ran longer than {timeout_ms} ms.", hint="Narrow the time range, or raise the API's limit."
        )
    if error.sqlstate in _TOO_LARGE:
        return ResultTooLarge("The statement needs more memory than it may use.", hint="Ask for less at once.")
    detail = FieldProblem(pointer=f"/logic/sql{where}", detail=error.message, code=error.sqlstate)
    if error.sqlstate.startswith(_BY_VALUES) and wrapped.parameters:
        return ValueRefused(f"A value could not be used: {error.message}{where}.", details=[detail])
    return StatementFailed(f"The statement failed: {error.message}{where}.", details=[detail])
