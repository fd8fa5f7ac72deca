"""Connections and secrets for the generated tests: two of each, in force, with a test that was made."""

import sqlite3
from typing import TYPE_CHECKING, Any

from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Body, Door, Seeds

OPERATIONS = (
    "get_connection", "try_connection", "browse_connection", "inspect_safety", "ask_prometheus", "reset_connection_breaker",
)  # fmt: skip
SLOTS_OF = {(operation, "asset_id"): "connection" for operation in OPERATIONS} | {
    ("delete_secret", "name"): "secret",
    ("try_config", "secret"): "secret",
    ("list_sql_vocabulary", "connection"): "connection_key",
}


async def connections(door: "Door", seeds: "Seeds", core: Core) -> None:
    """A secret's name is echoed where it is asked for, so the canary is in everything else."""
    name = seeds.canary
    for n in (1, 2):
        await door.put_plain(f"/secrets/probe/{seeds.tenant.slug}-{n}", {"value": f"{name} value"})
    seeds.ids["secret"] = f"probe/{seeds.tenant.slug}-1"
    folder = (core.settings.files_dir or core.settings.data_dir / "files") / seeds.tenant.slug
    folder.mkdir(parents=True, exist_ok=True)
    made = sqlite3.connect(folder / "connected.db")
    made.execute(f'create table "t_{seeds.tenant.slug}" (id integer primary key, "{name}" text)')
    made.close()
    service = {
        "type": "http",
        "url": f"https://{name}.example/",
        "auth": {"type": "bearer", "token": {"secret": seeds.ids["secret"]}},
    }
    for config in (service, {"type": "sqlite", "path": "connected.db"}):
        content = {"description": name, "config": config}
        asset = await door.post(
            "/assets", {"kind": "connection", "name": f"{name} {config['type']}", "content": content}
        )
        await door.post(f"/assets/{asset['id']}/publish", {"comment": name}, status=200)
    tested = await door.post(f"/connections/{asset['id']}/test", {}, status=200)
    assert tested["ok"], tested
    seeds.ids["connection"], seeds.ids["connection_key"] = asset["id"], asset["key"]


def config_body(ids: dict[str, str]) -> dict[str, Any]:
    """A test that names a secret of the vault."""
    auth = {"type": "bearer", "token": {"secret": ids["secret"]}}
    return {"config": {"type": "http", "url": "https://probe.invalid/", "auth": auth}}


BODIES: "dict[str, Body]" = {"try_config": config_body}
