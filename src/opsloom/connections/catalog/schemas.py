"""What goes over the wire for catalogs. `words` are those of the draft, which is what people edit."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from opsloom.connections.catalog.content import Description, Synonyms
from opsloom.connections.catalog.diff import Diff
from opsloom.connections.catalog.facts import Column, ForeignKey, Index, RowCount, Samples, TableKind, UniqueKey
from opsloom.connections.catalog.models import ScanStatus
from opsloom.connections.catalog.words import Orphan
from opsloom.kit.model import Shown, Wire


class ScanRequest(Wire):
    """`whole`: also read tables that have not changed since the last scan."""

    whole: bool = False


class SchemaProblem(Shown):
    """A schema that could not be looked into."""

    schema_name: str
    cause: str


class ScanShown(Shown):
    """A scan and how far it is. `version` is that of the catalog's content, 0 its draft; of `tables_total` tables
    `tables_read` had to be read, the others have not changed; `tables_failed` could not be read or sampled."""

    id: UUID
    catalog_id: UUID
    status: ScanStatus
    version: int
    connection: str
    whole: bool
    requested_at: datetime
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None
    cancelled_by: str | None
    tables_total: int
    tables_done: int
    tables_read: int
    tables_failed: int
    code: str | None
    cause: str | None
    problems: list[SchemaProblem]


class DiffShown(Diff):
    """What a scan found changed since the one before it (`against`, none for the first)."""

    scan_id: UUID
    against: UUID | None


class CatalogOverview(Shown):
    """Where a catalog stands. `current` is the scan that waits or runs, `last` the one the facts are from; `enabled` counts
    tables; `orphans` are words whose table or column is gone."""

    id: UUID
    key: str
    name: str
    connection: str
    current: ScanShown | None
    last: ScanShown | None
    tables: int
    columns: int
    enabled: int
    problems: int
    orphans: list[Orphan]


class TableShown(Shown):
    """A table in a list. `problem` is why its facts or its sample are missing or old."""

    path: str
    schema_name: str
    name: str
    kind: TableKind
    comment: str | None
    columns: int
    rows: RowCount | None
    problem: str | None
    enabled: bool
    description: Description
    synonyms: Synonyms
    first_seen_at: datetime
    changed_at: datetime
    read_at: datetime


class ColumnShown(Column):
    """A column with its words. `references` are the tables that a foreign key over it leads to."""

    primary: bool
    references: list[str]
    enabled: bool
    description: Description
    synonyms: Synonyms


class ReferencedBy(Shown):
    """A foreign key of another table that leads here."""

    table: str
    columns: list[str]
    referred_columns: list[str]


class TableStructure(Shown):
    """Columns and keys of one table."""

    columns: list[ColumnShown]
    primary_key: list[str]
    unique_keys: list[UniqueKey]
    foreign_keys: list[ForeignKey]
    referenced_by: list[ReferencedBy]
    indexes: list[Index]


class TableDetail(TableShown):
    """A table with everything known of it."""

    structure: TableStructure
    samples: Samples | None


class DiagramColumn(Shown):
    name: str
    type: str
    primary: bool
    foreign: bool


class DiagramTable(Shown):
    """`chosen`: it was asked for, not added as a neighbour. Columns beyond the first 40 are counted, not shown."""

    path: str
    kind: TableKind
    enabled: bool
    chosen: bool
    columns: list[DiagramColumn]
    more_columns: int


class DiagramEdge(Shown):
    """A foreign key: `columns` of `source` refer to `referred_columns` of `target`."""

    source: str
    target: str
    name: str | None
    columns: list[str]
    referred_columns: list[str]


class DiagramShown(Shown):
    """`missing` were asked for and are not in the catalog; `truncated`: there is more than `limit`."""

    tables: list[DiagramTable]
    edges: list[DiagramEdge]
    missing: list[str] = Field(default_factory=list)
    truncated: bool
