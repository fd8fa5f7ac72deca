"""HTTP of screens: those in force, and what the gate says of a draft."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Page
from opsloom.screens import service
from opsloom.screens.kind import ScreenKind
from opsloom.screens.schemas import ScreenContent, ScreenJudged, ScreenShown, ScreenSummary

router = APIRouter(prefix="/api/v1/screens", tags=["screens"])

Reading = Annotated[Work, Depends(work(Permission.SCREENS_READ), scope="function")]
Drawing = Annotated[Caller, Depends(allowed(Permission.SCREENS_WRITE))]
CoreHere = Annotated[Core, Depends(core_of)]
Slug = Annotated[str, Path(max_length=80)]


@router.get("")
async def list_screens(w: Reading) -> Page[ScreenSummary]:
    """The screens in force, by name. Drafts are among the assets of kind `screen`."""
    return Page(items=await service.list_published(w.session, w.core.part(ScreenKind)), next_cursor=None)


@router.post("/check")
async def check_screen(core: CoreHere, caller: Drawing, given: ScreenContent) -> ScreenJudged:
    """What the gate says of a document: errors keep it from being published, warnings do not. Nothing is stored."""
    return await service.judged(core.part(ScreenKind), given.content)


@router.get("/{slug}")
async def get_screen(w: Reading, slug: Slug) -> ScreenShown:
    """The screen in force at an address, with what it may do for the caller."""
    return await service.published(w.session, w.scope, slug)
