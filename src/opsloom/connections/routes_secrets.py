"""HTTP of the vault: names, dates and users of secrets; values go in and never come out."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from opsloom.assets.kinds import Kinds
from opsloom.connections import repository, secret_users, vault
from opsloom.connections.content import SecretName
from opsloom.connections.models import NamedSecret
from opsloom.connections.schemas import SecretBody, SecretPlaces, SecretShown, SecretUser
from opsloom.connections.secret_users import User
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.infra.secrets import Secrets
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1", tags=["secrets"])

Reading = Annotated[Work, Depends(work(Permission.CONNECTIONS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.CONNECTIONS_WRITE), scope="function")]
Named = Annotated[SecretName, Path(description="Parts may be joined by /.")]


@router.get("/secrets")
async def list_secrets(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    q: Annotated[Text | None, Query(max_length=200, description="In the name.")] = None,
) -> Page[SecretShown]:
    """Secrets by name, each with the connections, APIs and tools that name it. Values are never shown."""
    after = decode_cursor(cursor, str)[0] if cursor else None
    assert after is None or isinstance(after, str)
    found = await repository.secrets_after(w.session, limit=limit, after=after, text=q)
    users = await secret_users.users_of_secrets(w.session, w.core.part(SecretPlaces))
    return page_of([_shown(w, row, users.get(row.name, ())) for row in found], limit, lambda each: (each.name,))


@router.put("/secrets/{name:path}")
async def put_secret(w: Writing, name: Named, body: SecretBody) -> SecretShown:
    """Keep a new value; open connections that name the secret take it up with their next call."""
    row = await vault.put(w.session, w.scope, w.core.part(Secrets), name, body.value)
    users = await secret_users.users_of_secrets(w.session, w.core.part(SecretPlaces))
    return _shown(w, row, users.get(name, ()))


@router.delete("/secrets/{name:path}", status_code=204)
async def delete_secret(w: Writing, name: Named) -> None:
    """Forget a secret; refused while something in force needs it."""
    await secret_users.require_unused(w.session, w.core.part(SecretPlaces), name)
    await vault.delete(w.session, w.scope, name)


def _shown(w: Work, row: NamedSecret, users: Sequence[User]) -> SecretShown:
    kinds = w.core.part(Kinds)
    seen = [SecretUser.model_validate(each) for each in users if w.scope.allows(kinds.named(each.kind).read)]
    return SecretShown(
        name=row.name,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
        used_by=seen,
        hidden=len(users) - len(seen),
    )
