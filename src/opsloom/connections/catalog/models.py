"""Tables of catalogs. `catalog_tables` always holds what one whole scan found; a scan that did not end leaves it alone."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class ScanStatus(StrEnum):
    """Where a scan is. `interrupted`: the process that ran it is gone; nobody knows how far it would have come."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


LIVE = (ScanStatus.QUEUED, ScanStatus.RUNNING)


class CatalogScan(TenantRow, Base):
    """One scan. `version` is that of the catalog's content (0: its draft); `seen_at` is the last sign of life of a running
    one; `problems` holds schemas that could not be looked into, with the cause."""

    __tablename__ = "catalog_scans"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "catalog_id"], ["assets.tenant_id", "assets.id"]),
        Index(
            "catalog_scans_live_key",
            "tenant_id",
            "catalog_id",
            unique=True,
            postgresql_where=text("status in ('queued', 'running')"),
        ),
        Index("catalog_scans_catalog_idx", "tenant_id", "catalog_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    catalog_id: Mapped[UUID]
    version: Mapped[int]
    connection: Mapped[str]
    whole: Mapped[bool]
    status: Mapped[str]
    requested_at: Mapped[datetime]
    requested_by: Mapped[str]
    started_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    tables_total: Mapped[int]
    tables_done: Mapped[int]
    tables_read: Mapped[int]
    tables_failed: Mapped[int]
    code: Mapped[str | None]
    cause: Mapped[str | None]
    problems: Mapped[dict[str, str]] = mapped_column(JSONB)
    diff: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True, deferred_raiseload=True)


class CatalogTable(TenantRow, Base):
    """One table as last read. `mark` tells whether it has changed since; `problem` is why something of it is missing;
    `scan_id` is the scan that read it."""

    __tablename__ = "catalog_tables"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "catalog_id"], ["assets.tenant_id", "assets.id"]),)

    catalog_id: Mapped[UUID] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    scan_id: Mapped[UUID]
    schema_name: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    comment: Mapped[str | None]
    columns: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rows: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    samples: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    mark: Mapped[str | None]
    fingerprint: Mapped[str | None]
    problem: Mapped[str | None]
    search: Mapped[str]
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    read_at: Mapped[datetime]
