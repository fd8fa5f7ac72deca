"""The vault: secrets by name. Their values go in, and come out only for the connection that uses them."""

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.connections import repository
from opsloom.connections.errors import SecretMissing, SecretNotFound
from opsloom.connections.models import NamedSecret
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.infra.secrets import Secrets, SecretText, SecretUnreadable
from opsloom.infra.telemetry import get_logger
from opsloom.kit.errors import FieldProblem
from opsloom.kit.ids import new_id

TARGET = "secret"
_log = get_logger(__name__)


async def put(session: AsyncSession, scope: Scope, secrets: Secrets, name: str, value: SecretText) -> NamedSecret:
    """Keep a new value under a name; open connections that use it are told."""
    sealed = await secrets.seal(session, scope.tenant_id, _purpose(name), value)
    row = await repository.secret(session, name, lock=True)
    made = row is None
    if row is None:
        row = NamedSecret(tenant_id=scope.tenant_id, name=name)
        session.add(row)
    row.sealed, row.stamp = sealed, new_id()
    row.updated_at, row.updated_by = datetime.now(UTC), scope.actor.name
    await session.flush()
    await _tell(session, scope, "secret.created" if made else "secret.changed", name)
    return row


async def reveal(
    session: AsyncSession, scope: Scope, secrets: Secrets, names: Collection[str]
) -> dict[str, SecretText]:
    """The values of the named secrets. Raises SecretMissing, SecretUnreadable."""
    rows = await repository.secrets_named(session, names)
    require(names, [row.name for row in rows])
    return {row.name: await secrets.open(session, scope.tenant_id, _purpose(row.name), row.sealed) for row in rows}


async def held(session: AsyncSession, names: Collection[str]) -> set[str]:
    """Which of the names the vault has."""
    return {row.name for row in await repository.secrets_named(session, names)}


def require(names: Collection[str], held: Collection[str], pointers: dict[str, str] | None = None) -> None:
    """Raises SecretMissing that tells every missing name, each with the place that names it."""
    missing = sorted(set(names) - set(held))
    if missing:
        details = [
            FieldProblem(pointer=(pointers or {}).get(name, ""), detail=f"There is no secret “{name}”.", code="missing")
            for name in missing
        ]
        raise SecretMissing(
            f"There is no secret “{missing[0]}”.", details=details, hint="Save it in the vault, then try again."
        )


async def delete(session: AsyncSession, scope: Scope, name: str) -> None:
    """Forget a secret. Raises SecretNotFound."""
    if not await repository.forget_secret(session, name):
        raise SecretNotFound("There is no such secret.")
    await _tell(session, scope, "secret.deleted", name)


async def reseal(session: AsyncSession, scope: Scope, secrets: Secrets) -> tuple[int, int]:
    """Seal every value anew with the tenant's active data key, so that no row needs a retired one.

    Returns how many were, and how many could not be read: one damaged row must not keep all others on old keys.
    """
    damaged = 0
    rows = await repository.every_secret(session)
    for row in rows:
        try:
            value = await secrets.open(session, scope.tenant_id, _purpose(row.name), row.sealed)
        except SecretUnreadable as error:
            damaged += 1
            _log.error("vault.unreadable", tenant=str(scope.tenant_id), name=row.name, cause=error.message)
            continue
        row.sealed = await secrets.seal(session, scope.tenant_id, _purpose(row.name), value)
    await session.flush()
    return len(rows) - damaged, damaged


async def _tell(session: AsyncSession, scope: Scope, what: str, name: str) -> None:
    await audit.record(session, scope, what, TARGET, name)
    await stream.publish(session, scope.tenant_id, "connections", {"type": what, "name": name})
    await repository.wake(session, scope.tenant_id)


def _purpose(name: str) -> str:
    return f"named-secret:{name}"
