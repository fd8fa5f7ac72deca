"""What is wrong with a screen."""

from __future__ import annotations

from enum import StrEnum

from opsloom.kit.model import Shown


class Level(StrEnum):
    """Errors keep a screen from being published; warnings do not."""

    ERROR = "error"
    WARNING = "warning"


class FindingCode(StrEnum):
    SHAPE = "shape"
    ID_TAKEN = "id_taken"
    MISPLACED = "misplaced"
    TOO_LARGE = "too_large"
    NAME_UNKNOWN = "name_unknown"
    EXPRESSION = "expression"
    CYCLE = "cycle"
    PERMISSION = "permission"
    SECRET = "secret"  # noqa: S105  # the name of a finding
    ADDRESS = "address"
    LABEL = "label"
    BUDGET = "budget"


class Finding(Shown):
    """`pointer` is the place in the document, `component` the one it belongs to, if it does."""

    level: Level
    code: FindingCode
    pointer: str
    message: str
    component: str | None = None
