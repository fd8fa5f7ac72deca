"""Scanned schemas of connections, and the scans themselves."""

from migrations.tenancy import isolate, script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
create table catalog_scans (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    catalog_id uuid not null,
    version bigint not null,                -- of the catalog's content; 0: its draft
    connection text not null,
    whole boolean not null,                 -- read every table, changed or not
    status text not null,
    requested_at timestamptz not null,
    requested_by text not null,
    started_at timestamptz,
    seen_at timestamptz,
    finished_at timestamptz,
    cancelled_by text,
    tables_total bigint not null,
    tables_done bigint not null,
    tables_read bigint not null,
    tables_failed bigint not null,
    code text,
    cause text,
    problems jsonb not null,
    diff jsonb,
    primary key (tenant_id, id),
    foreign key (tenant_id, catalog_id) references assets (tenant_id, id)
);
-- One scan at a time for each catalog.
create unique index catalog_scans_live_key on catalog_scans (tenant_id, catalog_id) where status in ('queued', 'running');
create index catalog_scans_catalog_idx on catalog_scans (tenant_id, catalog_id, id);

create table catalog_tables (
    tenant_id uuid not null references tenants (id),
    catalog_id uuid not null,
    path text collate "C" not null,         -- schema.table
    scan_id uuid not null,
    schema_name text not null,
    name text not null,
    kind text not null,
    comment text,
    columns bigint not null,
    facts jsonb not null,
    rows jsonb,
    samples jsonb,
    mark text,
    fingerprint text,
    problem text,
    search text not null,
    first_seen_at timestamptz not null,
    changed_at timestamptz not null,
    read_at timestamptz not null,
    primary key (tenant_id, catalog_id, path),
    foreign key (tenant_id, catalog_id) references assets (tenant_id, id)
);
"""


def upgrade() -> None:
    """Tables are what the last whole scan found; they are replaced, never versioned."""
    script(TABLES)
    isolate("catalog_scans")
    isolate("catalog_tables")
