"""What can go wrong with who somebody is and what they may do."""

from opsloom.kit.errors import (
    Conflict,
    ExternalServiceFailed,
    Forbidden,
    InvalidInput,
    NotFound,
    RateLimited,
    Unauthenticated,
)


class SignInRequired(Unauthenticated):
    code, title = "sign_in_required", "Sign in first"


class CredentialInvalid(Unauthenticated):
    """Unknown, expired and revoked credentials answer alike."""

    code, title = "credential_invalid", "The credential is not valid"


class LoginFailed(Unauthenticated):
    """Unknown account, wrong password, no active membership: one answer for all."""

    code, title = "login_failed", "The e-mail address or the password is wrong"


class RefreshTokenReused(Unauthenticated):
    code, title = "refresh_token_reused", "The sign-in was ended because its refresh token was used twice"


class TooManyAttempts(RateLimited):
    code, title = "too_many_attempts", "Too many attempts"


class PermissionMissing(Forbidden):
    code, title = "permission_missing", "Your role does not permit this"


class CsrfMismatch(Forbidden):
    code, title = "csrf_mismatch", "The request did not prove that it comes from the page"


class AboveOwnRole(Forbidden):
    code, title = "above_own_role", "Only a role at least as high may do this"


class PasswordWeak(InvalidInput):
    code, title = "password_weak", "The password is too easy to guess"


class PasswordWrong(InvalidInput):
    code, title = "password_wrong", "The current password is wrong"


class SetupTokenInvalid(Forbidden):
    code, title = "setup_token_invalid", "The set-up token is not valid"


class SetupAlreadyDone(Conflict):
    code, title = "setup_already_done", "Opsloom is set up already"


class MemberExists(Conflict):
    code, title = "member_exists", "This e-mail address is a member already"


class LastOwner(Conflict):
    code, title = "last_owner", "A tenant needs an owner"


class UserNotFound(NotFound):
    code, title = "user_not_found", "No such user"


class KeyNotFound(NotFound):
    code, title = "key_not_found", "No such API key"


class SessionNotFound(NotFound):
    code, title = "session_not_found", "No such session"


class TenantNotFound(NotFound):
    code, title = "tenant_not_found", "No such tenant"


class OidcDisabled(NotFound):
    code, title = "oidc_disabled", "Single sign-on is not set up"


class OidcRefused(Unauthenticated):
    code, title = "oidc_refused", "The sign-in provider's answer was not accepted"


class OidcUnavailable(ExternalServiceFailed):
    code, title = "oidc_unavailable", "The sign-in provider cannot be used"
