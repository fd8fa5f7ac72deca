"""Acknowledging by a link, over HTTP. Open to whoever has one: the link is the credential, sent in the body so that no log keeps it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import StringConstraints

from opsloom.alerts import links
from opsloom.alerts.lifecycle import AlertState, Severity
from opsloom.alerts.links import Asked
from opsloom.identity import access
from opsloom.infra.core import Core
from opsloom.kit.model import Shown, Text, Wire

router = APIRouter(prefix="/api/v1/acknowledge-links", tags=["alerts"])

CoreOf = Annotated[Core, Depends(access.core_of)]


class AcknowledgeLinkRequest(Wire):
    """What stands behind `#token=` in a link."""

    token: Annotated[Text, StringConstraints(min_length=1, max_length=2_000)]


class AcknowledgeLinkUse(AcknowledgeLinkRequest):
    comment: Annotated[Text, StringConstraints(max_length=2_000)] = ""


class AcknowledgeLinkShown(Shown):
    """The alert of a link; `open`: it fires and nobody has acknowledged it."""

    title: str
    rule_name: str
    key: str
    severity: Severity
    state: AlertState
    started_at: datetime
    expires_at: datetime
    open: bool
    acknowledged_by: str | None


@router.post("/question")
async def read_acknowledge_link(core: CoreOf, asked: AcknowledgeLinkRequest) -> AcknowledgeLinkShown:
    """Which alert a link is about. Nothing changes by looking."""
    return _shown(await links.look(core, asked.token))


@router.post("/acknowledge")
async def acknowledge_by_link(core: CoreOf, used: AcknowledgeLinkUse) -> AcknowledgeLinkShown:
    """Say that somebody takes care of the alert."""
    return _shown(await links.acknowledge(core, used.token, used.comment))


def _shown(found: Asked) -> AcknowledgeLinkShown:
    alert = found.alert
    return AcknowledgeLinkShown(
        title=alert.title,
        rule_name=alert.rule_name,
        key=alert.key,
        severity=Severity(alert.severity),
        state=AlertState(alert.state),
        started_at=alert.started_at,
        expires_at=datetime.fromtimestamp(found.says.ends_at, UTC),
        open=found.open,
        acknowledged_by=alert.acknowledged_by,
    )
