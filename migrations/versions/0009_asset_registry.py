"""The registry grows: links, reviews, faults, saved views, tags, protection.

What is stored already is brought along: hashes of drafts and versions in force, and the links of rules to channels. Drafts
that name a channel by its id get its key instead; versions are never rewritten, so their links alone are translated.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import isolate

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Declared immutable, as a generated column wants it: joining texts depends on nothing but them.
WORDS = """
create function asset_words(name text, slug text, description text, tags text[]) returns text
language sql immutable parallel safe
as $$ select lower(name || ' ' || slug || ' ' || description || ' ' || array_to_string(tags, ' ')) $$
"""
ASSETS = """
alter table assets
    add column description text not null default '',
    add column tags text[] not null default '{}',
    add column protected boolean not null default false,
    add column draft_hash text not null default '',
    add column published_hash text,
    add column published_name text,
    add column latest_version bigint not null default 0,
    add column draft_by uuid,
    add column words text not null generated always as (asset_words(name, slug, description, tags)) stored
"""
LINKS = """
create table asset_links (
    tenant_id uuid not null,
    source_id uuid not null,
    version bigint not null,
    position bigint not null,
    in_force boolean not null default false,
    target_kind text not null,
    target_key text not null,
    role text not null,
    pointer text not null,
    needs text[] not null,
    primary key (tenant_id, source_id, version, position),
    foreign key (tenant_id, source_id) references assets (tenant_id, id)
)
"""
FAULTS = """
create table asset_faults (
    tenant_id uuid not null,
    asset_id uuid not null,
    version bigint not null,
    cause text not null,
    since timestamptz not null,
    seen_at timestamptz not null,
    times bigint not null,
    primary key (tenant_id, asset_id),
    foreign key (tenant_id, asset_id) references assets (tenant_id, id)
)
"""
REVIEWS = """
create table asset_reviews (
    tenant_id uuid not null,
    id uuid not null,
    asset_id uuid not null,
    content_hash text not null,
    draft_revision bigint not null,
    state text not null check (state in ('requested', 'approved', 'rejected', 'withdrawn')),
    comment text not null,
    requested_at timestamptz not null,
    requested_by text not null,
    requested_by_id uuid,
    primary key (tenant_id, id),
    foreign key (tenant_id, asset_id) references assets (tenant_id, id)
)
"""
VERDICTS = """
create table asset_review_verdicts (
    tenant_id uuid not null,
    review_id uuid not null,
    user_id uuid not null,
    user_name text not null,
    approves boolean not null,
    comment text not null,
    at timestamptz not null,
    primary key (tenant_id, review_id, user_id),
    foreign key (tenant_id, review_id) references asset_reviews (tenant_id, id)
)
"""
VIEWS = """
create table asset_views (
    tenant_id uuid not null,
    id uuid not null,
    owner_id uuid not null,
    owner_name text not null,
    name text not null,
    filters jsonb not null,
    shared boolean not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id)
)
"""
INDEXES = (
    "create index assets_changed_idx on assets (tenant_id, updated_at desc, id desc)",
    "create index assets_name_idx on assets (tenant_id, kind, lower(name))",
    "create index asset_links_target_idx on asset_links (tenant_id, target_kind, target_key, source_id)"
    " where in_force or version = 0",
    "create index asset_reviews_asset_idx on asset_reviews (tenant_id, asset_id, id)",
    "create unique index asset_reviews_open_key on asset_reviews (tenant_id, asset_id) where state = 'requested'",
    "create unique index asset_views_name_key on asset_views (tenant_id, owner_id, lower(name))",
)
TABLES = ("assets", "asset_versions", "asset_links")
# What publication works out itself and people do not write; it takes no part in comparing.
DERIVED: Mapping[str, tuple[str, ...]] = {"api": ("output",)}


def upgrade() -> None:
    """Row security is lifted for the owner while what is stored is brought along; the transaction holds the tables."""
    for statement in (WORDS, ASSETS, LINKS, FAULTS, REVIEWS, VERDICTS, VIEWS, *INDEXES):
        op.execute(statement)
    isolate("asset_links")
    isolate("asset_faults")
    isolate("asset_reviews", delete=False)
    isolate("asset_review_verdicts", update=False, delete=False)
    isolate("asset_views")
    for table in TABLES:
        op.execute(f"alter table {table} no force row level security")
    connection = op.get_bind()
    _name_channels_by_key(connection)
    _fill_hashes(connection)
    _fill_links(connection)
    for table in TABLES:
        op.execute(f"alter table {table} force row level security")


def _name_channels_by_key(connection: sa.Connection) -> None:
    keys = _channel_keys(connection)
    for row in connection.execute(sa.text("select tenant_id, id, draft from assets where kind = 'rule'")).all():
        changed = False
        for action in row.draft.get("actions", []):
            key = keys.get((row.tenant_id, action.get("channel")))
            if key is not None:
                action["channel"], changed = key, True
        if changed:
            update = sa.text("update assets set draft = cast(:draft as jsonb) where tenant_id = :tenant and id = :id")
            values = {"tenant": row.tenant_id, "id": row.id, "draft": json.dumps(row.draft, ensure_ascii=False)}
            connection.execute(update, values)


def _fill_hashes(connection: sa.Connection) -> None:
    found = connection.execute(
        sa.text(
            """
            select a.tenant_id, a.id, a.kind, a.draft, v.content, v.name as published_name,
                   (select coalesce(max(n.version), 0) from asset_versions n
                    where n.tenant_id = a.tenant_id and n.asset_id = a.id) as latest
            from assets a
            left join asset_versions v
                on v.tenant_id = a.tenant_id and v.asset_id = a.id and v.version = a.published_version
            """
        )
    )
    update = sa.text(
        "update assets set draft_hash = :draft, published_hash = :published, published_name = :name, latest_version = :latest"
        " where tenant_id = :tenant and id = :id"
    )
    for row in found.all():
        values = {
            "tenant": row.tenant_id,
            "id": row.id,
            "draft": _hash(row.kind, row.draft),
            "published": None if row.content is None else _hash(row.kind, row.content),
            "name": row.published_name,
            "latest": row.latest,
        }
        connection.execute(update, values)


def _fill_links(connection: sa.Connection) -> None:
    keys = _channel_keys(connection)
    drafts = sa.text("select tenant_id, id, 0 as version, draft as content from assets where kind = 'rule'")
    versions = sa.text(
        "select v.tenant_id, v.asset_id as id, v.version, v.content from asset_versions v"
        " join assets a on a.tenant_id = v.tenant_id and a.id = v.asset_id where a.kind = 'rule'"
    )
    insert = sa.text(
        "insert into asset_links (tenant_id, source_id, version, position, target_kind, target_key, role, pointer, needs)"
        " values (:tenant, :id, :version, :position, 'channel', :key, 'notifies', :pointer, '{}')"
    )
    for query in (drafts, versions):
        for row in connection.execute(query).all():
            for position, channel in _channels_of(row.content):
                key = keys.get((row.tenant_id, channel), channel)
                values = {"tenant": row.tenant_id, "id": row.id, "version": row.version, "position": position}
                connection.execute(insert, values | {"key": key, "pointer": f"/actions/{position}/channel"})
    connection.execute(
        sa.text(
            "update asset_links l set in_force = true from assets a"
            " where a.tenant_id = l.tenant_id and a.id = l.source_id and a.published_version = l.version"
        )
    )


def _channels_of(content: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    for position, action in enumerate(content.get("actions", [])):
        if isinstance(action.get("channel"), str):
            yield position, action["channel"]


def _channel_keys(connection: sa.Connection) -> dict[tuple[Any, str | None], str]:
    rows = connection.execute(sa.text("select tenant_id, id, slug from assets where kind = 'channel'")).all()
    return {(row.tenant_id, str(row.id)): row.slug for row in rows}


def _hash(kind: str, content: Mapping[str, Any]) -> str:
    written = {name: value for name, value in content.items() if name not in DERIVED.get(kind, ())}
    text = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
