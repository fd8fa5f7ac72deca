"""Takes from everybody what only the server's own roles need, so that users' SQL cannot reach it even past the guard.

PostgreSQL lets every role call almost every built-in function. Here PUBLIC loses the volatile ones (set_config, advisory
locks, notifications, large objects, sleeping …), those that run a query given as text, and the views that show other
sessions and settings; the owner and the application get them back by name. Needs a superuser: done on the embedded server.
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
_IS_HARDENED = """
select exists (select from pg_roles where rolname = 'opsloom_api_reader')
   and not has_function_privilege('opsloom_api_reader', 'pg_catalog.set_config(text, text, boolean)', 'execute')
   and not has_function_privilege('opsloom_api_reader', 'pg_catalog.pg_sleep(double precision)', 'execute')
"""
_HARDEN = f"""
do $body$
declare
    each record;
begin
    for each in
        select p.oid::regprocedure as signature from pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace
          and p.prorettype::regtype::text not in ('trigger', 'event_trigger', 'internal', 'language_handler',
              'index_am_handler', 'table_am_handler', 'tsm_handler', 'fdw_handler')
          and ((p.provolatile = 'v' and p.proname not in ({", ".join(f"'{name}'" for name in _HARMLESS)}))
               or p.proname ~ '^(database|schema|table|cursor|query)_to_xml|^pg_stat_get_activity|^pg_stat_get_backend'
               or p.proname in ('pg_show_all_settings', 'pg_listening_channels', 'pg_cursor', 'pg_prepared_statement',
                                'txid_current', 'pg_current_xact_id', 'pg_config', 'ts_stat'))
    loop
        execute format('revoke execute on function %s from public', each.signature);
        execute format('grant execute on function %s to opsloom_owner, opsloom_app', each.signature);
    end loop;
    for each in
        select c.oid::regclass as name from pg_class c
        where c.relnamespace = 'pg_catalog'::regnamespace
          and c.relname in ('pg_stat_activity', 'pg_settings', 'pg_locks', 'pg_stats', 'pg_stats_ext', 'pg_cursors',
                            'pg_prepared_statements', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_roles', 'pg_user')
    loop
        execute format('revoke select on %s from public', each.name);
        execute format('grant select on %s to opsloom_owner, opsloom_app', each.name);
    end loop;
end $body$;
revoke usage on language plpgsql from public;
grant usage on language plpgsql to opsloom_owner, opsloom_app;
"""


def is_hardened(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether the readers of users' SQL have lost what they must not have."""
    row = connection.execute(_IS_HARDENED).fetchone()
    return bool(row and row[0])


def harden(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Idempotent; `connection` is a superuser's, in the database to harden."""
    if not is_hardened(connection):
        connection.execute(_HARDEN)
