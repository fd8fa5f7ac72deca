"""Shapes of the routes that help people write SQL: layout, plans, drawings, and what there is to name."""

from typing import Annotated

from pydantic import Field, StringConstraints

from opsloom.apis.logic import Key, SqlLogic
from opsloom.apis.params import Parameter
from opsloom.apis.schemas import Limits
from opsloom.apis.sql.drawing.model import Drawing
from opsloom.kit.model import Shown, StorableJson, Text, Wire

SqlText = Annotated[Text, StringConstraints(min_length=1, max_length=50_000)]


class SqlRequest(Wire):
    """SQL for a connection, or for Opsloom's own data."""

    sql: SqlText
    connection: Key | None = None


class SqlShown(Shown):
    sql: str


class DrawingRequest(Wire):
    """A drawing to be written in the words of a connection's database."""

    drawing: Drawing
    connection: Key | None = None


class DrawingShown(Shown):
    """The drawing of a query; without one, `reason` says in a word why, and `line` and `column` where."""

    drawing: Drawing | None = None
    reason: str | None = None
    line: int = 1
    column: int = 1


class PlanRequest(Wire):
    """A query whose plan is asked for; with `analyze` it runs, within the limits, and changes nothing. Values that are not
    given are made up where the query does not run."""

    logic: SqlLogic
    parameters: list[Parameter] = Field(default_factory=list, max_length=100)
    values: dict[str, StorableJson] = Field(default_factory=dict)
    limits: Limits = Limits()
    analyze: bool = False


class Said(Shown):
    """People's words in each language."""

    en: str = ""
    ko: str = ""


class NamedColumn(Shown):
    name: str
    type: str
    comment: str = ""
    description: Said = Said()
    synonyms: list[str] = Field(default_factory=list)


class NamedKey(Shown):
    """`columns` refer to `referred_columns` of the table `target`, written as `schema.table`."""

    columns: list[str]
    target: str
    referred_columns: list[str]


class NamedTable(Shown):
    schema_name: str
    name: str
    comment: str = ""
    description: Said = Said()
    synonyms: list[str] = Field(default_factory=list)
    columns: list[NamedColumn]
    foreign_keys: list[NamedKey] = Field(default_factory=list)


class VocabularyShown(Shown):
    """What SQL may name. `cataloged`: somebody has published a catalog of the connection; without one there are no tables."""

    dialect: str
    cataloged: bool
    tables: list[NamedTable]
    functions: list[str]
