"""From the facts of a case, as people write them, to facts as the engine takes them, each with when it came in. Pure."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from opsloom.rules.cases.schemas import CaseFact, RuleCaseBody
from opsloom.rules.facts import Fact
from opsloom.rules.feeds import series_name
from opsloom.rules.model import FactSource, MetricSource
from opsloom.rules.moments import to_micros


class Arrival(NamedTuple):
    """A fact and when it came in, microseconds."""

    at: int
    fact: Fact


def arrivals(case: RuleCaseBody, source: FactSource) -> list[Arrival]:
    """Every fact of a case in order of arrival."""
    start = to_micros(case.start)
    found = [one for place, written in enumerate(case.facts) for one in _row(written, source, start, f"fact:{place}")]
    return sorted(found, key=lambda one: one.at)


def _row(written: CaseFact, source: FactSource, start: int, ref: str) -> Iterator[Arrival]:
    values = written.values if written.values is not None else [written.value] * written.times
    for place, value in enumerate(values):
        late = 0.0 if written.arrives is None else written.arrives - written.at
        at = start + round((written.at + place * written.every) * 1_000_000)
        if value is None and written.values is not None:
            continue  # a gap
        yield Arrival(at + max(0, round(late * 1_000_000)), fact_of(written, source, at, f"{ref}/{place}", value))


def fact_of(written: CaseFact, source: FactSource, time: int, ref: str, value: float | None) -> Fact:
    """One fact; it is a sample when it or the rule's source names a metric and it names no event."""
    metric = written.metric or (source.metric if isinstance(source, MetricSource) else None)
    if metric is not None and written.type is None:
        return _sample(written, metric, time, ref, value)
    event_type, event_source = (None, None) if isinstance(source, MetricSource) else (source.event_type, source.source)
    return Fact(
        time=time,
        ref=ref,
        source=written.source or event_source or "case",
        type=written.type or event_type or "case",
        subject=written.subject,
        severity=written.severity,
        attrs=written.attrs,
        data=written.data,
    )


def _sample(written: CaseFact, metric: str, time: int, ref: str, value: float | None) -> Fact:
    item = written.item or "item"
    labels = {name: str(text) for name, text in written.attrs.items()}
    item_id: UUID = uuid5(NAMESPACE_URL, item)
    return Fact(
        time=time,
        ref=ref,
        metric=metric,
        value=value,
        item=item,
        unit=written.unit,
        attrs=labels,
        series=series_name(item_id, labels),
        item_id=item_id,
    )
