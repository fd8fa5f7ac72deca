"""What goes into and comes out of silences, maintenance windows and inhibitions."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.alerts.lifecycle import AlertState, Severity
from opsloom.alerts.silences.matchers import Matcher
from opsloom.alerts.silences.windows import Timing
from opsloom.kit.model import Instant, Name, Shown, Text, Wire

Matchers = Annotated[list[Matcher], Field(min_length=1, max_length=50)]
Comment = Annotated[Text, StringConstraints(max_length=2000, strip_whitespace=True)]
LabelName = Annotated[Text, StringConstraints(min_length=1, max_length=200)]


class SilenceState(StrEnum):
    """Where a silence is; one that was ended early is expired too."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


class SilenceRequest(Wire):
    """Which alerts are kept quiet and when; without `starts_at` from now on. One that is in force keeps its beginning."""

    matchers: Matchers
    starts_at: Instant | None = None
    ends_at: Instant
    comment: Annotated[Comment, StringConstraints(pattern=r"\S")]


class SilenceShown(Shown):
    """A silence; `state` is that of now."""

    id: UUID
    matchers: list[Matcher]
    starts_at: datetime
    ends_at: datetime
    comment: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    revision: int
    state: SilenceState


class Spell(Shown):
    """One occurrence of a window: from, and up to but not including."""

    starts_at: datetime
    ends_at: datetime


class WindowRequest(Wire):
    """Which alerts are kept quiet whenever the window is open."""

    name: Name
    matchers: Matchers
    timing: Timing
    comment: Comment = ""
    enabled: bool = True


class WindowShown(Shown):
    """A window; `open_now` is the occurrence under way, `upcoming` that one and the next. Both are empty while it is not enabled."""

    id: UUID
    name: str
    matchers: list[Matcher]
    timing: Timing
    comment: str
    enabled: bool
    created_by: str
    created_at: datetime
    updated_at: datetime
    revision: int
    open_now: Spell | None = None
    upcoming: list[Spell] = Field(default_factory=list)


class TimingAsked(Wire):
    """A timing that is being thought of."""

    timing: Timing


class Spells(Shown):
    """Its next occurrences."""

    upcoming: list[Spell]


class InhibitionRequest(Wire):
    """While an alert fires that `source` matches, alerts that `target` matches and whose `equal` labels have the same values are kept
    quiet."""

    name: Name
    source: Matchers
    target: Matchers
    equal: Annotated[list[LabelName], Field(max_length=20)] = Field(default_factory=list)
    comment: Comment = ""
    enabled: bool = True


class InhibitionShown(Shown):
    """An inhibition."""

    id: UUID
    name: str
    source: list[Matcher]
    target: list[Matcher]
    equal: list[str]
    comment: str
    enabled: bool
    created_by: str
    created_at: datetime
    updated_at: datetime
    revision: int


class MatchersAsked(Wire):
    """Matchers that are being thought of."""

    matchers: Matchers


class MatchedAlert(Shown):
    """An open alert that would be kept quiet."""

    id: UUID
    title: str
    rule_name: str
    state: AlertState
    severity: Severity
    labels: dict[str, str]


class Matched(Shown):
    """How many open alerts match, and the newest of them. `looked_at` is how many were looked at; with `more` there are others."""

    count: int
    looked_at: int
    more: bool
    items: list[MatchedAlert]
