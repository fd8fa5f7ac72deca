"""What was stored before the registry knew keys and links is brought along."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from assets.conftest import rule_content
from opsloom.assets.content import content_hash
from opsloom.infra.db import bootstrap, migrate
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.infra.db.schema import MIGRATIONS
from opsloom.kit.ids import new_id

NAME = "opsloom_older"


@pytest.fixture
def older(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Dsn]:
    """A database as the version before left it."""
    copied = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copied, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (copied / "versions").glob("[0-9]*"):
        if path.name.split("_")[0] >= "0009":
            path.unlink()
    owner = bootstrap.bootstrap_embedded(postgres.dsn, NAME)
    migrate.upgrade(owner, copied)
    yield owner
    with psycopg.connect(**postgres.dsn.psycopg(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(NAME)))


def store(connection: psycopg.Connection, tenant: UUID, kind: str, name: str, versions: list[Any], draft: Any) -> UUID:
    """An asset as the tables held it."""
    asset = new_id()
    connection.execute(
        "insert into assets values (%s, %s, %s, %s, %s, 'published', %s, 3, %s, now(), 'x', now(), 'x')",
        (tenant, asset, kind, name, name, json.dumps(draft), len(versions)),
    )
    for number, content in enumerate(versions, 1):
        connection.execute(
            "insert into asset_versions values (%s, %s, %s, %s, %s, %s, '', now(), 'x')",
            (tenant, asset, number, name, json.dumps(content), content_hash(content)),
        )
    return asset


def test_ids_become_keys_in_drafts_and_links_everywhere(older: Dsn, postgres: EmbeddedPostgres) -> None:
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=NAME)
    tenant = new_id()
    with psycopg.connect(**superuser.psycopg()) as connection:
        channel = store(connection, tenant, "channel", "on-call", [{"config": {"type": "in_app"}}], {})
        by_id, by_name = rule_content(str(channel)), rule_content("on-call", "gone")
        rule = store(connection, tenant, "rule", "busy", [by_name, by_id], by_id)
        stranger = store(connection, new_id(), "rule", "foreign", [by_id], by_id)
        api = {"path": "x", "output": [{"name": "one", "type": "int4"}]}
        served = store(connection, tenant, "api", "served", [api], {"path": "x", "output": None})
    migrate.upgrade(older)
    with psycopg.connect(**superuser.psycopg()) as connection:
        query = "select version, position, target_key, pointer from asset_links where source_id = %s order by 1, 2"
        assert connection.execute(query, (rule,)).fetchall() == [
            (0, 0, "on-call", "/actions/0/channel"),
            (1, 0, "on-call", "/actions/0/channel"),
            (1, 1, "gone", "/actions/1/channel"),
            (2, 0, "on-call", "/actions/0/channel"),
        ]
        assert connection.execute(query, (stranger,)).fetchall()[0][2] == str(channel), "an id of another tenant"
        row = connection.execute(
            "select draft, draft_hash, latest_version from assets where id = %s", (rule,)
        ).fetchone()
        assert row is not None
        assert row[0]["actions"][0]["channel"] == "on-call"
        assert (row[1], row[2]) == (content_hash(row[0]), 2)
        kept = connection.execute("select content from asset_versions where asset_id = %s and version = 2", (rule,))
        assert kept.fetchone() == (by_id,), "versions are never rewritten"
        same = connection.execute("select draft_hash = published_hash from assets where id = %s", (served,))
        assert same.fetchone() == (True,), "what publication derives is no difference"
        forced = "select bool_and(relforcerowsecurity) from pg_class where relname in ('assets', 'asset_versions', 'asset_links')"
        assert connection.execute(forced).fetchone() == (True,)
