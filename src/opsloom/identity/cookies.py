"""The browser's cookies: the session's is out of reach for scripts, the CSRF token's is there for the page to read."""

from typing import Final

from fastapi import Request, Response

from opsloom.identity.access import CSRF_COOKIE, SESSION_COOKIE, core_of
from opsloom.identity.oidc import STATE_S
from opsloom.identity.sessions import SESSION_S, SignIn

OIDC_COOKIE: Final = "opsloom_oidc"
_OIDC_PATH: Final = "/api/v1/auth/oidc"


def set_session(request: Request, response: Response, signed_in: SignIn) -> None:
    secure = _is_secure(request)
    response.set_cookie(
        SESSION_COOKIE, signed_in.cookie, max_age=SESSION_S, path="/", secure=secure, httponly=True, samesite="lax"
    )
    response.set_cookie(
        CSRF_COOKIE, signed_in.csrf, max_age=SESSION_S, path="/", secure=secure, httponly=False, samesite="lax"
    )


def clear_session(request: Request, response: Response) -> None:
    secure = _is_secure(request)
    response.delete_cookie(SESSION_COOKIE, path="/", secure=secure, httponly=True, samesite="lax")
    response.delete_cookie(CSRF_COOKIE, path="/", secure=secure, samesite="lax")


def set_departure(request: Request, response: Response, browser: str) -> None:
    """Lax, because the provider's redirect back is a navigation from another site."""
    response.set_cookie(
        OIDC_COOKIE,
        browser,
        max_age=STATE_S,
        path=_OIDC_PATH,
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def clear_departure(request: Request, response: Response) -> None:
    response.delete_cookie(OIDC_COOKIE, path=_OIDC_PATH, secure=_is_secure(request), httponly=True, samesite="lax")


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https" or core_of(request).settings.origin.startswith("https://")
