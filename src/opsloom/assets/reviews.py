"""Another person's look before something goes into force.

Invariant: an approval is for one content (`content_hash`), by a person who neither wrote that draft nor asked for the review.
Any edit leaves it behind. Whether it is needed is decided at publication, by the policies in force then; the system itself
(what Opsloom sets up on its own) is bound by none. Rolling back needs none: that content was in force before.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import repository
from opsloom.assets.errors import Archived, OwnWork, ReviewClosed, ReviewNeeded, ReviewNotFound, ReviewOpen
from opsloom.assets.models import Asset, AssetState, Review, ReviewState, Verdict
from opsloom.assets.policy import POLICY, ReviewPolicy
from opsloom.identity import audit
from opsloom.identity.scope import ActorKind, Scope
from opsloom.infra import stream
from opsloom.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Need:
    """How many approvals a publication needs now, and how many this draft has."""

    approvals: int
    given: int
    policy: str

    @property
    def met(self) -> bool:
        return self.given >= self.approvals


async def need(session: AsyncSession, asset: Asset) -> Need:
    """What the policies in force ask for."""
    wanted, policy = 0, ""
    for name, content in await _policies(session, asset):
        if content.approvals > wanted:
            wanted, policy = content.approvals, name
    given = len(await _approvers(session, asset)) if wanted else 0
    return Need(wanted, given, policy)


class SavedCase(Protocol):
    """What kinds keep as saved cases; `outcome` is that of the last run, with `passed` and the `content_hash` it was found on."""

    @property
    def name(self) -> str: ...

    @property
    def outcome(self) -> dict[str, Any] | None: ...


async def lacking_cases(
    session: AsyncSession, scope: Scope, asset: Asset, digest: str, cases: Callable[[], Awaitable[Sequence[SavedCase]]]
) -> str | None:
    """Why a policy keeps this draft from going into force until its saved cases have passed on it; the system is bound by none.

    `digest` is of what is to be published. An earlier version that comes back is not asked again.
    """
    if digest != asset.draft_hash or scope.actor.kind is ActorKind.SYSTEM:
        return None
    policy = next((name for name, content in await _policies(session, asset) if content.green_cases), None)
    if policy is None:
        return None
    kept = await cases()
    lacking = [case.name for case in kept if not _is_green(case, digest)]
    if kept and not lacking:
        return None
    said = f"{len(lacking)} of {len(kept)} have not: {', '.join(lacking[:3])}" if kept else "there are none"
    return f"The policy “{policy}” asks for saved cases that have passed on this draft; {said}."


def _is_green(case: SavedCase, digest: str) -> bool:
    return case.outcome is not None and case.outcome["passed"] is True and case.outcome["content_hash"] == digest


async def _policies(session: AsyncSession, asset: Asset) -> list[tuple[str, ReviewPolicy]]:
    """Name and content of those in force that cover an asset."""
    found = []
    for each, version in await repository.published(session, POLICY):
        try:
            content = ReviewPolicy.model_validate(version.content)
        except ValidationError:  # who cannot be understood must not be passed by either
            content = ReviewPolicy()
        if content.covers(asset):
            found.append((each.name, content))
    return found


async def require(session: AsyncSession, scope: Scope, asset: Asset) -> None:
    """Raises ReviewNeeded when a policy asks for more approvals than this draft has."""
    if scope.actor.kind is ActorKind.SYSTEM:
        return
    found = await need(session, asset)
    if not found.met:
        raise ReviewNeeded(
            f"The policy “{found.policy}” asks for {found.approvals} approvals of this draft; it has {found.given}.",
            hint="Ask for a review; somebody else approves it.",
        )


async def _approvers(session: AsyncSession, asset: Asset) -> set[UUID]:
    query = (
        select(Review)
        .where(Review.asset_id == asset.id, Review.content_hash == asset.draft_hash)
        .order_by(Review.id.desc())
        .limit(1)
    )
    latest = (await session.execute(query)).scalar_one_or_none()
    if latest is None or latest.state not in (ReviewState.REQUESTED, ReviewState.APPROVED):
        return set()
    said = await verdicts(session, [latest.id])
    return {
        each.user_id for each in said if each.approves and each.user_id not in (asset.draft_by, latest.requested_by_id)
    }


async def request(session: AsyncSession, scope: Scope, asset: Asset, comment: str) -> Review:
    """Ask for a look at the draft as it is now. A request for an earlier draft is withdrawn. Raises ReviewOpen, Archived."""
    if asset.state == AssetState.ARCHIVED:
        raise Archived(f"“{asset.name}” is archived.")
    for each in await of(session, asset.id):
        if each.state != ReviewState.REQUESTED:
            continue
        if each.content_hash == asset.draft_hash:
            raise ReviewOpen(
                f"{each.requested_by} has asked for a review of this draft.", hint="Wait for it, or withdraw it."
            )
        each.state = ReviewState.WITHDRAWN
    await session.flush()
    review = Review(
        tenant_id=asset.tenant_id,
        id=new_id(),
        asset_id=asset.id,
        content_hash=asset.draft_hash,
        draft_revision=asset.draft_revision,
        state=ReviewState.REQUESTED,
        comment=comment,
        requested_at=datetime.now(UTC),
        requested_by=scope.actor.name,
        requested_by_id=scope.actor.user_id,
    )
    session.add(review)
    await _tell(session, scope, asset, "review_requested", review, comment)
    return review


async def ask(session: AsyncSession, scope: Scope, asset: Asset, comment: str) -> None:
    """The same, unless somebody has asked about this very draft."""
    with suppress(ReviewOpen):
        await request(session, scope, asset, comment)


async def decide(session: AsyncSession, scope: Scope, asset: Asset, review_id: UUID, said: tuple[bool, str]) -> Review:
    """Approve or reject, with a comment. Raises ReviewNotFound, ReviewClosed, OwnWork."""
    approves, comment = said
    review = await _open(session, asset, review_id)
    person = scope.actor.user_id
    if person is None or person in (review.requested_by_id, asset.draft_by):
        raise OwnWork(
            "Somebody else decides about this draft.", hint="Whoever wrote it or asked for the review cannot."
        )
    if any(each.user_id == person for each in await verdicts(session, [review.id])):
        raise ReviewClosed("You have decided about this review.")
    verdict = Verdict(
        tenant_id=asset.tenant_id,
        review_id=review.id,
        user_id=person,
        user_name=scope.actor.name,
        approves=approves,
        comment=comment,
        at=datetime.now(UTC),
    )
    session.add(verdict)
    await session.flush()
    if not approves:
        review.state = ReviewState.REJECTED
    elif (await need(session, asset)).met:
        review.state = ReviewState.APPROVED
    await _tell(session, scope, asset, "review_approved" if approves else "review_rejected", review, comment)
    return review


async def withdraw(session: AsyncSession, scope: Scope, asset: Asset, review_id: UUID, comment: str) -> Review:
    """Take a request back. Raises ReviewNotFound, ReviewClosed."""
    review = await find(session, asset, review_id)
    if review.state != ReviewState.REQUESTED:
        raise ReviewClosed(f"The review is {review.state}.")
    review.state = ReviewState.WITHDRAWN
    await _tell(session, scope, asset, "review_withdrawn", review, comment)
    return review


async def find(session: AsyncSession, asset: Asset, review_id: UUID) -> Review:
    """One review of an asset. Raises ReviewNotFound."""
    query = select(Review).where(Review.asset_id == asset.id, Review.id == review_id).with_for_update()
    review = (await session.execute(query)).scalar_one_or_none()
    if review is None:
        raise ReviewNotFound("There is no such review of this asset.")
    return review


async def of(session: AsyncSession, asset_id: UUID, *, limit: int = 100, before: UUID | None = None) -> list[Review]:
    """Reviews of an asset, newest first, one more than `limit`."""
    query = select(Review).where(Review.asset_id == asset_id).order_by(Review.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(Review.id < before)
    return list((await session.execute(query)).scalars())


async def verdicts(session: AsyncSession, review_ids: Sequence[UUID]) -> list[Verdict]:
    """What was said to some requests, in order."""
    query = select(Verdict).where(Verdict.review_id.in_(review_ids)).order_by(Verdict.at, Verdict.user_id)
    return list((await session.execute(query)).scalars())


async def _open(session: AsyncSession, asset: Asset, review_id: UUID) -> Review:
    review = await find(session, asset, review_id)
    if review.state != ReviewState.REQUESTED:
        raise ReviewClosed(f"The review is {review.state}.")
    if review.content_hash != asset.draft_hash:
        raise ReviewClosed(
            "The draft was changed since the review was asked for.", hint="Ask for a review of the draft."
        )
    return review


async def _tell(session: AsyncSession, scope: Scope, asset: Asset, what: str, review: Review, comment: str) -> None:
    await session.flush()
    detail = {"review": str(review.id), "state": review.state, "hash": review.content_hash, "comment": comment}
    await audit.record(session, scope, f"{asset.kind}.{what}", asset.kind, asset.id, detail)
    message = {"type": f"asset.{what}", "kind": asset.kind, "id": str(asset.id), "name": asset.name}
    await stream.publish(session, scope.tenant_id, "assets", message)
