"""The database by itself keeps tenants apart: asked over every table there is, not over those somebody remembered.

The role that serves owns nothing and cannot step around row security; every table with a tenant forces it and leads its
primary key with the tenant; and SQL typed as that role, in the name of another tenant, neither reads nor moves a row.
"""

import httpx2
import psycopg
import pytest
import pytest_asyncio
from psycopg import sql

from fixtures.tenants import TestTenant
from meta import seeds as seeding
from meta.seeds import Seeds
from opsloom.infra.core import Core
from opsloom.infra.db.bootstrap import API_READER, APP, DATABASE
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import EmbeddedPostgres

RELATIONS = """
select n.nspname, c.relname, c.relispartition from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind = any (%s) and n.nspname in ('public', 'data')
order by 1, 2
"""
# What a fresh tenant does not have yet, each with the reason.
EMPTY_AT_FIRST: dict[str, str] = {}


@pytest.fixture(scope="module")
def superuser(postgres: EmbeddedPostgres, owner_dsn: Dsn) -> Dsn:
    """Sees everything; `owner_dsn` is asked for so that the schema is there."""
    assert owner_dsn.database == DATABASE
    return postgres.dsn.as_role(postgres.dsn.user, database=DATABASE)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def theirs(client: httpx2.AsyncClient, core: Core, ours: TestTenant) -> Seeds:
    """A tenant that has one of everything."""
    return await seeding.seed(client, core, ours, "canary-77ab01")


def ask(dsn: Dsn, statement: sql.Composed | str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Rows of one statement."""
    with psycopg.connect(**dsn.psycopg()) as connection:
        return connection.execute(statement, values).fetchall()


def tenant_relations(superuser: Dsn, kinds: str = "rp", *, partitions: bool = True) -> list[sql.Identifier]:
    """Tables (r, p) or views (v) that have a tenant."""
    rows = ask(superuser, RELATIONS, (list(kinds),))
    return [sql.Identifier(str(schema), str(name)) for schema, name, part in rows if partitions or not part]


def test_every_tenant_table_forces_row_security(superuser: Dsn) -> None:
    unforced = ask(
        superuser,
        """select c.relname from pg_class c
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
           where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
             and not (c.relrowsecurity and c.relforcerowsecurity)
             and not (c.relispartition and not has_table_privilege(%s, c.oid, 'select, insert, update, delete'))""",
        (APP,),
    )
    assert unforced == []


def test_the_tenant_leads_every_primary_key(superuser: Dsn) -> None:
    others = ask(
        superuser,
        """select c.relname from pg_class c
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
           left join pg_index i on i.indrelid = c.oid and i.indisprimary
           where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition
             and (i.indkey is null or i.indkey[0] <> a.attnum or not a.attnotnull)""",
    )
    assert others == []


def test_the_serving_role_owns_nothing_and_bypasses_nothing(superuser: Dsn) -> None:
    role = ask(
        superuser,
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit from pg_roles where rolname = %s",
        (APP,),
    )
    assert role == [(False, False, False, False, False)]
    for catalog, owner in (("pg_class", "relowner"), ("pg_namespace", "nspowner"), ("pg_proc", "proowner"),
                           ("pg_type", "typowner"), ("pg_database", "datdba")):  # fmt: skip
        owned = ask(
            superuser,
            sql.SQL("select count(*) from {} where {} = %s::regrole").format(
                sql.Identifier(catalog), sql.Identifier(owner)
            ),
            (APP,),
        )
        assert owned == [(0,)], catalog
    memberships = ask(
        superuser,
        "select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = %s::regrole",
        (APP,),
    )
    assert memberships == [(API_READER,)]


def test_the_readers_views_run_as_their_caller(superuser: Dsn) -> None:
    others = ask(
        superuser,
        """select c.relname from pg_class c where c.relkind = 'v' and c.relnamespace = 'data'::regnamespace
           and not coalesce(c.reloptions @> array['security_invoker=true'], false)""",
    )
    assert others == []


def test_functions_with_their_owners_rights_are_fenced(superuser: Dsn) -> None:
    """Making partitions needs the owner; such a function fixes its search path and is for the serving role alone."""
    loose = ask(
        superuser,
        """select proname from pg_proc p
           where prosecdef and pronamespace in ('public'::regnamespace, 'data'::regnamespace)
             and (not coalesce(array_to_string(proconfig, ',') like '%%search_path=%%', false)
                  or has_function_privilege(%s, p.oid, 'execute'))""",
        (API_READER,),
    )
    assert loose == []


async def test_sql_of_another_tenant_reads_nothing(
    theirs: Seeds, stranger: TestTenant, superuser: Dsn, app_dsn: Dsn
) -> None:
    empty = []
    for relation in tenant_relations(superuser, "rpv"):
        shown = relation.as_string()
        with psycopg.connect(**app_dsn.psycopg()) as connection:
            if connection.execute("select has_table_privilege(%s, 'select')", (shown,)).fetchone() != (True,):
                continue
            act_as(connection, stranger)
            count = sql.SQL("select count(*) from {} t where tenant_id = %s or t::text like %s").format(relation)
            assert connection.execute(count, (theirs.tenant.id, f"%{theirs.canary}%")).fetchone() == (0,), shown
            act_as(connection, theirs.tenant)
            mine = connection.execute(sql.SQL("select count(*) from {}").format(relation)).fetchone()
            if mine == (0,):
                empty.append(shown)
    whole = {each.as_string() for each in tenant_relations(superuser, "rpv", partitions=False)}
    unseeded = sorted(whole.intersection(empty) - EMPTY_AT_FIRST.keys())
    assert unseeded == [], f"{unseeded}: seed these, or the test above proves nothing"


async def test_sql_of_another_tenant_moves_nothing(
    theirs: Seeds, stranger: TestTenant, superuser: Dsn, app_dsn: Dsn
) -> None:
    for relation in tenant_relations(superuser):
        for statement in (
            "update {} set tenant_id = tenant_id where tenant_id = %s",
            "delete from {} where tenant_id = %s",
        ):
            with psycopg.connect(**app_dsn.psycopg()) as connection:
                act_as(connection, stranger)
                try:
                    touched = connection.execute(sql.SQL(statement).format(relation), (theirs.tenant.id,)).rowcount
                except psycopg.errors.InsufficientPrivilege:
                    continue
                assert touched == 0, relation.as_string()
                connection.rollback()


async def test_no_tenant_set_means_no_rows(theirs: Seeds, superuser: Dsn, app_dsn: Dsn) -> None:
    assert theirs.ids
    for relation in tenant_relations(superuser):
        with psycopg.connect(**app_dsn.psycopg()) as connection:
            try:
                found = connection.execute(sql.SQL("select count(*) from {}").format(relation)).fetchone()
            except psycopg.errors.InsufficientPrivilege:
                continue
            assert found == (0,), relation.as_string()


async def test_the_readers_role_sees_its_tenant_alone(
    theirs: Seeds, stranger: TestTenant, superuser: Dsn, app_dsn: Dsn
) -> None:
    views = [name for (name,) in ask(superuser, "select viewname from pg_views where schemaname = 'data'")]
    for view in views:
        with psycopg.connect(**app_dsn.psycopg()) as connection:
            act_as(connection, stranger)
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(API_READER)))
            statement = sql.SQL("select count(*) from {} t where t::text like %s").format(
                sql.Identifier("data", str(view))
            )
            assert connection.execute(statement, (f"%{theirs.canary}%",)).fetchone() == (0,), view
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select count(*) from memberships")


def act_as(connection: "psycopg.Connection[tuple[object, ...]]", tenant: TestTenant) -> None:
    """What every transaction of the product begins with."""
    connection.execute("select set_config('opsloom.tenant', %s, true)", (str(tenant.id),))
