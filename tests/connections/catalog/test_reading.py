"""Structure is read the same way from every database, whatever its tables are called."""

import threading
from collections.abc import Mapping

import pytest
from sqlalchemy import Engine
from tests.connections.catalog.databases import ODD

from opsloom.connections.catalog.facts import Family, RowCount, TableFacts, TableKind, fingerprint, path_of
from opsloom.connections.catalog.reading import Listing, list_tables, read_batch
from opsloom.connections.catalog.selection import Selection

pytestmark = [
    # The filter that the module sets is the process's; a test begins with pytest's own.
    pytest.mark.filterwarnings("ignore:Did not recognize type"),
    pytest.mark.filterwarnings("ignore:duckdb-engine doesn't yet support"),
]
ALL = ["postgresql", "mariadb", "sqlite", "duckdb"]


def listed(engine: Engine, selection: Selection = Selection()) -> Listing:  # noqa: B008
    with engine.connect() as connection, connection.begin():
        return list_tables(connection, selection)


def read(engine: Engine, selection: Selection = Selection()) -> dict[str, TableFacts]:  # noqa: B008
    facts: dict[str, TableFacts] = {}
    with engine.connect() as connection, connection.begin():
        found = list_tables(connection, selection).found
        for schema in {each.schema for each in found}:
            batch = read_batch(connection, [each for each in found if each.schema == schema], None, threading.Event())
            assert not [taken.problem for taken in batch if taken.problem]
            facts |= {taken.path: TableFacts.model_validate_json(taken.facts) for taken in batch}
    return facts


def named(facts: Mapping[str, TableFacts], name: str) -> TableFacts:
    [found] = [each for each in facts.values() if each.name == name and each.schema_name != "sales"]
    return found


@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_tables_columns_and_keys(engine: Engine) -> None:
    facts = read(engine)
    orders, customers = named(facts, "orders"), named(facts, "customers")
    assert orders.kind is TableKind.TABLE
    assert [column.name for column in orders.columns] == ["id", "customer_id", "total", "placed_at", "parent_id"]
    families = [column.family for column in orders.columns]
    assert families == [Family.INTEGER, Family.INTEGER, Family.NUMBER, Family.TIMESTAMP, Family.INTEGER]
    assert orders.primary_key == ["id"]
    assert {(tuple(key.columns), key.target, tuple(key.referred_columns)) for key in orders.foreign_keys} == {
        (("customer_id",), customers.path, ("id",)),
        (("parent_id",), orders.path, ("id",)),
    }
    assert [key.columns for key in customers.unique_keys] == [["email"]]
    assert next(index for index in orders.indexes if index.name == "orders_placed_idx").columns == [
        "placed_at",
        "total",
    ]
    nickname = customers.columns[2]
    assert nickname.nullable
    assert "none" in (nickname.default or "")
    assert not customers.columns[1].nullable
    assert named(facts, "big_orders").kind is TableKind.VIEW
    if engine.dialect.name != "sqlite":
        assert orders.comment == "What was bought"
        assert orders.columns[2].comment == "With tax"


@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_odd_names(engine: Engine) -> None:
    facts = read(engine)
    odd = named(facts, ODD)
    assert [column.name for column in odd.columns] == ["열 이름", 'a"b']
    assert odd.path == path_of(odd.schema_name, ODD)
    assert facts[odd.path] is odd
    assert [column.name for column in named(facts, "select").columns] == ["from", "group by"]


@pytest.mark.parametrize("engine", ["postgresql", "mariadb", "sqlite"], indirect=True)
def test_a_cycle_of_foreign_keys(engine: Engine) -> None:
    facts = read(engine)
    left, right = named(facts, "left_one"), named(facts, "right_one")
    assert [key.target for key in left.foreign_keys] == [right.path]
    assert [key.target for key in right.foreign_keys] == [left.path]


@pytest.mark.parametrize("engine", ["postgresql", "mariadb", "duckdb"], indirect=True)
def test_types(engine: Engine) -> None:
    typed = {column.name: column for column in named(read(engine), "typed").columns}
    wanted = {
        "m": Family.ENUM, "j": Family.JSON, "u": Family.UUID, "b": Family.BINARY, "a": Family.ARRAY, "t": Family.TIMESTAMP,
        "f": Family.NUMBER, "d": Family.DATE,
    }  # fmt: skip
    if engine.dialect.name == "mysql":
        wanted["j"] = Family.TEXT  # in MariaDB JSON is another word for longtext
    assert {name: column.family for name, column in typed.items() if name in wanted} == {
        name: family for name, family in wanted.items() if name in typed
    }
    assert typed["m"].values == ["sad", "happy"]
    if "g" in typed:
        assert typed["g"].generated
    if "p" in typed:
        assert typed["p"].type == "point", "a type that SQLAlchemy does not know keeps its name"


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_schemas_views_and_partitions_of_postgresql(engine: Engine) -> None:
    facts = read(engine)
    assert facts["public.sums"].kind is TableKind.MATERIALIZED_VIEW
    assert "public.parts" in facts
    assert "public.parts_2026" not in facts, "a partition is its table once more"
    assert [key.target for key in facts["sales.deals"].foreign_keys] == ["public.customers"]
    assert set(read(engine, Selection(include=["sales.*"]))) == {"sales.deals"}
    assert read(engine, Selection(include=["empty.*"])) == {}
    assert not {
        path
        for path in read(engine, Selection(exclude=["sales.*", "Orders"]))
        if "deals" in path or path == "public.orders"
    }


@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_a_mark_moves_exactly_when_the_structure_does(engine: Engine) -> None:
    def marks() -> dict[str, str | None]:
        return {each.name: each.mark for each in listed(engine).found if each.schema != "sales"}

    def prints() -> dict[str, str]:
        return {each.name: fingerprint(each) for each in read(engine).values() if each.schema_name != "sales"}

    def run(statement: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    first, before = marks(), prints()
    assert first["customers"] is not None
    run("insert into customers values (3, 'park@example.com', 'park')")
    if engine.dialect.name == "postgresql":
        run("analyze")
    assert marks() == first, "rows are no structure"
    assert prints() == before
    run("alter table customers add column age integer")
    run("create index customers_age_idx on customers (age)")
    second, after = marks(), prints()
    assert {name for name in second if second[name] != first[name]} == {"customers"}
    assert {name for name in after if after[name] != before[name]} == {"customers"}
    if engine.dialect.name in {"postgresql", "duckdb"}:
        run("comment on column customers.age is 'In years'")
    elif engine.dialect.name == "mysql":
        run("alter table customers modify age integer comment 'In years'")
    else:
        run("drop index customers_age_idx")
    assert marks()["customers"] != second["customers"]


@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_row_counts(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("analyze")
    rows = {each.name: each.rows for each in listed(engine).found}
    assert rows["orders"] is not None
    assert rows["orders"].value == 2
    assert rows["orders"].precision == ("exact" if engine.dialect.name == "sqlite" else "estimate")
    assert rows["big_orders"] in (None, RowCount(value=0, precision="estimate"))


@pytest.mark.parametrize("engine", ["mariadb"], indirect=True)
def test_what_cannot_be_read_costs_only_itself(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("create table soon_gone (id integer)")
        connection.exec_driver_sql("create view broken as select id from soon_gone")
        connection.exec_driver_sql("drop table soon_gone")
    with engine.connect() as connection:
        found = list_tables(connection, Selection()).found
        batch = read_batch(connection, found, None, threading.Event())
    [broken] = [taken for taken in batch if taken.problem]
    assert broken.found.name == "broken"
    assert "invalid table" in (broken.problem or "")
    assert broken.fingerprint is None
    assert broken.mark is None
    assert len(batch) == len(found)


@pytest.mark.parametrize("engine", ["mariadb"], indirect=True)
def test_reading_one_by_one_can_be_stopped(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table orders")  # leaves a view that has to be looked at by itself
    stop = threading.Event()
    stop.set()
    with engine.connect() as connection:
        found = list_tables(connection, Selection()).found
        names = {taken.found.name for taken in read_batch(connection, found, None, stop)}
    assert names == {each.name for each in found} - {"big_orders"}


@pytest.mark.parametrize("engine", ALL, indirect=True)
def test_a_table_that_was_dropped_since_is_left_out(engine: Engine) -> None:
    found = listed(engine, Selection(include=["select", "customers"])).found
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table `select`" if engine.dialect.name == "mysql" else 'drop table "select"')
    with engine.connect() as connection:
        batch = read_batch(connection, found, None, threading.Event())
    assert [(taken.found.name, taken.problem) for taken in batch] == [("customers", None)]


@pytest.mark.parametrize("engine", ["mariadb"], indirect=True)
def test_other_databases_of_a_server_are_taken_only_when_named(engine: Engine) -> None:
    own = engine.url.database
    assert {each.schema for each in listed(engine).found} == {own}
    assert listed(engine, Selection(include=["no_such_database.*"])).found == []
