"""Takes from everybody what only the server's own roles need, so that users' SQL cannot reach it even past the guard.

PostgreSQL lets every role call almost every built-in function. Here PUBLIC loses the volatile ones (set_config, advisory
locks, notifications, large objects, sleeping …), those that run a query given as text, and the views that show other
sessions and settings; the database's owner and the application get them back by name. Needs a superuser: it is done on the
embedded server, and elsewhere when `opsloom migrate` is given one; otherwise an administrator runs what `opsloom hardening`
prints. It reaches one database, whose other users lose the same: the database must be Opsloom's own.
"""

import psycopg

_HARMLESS = (
    "random",
    "random_normal",
    "clock_timestamp",
    "timeofday",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "array_shuffle",
    "array_sample",
)
_FUNCTIONS = f"""
select p.oid::regprocedure as signature from pg_proc p
where p.pronamespace = 'pg_catalog'::regnamespace
  and p.prorettype::regtype::text not in ('trigger', 'event_trigger', 'internal', 'language_handler',
      'index_am_handler', 'table_am_handler', 'tsm_handler', 'fdw_handler')
  and ((p.provolatile = 'v' and p.proname not in ({", ".join(f"'{name}'" for name in _HARMLESS)}))
       or p.proname ~ '^(database|schema|table|cursor|query)_to_xml|^pg_stat_get_activity|^pg_stat_get_backend'
       or p.proname in ('pg_show_all_settings', 'pg_listening_channels', 'pg_cursor', 'pg_prepared_statement',
                        'txid_current', 'pg_current_xact_id', 'pg_config', 'ts_stat'))
"""
_VIEWS = """
select c.oid::regclass as name from pg_class c
where c.relnamespace = 'pg_catalog'::regnamespace
  and c.relname in ('pg_stat_activity', 'pg_settings', 'pg_locks', 'pg_stats', 'pg_stats_ext', 'pg_cursors',
                    'pg_prepared_statements', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_roles', 'pg_user')
"""
_GAPS = f"""
select signature::text from ({_FUNCTIONS}) f where has_function_privilege('opsloom_api_reader', signature, 'execute')
union all
select name::text from ({_VIEWS}) v where has_table_privilege('opsloom_api_reader', name, 'select')
union all
select 'language plpgsql' where has_language_privilege('opsloom_api_reader', 'plpgsql', 'usage')
order by 1
"""
STATEMENTS = f"""
do $body$
declare
    each record;
    owner name := (select pg_get_userbyid(datdba) from pg_database where datname = current_database());
begin
    for each in {_FUNCTIONS}
    loop
        execute format('revoke execute on function %s from public', each.signature);
        execute format('grant execute on function %s to %I, opsloom_app', each.signature, owner);
    end loop;
    for each in {_VIEWS}
    loop
        execute format('revoke select on %s from public', each.name);
        execute format('grant select on %s to %I, opsloom_app', each.name, owner);
    end loop;
    revoke usage on language plpgsql from public;
    execute format('grant usage on language plpgsql to %I, opsloom_app', owner);
end $body$;
"""


def gaps(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """What the readers of users' SQL may still call or read and must not; an empty list is good."""
    return [str(name) for (name,) in connection.execute(_GAPS).fetchall()]


def harden(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Idempotent; `connection` is a superuser's, in the database to harden."""
    if gaps(connection):
        connection.execute(STATEMENTS)
