"""Saved cases of rules for the generated tests: two that passed, the canary in every text."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

SLOTS_OF = {
    ("run_rule_cases", "case_ids"): "rule_case",
    ("save_rule_case", "case_id"): "rule_case",
    ("delete_rule_case", "case_id"): "rule_case",
}


def case(name: str) -> dict[str, Any]:
    """A case that passes: nothing fires."""
    fact = {"item": name, "unit": name, "attrs": {"note": name}, "values": [1, 2]}
    return {"name": name, "facts": [fact], "firings": []}


async def cases(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """Cases of the seeded rule, run on its draft."""
    rule = seeds.ids["rule"]
    for at in (1, 2):
        saved = await door.post(f"/rules/{rule}/cases", case(f"{seeds.canary} {at}"))
    seeds.ids["rule_case"] = saved["id"]
    ran = await door.post(f"/rules/{rule}/cases/run", {}, status=200)
    assert ran["passed"] == 2, ran


BODIES: dict[str, Callable[[dict[str, str]], Any]] = {
    "create_rule_case": lambda _ids: case("probe"),
    "save_rule_case": lambda _ids: case("probe"),
    "simulate_rule": lambda ids: {"rule_id": ids["rule_id"], "over": {"type": "pasted", "facts": [{"type": "probe"}]}},
}
