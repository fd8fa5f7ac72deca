"""What goes into and comes out of the rules API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, RootModel, StringConstraints

from opsloom.assets.schemas import VersionShown as PlainVersion
from opsloom.kit.model import Instant, JsonObject, Name, Shown, Text, Wire
from opsloom.rules.builder import BuilderGroup
from opsloom.rules.document import (
    AbsenceRule,
    AggregateRule,
    AnomalyRule,
    CompositeRule,
    RuleDocument,
    ScheduleRule,
    SequenceRule,
    ThresholdRule,
)
from opsloom.rules.model import Source


class Named(Wire):
    """What a draft has beside the rule itself."""

    name: Name


class ThresholdDraft(Named, ThresholdRule):
    """A threshold rule with its name."""


class AggregateDraft(Named, AggregateRule):
    """An aggregate rule with its name."""


class SequenceDraft(Named, SequenceRule):
    """A sequence rule with its name."""


class AbsenceDraft(Named, AbsenceRule):
    """An absence rule with its name."""


class AnomalyDraft(Named, AnomalyRule):
    """An anomaly rule with its name."""


class ScheduleDraft(Named, ScheduleRule):
    """A schedule rule with its name."""


class CompositeDraft(Named, CompositeRule):
    """A composite rule with its name."""


_AnyDraft = (
    ThresholdDraft | AggregateDraft | SequenceDraft | AbsenceDraft | AnomalyDraft | ScheduleDraft | CompositeDraft
)


class RuleDraft(RootModel[Annotated[_AnyDraft, Field(discriminator="kind")]]):
    """What people send to create or save a rule: its name and its document, side by side."""

    @property
    def name(self) -> str:
        return self.root.name

    def content(self) -> dict[str, Any]:
        return self.root.model_dump(mode="json", exclude={"name"})


class InForceShown(Shown):
    """How a published rule is doing. The counts are totals since it was first published."""

    version: int
    started_at: datetime
    quarantined_at: datetime | None
    quarantine_reason: str | None
    quarantine_count: int
    evaluated: int
    matched: int
    fired: int
    late: int
    mean_cost_us: float | None
    evaluated_at: datetime | None
    fired_at: datetime | None


class RuleShown(Shown):
    """A rule with its draft. `revision` goes into `If-Match` when saving."""

    id: UUID
    name: str
    slug: str
    state: str
    revision: int
    published_version: int | None
    definition: RuleDocument
    in_force: InForceShown | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class VersionShown(PlainVersion):
    """A version with what it says; one that can no longer be read says why in `fault`."""

    definition: RuleDocument | None
    fault: str | None = None


class CheckRequest(Wire):
    """A condition as text, or as the visual builder keeps it (`source` adds the check that it has such columns), or a whole rule."""

    condition: Annotated[str, Field(max_length=8_000)] | None = None
    builder: BuilderGroup | None = None
    definition: JsonObject | None = None
    source: Source | None = None


class FindingShown(Shown):
    """What is wrong and where; line and column count from 1, offset and length are characters."""

    pointer: str
    message: str
    hint: str | None
    line: int
    column: int
    offset: int
    length: int


class CheckShown(Shown):
    """The condition in canonical form, as a drawing if it can be drawn, and the columns it reads."""

    passes: bool
    findings: list[FindingShown]
    condition: str | None = None
    builder: BuilderGroup | None = None
    columns: list[str] = Field(default_factory=list)


class ExplanationRequest(Wire):
    """A key as alerts and previews show it, and an instant (now, if left out)."""

    key: Annotated[Text, StringConstraints(min_length=1, max_length=2_000)]
    at: Instant | None = None
