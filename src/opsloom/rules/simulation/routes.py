"""Simulations over HTTP."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from opsloom.identity.access import Caller, allowed, core_of
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.rules.simulation import service
from opsloom.rules.simulation.schemas import SimulationProgress, SimulationRequest, SimulationShown

log = get_logger(__name__)
router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

CoreOf = Annotated[Core, Depends(core_of)]
Reader = Annotated[Caller, Depends(allowed(Permission.RULES_READ))]


@router.post(
    "/simulate",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events; the data of `progress` and of `result` are as here.",
            "model": SimulationShown | SimulationProgress,
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def simulate_rule(caller: Reader, core: CoreOf, request: SimulationRequest) -> StreamingResponse:
    """What a rule would have done over pasted facts or a stretch of the past: `progress` events, then one `result` (or one `error`).
    Ending the request cancels it."""
    async with core.db.transaction(caller.scope) as session:
        asked = await service.prepare(core, session, request)
    events = _events(service.simulate(core, caller.scope, asked))
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(told: AsyncGenerator[service.Told, None]) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(told):
            async for one in told:
                name = b"result" if isinstance(one, SimulationShown) else b"progress"
                yield b"event: %b\ndata: %b\n\n" % (name, one.model_dump_json().encode())
    except Exception as error:  # boundary: the stream has begun, so the failure is told inside it
        note_failure("simulation", error)
        log.error("simulation.failed", cause=str(error), exc_info=True)
        yield b'event: error\ndata: {"status": 500, "detail": "The simulation failed."}\n\n'
