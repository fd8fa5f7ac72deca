"""What a scan does with a connection, in the thread that holds it: list the tables, then read them batch by batch."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from opsloom.connections.catalog.content import SampleWishes
from opsloom.connections.catalog.duckdb_reading import read_duckdb
from opsloom.connections.catalog.errors import CatalogTooLarge, ScanCancelled
from opsloom.connections.catalog.facts import Samples, TableFacts
from opsloom.connections.catalog.inspecting import Read, read_tables
from opsloom.connections.catalog.sampling import sample
from opsloom.connections.catalog.selection import Selection
from opsloom.connections.catalog.survey import Found, survey
from opsloom.connections.catalog.trouble import attempt, cause, is_lost

MAX_TABLES = 10_000


@dataclass
class Batch:
    """What came of some tables of one schema, by path; a table may have facts and, for its sample, a problem."""

    facts: dict[str, TableFacts] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    samples: dict[str, Samples] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """Every table that is taken; `problems` are schemas that could not be looked into, with the cause."""

    found: list[Found]
    problems: Mapping[str, str]


def list_tables(connection: Connection, selection: Selection) -> Listing:
    """Every table the selection takes, in order. Raises CatalogTooLarge, and SQLAlchemyError when the connection is lost."""
    inspector = sa.inspect(connection)
    dialect = connection.dialect.name
    every = _duckdb_schemas(connection) if dialect == "duckdb" else inspector.get_schema_names()
    found: list[Found] = []
    problems: dict[str, str] = {}
    for schema in selection.schemas(dialect, every, inspector.default_schema_name):
        try:
            with attempt(connection):
                found += [each for each in survey(connection, schema) if selection.takes(schema, each.name)]
        except SQLAlchemyError as error:
            if is_lost(error):
                raise
            problems[schema] = cause(error)
        if len(found) > MAX_TABLES:
            raise CatalogTooLarge(
                f"The database shows more than {MAX_TABLES:,} tables.",
                hint="Narrow the catalog with `include` and `exclude`.",
            )
    return Listing(found, problems)


def read_batch(
    connection: Connection, found: Sequence[Found], wishes: SampleWishes | None, stop: threading.Event
) -> Batch:
    """Structure and samples of tables of one schema. Raises ScanCancelled, and SQLAlchemyError when the connection is lost."""
    batch = Batch()
    schema = found[0].schema
    read = _structure(connection, schema, found, stop)
    batch.facts, batch.problems = read.facts, read.problems
    if wishes is not None:
        for path, facts in read.facts.items():
            if stop.is_set():
                raise ScanCancelled
            _sample(connection, path, facts, wishes, batch)
    return batch


def _structure(connection: Connection, schema: str, found: Sequence[Found], stop: threading.Event) -> Read:
    if connection.dialect.name == "duckdb":
        return Read(facts=read_duckdb(connection, schema, found))
    return read_tables(connection, schema, found, stop)


def _sample(connection: Connection, path: str, facts: TableFacts, wishes: SampleWishes, batch: Batch) -> None:
    try:
        with attempt(connection):
            taken = sample(connection, facts, wishes)
    except SQLAlchemyError as error:
        if is_lost(error):
            raise
        batch.problems[path] = f"No sample: {cause(error)}"
        return
    if taken is not None:
        batch.samples[path] = taken


def _duckdb_schemas(connection: Connection) -> list[str]:
    """Those of the file itself; DuckDB also lists those of its own databases."""
    rows = connection.execute(
        sa.text("select schema_name from duckdb_schemas() where database_name = current_database()")
    )
    return [name for (name,) in rows]
