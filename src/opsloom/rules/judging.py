"""Judging what is typed: a condition, its drawing, or a whole rule. What is wrong comes with its place; nothing is refused."""

from typing import Any

from pydantic import ValidationError

from opsloom.rules.builder import from_builder, to_builder
from opsloom.rules.checks import check_document
from opsloom.rules.condition import parse
from opsloom.rules.document import RuleDocument
from opsloom.rules.errors import ConditionInvalid, RuleInvalid
from opsloom.rules.model import check_columns
from opsloom.rules.predicate import columns
from opsloom.rules.printing import show, show_operand
from opsloom.rules.schemas import CheckRequest, CheckShown, FindingShown

_MOST = 50


def check(request: CheckRequest) -> CheckShown:
    """Raises RuleInvalid unless exactly one thing was sent."""
    if sum(one is not None for one in (request.condition, request.builder, request.definition)) != 1:
        raise RuleInvalid("Send one of `condition`, `builder` and `definition`.")
    if request.definition is not None:
        findings = _findings(request.definition)
        return CheckShown(passes=not findings, findings=findings)
    try:
        text = request.condition
        predicate = from_builder(request.builder) if request.builder is not None else parse(text or "")
        if request.source is not None:
            check_columns(request.source, columns(predicate), "/condition", text or show(predicate))
    except ConditionInvalid as error:
        return CheckShown(passes=False, findings=[_placed(error)])
    return CheckShown(
        passes=True,
        findings=[],
        condition=show(predicate),
        builder=to_builder(predicate),
        columns=[show_operand(column) for column in columns(predicate)],
    )


def _findings(definition: dict[str, Any]) -> list[FindingShown]:
    """What is wrong with a whole rule: its shape, and once that is right, the first condition or column that cannot be used."""
    try:
        check_document(RuleDocument.model_validate(definition).root)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        return [
            _plain(_pointer(definition, each["loc"]), str(each["msg"]).removeprefix("Value error, "))
            for each in details[:_MOST]
        ]
    except ConditionInvalid as error:
        return [_placed(error)]
    except RuleInvalid as error:
        return [_plain("", error.message, error.hint)]
    return []


def _pointer(definition: dict[str, Any], location: tuple[int | str, ...]) -> str:
    """A location as a pointer: steps that only name a member of a union stand for nothing in the document."""
    here: Any = definition
    steps: list[str] = []
    for place, step in enumerate(location):
        inside = (isinstance(here, dict) and step in here) or (
            isinstance(here, list) and isinstance(step, int) and step < len(here)
        )
        if inside:
            here = here[step]
        elif place < len(location) - 1 or not isinstance(here, dict):
            continue  # the tag of a union, or the part of a text
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


def _plain(pointer: str, message: str, hint: str | None = None) -> FindingShown:
    return FindingShown(pointer=pointer, message=message, hint=hint, line=1, column=1, offset=0, length=0)


def _placed(error: ConditionInvalid) -> FindingShown:
    flaw = error.flaw
    return FindingShown(
        pointer=error.pointer,
        message=flaw.message,
        hint=flaw.hint,
        line=flaw.line,
        column=flaw.column,
        offset=flaw.offset,
        length=flaw.length,
    )
