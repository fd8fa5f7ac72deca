"""A golden question: what is asked, and which facts a right answer states. The facts' values come from SQL over the `data` views, so that
the same question can be put to any world."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from opsloom.ask.blocks import AnswerStatus
from opsloom.ask.plan import Language, Mode, RefusalReason
from opsloom.kit.model import Text, Wire

KIND: Final = "golden_question"
_Line = Annotated[Text, StringConstraints(min_length=1, max_length=400)]
_Word = Annotated[Text, StringConstraints(min_length=1, max_length=100)]


class FactKind(StrEnum):
    """How a fact's rows are looked for in an answer."""

    NUMBER = "number"  # one value: the answer's number
    NAMES = "names"  # the first column as a set: all of them and nothing else
    RANKING = "ranking"  # the first column in this order
    SERIES = "series"  # the last column's values, one after the other
    TIME = "time"  # one moment
    WORDS = "words"  # each text stands somewhere in the answer
    CAUSE = "cause"  # the item that the first hypothesis names


class Fact(Wire):
    """One thing that a right answer says. SQL may use `:now`, `:zone`, and the local `:today`, `:week` (its Monday) and `:month`."""

    name: _Word
    kind: FactKind
    sql: Annotated[Text, StringConstraints(min_length=1, max_length=4000)]
    tolerance: float = Field(0.5, ge=0, le=100, description="Percent by which numbers may differ.")


class Expected(Wire):
    """What is held against the answer; what is left empty is not looked at."""

    status: AnswerStatus = AnswerStatus.ANSWERED
    reason: RefusalReason | None = Field(None, description="Why it must be refused.")
    facts: list[Fact] = Field(default_factory=list, max_length=20)
    entities: list[_Word] = Field(default_factory=list, max_length=20, description="Items the plan must have found.")
    candidates: list[_Word] = Field(
        default_factory=list, max_length=20, description="Names that must be offered where there is a choice to make."
    )
    blocks: list[_Word] = Field(default_factory=list, max_length=10, description="Kinds of block that must be there.")
    tools: list[_Word] = Field(default_factory=list, max_length=10, description="Tools that must have been called.")
    forbidden: list[_Line] = Field(
        default_factory=list, max_length=20, description="What must not be said, in any letter case."
    )


class GoldenQuestion(Wire):
    """The content of an asset of the kind `golden_question`."""

    question: Annotated[Text, StringConstraints(min_length=1, max_length=4000)]
    language: Language
    zone: Annotated[Text, StringConstraints(max_length=64)] = "Asia/Seoul"
    mode: Mode = Mode.AUTO
    category: _Word = "other"
    before: list[_Line] = Field(
        default_factory=list, max_length=5, description="Questions asked before it in the same thread."
    )
    expect: Expected = Field(default_factory=Expected)
