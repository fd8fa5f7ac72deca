"""A catalogued database for the generated tests: a file with two tables, scanned twice."""

import sqlite3
from typing import TYPE_CHECKING

from opsloom.connections.catalog import jobs
from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

OPERATIONS = (
    "get_catalog", "start_catalog_scan", "list_catalog_scans", "get_catalog_scan", "cancel_catalog_scan",
    "get_catalog_scan_diff", "list_catalog_tables", "get_catalog_table", "get_catalog_diagram",
)  # fmt: skip
SLOTS_OF = {(operation, "asset_id"): "catalog" for operation in OPERATIONS}


async def catalogs(door: "Door", seeds: "Seeds", core: Core) -> None:
    """Table names are echoed where they are asked for, so the canary is in everything else."""
    name, table = seeds.canary, f"t_{seeds.tenant.slug}"
    folder = (core.settings.files_dir or core.settings.data_dir / "files") / seeds.tenant.slug
    folder.mkdir(parents=True, exist_ok=True)
    made = sqlite3.connect(folder / "probe.db")
    made.execute(f'create table "{table}" (id integer primary key, "{name}" text)')
    made.execute(f'create table "{table}_two" (id integer primary key, other integer references "{table}" (id))')
    made.execute(f'insert into "{table}" values (1, ?)', (name,))
    made.commit()
    made.close()
    connection = {"config": {"type": "sqlite", "path": "probe.db"}}
    asset = await door.post("/assets", {"kind": "connection", "name": f"{name} file", "content": connection})
    await door.post(f"/assets/{asset['id']}/publish", {"comment": name}, status=200)
    words = {"description": {"en": name, "ko": name}, "synonyms": {"en": [name], "ko": [name]}}
    content = {"connection": asset["key"], "samples": {"rows": 2}, "tables": {f"main.{table}": words}}
    catalog = await door.post("/assets", {"kind": "catalog", "name": f"{name} catalog", "content": content})
    await door.post(f"/assets/{catalog['id']}/publish", {"comment": name}, status=200)
    for _ in range(2):
        scan = await door.post(f"/catalogs/{catalog['id']}/scans", {}, status=202)
        await jobs.scan(core, tenant_id=str(seeds.tenant.id), catalog_id=catalog["id"], scan_id=scan["id"])
    shown = await door.get(f"/catalogs/{catalog['id']}/scans/{scan['id']}")
    assert shown["status"] == "succeeded", shown
    seeds.ids |= {"catalog": catalog["id"], "scan": scan["id"], "table": f"main.{table}"}
