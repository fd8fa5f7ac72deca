"""What a scan does with a connection, in the thread that holds it: list the tables, then read them batch by batch.

What leaves the thread is text ready to be stored: the facts of ten thousand tables as objects would be hundreds of megabytes.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from opsloom.connections.catalog.content import SampleWishes
from opsloom.connections.catalog.duckdb_reading import read_duckdb
from opsloom.connections.catalog.facts import Samples, TableFacts
from opsloom.connections.catalog.inspecting import Read, read_tables
from opsloom.connections.catalog.packing import Taken, pack
from opsloom.connections.catalog.sampling import sample
from opsloom.connections.catalog.selection import Selection
from opsloom.connections.catalog.survey import Found, survey
from opsloom.connections.catalog.trouble import attempt, cause, is_lost


@dataclass(frozen=True)
class Listing:
    """Every table that is taken; `problems` are schemas that could not be looked into, with the cause."""

    found: list[Found]
    problems: Mapping[str, str]


def list_tables(connection: Connection, selection: Selection) -> Listing:
    """Every table the selection takes, in order. Raises SQLAlchemyError when the connection is lost."""
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
    return Listing(found, problems)


def read_batch(
    connection: Connection, found: Sequence[Found], wishes: SampleWishes | None, stop: threading.Event
) -> list[Taken]:
    """Structure and samples of tables of one schema, unfinished once `stop` is set. A table that was dropped since it was
    listed is left out. Raises SQLAlchemyError when the connection is lost."""
    schema = found[0].schema
    read = _structure(connection, schema, found, stop)
    taken = []
    for each in found:
        facts, problem, samples = read.facts.get(each.path), read.problems.get(each.path), None
        if facts is not None and wishes is not None and not stop.is_set():
            samples, problem = _sample(connection, facts, wishes)
        if facts is not None or problem is not None:
            taken.append(pack(each, facts, samples, problem))
    return taken


def _structure(connection: Connection, schema: str, found: Sequence[Found], stop: threading.Event) -> Read:
    if connection.dialect.name == "duckdb":
        return Read(facts=read_duckdb(connection, schema, found))
    return read_tables(connection, schema, found, stop)


def _sample(connection: Connection, facts: TableFacts, wishes: SampleWishes) -> tuple[Samples | None, str | None]:
    """The sample, or why there is none."""
    try:
        with attempt(connection):
            return sample(connection, facts, wishes), None
    except SQLAlchemyError as error:
        if is_lost(error):
            raise
        return None, f"No sample: {cause(error)}"


def _duckdb_schemas(connection: Connection) -> list[str]:
    """Those of the file itself; DuckDB also lists those of its own databases."""
    rows = connection.execute(
        sa.text("select schema_name from duckdb_schemas() where database_name = current_database()")
    )
    return [name for (name,) in rows]
