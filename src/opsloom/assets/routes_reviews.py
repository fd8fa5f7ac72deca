"""HTTP of reviews: ask for another person's look at a draft, and give it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, status

from opsloom.assets import reviews
from opsloom.assets.models import Asset, Review, ReviewState, Verdict
from opsloom.assets.routes_access import Reading, readable_kind, writable
from opsloom.assets.schemas import Comment
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.model import Shown, Wire
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1/assets/{asset_id}/reviews", tags=["assets"])

Reviewing = Annotated[Work, Depends(work(Permission.ASSETS_READ, Permission.ASSETS_REVIEW), scope="function")]


class ReviewRequest(Wire):
    """Why, or what to look at."""

    comment: Comment = ""


class VerdictShown(Shown):
    by: str
    approves: bool
    comment: str
    at: datetime


class ReviewShown(Shown):
    """`current`: the draft is still the one that was to be looked at. `can_decide`: the caller may approve or reject it."""

    id: UUID
    asset_id: UUID
    state: ReviewState
    content_hash: str
    draft_revision: int
    current: bool
    can_decide: bool
    comment: str
    requested_at: datetime
    requested_by: str
    verdicts: list[VerdictShown]


@router.get("")
async def list_asset_reviews(w: Reading, asset_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[ReviewShown]:
    """Reviews of an asset's drafts, newest first."""
    asset, _ = await readable_kind(w, asset_id)
    before = decode_cursor(cursor, UUID)[0] if cursor else None
    assert before is None or isinstance(before, UUID)
    page = page_of(await reviews.of(w.session, asset.id, limit=limit, before=before), limit, lambda each: (each.id,))
    said = await reviews.verdicts(w.session, [each.id for each in page.items])
    items = [_shown(w, asset, each, [one for one in said if one.review_id == each.id]) for each in page.items]
    return Page[ReviewShown](items=items, next_cursor=page.next_cursor)


@router.post("", status_code=status.HTTP_201_CREATED)
async def request_asset_review(w: Reading, asset_id: UUID, request: ReviewRequest) -> ReviewShown:
    """Ask for a look at the draft as it is now; a request for an earlier draft is withdrawn by it."""
    asset, _ = await writable(w, asset_id)
    return await _answer(w, asset, await reviews.request(w.session, w.scope, asset, request.comment))


@router.post("/{review_id}/approve")
async def approve_asset_review(w: Reviewing, asset_id: UUID, review_id: UUID, request: ReviewRequest) -> ReviewShown:
    """Agree to the draft. Not for whoever wrote it or asked for the review."""
    asset, _ = await readable_kind(w, asset_id)
    return await _answer(w, asset, await reviews.decide(w.session, w.scope, asset, review_id, (True, request.comment)))


@router.post("/{review_id}/reject")
async def reject_asset_review(w: Reviewing, asset_id: UUID, review_id: UUID, request: ReviewRequest) -> ReviewShown:
    """Refuse the draft, with a comment that says why."""
    asset, _ = await readable_kind(w, asset_id)
    return await _answer(w, asset, await reviews.decide(w.session, w.scope, asset, review_id, (False, request.comment)))


@router.post("/{review_id}/withdraw")
async def withdraw_asset_review(w: Reading, asset_id: UUID, review_id: UUID, request: ReviewRequest) -> ReviewShown:
    """Take a request back: whoever asked, or somebody who may change the asset."""
    asset, _ = await writable(w, asset_id)
    return await _answer(w, asset, await reviews.withdraw(w.session, w.scope, asset, review_id, request.comment))


async def _answer(w: Work, asset: Asset, review: Review) -> ReviewShown:
    return _shown(w, asset, review, await reviews.verdicts(w.session, [review.id]))


def _shown(w: Work, asset: Asset, review: Review, said: Sequence[Verdict]) -> ReviewShown:
    current = review.content_hash == asset.draft_hash
    person = w.scope.actor.user_id
    uninvolved = person is not None and person not in (review.requested_by_id, asset.draft_by)
    undecided = all(each.user_id != person for each in said)
    may = w.scope.allows(Permission.ASSETS_REVIEW) and uninvolved and undecided
    return ReviewShown(
        id=review.id,
        asset_id=asset.id,
        state=ReviewState(review.state),
        content_hash=review.content_hash,
        draft_revision=review.draft_revision,
        current=current,
        can_decide=may and current and review.state == ReviewState.REQUESTED,
        comment=review.comment,
        requested_at=review.requested_at,
        requested_by=review.requested_by,
        verdicts=[
            VerdictShown(by=each.user_name, approves=each.approves, comment=each.comment, at=each.at) for each in said
        ],
    )
