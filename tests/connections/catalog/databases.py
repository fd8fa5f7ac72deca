"""The same shop in four databases: keys, comments, a view, a cycle, and names that need quoting."""

from collections.abc import Sequence

from sqlalchemy import Engine

ODD = 'Groß "quoted" 100% 주문.v1'
"""A table name with a quote, blanks, a dot, a percent sign and two scripts."""

_SHOP = (
    "create table customers (id integer primary key, email varchar(200) not null, nickname varchar(40) default 'none', "
    "constraint customers_email_key unique (email))",
    "create table orders (id integer primary key, customer_id integer not null references customers (id), "
    "total numeric(10,2), placed_at timestamp, parent_id integer references orders (id))",
    "create index orders_placed_idx on orders (placed_at, total)",
    "create view big_orders as select id, total from orders where total > 100",
    'create table "select" ("from" integer primary key, "group by" varchar(10))',
    "insert into customers values (1, 'kim@example.com', 'kim'), (2, 'lee@example.com', null)",
    "insert into orders values (10, 1, 19.90, '2026-01-02 03:04:05', null)",
    "insert into orders values (11, 2, 250.00, '2026-01-03 00:00:00', 10)",
)
_ODD = f'create table "{ODD.replace(chr(34), chr(34) * 2)}" ("열 이름" integer primary key, "a""b" varchar(5))'
_CYCLE = (
    "create table left_one (id integer primary key, right_id integer)",
    "create table right_one (id integer primary key, left_id integer references left_one (id))",
)
_COMMENTS = (
    "comment on table orders is 'What was bought'",
    "comment on column orders.total is 'With tax'",
)

POSTGRES = (
    "create type mood as enum ('sad', 'happy')",
    *_SHOP,
    _ODD,
    *_CYCLE,
    "alter table left_one add foreign key (right_id) references right_one (id)",
    *_COMMENTS,
    "create table typed (m mood, j jsonb, u uuid, b bytea, a integer[], t timestamptz, f double precision, ok boolean, "
    "n inet, d date, g integer generated always as identity)",
    "create materialized view sums as select sum(total) as total from orders",
    "create table parts (at date not null, v integer) partition by range (at)",
    "create table parts_2026 partition of parts for values from ('2026-01-01') to ('2027-01-01')",
    "create schema sales",
    "create table sales.deals (id bigint primary key, customer_id integer references public.customers (id))",
    "create schema empty",
)
MARIADB = tuple(
    statement.replace('"', "`").replace("a``b", 'a"b').replace("``quoted``", '"quoted"')
    for statement in (
        *_SHOP[:1],
        "create table orders (id integer primary key, customer_id integer not null, total numeric(10,2) comment 'With tax', "
        "placed_at timestamp null, parent_id integer, constraint orders_customer_fk foreign key (customer_id) "
        "references customers (id), foreign key (parent_id) references orders (id)) comment 'What was bought'",
        *_SHOP[2:],
        _ODD,
        _CYCLE[0],
        "create table right_one (id integer primary key, left_id integer, foreign key (left_id) references left_one (id))",
        "alter table left_one add foreign key (right_id) references right_one (id)",
        "create table typed (m enum('sad', 'happy'), j json, b blob, t datetime(3), f double, ok tinyint(1), d date, p point)",
    )
)
SQLITE = (
    *_SHOP,
    _ODD,
    "create table left_one (id integer primary key, right_id integer references right_one (id))",
    _CYCLE[1],
)
DUCKDB = (
    *_SHOP,
    _ODD,
    *_COMMENTS,
    "create table typed (m enum('sad', 'happy'), j json, u uuid, b blob, a integer[], t timestamptz, f double, "
    "ok boolean, d date, s struct(x integer))",
)


def fill(engine: Engine, statements: Sequence[str]) -> None:
    """Run them one by one."""
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(
                statement.replace("%", "%%") if engine.dialect.paramstyle in {"format", "pyformat"} else statement
            )
