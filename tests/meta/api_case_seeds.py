"""Saved cases of APIs for the generated tests: two that passed, the canary in every text."""

from typing import TYPE_CHECKING, Any

from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

SLOTS_OF = {
    ("run_api_cases", "case_ids"): "api_case",
    ("save_api_case", "case_id"): "api_case",
    ("delete_api_case", "case_id"): "api_case",
}


def case(name: str) -> dict[str, Any]:
    """A case that passes."""
    matchers = [{"type": "rows", "minimum": 0}, {"type": "contains", "value": []}]
    return {"name": name, "parameters": {}, "expectation": {"matchers": matchers}}


async def cases(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """Cases of the seeded API, run on its draft."""
    api = seeds.ids["api"]
    for at in (1, 2):
        saved = await door.post(f"/apis/{api}/cases", case(f"{seeds.canary} {at}"))
    seeds.ids["api_case"] = saved["id"]
    ran = await door.post(f"/apis/{api}/cases/run", {}, status=200)
    assert ran["passed"] == 2, ran
