"""Day partitions, made and dropped by functions of the owner: the application owns nothing and may not create tables."""

from migrations.tenancy import script

# Made apart and then attached, because "create table … partition of" would lock out every reader and writer.
_FUNCTIONS = """
create function ensure_@NOUN@_partitions(days integer, back integer default 1) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    today date := (now() at time zone 'utc')::date;
    day date;
    part text;
    made integer := 0;
begin
    if days not between 0 and 60 or back not between 0 and 4000 then
        raise exception 'days must be 0 to 60 and back 0 to 4000' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('opsloom @TABLE@ partitions', 0));
    for day in select generate_series(today - back, today + days, interval '1 day')::date loop
        part := '@TABLE@_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass('public.' || part) is not null;
        execute format('create table public.%I (like public.@TABLE@ including defaults)', part);
        @EACH@
        execute format('alter table public.%I enable row level security', part);
        execute format('alter table public.%I force row level security', part);
        execute format('create policy tenant on public.%I using (tenant_id = '
            '(select nullif(current_setting(''opsloom.tenant'', true), '''')::uuid))', part);
        execute format('alter table public.@TABLE@ attach partition public.%I for values from (%L) to (%L)',
            part, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        made := made + 1;
    end loop;
    return made;
end $body$;

create function drop_@NOUN@_partitions(keep_days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    oldest text := '@TABLE@_' || to_char((now() at time zone 'utc')::date - keep_days, 'YYYYMMDD');
    part text;
    dropped integer := 0;
begin
    if keep_days < 2 then
        raise exception 'keep_days must be 2 or more' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('opsloom @TABLE@ partitions', 0));
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.@TABLE@'::regclass and c.relname < oldest order by 1
    loop
        execute format('drop table public.%I', part);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $body$;

revoke execute on function ensure_@NOUN@_partitions(integer, integer), drop_@NOUN@_partitions(integer) from public;
grant execute on function ensure_@NOUN@_partitions(integer, integer), drop_@NOUN@_partitions(integer) to opsloom_app;
"""


def by_day(table: str, noun: str, each: str = "") -> None:
    """`ensure_<noun>_partitions(days, back)` and `drop_<noun>_partitions(keep_days)`; `each` is run for a new partition,
    whose name is in the variable `part`."""
    text = _FUNCTIONS
    for place, value in (("TABLE", table), ("NOUN", noun), ("EACH", each)):
        text = text.replace(f"@{place}@", value)
    script(text)
