"""What can go wrong with a connection."""

from opsloom.kit.errors import (
    Conflict,
    ConnectionLost,
    DeadlinePassed,
    ExternalServiceFailed,
    InvalidInput,
    NotFound,
    PayloadTooLarge,
)


class ConnectionUnknown(NotFound):
    """No such connection in this tenant."""

    code = "connection_not_found"


class SecretNotFound(NotFound):
    """The vault has no secret of that name."""

    code = "secret_not_found"


class SecretMissing(Conflict):
    """A connection names a secret that the vault does not hold."""

    code, title = "secret_missing", "A secret is missing"


class SecretInUse(Conflict):
    """A published connection needs the secret."""

    code = "secret_in_use"


class ConnectionTypeUnfit(InvalidInput):
    """What is asked for does not go with this type of connection."""

    code, title = "connection_type_unfit", "This type of connection cannot do that"


class DriverUnknown(InvalidInput):
    """The URL names a driver that is not installed or not known to be safe."""

    code, title = "driver_unknown", "This driver cannot be used"


class FileRefused(InvalidInput):
    """A file outside the tenant's folder, or none at all."""

    code, title = "file_refused", "This file cannot be opened"


class QueryRefused(InvalidInput):
    """The database understood, and refused."""

    code, title = "query_refused", "The database refused the query"


class TooManyChanged(Conflict):
    """A statement would change more rows than it may; it was rolled back."""

    code, title = "too_many_changed", "Too many rows would change"


class KeyReused(InvalidInput):
    """An idempotency key was used before, for another call."""

    code, title = "idempotency_key_reused", "The key belongs to another call"


class StatementTooLong(DeadlinePassed):
    """The database ended a statement whose time was over; it is well and answers others."""

    code, title = "statement_too_long", "The statement took too long"


class CallRefused(InvalidInput):
    """A path or header that a call through a connection may not have."""

    code, title = "call_refused", "This call cannot be made"


class CredentialsRefused(ExternalServiceFailed):
    """The other side does not take the credentials."""

    code, title = "credentials_refused", "The credentials were refused"


class TargetFailed(ExternalServiceFailed):
    """The other side answered, and not as its protocol says."""

    code, title = "target_failed", "The other system failed"


class TargetLost(ConnectionLost):
    """The other side cannot be reached, or went away."""

    code, title = "target_lost", "The other system cannot be reached"


class ResultTooLarge(PayloadTooLarge):
    """Not even the first row fits into the limit of bytes."""

    code, title = "result_too_large", "The result is too large"


class NothingThere(NotFound):
    """Browsing: nothing at this path."""

    code = "nothing_there"


class ContentUnreadable(Conflict):
    """Stored content that this version of Opsloom cannot read."""

    code, title = "content_unreadable", "This connection cannot be read"


class MailRefused(ExternalServiceFailed):
    """A mail server does not take a mail; at a code from 400 to 499 a repeat can help."""

    code, title = "mail_refused", "The mail server refused the mail"

    def __init__(self, message: str, answer: int) -> None:
        super().__init__(message)
        self.answer = answer


class ModelBusy(ExternalServiceFailed):
    """A provider of language models takes no more calls now, or failed in a way that a repeat may mend."""

    code, title, retryable = "model_busy", "The language model takes no calls now", True


class ModelRefused(ExternalServiceFailed):
    """A provider of language models does not take the request: a name, a size, a parameter."""

    code, title = "model_refused", "The language model refused the request"
