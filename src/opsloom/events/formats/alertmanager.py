"""Alertmanager's webhook, version 4: each alert of the group is an event.

An alert is told again every `repeat_interval`, and by each member of a cluster: its fingerprint with the time it started
(and ended) is the event's id, so that it is stored once. Source: the webhook configuration of Alertmanager's documentation.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from opsloom.events.checks import Refused, read_refusal
from opsloom.events.errors import EventsTooLarge, EventsUnreadable
from opsloom.events.event import MAX_BATCH_ITEMS, SEVERITIES, Decoded, NewEvent, Rejection
from opsloom.events.formats.drafts import Draft

SOURCE: Final = "alertmanager"
# What alerts commonly call what we call critical, beside the words every format knows.
_URGENT: Final = frozenset({"page", "disaster", "high", "p1"})


class _Group(msgspec.Struct, gc=False):
    """What all alerts of a request share."""

    version: Literal["4"]
    alerts: list[msgspec.Raw]
    receiver: str = ""
    group_key: str = msgspec.field(default="", name="groupKey")
    external_url: str = msgspec.field(default="", name="externalURL")


class _Alert(msgspec.Struct, gc=False):
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    starts_at: Annotated[datetime, Meta(tz=True)] = msgspec.field(name="startsAt")
    annotations: dict[str, str] = {}
    ends_at: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="endsAt")
    generator_url: str = msgspec.field(default="", name="generatorURL")
    fingerprint: str = ""


_group: Final = msgspec.json.Decoder(_Group)
_alert: Final = msgspec.json.Decoder(_Alert)


def read_alerts(body: bytes, now: datetime) -> Decoded:
    """Each alert of a request. Raises EventsUnreadable, EventsTooLarge."""
    try:
        body.decode()
        group = _group.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EventsUnreadable(
            f"The body is not a webhook of Alertmanager: {error}.", hint="Alertmanager sends version 4 as JSON."
        ) from None
    if len(group.alerts) > MAX_BATCH_ITEMS:
        raise EventsTooLarge(f"At most {MAX_BATCH_ITEMS} alerts are taken at once.")
    events: list[NewEvent] = []
    rejections: list[Rejection] = []
    for index, raw in enumerate(group.alerts):
        try:
            events.append(_event(raw, group, index, now))
        except Refused as refusal:
            pointer = f"/alerts/{index}{refusal.pointer}"
            rejections.append(Rejection(index, refusal.code, refusal.detail, pointer, bytes(raw)))
    return Decoded(events, rejections)


def _event(raw: msgspec.Raw, group: _Group, index: int, now: datetime) -> NewEvent:
    try:
        alert = _alert.decode(raw)
    except msgspec.ValidationError as error:
        raise read_refusal(error) from None
    resolved = alert.status == "resolved"
    time = alert.ends_at if resolved and alert.ends_at is not None else alert.starts_at
    labels = alert.labels
    said = alert.annotations
    name = labels.get("alertname", "")
    message = said.get("summary") or said.get("message") or said.get("description") or name
    data = {"message": message, "alert": name, "status": alert.status, "annotations": said}
    more = {"generator": alert.generator_url, "receiver": group.receiver, "group": group.group_key}
    draft = Draft(
        source=group.external_url[:256] or SOURCE,
        type=f"alertmanager.{alert.status}",
        time=time,
        event_id=_id_of(alert, time) if alert.fingerprint else None,
        subject=labels.get("instance") or labels.get("service") or labels.get("job") or name or None,
        severity=_severity(labels.get("severity", "")),
        data=data | {key: value for key, value in more.items() if value},
        labels=labels,
    )
    return draft.finish(index, now)


def _id_of(alert: _Alert, time: datetime) -> str:
    return f"{alert.fingerprint}/{alert.status}/{time.isoformat()}"


def _severity(text: str) -> str | None:
    found = SEVERITIES.get("critical" if text.lower() in _URGENT else text.lower())
    return None if found is None else found.value
