"""Our alerts and silences in Alertmanager's shapes. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from opsloom.alerts.alertmanager.fingerprint import fingerprint
from opsloom.alerts.alertmanager.posting import RESOLVE_TIMEOUT
from opsloom.alerts.alertmanager.schemas import (
    AmAlertGroup,
    AmAlertStatus,
    AmMatcher,
    AmSilenceStatus,
    GettableAlert,
    GettableSilence,
    Receiver,
)
from opsloom.alerts.lifecycle import MuteKind
from opsloom.alerts.models import Alert
from opsloom.alerts.silences import service
from opsloom.alerts.silences.matchers import LABEL_NAME, Matcher, MatchOp, labels_of
from opsloom.alerts.silences.models import Silence
from opsloom.alerts.silences.muting import Mute

DEFAULT = "default"
_OPS = {
    (False, True): MatchOp.EQUAL,
    (False, False): MatchOp.DIFFERS,
    (True, True): MatchOp.FITS,
    (True, False): MatchOp.FITS_NOT,
}
_FLAGS = {op: flags for flags, op in _OPS.items()}


def alert(row: Alert, mutes: Sequence[Mute], now: datetime) -> GettableAlert:
    """An open alert. One of a rule gets the labels that matchers see; it ends when it is heard of no more."""
    labels = labels_of(row.rule_name, row.severity, row.labels)
    by = {kind: [str(mute.id) for mute in mutes if mute.kind is kind] for kind in MuteKind}
    return GettableAlert(
        annotations={"summary": row.title}
        | ({"description": row.description} if row.description else {})
        | row.annotations,
        receivers=[Receiver(name=name) for name in row.channels] or [Receiver(name=DEFAULT)],
        fingerprint=fingerprint(labels),
        starts_at=row.started_at,
        updated_at=row.updated_at,
        ends_at=row.expires_at or now + RESOLVE_TIMEOUT,
        status=AmAlertStatus(
            state="suppressed" if mutes else "active",
            silenced_by=by[MuteKind.SILENCE],
            inhibited_by=by[MuteKind.INHIBITION],
            muted_by=by[MuteKind.WINDOW],
        ),
        labels=labels,
        generator_url=row.generator_url,
    )


def groups(alerts: Iterable[GettableAlert]) -> list[AmAlertGroup]:
    """By the name of the alert and by receiver; an alert is in the group of each of its receivers."""
    placed = [(each.labels.get(LABEL_NAME, ""), to.name, each) for each in alerts for to in each.receivers]
    placed.sort(key=lambda place: place[:2])
    return [
        AmAlertGroup(labels={LABEL_NAME: name}, receiver=Receiver(name=to), alerts=[each for _, _, each in found])
        for (name, to), found in groupby(placed, key=lambda place: place[:2])
    ]


def silence(row: Silence, now: datetime) -> GettableSilence:
    """A silence, in force or over."""
    return GettableSilence(
        id=row.id,
        status=AmSilenceStatus(state=service.state_of(row, now).value),
        updated_at=row.updated_at,
        comment=row.comment,
        created_by=row.created_by,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        matchers=[_matcher(Matcher.model_validate(each)) for each in row.matchers],
    )


def _matcher(matcher: Matcher) -> AmMatcher:
    is_regex, is_equal = _FLAGS[matcher.op]
    return AmMatcher(name=matcher.name, value=matcher.value, is_regex=is_regex, is_equal=is_equal)


def own(matcher: AmMatcher) -> Matcher:
    """The same as a matcher of ours. Raises ValidationError for a pattern that cannot be read."""
    return Matcher(name=matcher.name, op=_OPS[matcher.is_regex, matcher.is_equal], value=matcher.value)


def is_about(row: Silence, asked: Sequence[Matcher]) -> bool:
    """Whether a silence has, for each matcher asked for, one of that name whose value it fits."""
    has = [Matcher.model_validate(each) for each in row.matchers]
    return all(any(each.name == one.name and one.fits({each.name: each.value}) for each in has) for one in asked)
