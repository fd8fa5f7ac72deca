"""What can go wrong with rules."""

from dataclasses import dataclass

from opsloom.kit.errors import Conflict, FieldProblem, InvalidInput


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong at one place of a condition. Lines and columns count from 1; `offset` and `length` are in characters."""

    message: str
    line: int
    column: int
    offset: int
    length: int
    hint: str | None = None


class ConditionInvalid(InvalidInput):
    code, title = "condition_invalid", "The condition cannot be used"

    def __init__(self, flaw: Flaw, *, pointer: str = "/condition") -> None:
        place = f"line {flaw.line}, column {flaw.column}"
        super().__init__(
            f"{flaw.message} ({place})",
            hint=flaw.hint,
            details=[FieldProblem(pointer=pointer, detail=f"{place}: {flaw.message}", code=self.code)],
        )
        self.flaw = flaw
        self.pointer = pointer


class RuleInvalid(InvalidInput):
    code, title = "rule_invalid", "The rule is not valid"


class RuleNotPublished(Conflict):
    code, title = "rule_not_published", "The rule is not published"


class RuleNotQuarantined(Conflict):
    code, title = "rule_not_quarantined", "The rule is not in quarantine"
