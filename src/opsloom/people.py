"""What `opsloom user` and `opsloom key` do: for the operator at the machine, who has the database anyway."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.table import Table
from sqlalchemy import select

from opsloom import composition
from opsloom.identity import keys, members, setup
from opsloom.identity.members import NewMember
from opsloom.identity.models import Membership, Tenant
from opsloom.identity.permissions import Role, permissions_of
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.infra.core import Core
from opsloom.infra.telemetry import set_up_logs
from opsloom.kit.errors import InvalidInput, NotFound
from opsloom.server import reach_database
from opsloom.settings import LogFormat, Settings

T = TypeVar("T")


def with_core(settings: Settings, action: Callable[[Core], Awaitable[T]]) -> T:
    """Run `action` on the installation's database, started for the time if need be."""
    set_up_logs("WARNING", json_lines=settings.log_format is LogFormat.JSON)
    place = reach_database(settings)

    async def run() -> T:
        core = composition.build_core(settings, place.app)
        await core.db.open()
        try:
            return await action(core)
        finally:
            await core.http.close()
            await core.db.close()

    try:
        return asyncio.run(run())
    finally:
        place.leave()


async def tenant_scope(core: Core, slug: str | None) -> Scope:
    """The tenant meant. Raises NotFound or InvalidInput naming the ones there are."""
    async with core.db.transaction(None) as session:
        found = list((await session.execute(select(Tenant).order_by(Tenant.created_at, Tenant.id))).scalars())
    if slug is None and len(found) == 1:
        return Scope.system(found[0].id)
    names = ", ".join(tenant.slug for tenant in found) or "none yet"
    if slug is None:
        raise InvalidInput(f"Say which tenant with --tenant; there are: {names}.")
    for tenant in found:
        if tenant.slug == slug:
            return Scope.system(tenant.id)
    raise NotFound(f"There is no tenant “{slug}”; there are: {names}.")


async def add_user(core: Core, slug: str | None, new_tenant: str | None, member: NewMember, password: str) -> str:
    """A member of a tenant, or the owner of a new one."""
    if new_tenant is None:
        scope = await tenant_scope(core, slug)
        made = await members.create(core, scope, Role.OWNER, member, password)
        return f"Added {made.email} as {made.role}."
    first = setup.FirstTenant(new_tenant, member.email, member.name, password)
    place = await setup.add_tenant(core, first)
    return f"Made the tenant {place.tenant_slug} with its owner {member.email}."


async def list_users(core: Core, slug: str | None) -> Table:
    """The members of a tenant."""
    scope = await tenant_scope(core, slug)
    table = Table("E-mail", "Name", "Role", "Active")
    async with core.db.transaction(scope) as session:
        for member in (await session.execute(select(Membership).order_by(Membership.email))).scalars():
            table.add_row(member.email, member.name, member.role, "yes" if member.active else "no")
    return table


async def create_key(core: Core, slug: str | None, email: str, new: keys.NewKey) -> str:
    """A key that acts for a member; its text is returned once."""
    system = await tenant_scope(core, slug)
    async with core.db.transaction(system) as session:
        member = await members.by_email(session, system, email.strip().lower())
    if member is None:
        raise NotFound(f"There is no member {email} in this tenant.")
    actor = Actor(ActorKind.USER, member.user_id, member.name)
    scope = Scope(system.tenant_id, actor, permissions_of(Role(member.role)))
    async with core.db.transaction(scope) as session:
        allowed = keys.NewKey(new.name, new.scopes & scope.permissions or scope.permissions, new.expires_at)
        _, secret = await keys.create(session, scope, allowed, core.clock.now())
    return secret
