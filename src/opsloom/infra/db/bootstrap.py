"""Roles and database, made once as a superuser (embedded) or as the given owner (external).

Three roles: `opsloom_owner` owns the tables and only migrations use it; `opsloom_app` serves, owns nothing and cannot
bypass row security; `opsloom_api_reader` runs users' SQL and has nothing but what views give it. The app is a member of
the reader without inheriting (`NOINHERIT`), so that it must step down to it with SET ROLE and gains nothing by default.
"""

import psycopg
from psycopg import sql

from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.hardening import harden
from opsloom.infra.db.reach import NotUsable, check_reach

OWNER = "opsloom_owner"
APP = "opsloom_app"
API_READER = "opsloom_api_reader"
DATABASE = "opsloom"


def bootstrap_embedded(superuser: Dsn, database: str = DATABASE) -> Dsn:
    """Make roles, database and extensions where missing; returns the owner's way in."""
    with psycopg.connect(**superuser.psycopg(), autocommit=True) as connection:
        _make_roles(connection, app_password=None)
        _make_role(connection, OWNER, "login")
        if not connection.execute("select 1 from pg_database where datname = %s", (database,)).fetchone():
            connection.execute(
                sql.SQL("create database {} owner {}").format(sql.Identifier(database), sql.Identifier(OWNER))
            )
    with psycopg.connect(
        **superuser.as_role(superuser.user, database=database).psycopg(), autocommit=True
    ) as connection:
        _secure_database(connection, database)
        connection.execute("create extension if not exists vector")
        harden(connection)
    return superuser.as_role(OWNER, database=database)


def bootstrap_external(owner: Dsn, app: Dsn) -> None:
    """Make the roles on a server that is not ours, with the password from the application's address; hardens it as far as
    the owner may. Raises NotUsable."""
    if app.user != APP:
        raise NotUsable(
            f"OPSLOOM_DATABASE_URL names the role {app.user}.",
            f"Make it {APP}: the migrations grant exactly that role what serving needs, and make it where it is missing.",
        )
    check_reach(owner, "OPSLOOM_DATABASE_OWNER_URL")
    with psycopg.connect(**owner.psycopg(), autocommit=True) as connection:
        try:
            _make_roles(connection, app_password=app.password)
            _secure_database(connection, owner.database)
        except psycopg.errors.InsufficientPrivilege as error:
            raise NotUsable(
                f"The role {owner.user} may not prepare the database ({error.diag.message_primary}).",
                f"As an administrator: `alter role {owner.user} createrole` and "
                f"`alter database {owner.database} owner to {owner.user}`, then `opsloom migrate` again.",
            ) from error
        if _is_superuser(connection):
            harden(connection)
    _check_password(app)


def _check_password(app: Dsn) -> None:
    """A role that was there before keeps its password; better to hear of it now than when the server starts."""
    try:
        check_reach(app, "OPSLOOM_DATABASE_URL")
    except NotUsable as refused:
        raise NotUsable(
            refused.detail, f"{refused.fix} An administrator changes it with `alter role {app.user} password '…'`."
        ) from refused


def _is_superuser(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    return bool(row and row[0])


def _make_roles(connection: psycopg.Connection[tuple[object, ...]], *, app_password: str | None) -> None:
    _make_role(connection, APP, "login noinherit", password=app_password)
    _make_role(connection, API_READER, "nologin")
    member = connection.execute("select pg_has_role(%s::name, %s::name, 'MEMBER')", (APP, API_READER)).fetchone()
    if not (member and member[0]):
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(API_READER), sql.Identifier(APP)))


def _make_role(
    connection: psycopg.Connection[tuple[object, ...]], name: str, options: str, *, password: str | None = None
) -> None:
    if connection.execute("select 1 from pg_roles where rolname = %s", (name,)).fetchone():
        return
    statement = sql.SQL("create role {} nosuperuser nobypassrls nocreatedb nocreaterole ").format(sql.Identifier(name))
    statement += sql.SQL(options)
    if password is not None:
        statement += sql.SQL(" password {}").format(sql.Literal(password))
    connection.execute(statement)


def _secure_database(connection: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    name = sql.Identifier(database)
    connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    connection.execute(sql.SQL("grant connect on database {} to {}").format(name, sql.Identifier(APP)))
    connection.execute("revoke create on schema public from public")
