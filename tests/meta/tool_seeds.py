"""Tools for the generated tests: one published, with two cases and two runs, the canary in every text."""

import json
from typing import TYPE_CHECKING, Any

from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Body, Door, Seeds

OPERATIONS = (
    "run_tool", "list_tool_runs", "list_tool_cases", "create_tool_case", "run_tool_cases", "save_tool_case",
    "delete_tool_case",
)  # fmt: skip
SLOTS_OF = {(operation, "asset_id"): "tool" for operation in OPERATIONS} | {
    ("run_tool_cases", "case_ids"): "tool_case",
    ("make_tool_from_api", "api"): "api_key",
    ("read_openapi", "connection"): "web_connection",
    ("apply_openapi", "connection"): "web_connection",
}
DOCUMENT = json.dumps(
    {"openapi": "3.1.0", "info": {"title": "probe", "version": "1"}, "paths": {"/x": {"get": {"operationId": "x"}}}}
)


def case(name: str) -> dict[str, Any]:
    """A case that passes."""
    return {"name": name, "arguments": {"note": name}, "expectation": {"type": "contains", "value": {"row_count": 1}}}


BODIES: "dict[str, Body]" = {
    "make_tool_from_api": lambda ids: {"api": ids["api"], "name": "probe"},
    "create_tool_case": lambda _ids: case("probe"),
    "save_tool_case": lambda _ids: case("probe"),
    "read_openapi": lambda ids: {"connection": ids["connection"], "path": "x"},
    "apply_openapi": lambda ids: {
        "document": DOCUMENT,
        "connection": ids["connection"],
        "operations": ["x"],
        "make": "tool",
    },
}


async def tools(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """A tool of its own logic, and the keys of what others were made of."""
    name = seeds.canary
    content = {
        "description": name,
        "when_to_use": name,
        "input_schema": {"type": "object", "properties": {"note": {"type": "string", "description": name}}},
        "logic": {"type": "sql", "sql": f"select '{name}' as note, :note::text as given"},
    }
    made = await door.post("/assets", {"kind": "tool", "name": f"{name} tool", "content": content})
    seeds.ids["tool"] = made["id"]
    await door.post(f"/assets/{made['id']}/publish", {"comment": name}, status=200)
    for at in (1, 2):
        saved = await door.post(f"/tools/{made['id']}/cases", case(f"{name} {at}"))
        await door.post(f"/tools/{made['id']}/run", {"arguments": {"note": name}}, status=200)
    seeds.ids["tool_case"] = saved["id"]
    ran = await door.post(f"/tools/{made['id']}/cases/run", {}, status=200)
    assert ran["passed"] == 2, ran
    logic = {"type": "sql", "sql": f"select '{name}' as note"}
    seeds.ids["api_key"] = await keyed(
        door, seeds, "api", {"path": f"tool/{name}", "description": name, "logic": logic}
    )
    config = {"type": "http", "url": f"https://{name}.example"}
    seeds.ids["web_connection"] = await keyed(door, seeds, "connection", {"config": config})


async def keyed(door: "Door", seeds: "Seeds", kind: str, content: dict[str, Any]) -> str:
    """A published asset whose key, which a refusal echoes, has no canary in it."""
    key = f"{kind}-{seeds.tenant.slug}"
    made = await door.post("/assets", {"kind": kind, "name": f"{seeds.canary} keyed", "key": key, "content": content})
    await door.post(f"/assets/{made['id']}/publish", {"comment": seeds.canary}, status=200)
    return key
