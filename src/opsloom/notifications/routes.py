"""HTTP of channels, deliveries and in-app notifications."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import AwareDatetime

from opsloom.assets import service as assets
from opsloom.assets.schemas import Force, NeedShown
from opsloom.assets.service import Asset, AssetState
from opsloom.identity import audit
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.infra.secrets import Secrets
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.kit.resilience.board import BreakerView
from opsloom.notifications import directory, repository, service
from opsloom.notifications.channels.forms import FORMS, secret_names
from opsloom.notifications.content import ChannelType, InAppConfig, ServiceConfig, Severity, WebhookConfig
from opsloom.notifications.delivery import breaker_key
from opsloom.notifications.directory import Tools
from opsloom.notifications.kinds import KIND
from opsloom.notifications.models import Delivery, DeliveryAttempt, DeliveryKind, DeliveryStatus, Notification
from opsloom.notifications.previews import preview, sample
from opsloom.notifications.repository import DeliveryFilters
from opsloom.notifications.schemas import (
    AttemptShown,
    ChannelBody,
    ChannelBreaker,
    ChannelCreated,
    ChannelShown,
    ChannelTypeShown,
    DeliveryDetail,
    DeliveryFacets,
    DeliveryShown,
    InAppShown,
    NotificationShown,
    PreviewRequest,
    PreviewShown,
    ReadMarks,
    ServiceShown,
    UnreadCount,
    WebhookBody,
    WebhookShown,
)

router = APIRouter(prefix="/api/v1", tags=["notifications"])

ChannelReading = Annotated[Work, Depends(work(Permission.CHANNELS_READ), scope="function")]
ChannelWriting = Annotated[Work, Depends(work(Permission.CHANNELS_WRITE), scope="function")]
Reading = Annotated[Work, Depends(work(Permission.NOTIFICATIONS_READ), scope="function")]
Marking = Annotated[Work, Depends(work(Permission.NOTIFICATIONS_WRITE), scope="function")]
Resending = Annotated[Work, Depends(work(Permission.ALERTS_WRITE), scope="function")]
Several = Query(description="Repeat for several.", max_length=50)
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as the ETag gave it.")]


@router.get("/channels")
async def list_channels(
    w: ChannelReading,
    limit: Limit = 50,
    cursor: Cursor = None,
    q: Annotated[Text | None, Query(max_length=200, description="In the name.")] = None,
) -> Page[ChannelShown]:
    """Channels, newest first. Every tenant starts with one that shows notifications inside Opsloom."""
    await directory.ensure_default(w.session, w.scope)
    found = await assets.list_assets(w.session, KIND, limit=limit, after=_before(cursor), text=q)
    page = page_of(found, limit, lambda asset: (asset.id,))
    readable = [asset for asset, _ in await assets.readable(w.session, w.scope, KIND, page.items)]
    return Page[ChannelShown](items=await _shown(w, readable), next_cursor=page.next_cursor)


@router.get("/channels/types")
async def list_channel_types(w: ChannelReading) -> Page[ChannelTypeShown]:
    """Every type of channel that has a form, with the JSON Schema of its `config` and which of its fields are secrets."""
    del w
    shown = [
        ChannelTypeShown(
            type=ChannelType.WEBHOOK,
            form=WebhookBody.model_json_schema(),
            secrets=["headers", "secret"],
            needed_secrets=[],
        )
    ]
    shown += [
        ChannelTypeShown(
            type=kind, form=form.model_json_schema(), secrets=secret_names(form), needed_secrets=sorted(form.NEEDED)
        )
        for kind, form in FORMS.items()
    ]
    return Page[ChannelTypeShown](items=shown, next_cursor=None)


@router.post("/message-templates/preview")
async def preview_message_template(w: ChannelReading, asked: PreviewRequest) -> PreviewShown:
    """What a template, saved or not, says in both languages about a line of the ledger, or about a made-up alert."""
    body = sample() if asked.delivery_id is None else (await service.get_delivery(w.session, asked.delivery_id))[0].body
    return await preview(w.core, asked.content, orjson.loads(body))


@router.post("/channels", status_code=201)
async def create_channel(w: ChannelWriting, body: ChannelBody, response: Response) -> ChannelCreated:
    """A new channel, in force at once; where a policy wants others to agree first, they are asked.

    A webhook without a `secret` is given one; this answer alone shows it."""
    made = await directory.create(w.session, w.scope, _tools(w), body)
    [shown] = await _shown(w, [made.asset])
    response.headers["ETag"] = assets.etag(made.asset)
    response.headers["Location"] = f"/api/v1/channels/{made.asset.id}"
    return ChannelCreated(**shown.model_dump(), secret=made.secret.reveal() if made.secret else None)


@router.get("/channels/{channel_id}")
async def get_channel(w: ChannelReading, channel_id: UUID, response: Response) -> ChannelShown:
    """One channel; the `ETag` is its revision."""
    return await _one(w, await assets.get(w.session, KIND, channel_id), response)


@router.put("/channels/{channel_id}")
async def update_channel(
    w: ChannelWriting, channel_id: UUID, body: ChannelBody, response: Response, if_match: IfMatch = None
) -> ChannelShown:
    """Replace a channel and put it in force; where a policy wants others to agree first, they are asked.

    Secrets that are left out stay as they are."""
    change = (body, assets.parse_if_match(if_match))
    return await _one(w, await directory.update(w.session, w.scope, _tools(w), channel_id, change), response)


@router.delete("/channels/{channel_id}", status_code=204)
async def delete_channel(w: ChannelWriting, channel_id: UUID, force: Force = False) -> None:
    """Archive a channel and forget its secrets. What waits for it is given up; the ledger keeps its lines."""
    await directory.remove(w.session, w.scope, channel_id, force=force)


@router.post("/channels/{channel_id}/test", status_code=202)
async def test_channel(w: ChannelWriting, channel_id: UUID) -> DeliveryShown:
    """Send something recognisable the way everything else goes; follow it in the ledger."""
    return DeliveryShown.model_validate(await service.send_test(w.session, w.scope, channel_id))


@router.post("/channels/{channel_id}/breaker/reset")
async def reset_channel_breaker(w: ChannelWriting, channel_id: UUID, response: Response) -> ChannelShown:
    """Let sending go on at once after repeated failures."""
    asset = await assets.get(w.session, KIND, channel_id)
    if await w.core.breakers.reset(breaker_key(w.scope.tenant_id, channel_id)):
        await audit.record(w.session, w.scope, "channel.breaker_reset", KIND.name, channel_id)
    return await _one(w, asset, response)


def period(
    since: Annotated[AwareDatetime | None, Query(description="Recorded at or after this instant.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Recorded before this instant.")] = None,
) -> tuple[datetime | None, datetime | None]:
    """The half-open time that is asked for."""
    return since, until


def ticked(
    status: Annotated[list[DeliveryStatus] | None, Several] = None,
    channel_id: Annotated[list[UUID] | None, Several] = None,
    type: Annotated[list[ChannelType] | None, Several] = None,  # what it is called in the address
    severity: Annotated[list[Severity] | None, Several] = None,
    reason: Annotated[list[Text] | None, Several] = None,
) -> DeliveryFilters:
    """What was ticked among the facets."""
    return DeliveryFilters(status or (), channel_id or (), type or (), severity or (), reason or ())


def delivery_filters(
    when: Annotated[tuple[datetime | None, datetime | None], Depends(period)],
    ticked: Annotated[DeliveryFilters, Depends(ticked)],
    kind: DeliveryKind | None = None,
    alert_id: UUID | None = None,
    q: Annotated[Text | None, Query(max_length=200, description="In title and channel.")] = None,
) -> DeliveryFilters:
    """Which lines of the ledger are asked for."""
    return replace(ticked, kind=kind, alert_id=alert_id, q=q, since=when[0], until=when[1])


@router.get("/deliveries")
async def list_deliveries(
    w: Reading, asked: Annotated[DeliveryFilters, Depends(delivery_filters)], limit: Limit = 50, cursor: Cursor = None
) -> Page[DeliveryShown]:
    """The ledger, newest first: one line for each transition and channel."""
    found = await service.find_deliveries(w.session, asked, limit=limit, before=_before(cursor))
    return page_of([DeliveryShown.model_validate(row) for row in found], limit, lambda row: (row.id,))


@router.get("/deliveries/facets")
async def count_deliveries(w: Reading, asked: Annotated[DeliveryFilters, Depends(delivery_filters)]) -> DeliveryFacets:
    """How many lines have each status, channel, type, severity and reason, among those that the other filters let through."""
    counts = await repository.facet_counts(w.session, asked)
    return DeliveryFacets.model_validate(
        {name: [{"value": value, "name": said, "count": n} for value, said, n in rows] for name, rows in counts.items()}
    )


@router.get("/deliveries/{delivery_id}")
async def get_delivery(w: Reading, delivery_id: UUID) -> DeliveryDetail:
    """One line with every attempt and the text that is sent."""
    return _detail(*await service.get_delivery(w.session, delivery_id))


@router.post("/deliveries/{delivery_id}/resend", status_code=202)
async def resend_delivery(w: Resending, delivery_id: UUID) -> DeliveryDetail:
    """Send a finished delivery again: a new line that names the old one, under the same id for the receiver, who can tell."""
    made = await service.resend(w.session, w.scope, delivery_id)
    return _detail(*await service.get_delivery(w.session, made.id))


@router.get("/notifications")
async def list_notifications(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    unread: Annotated[bool, Query(description="Only what the caller has not read.")] = False,
) -> Page[NotificationShown]:
    """What the in-app channels show, newest first, with what the caller has read."""
    found = await service.find_notifications(w.session, w.scope, limit=limit, before=_before(cursor), unread=unread)
    return page_of([_notification(row, read) for row, read in found], limit, lambda row: (row.id,))


@router.get("/notifications/unread")
async def count_unread(w: Reading) -> UnreadCount:
    """How many the caller has not read."""
    return UnreadCount(unread=await service.unread(w.session, w.scope))


@router.post("/notifications/read")
async def mark_notifications_read(w: Marking, marks: ReadMarks) -> UnreadCount:
    """Note that the caller has read these, or all; ids that do not exist are passed over."""
    return UnreadCount(unread=await service.mark_read(w.session, w.scope, marks.ids))


def _tools(w: Work) -> Tools:
    return Tools(w.core.part(Secrets), w.core.http.policy, w.core.clock)


def _before(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    (value,) = decode_cursor(cursor, UUID)
    return value if isinstance(value, UUID) else None


async def _one(w: Work, asset: Asset, response: Response) -> ChannelShown:
    response.headers["ETag"] = assets.etag(asset)
    [shown] = await _shown(w, [asset])
    return shown


async def _shown(w: Work, found: list[Asset]) -> list[ChannelShown]:
    secret = await repository.with_secrets(w.session, [asset.id for asset in found])
    states = {view.key: view for view in await w.core.breakers.views()}
    return [
        _channel(asset, asset.id in secret, states.get(breaker_key(w.scope.tenant_id, asset.id)), await _need(w, asset))
        for asset in found
    ]


async def _need(w: Work, asset: Asset) -> NeedShown | None:
    """What is asked for before the draft can be in force."""
    if asset.state == AssetState.ARCHIVED or assets.is_in_force(asset):
        return None
    wanted = await assets.review_need(w.session, asset)
    return NeedShown.model_validate(wanted) if wanted.approvals else None


def _channel(asset: Asset, has_secret: bool, breaker: BreakerView | None, need: NeedShown | None) -> ChannelShown:
    content = directory.channel_content(asset)
    return ChannelShown(
        id=asset.id,
        name=asset.name,
        slug=asset.slug,
        type=content.config.type,
        enabled=content.enabled,
        route=content.route,
        config=_config(content.config, has_secret=has_secret),
        language=content.language,
        template=content.template,
        limit=content.limit,
        fallback=content.fallback,
        breaker=None
        if breaker is None
        else ChannelBreaker(state=breaker.state, failures=breaker.failures, retry_after_s=breaker.retry_after_s),
        revision=asset.draft_revision,
        published_version=asset.published_version,
        waiting=not assets.is_in_force(asset),
        review=need,
        created_at=asset.created_at,
        created_by=asset.created_by,
        updated_at=asset.updated_at,
        updated_by=asset.updated_by,
    )


def _config(
    config: InAppConfig | WebhookConfig | ServiceConfig, *, has_secret: bool
) -> InAppShown | WebhookShown | ServiceShown:
    match config:
        case ServiceConfig():
            return ServiceShown(type=config.type, fields=config.fields, secret_names=config.secret_names)
        case WebhookConfig():
            names = config.header_names
            return WebhookShown(type=config.type, url=config.url, header_names=names, has_secret=has_secret)
        case InAppConfig():
            return InAppShown(type=config.type)


def _detail(delivery: Delivery, tries: list[DeliveryAttempt]) -> DeliveryDetail:
    return DeliveryDetail(
        **DeliveryShown.model_validate(delivery).model_dump(),
        webhook_id=service.webhook_id(delivery),
        dedup_key=delivery.dedup_key,
        body=delivery.body,
        sent_title=delivery.sent_title,
        sent_text=delivery.sent_text,
        tries=[AttemptShown.model_validate(one) for one in tries],
    )


def _notification(row: Notification, read: bool) -> NotificationShown:
    return NotificationShown(
        id=row.id,
        delivery_id=row.delivery_id,
        alert_id=row.alert_id,
        channel_id=row.channel_id,
        event_type=row.event_type,
        title=row.title,
        severity=row.severity,
        message=row.message,
        labels=row.labels,
        created_at=row.created_at,
        read=read,
    )
