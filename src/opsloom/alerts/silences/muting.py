"""Whether an alert is kept quiet, and by what. Pure: what is in force and the labels in, reasons out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from opsloom.alerts.lifecycle import MuteKind
from opsloom.alerts.silences.matchers import Matcher, all_fit

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mute:
    """What keeps an alert quiet, until when if somebody knows. `name` is a silence's comment, a window's or an inhibition's name."""

    kind: MuteKind
    id: UUID
    name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Muter:
    """A silence or a window that is in force."""

    mute: Mute
    matchers: tuple[Matcher, ...]


@dataclass(frozen=True, slots=True)
class InhibitionRule:
    """Alerts of `target` are quiet while one of `source` with the same `equal` labels fires."""

    mute: Mute
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]

    def same(self, one: Labels, other: Labels) -> bool:
        """Whether the labels that have to be equal are. One that both lack is equal."""
        return all(one.get(name, "") == other.get(name, "") for name in self.equal)


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that fires, as an inhibition sees it."""

    id: UUID
    labels: Labels


def muted_by(muters: Iterable[Muter], labels: Labels) -> list[Mute]:
    """Every silence and window that matches."""
    return [muter.mute for muter in muters if all_fit(muter.matchers, labels)]


def inhibitor(rule: InhibitionRule, alert: Firing, sources: Sequence[Firing]) -> Firing | None:
    """The firing alert because of which one is kept quiet.

    An alert that is both source and target of a rule is not kept quiet by another such: they would silence each other (as in
    Alertmanager).
    """
    if not all_fit(rule.target, alert.labels):
        return None
    is_source = all_fit(rule.source, alert.labels)
    for source in sources:
        if (
            source.id == alert.id
            or not all_fit(rule.source, source.labels)
            or not rule.same(source.labels, alert.labels)
        ):
            continue
        if is_source and all_fit(rule.target, source.labels):
            continue
        return source
    return None
