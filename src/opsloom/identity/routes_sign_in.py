"""Set-up, signing in and out, and oneself."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from opsloom.identity import cookies, login, members, oidc, repository, sessions, setup
from opsloom.identity.access import Work, allowed, core_of, origin_of, trace_id, work
from opsloom.identity.addresses import normal_email
from opsloom.identity.credentials import Caller
from opsloom.identity.errors import OidcRefused, OidcUnavailable, SessionNotFound
from opsloom.identity.oidc import Return
from opsloom.identity.permissions import Permission, Role
from opsloom.identity.repository import Place, position
from opsloom.identity.schemas import (
    LoginRequest,
    Me,
    MyTenant,
    OidcShown,
    PasswordChange,
    Person,
    RefreshRequest,
    SessionShown,
    SetupRequest,
    SetupState,
    SignedIn,
    TenantRequest,
    TenantShown,
    TokenAnswer,
)
from opsloom.identity.scope import Scope
from opsloom.identity.sessions import ACCESS_S, Ended, SignIn
from opsloom.identity.setup import FirstTenant
from opsloom.infra.telemetry import get_logger
from opsloom.kit.paging import Cursor, Limit, Page, page_of

log = get_logger(__name__)
router = APIRouter(prefix="/api/v1", tags=["sign-in"])

Signed = Annotated[Work, Depends(work(), scope="function")]
OidcText = Annotated[str, Query(max_length=4000)]


@router.get("/setup")
async def read_setup(request: Request) -> SetupState:
    """Whether the first administrator is still to be created."""
    async with core_of(request).db.transaction(Scope.outside()) as session:
        return SetupState(needed=await setup.is_needed(session))


@router.post("/setup", status_code=201)
async def complete_setup(request: Request, response: Response, body: SetupRequest) -> SignedIn:
    """Create the first tenant and its owner with the token the server printed; signs the owner in."""
    first = FirstTenant(body.tenant_name, body.email, body.name, body.password.get_secret_value())
    signed_in = await setup.complete(core_of(request), body.token, first, origin_of(request), trace_id())
    return _welcome(request, response, signed_in)


@router.post("/auth/login")
async def log_in(request: Request, response: Response, body: LoginRequest) -> SignedIn:
    """Sign in with an e-mail address and a password. Sets the browser's cookies and answers tokens for programs."""
    try:
        email = normal_email(body.email)
    except ValueError:
        email = body.email.strip().casefold()  # nobody's address: refused like any other wrong one
    password = body.password.get_secret_value()
    signed_in = await login.log_in(core_of(request), email, password, body.tenant_id, origin_of(request), trace_id())
    return _welcome(request, response, signed_in)


@router.post("/auth/refresh")
async def refresh_tokens(request: Request, body: RefreshRequest) -> TokenAnswer:
    """Trade a refresh token for new tokens. A refresh token works once; a second use ends the session."""
    core = core_of(request)
    renewed = await sessions.refresh(core.db, body.refresh_token, core.clock.now(), trace_id())
    return TokenAnswer(access_token=renewed.access, refresh_token=renewed.refresh, expires_in=ACCESS_S)


@router.post("/auth/logout", status_code=204)
async def log_out(request: Request, response: Response, w: Signed) -> None:
    """End the session this request came with; all its tokens stop working."""
    await sessions.end(w.session, w.scope, _session_of(w.caller), Ended.SIGNED_OUT, w.core.clock.now())
    cookies.clear_session(request, response)


@router.post("/auth/tenant")
async def switch_tenant(request: Request, response: Response, body: TenantRequest, w: Signed) -> SignedIn:
    """Go on in another tenant of the same user, in a new session."""
    signed_in = await sessions.switch(
        w.session, w.scope, _session_of(w.caller), body.tenant_id, origin_of(request), w.core.clock.now()
    )
    return _welcome(request, response, signed_in)


@router.get("/auth/oidc")
async def describe_oidc(request: Request) -> OidcShown:
    """Whether single sign-on is offered, and what its button says."""
    core = core_of(request)
    enabled = oidc.is_enabled(core)
    return OidcShown(enabled=enabled, label=core.settings.oidc_label if enabled else None)


@router.get("/auth/oidc/start", status_code=303, response_class=RedirectResponse)
async def start_oidc(request: Request, return_to: OidcText = "/") -> Response:
    """Send the browser to the sign-in provider."""
    try:
        departure = await oidc.depart(core_of(request), return_to)
    except OidcUnavailable as error:
        return _back_to_login(error)
    response = RedirectResponse(departure.url, status_code=303)
    cookies.set_departure(request, response, departure.browser)
    return response


@router.get("/auth/oidc/callback", status_code=303, response_class=RedirectResponse)
async def finish_oidc(request: Request, state: OidcText = "", code: OidcText = "", error: OidcText = "") -> Response:
    """Where the provider sends the browser back to; ends on the page, signed in, or on the log-in page with a reason."""
    back = Return(code, state, request.cookies.get(cookies.OIDC_COOKIE, ""))
    try:
        if error:
            raise OidcRefused(f"The sign-in provider answered: {error[:100]}.")
        signed_in, path = await oidc.arrive(core_of(request), back, origin_of(request), trace_id())
    except (OidcRefused, OidcUnavailable) as refused:
        response = _back_to_login(refused)
        cookies.clear_departure(request, response)
        return response
    response = RedirectResponse(path, status_code=303)
    cookies.set_session(request, response, signed_in)
    cookies.clear_departure(request, response)
    return response


@router.get("/me")
async def read_me(w: Signed) -> Me:
    """Who I am, where, and what I may do here."""
    assert w.scope.user_id is not None, "callers are people or their keys"
    places = await repository.places_of(w.session, w.scope.user_id)
    here = next(one for one in places if one.tenant_id == w.scope.tenant_id)
    return Me(
        user=Person(id=w.scope.user_id, email=w.caller.email, name=here.name),
        tenant=TenantShown(id=here.tenant_id, name=here.tenant_name, slug=here.tenant_slug),
        role=w.caller.role,
        permissions=[one for one in Permission if w.scope.allows(one)],
        tenants=[my_tenant(one) for one in places],
    )


@router.post("/me/password", status_code=204)
async def change_own_password(
    request: Request, body: PasswordChange, caller: Annotated[Caller, Depends(allowed())]
) -> None:
    """Change my password; all my other sessions end."""
    current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
    await members.change_password(core_of(request), caller, current, new, origin_of(request))


@router.get("/sessions")
async def list_sessions(w: Signed, limit: Limit = 50, cursor: Cursor = None) -> Page[SessionShown]:
    """My sign-ins in this tenant that still work, latest first."""
    after = position(cursor)
    rows = await sessions.listed(w.session, w.scope, w.core.clock.now(), after=after, limit=limit)
    shown = [
        SessionShown(
            id=row.id,
            address=row.address,
            agent=row.agent,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            current=row.id == w.caller.session_id,
        )
        for row in rows
    ]
    return page_of(shown, limit, lambda one: (one.created_at, one.id))


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, w: Signed) -> None:
    """End one of my sign-ins."""
    await sessions.end(w.session, w.scope, session_id, Ended.REVOKED, w.core.clock.now())


def my_tenant(place: Place) -> MyTenant:
    return MyTenant(id=place.tenant_id, name=place.tenant_name, slug=place.tenant_slug, role=Role(place.role))


def _session_of(caller: Caller) -> UUID:
    if caller.session_id is None:
        raise SessionNotFound("An API key has no session.", hint="Sign in with a password.")
    return caller.session_id


def _welcome(request: Request, response: Response, signed_in: SignIn) -> SignedIn:
    cookies.set_session(request, response, signed_in)
    response.headers["Cache-Control"] = "no-store"
    return SignedIn(
        access_token=signed_in.access,
        refresh_token=signed_in.refresh,
        expires_in=ACCESS_S,
        csrf_token=signed_in.csrf,
        tenant=my_tenant(signed_in.place),
    )


def _back_to_login(error: OidcRefused | OidcUnavailable) -> Response:
    """People see a page, not a problem document; the reason stays in the log under the trace id."""
    log.warning("oidc.refused", code=error.code, reason=error.message)
    query = urlencode({"error": error.code, "trace": trace_id()})
    return RedirectResponse(f"/login?{query}", status_code=303)
