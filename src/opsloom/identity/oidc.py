"""Single sign-on: the browser's way to the provider and back.

Invariant: an answer from the provider counts once, within ten minutes, and only in the browser that set out with it. The state
is a row that the first callback deletes, whatever comes after; its hash is kept, never its text, and a cookie ties it to
the browser, so that nobody can be signed in with somebody else's code.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import audit, members, repository, sessions
from opsloom.identity.attempts import Origin
from opsloom.identity.chain import clean
from opsloom.identity.claims import claim_user
from opsloom.identity.errors import OidcDisabled, OidcRefused, OidcUnavailable
from opsloom.identity.members import NewMember
from opsloom.identity.models import Membership, OidcState, Tenant, User
from opsloom.identity.permissions import Role
from opsloom.identity.scope import NIL_TENANT, Scope
from opsloom.identity.sessions import SignIn, user_scope
from opsloom.identity.tokens import TokenKind, digest, issue
from opsloom.infra.core import Core

if TYPE_CHECKING:
    from opsloom.identity.oidc_provider import Identity, OidcProvider

CALLBACK: Final = "/api/v1/auth/oidc/callback"
STATE_S: Final = 600


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the secret that its cookie keeps until it is back."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Return:
    """What came back with the browser."""

    code: str
    state: str
    browser: str


def is_enabled(core: Core) -> bool:
    return core.settings.oidc_issuer is not None


def provider(core: Core) -> "OidcProvider":
    """The process's one client of the provider. Raises OidcDisabled."""
    if not is_enabled(core):
        raise OidcDisabled("Single sign-on is not set up.", hint="Set OPSLOOM_OIDC_ISSUER and its companions.")
    from opsloom.identity.oidc_provider import OidcProvider  # only installations with single sign-on pay for it

    made = core.parts.get(OidcProvider)
    if made is None:
        made = core.parts[OidcProvider] = OidcProvider(core.settings, core.clock)
    assert isinstance(made, OidcProvider)
    return made


def safe_path(text: str) -> str:
    """A path on this server to return to; anything that could lead elsewhere becomes the home page."""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable() or " " in text:
        return "/"
    return text[:500]


async def depart(core: Core, return_to: str) -> Departure:
    """Raises OidcDisabled, OidcUnavailable."""
    state, browser = issue(TokenKind.OIDC, NIL_TENANT), secrets.token_urlsafe(32)
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    url = await provider(core).authorize_url(
        redirect_uri=core.settings.origin + CALLBACK, state=state, nonce=nonce, verifier=verifier
    )
    async with core.db.transaction(Scope.outside()) as session:
        session.add(
            OidcState(
                state_hash=digest(state),
                browser_hash=digest(browser),
                nonce=nonce,
                code_verifier=verifier,
                return_to=safe_path(return_to),
                expires_at=core.clock.now() + timedelta(seconds=STATE_S),
            )
        )
    return Departure(url, browser)


async def arrive(core: Core, back: Return, origin: Origin, trace_id: str) -> tuple[SignIn, str]:
    """A session, and the path to show. Raises OidcRefused, OidcUnavailable, OidcDisabled; refusals are in the log."""
    source = provider(core)
    try:
        state = await _take_state(core, back)
        identity = await source.redeem(
            code=back.code,
            redirect_uri=core.settings.origin + CALLBACK,
            verifier=state.code_verifier,
            nonce=state.nonce,
        )
        return await _enter(core, identity, origin, trace_id), state.return_to
    except OidcRefused as refused:
        outside = Scope.outside(trace_id=trace_id)
        async with core.db.transaction(outside) as session:
            detail = {"address": origin.address, "reason": refused.message}
            await audit.record(session, outside, "login.failed", "oidc", source.issuer, detail)
        raise


async def _take_state(core: Core, back: Return) -> OidcState:
    """The departure this is the return of; it is gone afterwards. Raises OidcRefused."""
    async with core.db.transaction(Scope.outside()) as session:
        query = delete(OidcState).where(OidcState.state_hash == digest(back.state)).returning(OidcState)
        state: OidcState | None = (await session.scalars(query)).one_or_none()
    if state is None or state.expires_at <= core.clock.now():
        raise OidcRefused("This sign-in is unknown, too old or was finished before.", hint="Start again.")
    if not hmac.compare_digest(digest(back.browser), state.browser_hash):
        raise OidcRefused("This sign-in was started in another browser.", hint="Start again.")
    return state


async def _enter(core: Core, identity: "Identity", origin: Origin, trace_id: str) -> SignIn:
    now = core.clock.now()
    tenant = await _tenant(core)
    async with core.db.transaction(Scope.claimed(tenant.id, trace_id=trace_id)) as session:
        member = await _member(session, core, tenant, identity, trace_id)
        if not member.active:
            raise OidcRefused("This account is not active here.", hint="Ask an administrator.")
        place = repository.Place(tenant.id, tenant.name, tenant.slug, member.role, member.name)
        await claim_user(session, member.user_id)
        user = await session.get_one(User, member.user_id)
        user.oidc_issuer, user.oidc_subject, user.last_login_at = identity.issuer, identity.subject, now
        await session.flush()
        return await sessions.start(session, user_scope(place, user.id, trace_id), place, origin, now)


async def _tenant(core: Core) -> Tenant:
    """The configured tenant, or the first one there is."""
    slug = core.settings.oidc_tenant
    query = select(Tenant).order_by(Tenant.created_at, Tenant.id).limit(1)
    async with core.db.transaction(Scope.outside()) as session:
        tenant = await session.scalar(query if slug is None else query.where(Tenant.slug == slug))
    if tenant is None:
        raise OidcUnavailable(
            "The tenant that single sign-on leads to does not exist.", hint="Check OPSLOOM_OIDC_TENANT."
        )
    return tenant


def _default_role(core: Core) -> Role:
    try:
        return Role(core.settings.oidc_default_role)
    except ValueError as error:
        raise OidcUnavailable(
            "The role for new people does not exist.", hint="Check OPSLOOM_OIDC_DEFAULT_ROLE."
        ) from error


async def _member(session: AsyncSession, core: Core, tenant: Tenant, identity: "Identity", trace_id: str) -> Membership:
    """By subject; else by an address the provider has verified; else a new one with the default role."""
    known = await session.scalar(
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.tenant_id == tenant.id,
            User.oidc_issuer == identity.issuer,
            User.oidc_subject == identity.subject,
        )
    )
    if known is not None:
        return known
    scope = Scope.system(tenant.id, trace_id=trace_id)
    member = await members.by_email(session, scope, identity.email)
    if member is not None:
        user = await session.get_one(User, member.user_id)
        if identity.email_verified is not True or user.oidc_subject is not None:
            raise OidcRefused("An account with this address exists and is not this one.", hint="Ask an administrator.")
        detail = {"issuer": identity.issuer, "subject": clean(identity.subject)}
        await audit.record(session, scope, "user.linked", "user", user.id, detail)
        return member
    if identity.email_verified is False:
        raise OidcRefused("The sign-in provider has not verified the e-mail address.")
    new = NewMember(identity.email, clean(identity.name, 200), _default_role(core))
    return await members.admit(session, scope, new, None, core.clock.now())
