"""The guard of SQL for other databases: what reads passes in each dialect, what does anything else does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.sql.foreign import read

DIALECTS = ["postgres", "mysql", "sqlite", "duckdb"]
GOOD = [
    "select 1",
    "select id, name from hosts where name = :host and n > :n order by 1 limit 10",
    "with a as (select * from hosts) select count(*) from a",
    "select * from a union all select * from b",
    "select coalesce(x, 1), upper(name), sum(v) over (partition by g) from t group by 1",
    "select 'insert into x' as text -- drop table y",
    "select h.name, (select max(v) from m where m.h = h.id) as v from hosts h left join m on m.h = h.id",
]
BAD = [
    "insert into t values (1)",
    "update t set a = 1",
    "delete from t",
    "drop table t",
    "create table t (a int)",
    "alter table t add b int",
    "truncate table t",
    "select 1; select 2",
    "select 1; drop table t",
    "select * from t for update",
    "set x = 1",
    "",
    "-- nothing",
    "begin",
    "commit",
    "select * from t where name = :unknown",
    "select * from t where name = ?",
    "select (((",
]
BY_DIALECT = {
    "postgres": [
        "with x as (delete from t returning *) select * from x",
        "with x as (insert into t values (1) returning *) select * from x",
        "select * into new from t", "copy t to '/tmp/x'", "select pg_read_file('/etc/passwd')", "select pg_sleep(100)",
        "select * from dblink('x', 'y') as t(a int)", "select set_config('a', 'b', false)", "do $$ begin end $$",
        "select PG_CATALOG.pg_sleep(100)", 'select "pg_sleep"(100)', "explain analyze select 1", "vacuum", "listen x", "call p()",
        "select lo_import('/etc/passwd')", "select nextval('s')", "select * from t for share",
    ],
    "mysql": [
        "select load_file('/etc/passwd')", "select sleep(100)", "select benchmark(1e9, md5('a'))",
        "select * from t into outfile '/tmp/x'", "select get_lock('a', 10)", "load data infile 'x' into table t",
        "select * from t lock in share mode", "call p()", "show tables", "kill 1", "replace into t values (1)", "handler t open",
    ],
    "sqlite": ["pragma writable_schema = 1", "attach 'x' as y", "select load_extension('x')", "vacuum", "replace into t values (1)"],
    "duckdb": [
        "select * from read_csv('/etc/passwd')", "select * from 'x.csv'", "copy t to 'x'", "attach 'x'", "install httpfs",
        "load httpfs", "pragma database_list", "export database 'x'", "select * from read_text('/etc/passwd')",
        "select getenv('HOME')", "select * from glob('*')",
    ],
}  # fmt: skip
NAMES = frozenset({"host", "n"})


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("sql", GOOD)
def test_what_reads_passes(dialect: str, sql: str) -> None:
    assert read(sql, dialect, NAMES).findings == ()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("sql", BAD)
def test_what_does_not_only_read_is_refused(dialect: str, sql: str) -> None:
    assert read(sql, dialect, NAMES).findings


@pytest.mark.parametrize(("dialect", "sql"), [(name, sql) for name, each in BY_DIALECT.items() for sql in each])
def test_what_a_dialect_adds_is_refused(dialect: str, sql: str) -> None:
    assert read(sql, dialect, NAMES).findings
    for changed in (sql.upper(), f"/* x */ {sql}", sql.replace(" ", "\n\t"), f"({sql})", f"{sql};"):
        assert read(changed, dialect, NAMES).findings, changed


def test_parameters_are_found_outside_quotes() -> None:
    sql = "select ':no', a::text from t where b = :host -- :neither\n and c = :n"
    assert read(sql, "postgres", NAMES).parameters == ("host", "n")


def test_findings_say_where() -> None:
    found = read("select 1,\n  pg_sleep(1)", "postgres", NAMES).findings[0]
    assert (found.code, found.line) == ("function_not_allowed", 2)


@given(st.text(max_size=200), st.sampled_from(DIALECTS))
def test_no_text_makes_it_stumble(text: str, dialect: str) -> None:
    read(text, dialect, NAMES)
