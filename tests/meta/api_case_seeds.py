"""APIs for the generated tests, and two of their cases that passed, the canary in every text."""

from typing import TYPE_CHECKING, Any

from opsloom.apis.run_log import RunLog
from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Body, Door, Seeds

SLOTS_OF = {
    ("run_api_cases", "case_ids"): "api_case",
    ("save_api_case", "case_id"): "api_case",
    ("delete_api_case", "case_id"): "api_case",
}


def case(name: str) -> dict[str, Any]:
    """A case that passes."""
    matchers = [{"type": "rows", "minimum": 0}, {"type": "contains", "value": []}]
    return {"name": name, "parameters": {}, "expectation": {"matchers": matchers}}


def api(_ids: dict[str, str]) -> dict[str, Any]:
    """An API whose path is nobody's."""
    return {"name": "probe", "path": "probe/made", "logic": {"type": "sql", "sql": "select 1 as one"}}


BODIES: "dict[str, Body]" = {
    "create_api": api,
    "save_api": api,
    "create_api_case": lambda _ids: case("probe"),
    "save_api_case": lambda _ids: case("probe"),
}


async def apis(door: "Door", seeds: "Seeds", core: Core) -> None:
    """Two published APIs; one has two versions and two runs."""
    name = seeds.canary
    for n in (1, 2):
        logic = {"type": "sql", "sql": f"select name, '{name}' as note from data.items"}
        body = {"name": f"{name} {n}", "path": f"probe/{name}-{n}", "description": name, "logic": logic}
        made = await door.post("/apis", body)
        await door.post(f"/apis/{made['id']}/publish", {"comment": name}, status=200)
    seeds.ids["api"] = made["id"]
    body["description"] = f"{name} again"
    await door.put(f"/apis/{made['id']}", body, revision=made["revision"])
    await door.post(f"/apis/{made['id']}/publish", {"comment": name}, status=200)
    for _ in range(2):
        await door.post(f"/apis/{made['id']}/run", {"parameters": {}, "version": 2}, status=200)
    await core.part(RunLog).flush()
    await door.put_plain("/api-runs/keeping", {"days": 9})
    seeds.ids["api_run"] = (await door.get("/api-runs?limit=1"))["items"][0]["id"]


async def cases(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """Cases of the seeded API, run on its draft."""
    api = seeds.ids["api"]
    for at in (1, 2):
        saved = await door.post(f"/apis/{api}/cases", case(f"{seeds.canary} {at}"))
    seeds.ids["api_case"] = saved["id"]
    ran = await door.post(f"/apis/{api}/cases/run", {}, status=200)
    assert ran["passed"] == 2, ran
