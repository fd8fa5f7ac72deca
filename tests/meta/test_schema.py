"""The typed models and the migrated database say the same, and history is one line."""

import importlib
import pkgutil
import re
import warnings

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

import opsloom
from opsloom.infra.db import Base
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.schema import MIGRATIONS, heads

# Tables whose SQL is written by hand beside their repository, or that belong to a library.
WITHOUT_MODEL = frozenset({"alembic_version", "leases", "stream_messages", "tenant_keys", "workflow_runners"})


def load_models() -> None:
    """Import every domain's tables."""
    for module in pkgutil.walk_packages(opsloom.__path__, "opsloom."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)


def compared(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Partitions follow their parent; the queue's tables are procrastinate's own."""
    if kind != "table" or not reflected or name is None:
        return True
    outside = name in WITHOUT_MODEL or name.startswith("procrastinate") or re.search(r"_\d{8}$", name)
    return name in Base.metadata.tables or not outside


def test_models_and_migrations_agree(owner_dsn: Dsn) -> None:
    load_models()
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(**owner_dsn.psycopg()), poolclass=NullPool
    )
    options = {"include_object": compared, "compare_type": True, "compare_server_default": False}
    with engine.connect() as connection, warnings.catch_warnings():
        # SQLAlchemy does not know xid8 and compares such columns by name alone.
        warnings.filterwarnings("ignore", "Did not recognize type 'xid8'")
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    # Indexes and constraints stand in the migrations alone, where their reasons are; the models name columns and keys.
    kinds = {"add_table", "remove_table", "add_column", "remove_column", "modify_type", "modify_nullable"}
    flat = [one for each in differences for one in (each if isinstance(each, list) else [each])]
    assert [one for one in flat if one[0] in kinds] == []


def test_history_has_one_head() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    assert heads() == script.get_heads()
    assert len(script.get_bases()) == 1
