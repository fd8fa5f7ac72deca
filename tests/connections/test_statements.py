"""Parameters are found by the database's own grammar, and what statements may do is bounded by more than a reader's rights."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.linked import Linked
from fixtures.mariadb import ROOT, ROOT_PASSWORD, MariaDb
from fixtures.shops import Shop
from opsloom.connections.errors import QueryRefused
from opsloom.connections.service import ConnectionType
from opsloom.connections.sql.statement import Style, bind
from opsloom.connections.sql.values import plain, size_of
from opsloom.kit.errors import OpsloomError

GRAMMARS = ["postgres", "mysql", "sqlite", "duckdb"]


@pytest.mark.parametrize("grammar", GRAMMARS)
@given(text=st.text(st.characters(exclude_characters="'\\\x00", exclude_categories=["Cs"]), max_size=40))
def test_what_stands_in_quotes_is_never_a_parameter(grammar: str, text: str) -> None:
    sql = f"select '{text} :inside {text}', :outside as x"
    bound, used = bind(sql, {"outside": 1, "inside": 2}, grammar, Style.PERCENT)
    assert used == {"outside": 1}
    assert bound == f"select '{text} :inside {text}', ".replace("%", "%%") + "%(outside)s as x"


@pytest.mark.parametrize("grammar", GRAMMARS)
@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select :a", {"a"}),
        ("select ':a' -- :b\n, :c /* :d */", {"c"}),
        ('select ":a", :b', {"b"}),
        ("select x[1:2], :이름", {"이름"}),
        ("select '한글 🙂', :a, '🙂 :b', :a", {"a"}),
        ("select a::int, :type, :select", {"type", "select"}),
        ("select 'it''s :a', :b", {"b"}),
        ("select 12:30", set()),
    ],
)
def test_parameters_are_found(grammar: str, sql: str, names: set[str]) -> None:
    params = dict.fromkeys("abcd", 1) | {"이름": 1, "type": 1, "select": 1}
    _, used = bind(sql, params, grammar, Style.DOLLAR)
    assert set(used) == names


def test_a_backslash_ends_a_literal_only_where_the_database_says_so() -> None:
    sql = r"select '\', :a, ' :b '"
    assert set(bind(sql, {"a": 1, "b": 2}, "postgres", Style.PERCENT)[1]) == {"a"}
    with pytest.raises(QueryRefused):
        bind(sql, {"a": 1, "b": 2}, "mysql", Style.PERCENT)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.binary()
        | st.decimals()
        | st.datetimes()
        | st.timedeltas()
        | st.uuids(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_every_value_has_a_form_in_json(value: Any) -> None:
    import orjson

    shown = plain(value)
    assert size_of(shown) > 0
    orjson.dumps(shown)


@pytest.mark.parametrize("shop", ["duckdb"], indirect=True)
@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')", "select * from read_text('/etc/hostname')", "select * from glob('/*')",
        "attach '/tmp/other.db' as o", "copy orders to '/tmp/stolen.csv'", "install httpfs", "load httpfs",
        "set enable_external_access = true", "pragma enable_external_access", "set memory_limit = '10GB'", "export database '/tmp/x'",
        "select * from 'https://example.com/x.parquet'", "reset lock_configuration",
    ],
)  # fmt: skip
async def test_duckdb_reaches_nothing_beside_its_file(linked: Linked, shop: Shop, sql: str) -> None:
    key = await linked.publish("Shop", shop.reader)
    with pytest.raises(OpsloomError) as refused:
        await linked.connections.query(linked.tenant.scope, key, sql)
    assert refused.value.status in {422, 502}


@pytest.mark.parametrize("shop", ["mysql"], indirect=True)
@pytest.mark.parametrize(
    "sql",
    [
        "select 1 into outfile '/tmp/stolen'", "select 1 /*! into outfile '/tmp/stolen' */", "select 1 /*M! into dumpfile '/tmp/x' */",
        "set session transaction read write", "set global max_connections = 1", "call mysql.x()",
        "load data local infile '/etc/passwd' into table orders",
        "do sleep(1)", "handler orders open", "lock tables orders write", "kill 1", "flush tables", "select 1; drop table orders",
    ],
)  # fmt: skip
async def test_mysql_neither_writes_files_nor_changes_its_session(linked: Linked, shop: Shop, sql: str) -> None:
    key = await linked.publish("Shop", shop.owner, pool=1)
    with pytest.raises(QueryRefused):
        await linked.connections.query(linked.tenant.scope, key, sql)
    rows = await linked.connections.query(linked.tenant.scope, key, "select @@session.tx_read_only")
    assert rows.rows == [[1]]


@pytest.mark.parametrize(
    "ending", ["into outfile '{}'", "/*! into outfile '{}' */", "/*M! into dumpfile '{}' */", "INTO\nOutFile '{}'"]
)
async def test_even_a_mysql_administrator_writes_no_file(linked: Linked, shop_mariadb: MariaDb, ending: str) -> None:
    target = shop_mariadb.folder / f"stolen-{linked.tenant.slug}"
    password = await linked.secret("root", ROOT_PASSWORD)
    config = {"type": "mysql", "host": "127.0.0.1", "port": shop_mariadb.port, "database": "mysql", "user": ROOT}
    key = await linked.publish("Root", config | {"password": password})
    with pytest.raises(QueryRefused):
        await linked.connections.query(linked.tenant.scope, key, "select 1 " + ending.format(target))
    assert not target.exists()


@pytest.mark.parametrize("shop", ["postgresql", "mysql", "sqlite", "duckdb"], indirect=True)
async def test_any_sqlalchemy_url_goes_through_the_same_doors(linked: Linked, shop: Shop) -> None:
    config: dict[str, Any] = {"type": ConnectionType.SQLALCHEMY}
    if shop.type in {"sqlite", "duckdb"}:
        config["url"] = f"{shop.type}:///{shop.reader['path']}"
    else:
        driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}[shop.type]
        config["url"] = f"{driver}://{shop.reader['user']}@127.0.0.1:{shop.reader['port']}/{shop.reader['database']}"
        config["password"] = shop.reader["password"]
    key = await linked.publish("Any", config)
    rows = await linked.connections.query(
        linked.tenant.scope, key, "select count(*) from orders where id < :n", {"n": 5}
    )
    assert rows.rows == [[4]]
    with pytest.raises(QueryRefused):
        await linked.connections.query(linked.tenant.scope, key, "delete from orders")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql://u:password@db.example/x", "invalid_input"),
        ("oracle+oracledb://u@db.example/x", "driver_unknown"),
        ("postgresql+asyncpg://u@db.example/x", "driver_unknown"),
        ("postgresql://u@db.example/x?host=/var/run", "invalid_input"),
        ("mysql+pymysql://u@db.example/x?unix_socket=/tmp/s", "invalid_input"),
        ("mysql+pymysql://u@db.example/x?read_default_file=/etc/my.cnf", "invalid_input"),
        ("postgresql:///x", "invalid_input"),
        ("postgresql://u@169.254.169.254/x", "egress_refused"),
        ("postgresql://u@db.example:0/x", "invalid_input"),
        ("sqlite:////etc/passwd", "file_refused"),
        ("sqlite:///../x.db", "file_refused"),
        ("sqlite://", "invalid_input"),
        ("sqlite:///:memory:", "file_refused"),
        ("duckdb:///md:cloud", "file_refused"),
        ("not a url at all", "invalid_input"),
    ],
)
async def test_urls_that_are_refused(linked: Linked, url: str, code: str) -> None:
    config = {"type": "sqlalchemy", "url": url}

    async def used() -> None:
        key = await linked.publish("Any", config)
        await linked.connections.query(linked.tenant.scope, key, "select 1")

    with pytest.raises(OpsloomError) as refused:
        await used()
    assert refused.value.code == code
