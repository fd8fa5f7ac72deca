"""HTTP of threads: find, read, change, forget, take along."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from starlette.concurrency import run_in_threadpool

from opsloom.ask.plan import Language
from opsloom.ask.threads import service
from opsloom.ask.threads.markdown import markdown
from opsloom.ask.threads.paper import paper
from opsloom.ask.threads.pdf import pdf
from opsloom.ask.threads.schemas import ExportFormat, ThreadChange, ThreadShown, ThreadSummary
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page

router = APIRouter(prefix="/api/v1/threads", tags=["questions"])

CoreHere = Annotated[Core, Depends(core_of)]
Asking = Annotated[Caller, Depends(allowed(Permission.ASK_USE))]
Looking = Annotated[Work, Depends(work(Permission.ASK_USE), scope="function")]
Words = Annotated[Text | None, Query(max_length=200, description="In the title or in a question.")]
Archived = Annotated[bool, Query(description="The archived ones instead of the others.")]
As = Annotated[ExportFormat, Query(description="Markdown as text, or PDF.")]
Wording = Annotated[Language, Query(description="Of headings; answers stay in the language that they were given in.")]


@router.get("")
async def list_threads(
    w: Looking, q: Words = None, archived: Archived = False, limit: Limit = 50, cursor: Cursor = None
) -> Page[ThreadSummary]:
    """The caller's own threads and those that others share, pinned ones first, then by their newest question."""
    return await service.page(w.session, w.scope, q, archived=archived, limit=limit, cursor=cursor)


@router.get("/{thread_id}")
async def get_thread(w: Looking, thread_id: UUID) -> ThreadShown:
    """A thread with what was asked in it; each answer is at its question."""
    return await service.get(w.session, w.scope, thread_id)


@router.patch("/{thread_id}")
async def change_thread(w: Looking, thread_id: UUID, wanted: ThreadChange) -> ThreadSummary:
    """Renames, pins, archives or shares one of the caller's threads."""
    return await service.change(w.session, w.scope, thread_id, wanted)


@router.delete("/{thread_id}", status_code=204)
async def delete_thread(w: Looking, thread_id: UUID) -> None:
    """Forgets one of the caller's threads with its questions and answers."""
    await service.remove(w.session, w.scope, thread_id)


@router.get(
    "/{thread_id}/export",
    response_class=Response,
    responses={
        200: {
            "description": "The thread as a document",
            "content": {
                "text/markdown": {"schema": {"type": "string"}},
                "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def export_thread(
    core: CoreHere, caller: Asking, thread_id: UUID, format: As = ExportFormat.MARKDOWN, language: Wording = Language.EN
) -> Response:
    """The thread with its answers, tables, references and their SQL."""
    async with core.db.transaction(caller.scope) as session:
        thread, questions = await service.whole(session, caller.scope, thread_id)
    parts = paper(thread, questions, language)
    if format is ExportFormat.MARKDOWN:
        body, kind, ending = markdown(parts).encode(), "text/markdown; charset=utf-8", "md"
    else:
        body, kind, ending = await run_in_threadpool(pdf, parts, thread.title), "application/pdf", "pdf"
    name = f'attachment; filename="thread-{thread.id}.{ending}"'
    return Response(body, media_type=kind, headers={"content-disposition": name})
