"""`opsloom user` and `opsloom key`. What they need is imported when they run: a command line has to start at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from opsloom.identity.permissions import ALL_PERMISSIONS, Permission, Role
from opsloom.settings import Settings

if TYPE_CHECKING:
    from opsloom.infra.core import Core

out = Console(highlight=False)

TenantOption = Annotated[
    str | None, typer.Option("--tenant", help="Slug of the tenant; may be left out when there is one.")
]
Explained = Callable[[], AbstractContextManager[None]]


def install(app: typer.Typer, settings: Callable[[], Settings], explained: Explained) -> None:
    """Add both groups of commands to the application."""
    app.add_typer(_user_commands(settings, explained), name="user")
    app.add_typer(_key_commands(settings, explained), name="key")


def _user_commands(settings: Callable[[], Settings], explained: Explained) -> typer.Typer:
    users = typer.Typer(no_args_is_help=True, help="People: add, list, set a password.")

    @users.command("add")
    def add(
        email: str,
        role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.VIEWER,
        name: Annotated[str | None, typer.Option(help="Shown name.")] = None,
        tenant: TenantOption = None,
        new_tenant: Annotated[str | None, typer.Option(help="Make a tenant of this name, owned by the person.")] = None,
        password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
    ) -> None:
        """Add a person."""
        from opsloom.identity.members import NewMember
        from opsloom.people import add_user, with_core

        member = NewMember(email=email.strip().lower(), name=name or email.split("@", maxsplit=1)[0], role=role)
        with explained():
            out.print(with_core(settings(), lambda core: add_user(core, tenant, new_tenant, member, password)))

    @users.command("list")
    def list_(tenant: TenantOption = None) -> None:
        """List the people of a tenant."""
        from opsloom.people import list_users, with_core

        with explained():
            out.print(with_core(settings(), lambda core: list_users(core, tenant)))

    @users.command("password")
    def password(
        email: str,
        tenant: TenantOption = None,
        password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
    ) -> None:
        """Set a person's password; all sign-ins of the account end."""
        from opsloom.identity import members
        from opsloom.people import tenant_scope, with_core

        async def reset(core: "Core") -> None:
            await members.reset_password(core, await tenant_scope(core, tenant), email.strip().lower(), password)

        with explained():
            with_core(settings(), reset)
            out.print("The password is changed.")

    return users


def _key_commands(settings: Callable[[], Settings], explained: Explained) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help="API keys.")

    @group.command("create")
    def create(
        name: str,
        email: Annotated[str, typer.Option("--for", help="The member the key acts for.")],
        scope: Annotated[
            list[Permission] | None, typer.Option(help="A permission; repeat. Default: all of theirs.")
        ] = None,
        days: Annotated[int | None, typer.Option(min=1, help="Days until it expires.")] = None,
        tenant: TenantOption = None,
    ) -> None:
        """Make a key; it is printed once."""
        from opsloom.identity.keys import NewKey
        from opsloom.people import create_key, with_core

        async def make(core: "Core") -> str:
            expires = core.clock.now() + timedelta(days=days) if days else None
            return await create_key(core, tenant, email, NewKey(name, frozenset(scope or ALL_PERMISSIONS), expires))

        with explained():
            typer.echo(with_core(settings(), make))

    return group
