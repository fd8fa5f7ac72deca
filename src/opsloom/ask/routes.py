"""HTTP of questions: ask, follow, look back, run the evidence again."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse

from opsloom.ask import service
from opsloom.ask.blocks import Stage
from opsloom.ask.pipeline import Asker
from opsloom.ask.schemas import QuestionAsked, QuestionShown, QuestionSummary, ReferenceRun
from opsloom.ask.service import Recorded, Told
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import OpsloomError
from opsloom.kit.paging import Cursor, Limit, Page

log = get_logger(__name__)
router = APIRouter(prefix="/api/v1/questions", tags=["questions"])

# The stages open their own short transactions, so that none is held while tools run.
Asking = Annotated[Caller, Depends(allowed(Permission.ASK_USE))]
Looking = Annotated[Work, Depends(work(Permission.ASK_USE), scope="function")]
CoreHere = Annotated[Core, Depends(core_of)]


@router.post("")
async def ask_question(core: CoreHere, caller: Asking, asked: QuestionAsked) -> QuestionShown:
    """Answers a question with blocks, references and stages. A refusal or a question back is an answer too."""
    return await service.ask(core.part(Asker), caller.scope, asked)


@router.post(
    "/stream",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    },
)
async def follow_question(core: CoreHere, caller: Asking, asked: QuestionAsked) -> StreamingResponse:
    """The same as it happens: `stage` and `plan` events, then one `answer` (the whole question) or one `error`."""
    service.zone_named(asked.time_zone)
    events = _events(service.follow(core.part(Asker), caller.scope, asked))
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@router.get("")
async def list_questions(w: Looking, limit: Limit = 50, cursor: Cursor = None) -> Page[QuestionSummary]:
    """The caller's own questions, newest first."""
    return await service.list_questions(w.session, w.scope, limit, cursor)


@router.get("/{question_id}")
async def get_question(w: Looking, question_id: UUID) -> QuestionShown:
    """One of the caller's questions with its whole answer."""
    return await service.get_question(w.session, w.scope, question_id)


@router.post("/{question_id}/references/{reference_id}/run")
async def run_reference(
    core: CoreHere, caller: Asking, question_id: UUID, reference_id: Annotated[str, Path(pattern="^r[0-9]{1,4}$")]
) -> ReferenceRun:
    """Runs the query behind a number again and tells the difference."""
    return await service.run_reference(core.part(Asker), caller.scope, question_id, reference_id)


async def _events(told: AsyncGenerator[Told, None]) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(told):
            async for one in told:
                if isinstance(one, Recorded):
                    yield _event(b"answer", one.question.model_dump_json())
                elif isinstance(one, Stage):
                    yield _event(b"stage", one.model_dump_json())
                else:
                    yield _event(b"plan", one.model_dump_json())
    except OpsloomError as error:  # the response has begun: the failure is told inside it
        note_failure("ask.stream", error)
        log.warning("ask.stream_failed", code=error.code, cause=error.message)
        problem = {"status": error.status, "code": error.code, "title": error.title, "detail": error.message}
        yield _event(b"error", orjson.dumps(problem).decode())


def _event(name: bytes, data: str) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name, data.encode())
