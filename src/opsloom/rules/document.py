"""The rule document: what an asset of kind `rule` holds. One class a kind, told apart by `kind`.

All kinds share one life of an alert (pending, firing, resolved; `for_s`, `resolve_after_s`, `cooldown_s`); they differ in what
they find in the facts. Conditions are SQL boolean expressions (`condition`), over the columns of a fact unless it is said otherwise.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, RootModel, StringConstraints, model_validator

from opsloom.kit.model import Text, Wire
from opsloom.rules.model import DAY_S, FactRule, NoData, QuerySource, RuleBase, Seconds

ConditionText = Annotated[str, Field(max_length=4_000)]
PartName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
ColumnText = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Span = Annotated[float, Field(gt=0, le=30 * DAY_S, allow_inf_nan=False)]
AssetName = Annotated[Text, StringConstraints(min_length=1, max_length=200)]


class ThresholdRule(FactRule):
    """Fires for a key when its condition has held for `for_s`."""

    kind: Literal["threshold"]
    condition: ConditionText
    for_s: Seconds = 0
    resolve_condition: ConditionText | None = None
    resolve_after_s: Seconds = 0
    no_data: NoData = Field(default_factory=NoData)
    cooldown_s: Seconds = 0


class Tumbling(Wire):
    """Windows of `size_s` side by side; each is judged at its end."""

    type: Literal["tumbling"]
    size_s: Span


class Hopping(Wire):
    """Windows of `size_s` that begin every `slide_s`; each is judged at its end. `size_s` is a multiple of `slide_s`."""

    type: Literal["hopping"]
    size_s: Span
    slide_s: Span

    @model_validator(mode="after")
    def _fits(self) -> Self:
        times = self.size_s / self.slide_s
        if abs(times - round(times)) > 1e-9 or not 1 <= round(times) <= 1_000:
            raise ValueError("size_s must be 1 to 1,000 times slide_s")
        return self


class Sliding(Wire):
    """The last `size_s` before each fact, judged at every fact."""

    type: Literal["sliding"]
    size_s: Span


class Session(Wire):
    """Facts that follow one another within `gap_s`; judged when that long nothing came."""

    type: Literal["session"]
    gap_s: Span


Window = Annotated[Tumbling | Hopping | Sliding | Session, Field(discriminator="type")]


class MeasureFunction(StrEnum):
    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    STDDEV = "stddev"
    PERCENTILE = "percentile"
    DISTINCT = "distinct"
    RATE = "rate"


class Measure(Wire):
    """One number of a window. `of` is a column (`value`, `data['ms']`); count and rate need none. NULL does not count.

    `stddev` is of a sample; `percentile` at `at` (0 to 1), from a sketch with a relative error of at most one percent; `rate` is
    the sum of `of`, or the count, for each second of the window.
    """

    name: PartName
    function: MeasureFunction
    of: ColumnText | None = None
    at: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        alone = self.function in (MeasureFunction.COUNT, MeasureFunction.RATE)
        if self.of is None and not alone:
            raise ValueError(f"{self.function} needs the column it is of")
        if (self.function is MeasureFunction.PERCENTILE) != (self.at is not None):
            raise ValueError("`at` belongs to percentile, and only to it")
        return self


class AggregateRule(FactRule):
    """Fires when numbers over a window satisfy `having`, a condition over the names of the measures.

    `condition` says which facts count; left out, all do.
    """

    kind: Literal["aggregate"]
    condition: ConditionText | None = None
    window: Window
    measures: Annotated[list[Measure], Field(min_length=1, max_length=20)]
    having: ConditionText
    for_s: Seconds = 0
    resolve_having: ConditionText | None = None
    resolve_after_s: Seconds = 0
    no_data: NoData = Field(default_factory=NoData)
    cooldown_s: Seconds = 0


class Times(Wire):
    """How often a step may match in a row; without `max` as often as it goes."""

    min: Annotated[int, Field(ge=0, le=1_000)] = 1
    max: Annotated[int, Field(ge=1, le=1_000)] | None = 1

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise ValueError("max must not be smaller than min")
        return self


class SequenceStep(Wire):
    """A fact (or several) that must come next. Its condition may read the last fact of an earlier step: `login.data['user']`.

    A negated step must not happen between its neighbours (as the last step: not until the time is over).
    """

    name: PartName
    condition: ConditionText
    times: Times = Field(default_factory=Times)
    negated: bool = False


class Skip(StrEnum):
    """Where the search goes on after a match: behind its last fact, or at the fact after its first."""

    PAST_LAST = "past_last"
    TO_NEXT = "to_next"


class SequenceRule(FactRule):
    """Fires when facts of a key match the steps in order within `within_s`; other facts may lie between them.

    The alert resolves when for `resolve_after_s` there was no further match, or by `resolve_condition`.
    """

    kind: Literal["sequence"]
    steps: Annotated[list[SequenceStep], Field(min_length=1, max_length=12)]
    within_s: Span
    skip: Skip = Skip.PAST_LAST
    resolve_condition: ConditionText | None = None
    resolve_after_s: Seconds = 300
    cooldown_s: Seconds = 0


class AbsenceRule(FactRule):
    """Fires when after a fact that satisfies `after` none that satisfies `expect` came within `within_s`.

    Without `after`, each expected fact begins the wait for the next one: the silence of a source. It resolves when the
    expected fact comes after all.
    """

    kind: Literal["absence"]
    after: ConditionText | None = None
    expect: ConditionText
    within_s: Span
    resolve_after_s: Seconds = 0
    cooldown_s: Seconds = 0


class Direction(StrEnum):
    BOTH = "both"
    UP = "up"
    DOWN = "down"


class CalibratedDetector(Wire):
    """Scores how rare a value is for its series: −log10 of the tail probability of its distance from the level, and of that from
    the usual of its time of day, added. Of pure noise, 2 points in 1,000 score 5.3, 5 in 100,000 score 8, 3 in a million 10.

    For `rest_s` after the strongest score of an alert, only one as strong begins another (where `for_s` is 0).
    """

    type: Literal["calibrated"]
    score: Annotated[float, Field(ge=1, le=80, allow_inf_nan=False)] = 8
    season: bool = True
    rest_s: Seconds = 28_800


class DeviationDetector(Wire):
    """Distance from the middle of the last `points`, in their own spread: z-score, median absolute deviation, or fences of
    the interquartile range."""

    type: Literal["zscore", "mad", "iqr"]
    limit: Annotated[float, Field(gt=0, le=1_000, allow_inf_nan=False)] = 3
    points: Annotated[int, Field(ge=10, le=1_000)] = 60


class SmoothedDetector(Wire):
    """Distance from the exponential moving average, in moving standard deviations. `weight` is that of the newest point."""

    type: Literal["ema"]
    limit: Annotated[float, Field(gt=0, le=1_000, allow_inf_nan=False)] = 3
    weight: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = 0.1


class RateDetector(Wire):
    """Change against the point before, per second."""

    type: Literal["rate"]
    limit: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class FlatDetector(Wire):
    """A value that has not moved by more than `tolerance` over `points`."""

    type: Literal["flat"]
    points: Annotated[int, Field(ge=3, le=1_000)] = 30
    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0


AnomalyDetector = Annotated[
    CalibratedDetector | DeviationDetector | SmoothedDetector | RateDetector | FlatDetector, Field(discriminator="type")
]


class AnomalyRule(FactRule):
    """Fires when a number behaves unlike its own past. `of` is the column that holds it; `condition` says which facts count.

    Nothing is judged during the first `warm_up` points of a key.
    """

    kind: Literal["anomaly"]
    of: ColumnText = "value"
    condition: ConditionText | None = None
    detector: AnomalyDetector = Field(default_factory=lambda: CalibratedDetector(type="calibrated"))
    direction: Direction = Direction.BOTH
    warm_up: Annotated[int, Field(ge=0, le=100_000)] = 300
    for_s: Seconds = 0
    resolve_after_s: Seconds = 300
    no_data: NoData = Field(default_factory=NoData)
    cooldown_s: Seconds = 0


class ScheduleRule(RuleBase):
    """Asks a connection at times and judges each row that comes back: `condition` reads `data['column']`."""

    kind: Literal["schedule"]
    source: QuerySource
    keys: Annotated[list[ColumnText], Field(max_length=8)] = Field(default_factory=list)
    condition: ConditionText
    for_s: Seconds = 0
    resolve_condition: ConditionText | None = None
    resolve_after_s: Seconds = 0
    no_data: NoData = Field(default_factory=NoData)
    cooldown_s: Seconds = 0


class Member(Wire):
    """Another rule, by its key, under the name it has in the expression."""

    name: PartName
    rule: AssetName


class CompositeRule(RuleBase):
    """Fires when the expression over other rules is true: a name is true while its rule fires, and for `within_s` after it began.

    `expression` joins names with AND, OR, NOT. `on` names the labels by which alerts of the members belong together; with
    none, all of them do.
    """

    kind: Literal["composite"]
    members: Annotated[list[Member], Field(min_length=1, max_length=20)]
    expression: ConditionText
    within_s: Seconds = 0
    on: Annotated[list[Annotated[Text, StringConstraints(min_length=1, max_length=200)]], Field(max_length=8)] = Field(
        default_factory=list
    )
    for_s: Seconds = 0
    resolve_after_s: Seconds = 0
    cooldown_s: Seconds = 0


AnyRule = ThresholdRule | AggregateRule | SequenceRule | AbsenceRule | AnomalyRule | ScheduleRule | CompositeRule


class RuleDocument(RootModel[Annotated[AnyRule, Field(discriminator="kind")]]):
    """A rule of any kind; `root` is the rule itself."""
