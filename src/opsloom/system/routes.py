"""The stream, the health page, breakers and jobs."""

import time
from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse

from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra import stream
from opsloom.infra.core import Core
from opsloom.kit.errors import InvalidInput
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.system import service
from opsloom.system.schemas import JobShown, SystemHealth

router = APIRouter(prefix="/api/v1", tags=["system"])

TOPIC_PERMISSIONS = {
    "alerts": Permission.ALERTS_READ,
    "incidents": Permission.ALERTS_READ,
    "notifications": Permission.NOTIFICATIONS_READ,
    "metrics": Permission.INVENTORY_READ,
    "events": Permission.EVENTS_READ,
    "assets": Permission.RULES_READ,
    "catalogs": Permission.CONNECTIONS_READ,
    "connections": Permission.CONNECTIONS_READ,
    "system": Permission.SYSTEM_READ,
    "workflows": Permission.APIS_READ,
    "api_runs": Permission.APIS_READ,
    "llm_calls": Permission.SYSTEM_READ,
}
# A stream is ended and taken up again by the client, so that a revoked session does not listen on for ever.
LONGEST_S = 600.0

Reader = Annotated[Work, Depends(work(Permission.SYSTEM_READ), scope="function")]
Writer = Annotated[Work, Depends(work(Permission.SYSTEM_WRITE), scope="function")]


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    },
)
async def follow_stream(
    core: Annotated[Core, Depends(core_of)],
    caller: Annotated[Caller, Depends(allowed())],
    topics: Annotated[str, Query(max_length=200, description="Comma separated; see the guide for their names.")],
    last_event_id: Annotated[str | None, Header(max_length=60)] = None,
) -> StreamingResponse:
    """Messages as they are committed: `event` is the topic, `id` resumes after an interruption with Last-Event-ID."""
    wanted = _read_topics(topics, caller)
    tenant_id = caller.scope.tenant_id
    after = stream.parse_event_id(last_event_id) if last_event_id else await core.hub.end(tenant_id)
    messages = _as_events(core.hub.follow(tenant_id, wanted, after), None if last_event_id else after)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(messages, media_type="text/event-stream", headers=headers)


def _read_topics(text: str, caller: Caller) -> frozenset[str]:
    topics = frozenset(part.strip() for part in text.split(",") if part.strip())
    unknown = sorted(topics - TOPIC_PERMISSIONS.keys())
    if unknown or not topics:
        names = ", ".join(TOPIC_PERMISSIONS)
        raise InvalidInput(f"There is no topic “{', '.join(unknown)}”.", hint=f"The topics are {names}.")
    return frozenset(topic for topic in topics if caller.scope.allows(TOPIC_PERMISSIONS[topic]))


async def _as_events(
    messages: AsyncIterator[stream.Message | None], begin: stream.Position | None
) -> AsyncIterator[bytes]:
    """A reader that begins is told where, so that it can resume even if the server goes before its first message."""
    end = time.monotonic() + LONGEST_S
    yield b"retry: 1000\n\n"
    if begin is not None:
        yield b"id: %b\nevent: begin\ndata: {}\n\n" % stream.event_id(begin).encode()
    async for message in messages:
        if message is None:
            yield b": still here\n\n"
        else:
            yield b"id: %b\nevent: %b\ndata: %b\n\n" % (
                message.event_id.encode(),
                message.topic.encode(),
                orjson.dumps(message.payload),
            )
        if time.monotonic() > end:
            return


@router.get("/system/health")
async def show_system_health(work: Reader) -> SystemHealth:
    """The process that answers, its database, components, breakers and jobs."""
    return await service.health(work.core, work.session, work.scope)


@router.post("/system/breakers/{name}/reset", status_code=204)
async def reset_breaker(name: str, work: Writer) -> None:
    """Close a circuit breaker by hand."""
    await service.reset_breaker(work.core, work.session, work.scope, name)


@router.get("/jobs")
async def list_jobs(work: Reader, limit: Limit = 50, cursor: Cursor = None) -> Page[JobShown]:
    """Background jobs of the tenant that wait, run or failed."""
    before = decode_cursor(cursor, int)[0] if cursor else None
    assert before is None or isinstance(before, int)
    found = await service.jobs(work.session, work.scope, limit=limit, before=before)
    return page_of(found, limit, lambda job: (job.id,))
