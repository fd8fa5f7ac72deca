"""The tenant's users, roles and keys, and one's own tenants."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from opsloom.identity import keys, members, tenants
from opsloom.identity.access import Work, allowed, core_of, work
from opsloom.identity.credentials import Caller
from opsloom.identity.keys import NewKey
from opsloom.identity.members import Change, NewMember
from opsloom.identity.models import Membership
from opsloom.identity.permissions import Permission, Role, roles
from opsloom.identity.repository import position
from opsloom.identity.routes_sign_in import my_tenant
from opsloom.identity.schemas import (
    KeyCreate,
    KeyCreated,
    KeyShown,
    MyTenant,
    RoleShown,
    TenantCreate,
    UserChange,
    UserCreate,
    UserShown,
)
from opsloom.kit.paging import Cursor, Limit, Page, page_of

router = APIRouter(prefix="/api/v1", tags=["people"])

Signed = Annotated[Work, Depends(work(), scope="function")]
UsersRead = Annotated[Work, Depends(work(Permission.USERS_READ), scope="function")]
UsersWrite = Annotated[Work, Depends(work(Permission.USERS_WRITE), scope="function")]
KeysRead = Annotated[Work, Depends(work(Permission.KEYS_READ), scope="function")]
KeysWrite = Annotated[Work, Depends(work(Permission.KEYS_WRITE), scope="function")]
TenantsWrite = Annotated[Work, Depends(work(Permission.TENANTS_WRITE), scope="function")]


@router.get("/roles", dependencies=[Depends(allowed())])
async def list_roles() -> Page[RoleShown]:
    """The roles with what each may do, from the least powerful on."""
    return Page[RoleShown](items=[RoleShown(name=role, permissions=granted) for role, granted in roles()])


@router.get("/users")
async def list_users(w: UsersRead, limit: Limit = 50, cursor: Cursor = None) -> Page[UserShown]:
    """The people of this tenant, in the order they joined."""
    rows = await members.listed(w.session, w.scope, after=position(cursor), limit=limit)
    return page_of([_user(row) for row in rows], limit, lambda one: (one.created_at, one.id))


@router.post("/users", status_code=201)
async def create_user(
    request: Request, body: UserCreate, caller: Annotated[Caller, Depends(allowed(Permission.USERS_WRITE))]
) -> UserShown:
    """Add a person to this tenant with a first password."""
    new = NewMember(body.email, body.name, body.role)
    password = body.password.get_secret_value()
    return _user(await members.create(core_of(request), caller.scope, caller.role, new, password))


@router.get("/users/{user_id}")
async def read_user(user_id: UUID, w: UsersRead) -> UserShown:
    return _user(await members.get(w.session, w.scope, user_id))


@router.patch("/users/{user_id}")
async def change_user(user_id: UUID, body: UserChange, w: UsersWrite) -> UserShown:
    """Change name or role, or make somebody inactive; what is left out stays."""
    wanted = Change(body.name, body.role, body.active)
    return _user(await members.change(w.session, w.scope, w.caller.role, user_id, wanted, w.core.clock.now()))


@router.delete("/users/{user_id}", status_code=204)
async def remove_user(user_id: UUID, w: UsersWrite) -> None:
    """Take a person out of this tenant; sessions and keys stop working."""
    await members.remove(w.session, w.scope, w.caller.role, user_id)


@router.get("/keys")
async def list_keys(w: KeysRead, limit: Limit = 50, cursor: Cursor = None) -> Page[KeyShown]:
    """My API keys, or all of the tenant's for those who see its users; latest first."""
    rows = await keys.listed(w.session, w.scope, after=position(cursor), limit=limit)
    return page_of([KeyShown.model_validate(row) for row in rows], limit, lambda one: (one.created_at, one.id))


@router.post("/keys", status_code=201)
async def create_key(response: Response, body: KeyCreate, w: KeysWrite) -> KeyCreated:
    """Make an API key. The answer holds it this once."""
    new = NewKey(body.name, frozenset(body.scopes), body.expires_at)
    key, secret = await keys.create(w.session, w.scope, new, w.core.clock.now())
    response.headers["Cache-Control"] = "no-store"
    return KeyCreated(**KeyShown.model_validate(key).model_dump(), key=secret)


@router.get("/keys/{key_id}")
async def read_key(key_id: UUID, w: KeysRead) -> KeyShown:
    return KeyShown.model_validate(await keys.get(w.session, w.scope, key_id))


@router.delete("/keys/{key_id}", status_code=204)
async def revoke_key(key_id: UUID, w: KeysWrite) -> None:
    """Make a key worthless; it stays listed."""
    await keys.revoke(w.session, w.scope, key_id, w.core.clock.now())


@router.get("/tenants")
async def list_tenants(w: Signed) -> Page[MyTenant]:
    """The tenants I belong to."""
    return Page[MyTenant](items=[my_tenant(place) for place in await tenants.mine(w.session, w.scope)])


@router.post("/tenants", status_code=201)
async def create_tenant(body: TenantCreate, w: TenantsWrite) -> MyTenant:
    """Found a tenant and become its owner."""
    return my_tenant(await tenants.create(w.session, w.scope, body.name, w.core.clock.now()))


def _user(row: Membership) -> UserShown:
    return UserShown(
        id=row.user_id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        active=row.active,
        created_at=row.created_at,
    )
