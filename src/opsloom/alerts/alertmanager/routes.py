"""Alertmanager's API (v2). An API key is sent as a bearer token: `amtool --alertmanager.url=https://…/alertmanager` with an HTTP
configuration whose `authorization` holds the key. Errors are problem documents, as everywhere."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import psutil
from fastapi import APIRouter, Body, Depends, Query
from pydantic import ValidationError

from opsloom import __version__
from opsloom.alerts import repository as alerts
from opsloom.alerts.alertmanager import posting, reading
from opsloom.alerts.alertmanager.schemas import (
    AlertmanagerStatus,
    AmAlertGroup,
    AmConfig,
    AmMatcher,
    ClusterStatus,
    GettableAlert,
    GettableSilence,
    PostableAlert,
    PostableSilence,
    SilencePosted,
    VersionInfo,
)
from opsloom.alerts.lifecycle import AlertState
from opsloom.alerts.silences import force, repository, service
from opsloom.alerts.silences.errors import MuteInvalid
from opsloom.alerts.silences.matchers import Matcher, all_fit, parse
from opsloom.alerts.silences.models import Silence
from opsloom.alerts.silences.schemas import SilenceRequest, SilenceState
from opsloom.alerts.transitions import Listeners
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.model import Text
from opsloom.kit.patterns import PatternInvalid, compiled

router = APIRouter(prefix="/alertmanager/api/v2", tags=["alertmanager"])

Reading = Annotated[Work, Depends(work(Permission.ALERTS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.ALERTS_WRITE), scope="function")]
FilterTexts = Annotated[
    list[Text] | None,
    Query(alias="filter", max_length=50, description='Matchers such as `severity=~"warning|critical"`.'),
]
_MOST: Final = 10_000
_REMEMBERED: Final = timedelta(days=5)
_CONFIG: Final = "# Rules, channels, silences and windows of Opsloom are kept in Opsloom.\n"


def asked_matchers(texts: FilterTexts = None) -> list[Matcher]:
    """What `filter` says."""
    try:
        return [parse(text) for text in texts or ()]
    except ValueError as error:
        raise _unreadable("filter", str(error)) from None


Asked = Annotated[list[Matcher], Depends(asked_matchers)]


def _unreadable(name: str, detail: str) -> InvalidInput:
    return InvalidInput(
        f"The parameter {name} cannot be read.", details=[FieldProblem(pointer=name, detail=detail[:500])]
    )


class Kinds:
    """Which alerts are wanted."""

    def __init__(
        self, *, active: bool = True, silenced: bool = True, inhibited: bool = True, unprocessed: bool = True
    ) -> None:
        self._active, self._silenced, self._inhibited = active, silenced, inhibited
        del unprocessed  # every alert is processed in the transaction that takes it

    def wants(self, alert: GettableAlert) -> bool:
        """Whether an alert is among them."""
        by = alert.status
        if alert.status.state == "active":
            return self._active
        return (self._silenced or not (by.silenced_by or by.muted_by)) and (self._inhibited or not by.inhibited_by)


Wanted = Annotated[Kinds, Depends()]


@router.get("/status")
async def get_alertmanager_status(w: Reading) -> AlertmanagerStatus:
    """What runs here, and since when."""
    del w
    since = datetime.fromtimestamp(psutil.Process().create_time(), UTC)
    config = AmConfig(original=_CONFIG)
    return AlertmanagerStatus(
        cluster=ClusterStatus(), version_info=VersionInfo(version=__version__), config=config, uptime=since
    )


@router.get("/alerts")
async def get_alertmanager_alerts(
    w: Reading, asked: Asked, wanted: Wanted, receiver: Annotated[Text | None, Query(max_length=500)] = None
) -> list[GettableAlert]:
    """Alerts that fire, also those that somebody acknowledged."""
    return await _alerts(w, asked, wanted, receiver)


@router.post("/alerts")
async def post_alertmanager_alerts(w: Writing, sent: Annotated[list[PostableAlert], Body(max_length=1000)]) -> None:
    """Open alerts, keep them open, or close them by an `endsAt` that has passed."""
    await posting.post(w.session, w.scope, posting.read(sent), w.core.clock.now(), w.core.part(Listeners))


@router.get("/alerts/groups")
async def get_alertmanager_groups(
    w: Reading, asked: Asked, wanted: Wanted, receiver: Annotated[Text | None, Query(max_length=500)] = None
) -> list[AmAlertGroup]:
    """The same alerts by name and receiver."""
    return reading.groups(await _alerts(w, asked, wanted, receiver))


async def _alerts(w: Work, asked: Sequence[Matcher], wanted: Kinds, receiver: str | None) -> list[GettableAlert]:
    now = w.core.clock.now()
    found = [each for each in await alerts.open_now(w.session, limit=_MOST) if each.state != AlertState.PENDING]
    mutes = await force.mutes(w.session, now, found)
    shown = [reading.alert(each, mutes[each.id], now) for each in found]
    to = _receiver(receiver)
    return [
        each
        for each in shown
        if all_fit(asked, each.labels) and wanted.wants(each) and any(to(one.name) for one in each.receivers)
    ]


def _receiver(pattern: str | None) -> Callable[[str], bool]:
    if not pattern:
        return bool
    try:
        return compiled(pattern).fits
    except PatternInvalid as error:
        raise _unreadable("receiver", str(error)) from None


@router.get("/silences")
async def get_alertmanager_silences(w: Reading, asked: Asked) -> list[GettableSilence]:
    """Silences that are in force or to come, and those that ended within the last five days."""
    now = w.core.clock.now()
    found = await repository.remembered(w.session, now - _REMEMBERED, limit=_MOST)
    return [reading.silence(row, now) for row in found if reading.is_about(row, asked)]


@router.post("/silences")
async def post_alertmanager_silence(w: Writing, sent: PostableSilence) -> SilencePosted:
    """Make a silence, or another version of one: of one that is in force the end and the comment can change, anything else ends it
    and makes a new one."""
    now, asked = w.core.clock.now(), _request(sent)
    if not sent.id:
        row = await service.silence(w.session, w.scope, asked, now, by=sent.created_by)
        return SilencePosted(silence_id=row.id)
    old = await service.get(w.session, Silence, sent.id)
    state = service.state_of(old, now)
    same = [each.model_dump(mode="json") for each in asked.matchers] == old.matchers
    if state is not SilenceState.EXPIRED and same:
        row = await service.change_silence(w.session, w.scope, (old.id, old.revision), asked, now)
        return SilencePosted(silence_id=row.id)
    if state is not SilenceState.EXPIRED:
        await service.expire(w.session, w.scope, old.id, now)
    row = await service.silence(w.session, w.scope, asked, now, by=sent.created_by)
    return SilencePosted(silence_id=row.id)


@router.get("/silence/{silence_id}")
async def get_alertmanager_silence(w: Reading, silence_id: UUID) -> GettableSilence:
    """One silence."""
    return reading.silence(await service.get(w.session, Silence, silence_id), w.core.clock.now())


@router.delete("/silence/{silence_id}")
async def delete_alertmanager_silence(w: Writing, silence_id: UUID) -> None:
    """End it now; alerts that still fire are told."""
    await service.expire(w.session, w.scope, silence_id, w.core.clock.now())


def _request(sent: PostableSilence) -> SilenceRequest:
    matchers = [_own(position, matcher) for position, matcher in enumerate(sent.matchers)]
    return SilenceRequest(matchers=matchers, starts_at=sent.starts_at, ends_at=sent.ends_at, comment=sent.comment)


def _own(position: int, matcher: AmMatcher) -> Matcher:
    try:
        return reading.own(matcher)
    except ValidationError as error:
        flaw = FieldProblem(pointer=f"/matchers/{position}", detail=error.errors()[0]["msg"])
        raise MuteInvalid("A pattern cannot be read.", details=[flaw]) from None
