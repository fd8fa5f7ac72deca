"""Sources, refusals and types of events for the generated tests, the canary in every text."""

import json
from typing import TYPE_CHECKING

from opsloom.events.intake_log import IntakeLog
from opsloom.events.sources.signing import GithubScheme, sign
from opsloom.events.type_book import TypeBook
from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

SLOTS_OF = {
    ("get_event_type", "type"): "event_type",
    ("list_event_refusals", "door"): "event_source",
    ("save_event_source", "source_id"): "event_source",
    ("remove_event_source", "source_id"): "event_source",
    ("renew_event_source_secret", "source_id"): "event_source",
}


async def sources(door: "Door", seeds: "Seeds", core: Core) -> None:
    """Two sources; one has refused something. A mapping, and a type named after the tenant."""
    name = seeds.canary
    content = {"expression": f'{{"type": "{name}"}}', "sample": {"text": name}}
    made = await door.post("/assets", {"kind": "mapping", "name": name, "content": content})
    await door.post(f"/assets/{made['id']}/publish", {"comment": name}, status=200)
    for n in (1, 2):
        body = {"name": f"{name} {n}", "scheme": {"type": "github"}, "mapping": made["key"]}
        opened = await door.post("/events/sources", body)
        source = opened["source"]
    sent = json.dumps({"note": name}).encode()
    await door.signed(source["path"], sent, sign(GithubScheme(), opened["secret"], "1", sent, core.clock.now()))
    await door.put_plain("/events/keeping", {"days": 9})
    seeds.ids["event_source"] = source["id"]
    seeds.ids["event_type"] = f"{name}.type"
    await door.post("/events", [{"source": name, "type": seeds.ids["event_type"], "data": {"text": name}}], status=200)
    refused = {"source": name, "severity": name}
    await door.post("/events", [refused, refused, {"source": name}], status=200)
    await core.part(IntakeLog).flush()
    await core.part(TypeBook).flush()


BODIES = {
    "save_event_source": lambda _ids: {"name": "probe", "scheme": {"type": "github"}},
    "create_event_source": lambda _ids: {"name": "probe", "scheme": {"type": "github"}},
}
