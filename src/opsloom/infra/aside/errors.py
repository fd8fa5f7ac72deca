"""What can go wrong with work that is done aside."""

from opsloom.kit.errors import DeadlinePassed, InvalidInput, ToolFailed


class ExpressionUnreadable(InvalidInput):
    """An expression is not JSONata; `position` counts characters from 0, -1 where it is not known."""

    code, title = "expression_unreadable", "The expression cannot be read"

    def __init__(self, message: str, *, index: int = 0, position: int = -1) -> None:
        super().__init__(message)
        self.index = index
        self.position = position


class ExpressionFailed(ToolFailed):
    """An expression failed on the data it was given."""

    code, title = "expression_failed", "The expression failed"


class ExpressionTooCostly(DeadlinePassed):
    """An expression ran too long or needed too much memory, and was ended."""

    code, title = "expression_too_costly", "The expression costs too much"


class TextUnreadable(InvalidInput):
    """A text is not in the form it should be; the message says where."""

    code, title = "text_unreadable", "The text cannot be read"
