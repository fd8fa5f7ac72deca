"""Hostile statements: each must be refused by the guard, and do no harm when it runs without it.

`{other}` in a hostile statement is the id of another tenant.
"""

_TENANT_SWITCH = """
select set_config('opsloom.tenant', '{other}', true) as a
select set_config('opsloom.tenant', '{other}', false) as a
select SET_CONFIG('opsloom.tenant', '{other}', true) as a
select pg_catalog.set_config('opsloom.tenant', '{other}', true) as a
select "set_config"('opsloom.tenant', '{other}', true) as a
select /* x */ set_config /* y */ ('opsloom.tenant', '{other}', true) as a
select set_config
('opsloom.tenant', '{other}', true) as a
with s as materialized (select set_config('opsloom.tenant', '{other}', true) as a) select m.value from s, data.metrics m
select value from data.metrics, lateral (select set_config('opsloom.tenant', '{other}', true) as a) s
select value from data.metrics where set_config('opsloom.tenant', '{other}', true) is not null
select value from data.metrics order by set_config('opsloom.tenant', '{other}', true)
select count(*) filter (where set_config('opsloom.tenant', '{other}', true) = '') as a from data.metrics
select case when true then set_config('opsloom.tenant', '{other}', true) end as a
select coalesce(null, set_config('opsloom.tenant', '{other}', true)) as a
select set_config('role', 'opsloom_app', true) as a
select set_config('role', 'none', false) as a
select set_config('role', 'opsloom_owner', true) as a
select set_config('session_authorization', 'postgres', true) as a
select set_config('statement_timeout', '0', true) as a
select set_config('transaction_read_only', 'off', true) as a
select set_config('row_security', 'off', true) as a
select set_config('search_path', 'public', true) as a
select set_config('work_mem', '4GB', true) as a
set opsloom.tenant = '{other}'
set local opsloom.tenant = '{other}'
set session role none
set role opsloom_app
set session authorization default
reset role
reset all
reset opsloom.tenant
discard all
select 1 as a; set opsloom.tenant = '{other}'
select current_setting('opsloom.tenant') as a
select current_setting('data_directory', true) as a
update pg_settings set setting = '{other}' where name = 'opsloom.tenant'
select set_config(name, '{other}', false) as a from pg_settings where name = 'role'
select * from (select set_config('opsloom.tenant', '{other}', false) as a offset 0) s, data.metrics
"""

_WRITES = """
insert into data.metrics values (now())
insert into public.configuration_items (tenant_id) values ('{other}')
update public.configuration_items set name = 'x'
delete from public.metric_samples
truncate public.metric_samples
merge into public.relations r using public.relations s on true when matched then delete
with gone as (delete from public.relations returning *) select * from gone
with added as (insert into public.relations select * from public.relations returning *) select count(*) as n from added
with changed as (update public.configuration_items set name = 'x' returning *) select count(*) as n from changed
select * into public.copied from data.metrics
select value into temp copied from data.metrics
create table x (a int)
create temp table x as select 1 as a
create view x as select 1 as a
create function f() returns int language sql as 'select 1'
create role intruder superuser
create extension dblink
create schema x
drop table public.metric_samples
drop schema data cascade
alter table public.metric_samples disable row level security
alter role opsloom_app superuser
alter system set log_statement = 'all'
grant all on all tables in schema public to public
revoke select on data.metrics from opsloom_api_reader
comment on view data.metrics is 'x'
security label on table public.metric_samples is 'x'
vacuum
analyze
reindex database opsloom
cluster
checkpoint
refresh materialized view x
import foreign schema public from server x into data
values (1) returning 1
select nextval('metric_samples_seq') as a
select setval('metric_samples_seq', 1) as a
select currval('metric_samples_seq') as a
select lastval() as a
"""

_SESSION = """
do $$ begin perform pg_sleep(1); end $$
do 'begin null; end'
call pg_catalog.pg_sleep(1)
prepare p as select 1
execute p
deallocate all
declare c cursor for select 1
fetch all from c
move c
close all
begin
begin; select 1 as a
start transaction read write
commit
commit; drop table public.metric_samples
rollback
rollback; select 1 as a
savepoint s
release s
listen opsloom_stream
unlisten *
notify opsloom_stream, 'x'
load 'plpgsql'
lock table public.metric_samples
show all
show opsloom.tenant
set constraints all deferred
set transaction read write
explain select 1
explain analyze select pg_sleep(1)
explain (analyze, buffers) select * from data.metrics
copy data.metrics to stdout
copy (select 1) to program 'id'
copy public.metric_samples from '/etc/passwd'
table data.metrics for update
"""

_LOCKS = """
select pg_advisory_lock(1) as a
select pg_advisory_xact_lock(1) as a
select pg_try_advisory_lock(1) as a
select pg_try_advisory_xact_lock(1, 2) as a
select pg_advisory_lock_shared(1) as a
select pg_advisory_unlock_all() as a
select * from data.metrics for update
select * from data.metrics for no key update
select * from data.metrics for share
select * from data.metrics for key share nowait
select * from data.items for update of items skip locked
select * from (select * from data.items for update) s
with s as (select * from data.items for share) select * from s
select pg_notify('opsloom_stream', 'x') as a
select pg_notify('opsloom_assets', null) as a
select pg_cancel_backend(pg_backend_pid()) as a
select pg_terminate_backend(pg_backend_pid()) as a
select pg_terminate_backend(pid) as a from pg_stat_activity
select pg_reload_conf() as a
select pg_rotate_logfile() as a
select pg_switch_wal() as a
select pg_create_restore_point('x') as a
select pg_promote() as a
select pg_backup_start('x') as a
select pg_export_snapshot() as a
select pg_current_xact_id() as a
select txid_current() as a
select pg_logical_emit_message(true, 'a', 'b') as a
select pg_stat_reset() as a
select pg_stat_reset_shared('bgwriter') as a
select pg_log_backend_memory_contexts(pg_backend_pid()) as a
select pg_create_physical_replication_slot('x') as a
select pg_drop_replication_slot('x') as a
select pg_replication_origin_create('x') as a
"""

_FILES_AND_QUERIES_AS_TEXT = """
select pg_read_file('/etc/passwd') as a
select pg_read_binary_file('/etc/passwd') as a
select pg_ls_dir('/') as a
select * from pg_ls_logdir() as f
select pg_stat_file('/etc/passwd') as a
select lo_import('/etc/passwd') as a
select lo_export(1, '/tmp/x') as a
select lo_creat(-1) as a
select lo_create(0) as a
select lo_from_bytea(0, 'x') as a
select lo_put(1, 0, 'x') as a
select lo_get(1) as a
select lo_unlink(1) as a
select loread(1, 1) as a
select lowrite(1, 'x') as a
select * from ts_stat('select to_tsvector(name) from public.configuration_items') as t
select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery') as a
select query_to_xml('select * from public.configuration_items', true, true, '') as a
select query_to_xml_and_xmlschema('select 1', true, true, '') as a
select table_to_xml('public.configuration_items', true, true, '') as a
select schema_to_xml('public', true, true, '') as a
select database_to_xml(true, true, '') as a
select cursor_to_xml('c', 1, true, true, '') as a
select xmlparse(document '<a/>') as a
select xpath('/a', '<a/>') as a
select xmlelement(name a) as a
select * from xmltable('/a' passing '<a/>' columns b text) as x
select * from dblink('dbname=opsloom', 'select 1') as t(a int)
select dblink_exec('dbname=opsloom', 'drop table x') as a
select plpgsql_call_handler() as a
select pg_get_functiondef('pg_sleep'::regproc) as a
select binary_upgrade_set_next_pg_type_oid(1) as a
select current_query() as a
select pg_config() as a
select * from pg_hba_file_rules() as r
"""

_CATALOG = """
select * from pg_class
select * from pg_catalog.pg_class
select * from pg_authid
select * from pg_shadow
select * from pg_user
select * from pg_roles
select * from pg_stat_activity
select * from pg_settings
select * from pg_locks
select * from pg_stats
select * from pg_proc
select * from information_schema.tables
select * from information_schema.columns
select * from public.users
select * from public.api_keys
select * from users
select * from public.configuration_items
select * from "public"."metric_samples"
select * from opsloom.data.metrics
select * from postgres.public.users
select * from pg_temp.x
select * from pg_toast.pg_toast_1255
select * from only public.configuration_items
select tableoid::regclass as a from data.metrics
select 'public.users'::regclass as a
select 'pg_class'::regclass::oid as a
select cast('pg_sleep' as regproc) as a
select 'opsloom_app'::regrole as a
select to_regclass('public.users') as a
select current_user as a
select session_user as a
select user as a
select current_role as a
select current_catalog as a
select current_schema as a
select current_schema() as a
select current_database() as a
select version() as a
select inet_server_addr() as a
select pg_backend_pid() as a
select pg_postmaster_start_time() as a
select pg_database_size('opsloom') as a
select pg_relation_size('data.metrics') as a
select pg_get_viewdef('data.metrics'::regclass) as a
select pg_get_userbyid(10) as a
select has_table_privilege('public.users', 'select') as a
select obj_description(1, 'pg_class') as a
select row_security_active('public.users') as a
select txid_current_snapshot() as a
select pg_listening_channels() as a
select pg_table_is_visible(1) as a
with pg_class as (select 1 as a) select * from pg_class
with x as (select * from pg_authid) select * from x
select (select rolpassword from pg_authid limit 1) as a
select exists (select 1 from pg_authid) as a
select * from data.metrics m join pg_class c on true
select * from data.metrics where item in (select relname from pg_class)
table pg_class
select * from data.metrics union all select now(), relname, 1, '', '', null, '', null from pg_class
select * from data.nothing
select * from metrics.data
"""

_COST = """
select pg_sleep(60) as a
select pg_sleep_for('1 minute') as a
select pg_sleep_until(now() + interval '1 minute') as a
select count(pg_sleep(1)) as a from generate_series(1, 100) g
select setseed(0.5) as a
"""

_FORMS = """

;
-- nothing
/* nothing */
select 1 as a; select 2 as b
select 1 as a;;select 2 as b
select 1 as a;/* x */ select 2 as b
select 1 as a /* never closed
select /* /* nested */ 1 as a
select 'never closed as a
select $$never closed as a
select "never closed as a
select $1 as a
select * from (select 1) s; drop table x
select 1 as a) s; drop table x; --
select 1 as a) as x, (select 2 as b
) union select 1 as a (
select 1 as a --\r; drop table x
select U&'\\0061' as a
select U&"\\0070g_sleep"(1) as a
select 'a' 'b' as a
select\u00a01 as a
select\u20031 as a
select\u200b1 as a
select\ufeff 1 as a
select \uff11 as a
select pg\u200b_sleep(1) as a
\u017felect pg_sleep(1) as a
select \u212aey as a
select 1 as a \u037e select 2 as b
select pg_\ufb01le() as a
select 1 as a from data.metrics \u2028 for update
select x\u0000y as a
select foo$$bar$$ as a
select $é$ pg_sleep(1) $é$ as a
select pg_sleep.* from (select 1 as one) pg_sleep(pg_sleep)
with pg_sleep(x) as (select 1) select pg_sleep(10) as a
select * from pg_sleep(10)
select * from rows from (pg_sleep(1)) as r
select * from lateral pg_sleep(1) as s
select * from data.metrics tablesample system (10)
select * from data.metrics tablesample bernoulli (10) repeatable (1)
select operator(pg_catalog.+) 1 as a
select 1 operator(public.+) 2 as a
select public.f() as a
select data.f() as a
select "data".f() as a
select nosuchfunction(1) as a
select xmin, ctid from data.metrics for update
select * from unnest(array[1]) with ordinality as t(pg_notify, b), pg_notify('a', 'b')
select * from json_table('[]', '$[*]' columns (a int path '$')) as t
select 1::xid8 as a
select '1'::pg_lsn as a
select 'x'::refcursor as a
select 'x'::aclitem as a
select 'x'::name::regtype as a
select '<a/>'::xml as a
select null::nosuchtype as a
select null::public.users as a
select null::data.metrics as a
"""


def _statements(*texts: str) -> list[str]:
    return [line for text in texts for line in text.strip("\n").split("\n")]


_COLUMNS = [
    "select 1 as a, 2 as a",
    "select value, value from data.metrics",
    "select 1",
    "select 1 + 1",
    "select -1",
    "select 'a'",
]

HOSTILE = [
    *_COLUMNS,
    "select 'a'\n'b' as a",
    "select E'a'\n'\\'', pg_sleep(1) as b --'",
    "select 'a' -- x\n'b' as a",
    *_statements(_WRITES, _SESSION, _LOCKS, _FILES_AND_QUERIES_AS_TEXT, _CATALOG, _COST, _FORMS),
    *_statements(_TENANT_SWITCH.replace("set_config\n(", "set_config\x0c(")),
]

HOSTILE_ANYWHERE = [statement for statement in HOSTILE if statement not in _COLUMNS]
"""Without those that are only about the names of output columns, which a query around them takes away."""
