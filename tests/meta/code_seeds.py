"""A template and files for the generated tests: two uses of the template, and an asset that files brought."""

from typing import TYPE_CHECKING, Any

from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Body, Door, Seeds

SLOTS_OF = {("instantiate_template", "asset_id"): "template"}


def policy_file(key: str, tag: str) -> str:
    """A policy that binds nobody else in the tests."""
    return f"kind: policy\nkey: {key}\nname: {key} of files\ncontent:\n  type: review\n  tags: [{tag}]\n"


def files_body(key: str) -> dict[str, Any]:
    """Files that can be planned and applied."""
    return {"files": {f"policy/{key}.yaml": policy_file(key, key)}}


BODIES: "dict[str, Body]" = {
    "plan_assets": lambda _ids: files_body("probe"),
    "apply_assets": lambda _ids: files_body("probe"),
}


async def as_code(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """Every text of a template, and of what is remembered about files, holds the canary."""
    name = seeds.canary
    applied = await door.post("/assets/apply", files_body(name) | {"source": name, "comment": name}, status=200)
    assert applied["summary"]["create"] == 1, applied
    path = f"policy/{name}-kept.yaml"
    content = {"manifest": {"name": name, "description": name}, "files": {path: policy_file(f"{name}-kept", name)}}
    made = await door.post("/assets", {"kind": "template", "name": f"{name} template", "content": content})
    await door.post(f"/assets/{made['id']}/publish", {"comment": name}, status=200)
    await door.post(f"/templates/{made['id']}/instantiate", {"publish": False}, status=200)
    await door.post(f"/templates/{made['id']}/instantiate", {"publish": False, "prefix": "two"}, status=200)
    seeds.ids["template"] = made["id"]
