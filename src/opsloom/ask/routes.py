"""HTTP of questions: ask, follow, stop, look back, run the evidence again."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import StreamingResponse

from opsloom.ask import service, sse
from opsloom.ask.errors import QuestionNotRunning
from opsloom.ask.pipeline import Asker
from opsloom.ask.plan import Language
from opsloom.ask.running import Runs
from opsloom.ask.schemas import QuestionAsked, QuestionShown, QuestionSummary, ReferenceRun, SuggestionShown
from opsloom.ask.suggestions import suggestions
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Cursor, Limit, Page

router = APIRouter(prefix="/api/v1/questions", tags=["questions"])

# The stages open their own short transactions, so that none is held while tools run.
Asking = Annotated[Caller, Depends(allowed(Permission.ASK_USE))]
Looking = Annotated[Work, Depends(work(Permission.ASK_USE), scope="function")]
CoreHere = Annotated[Core, Depends(core_of)]
Alone = Annotated[bool, Query(description="Only those that stand in no thread.")]
Wording = Annotated[Language, Query(description="The language that they are asked in.")]
LastEvent = Annotated[int, Header(alias="last-event-id", ge=-1, le=100_000, description="The last one that arrived.")]
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {"description": "Server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


@router.post("")
async def ask_question(core: CoreHere, caller: Asking, asked: QuestionAsked) -> QuestionShown:
    """Answers a question with blocks, references and stages. A refusal or a question back is an answer too."""
    return await service.ask(core.part(Asker), caller.scope, asked)


@router.post("/stream", response_class=StreamingResponse, responses=STREAMED)
async def follow_question(core: CoreHere, caller: Asking, asked: QuestionAsked) -> StreamingResponse:
    """The same as it happens: `begun`, `stage`, `plan`, `step` and `blocks` events, then one `answer` (the whole question) or
    one `error`. A question that nobody follows for some seconds is stopped."""
    runs = core.part(Runs)
    run = runs.begin(await service.accept(core.part(Asker), caller.scope, asked))
    return _stream(sse.events(runs.follow(run)))


@router.get("")
async def list_questions(
    w: Looking, alone: Alone = False, limit: Limit = 50, cursor: Cursor = None
) -> Page[QuestionSummary]:
    """The caller's own questions, newest first."""
    return await service.list_questions(w.session, w.scope, limit, cursor, alone=alone)


@router.get("/suggestions")
async def suggest_questions(core: CoreHere, caller: Asking, language: Wording = Language.EN) -> list[SuggestionShown]:
    """Questions that this tenant's own items, metrics and alerts can answer."""
    return suggestions(await core.part(Asker).world(caller.scope), language)


@router.get("/{question_id}")
async def get_question(w: Looking, question_id: UUID) -> QuestionShown:
    """One of the caller's questions, or of a thread that is shared, with its whole answer."""
    return await service.get_question(w.session, w.scope, question_id)


@router.get("/{question_id}/stream", response_class=StreamingResponse, responses=STREAMED)
async def follow_again(
    core: CoreHere, caller: Asking, question_id: UUID, last_event_id: LastEvent = -1
) -> StreamingResponse:
    """Goes on following a question after the last event that arrived; one that has ended tells its answer."""
    run = core.part(Runs).find(caller.scope, question_id)
    if run is not None:
        return _stream(sse.events(core.part(Runs).follow(run, last_event_id)))
    async with core.db.transaction(caller.scope) as session:
        ended = await service.get_question(session, caller.scope, question_id)
    return _stream(sse.record(ended))


@router.post("/{question_id}/stop", status_code=204)
async def stop_question(core: CoreHere, caller: Asking, question_id: UUID) -> None:
    """Ends a question under way; what had arrived is stored as its answer."""
    runs = core.part(Runs)
    run = runs.find(caller.scope, question_id)
    if run is not None:
        await runs.stop(run)
        return
    async with core.db.transaction(caller.scope) as session:
        await service.get_question(session, caller.scope, question_id)
    raise QuestionNotRunning("The question has already ended.", hint="Read its answer.")


@router.post("/{question_id}/references/{reference_id}/run")
async def run_reference(
    core: CoreHere, caller: Asking, question_id: UUID, reference_id: Annotated[str, Path(pattern="^r[0-9]{1,4}$")]
) -> ReferenceRun:
    """Runs the query behind a number again and tells the difference."""
    return await service.run_reference(core.part(Asker), caller.scope, question_id, reference_id)


def _stream(events: sse.Events) -> StreamingResponse:
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)
