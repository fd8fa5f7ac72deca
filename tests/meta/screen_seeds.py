"""Screens for the generated tests: one in force, the canary in its words."""

from typing import TYPE_CHECKING

from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

SLOTS_OF = {("get_screen", "slug"): "screen"}


async def screens(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """One that shows words."""
    slug = f"board-{seeds.tenant.id.hex[:12]}"
    words = {"type": "text", "id": "words", "text": seeds.canary}
    content = {"slug": slug, "title": seeds.canary, "root": {"type": "column", "id": "root", "children": [words]}}
    made = await door.post("/assets", {"kind": "screen", "name": seeds.canary, "content": content})
    await door.post(f"/assets/{made['id']}/publish", {}, status=200)
    seeds.ids["screen"] = slug
