"""Incidents, on-call schedules and escalation policies for the generated tests: two of each, the canary in every text."""

from typing import TYPE_CHECKING, Any

from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

SLOTS = {
    "incident_id": "incident",
    "incident_ids": "incident",
    "oncall_schedule_id": "oncall_schedule",
    "override_id": "override",
    "escalation_policy_id": "escalation_policy",
    "assignee_id": "user",
}
SLOTS_OF = {
    ("split_incident", "alert_ids"): "alert",
    ("create_oncall_schedule", "members"): "user",
    ("save_oncall_schedule", "members"): "user",
    ("preview_oncall_schedule", "members"): "user",
    ("save_oncall_contact", "channels"): "channel",
    ("create_escalation_policy", "id"): "channel",
    ("save_escalation_policy", "id"): "channel",
    ("preview_escalation", "id"): "channel",
}


def schedule_body(name: str, member: str) -> dict[str, Any]:
    """A schedule of one member."""
    return {"name": name, "layers": [{"name": name, "members": [member], "first_day": "2026-01-01"}]}


def policy_body(name: str, channel: str) -> dict[str, Any]:
    """A policy that tells a channel, after longer than any test takes."""
    targets = [{"type": "channel", "id": channel}]
    return {"name": name, "labels": {"probe": name}, "steps": [{"after_min": 10_000, "targets": targets}]}


async def incidents(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """The alerts of two neighbours are one incident; one of them is split off."""
    name = seeds.canary
    await door.put("/incident-grouping", {"labels": [name]}, revision=0)
    policy = await door.post("/escalation-policies", policy_body(name, seeds.ids["channel"]))
    seeds.ids["escalation_policy"] = policy["id"]
    (one,) = (await door.get("/incidents"))["items"]
    alerts = (await door.get(f"/incidents/{one['id']}"))["alerts"]
    other = next(each["id"] for each in alerts if each["id"] != seeds.ids["alert"])
    await door.post(f"/incidents/{one['id']}/split", {"alert_ids": [other], "title": name}, status=200)
    await door.post(f"/incidents/{one['id']}/steps", {"step": "comment", "comment": name}, status=200)
    seeds.ids["incident"] = one["id"]
    for n in (1, 2):
        schedule = await door.post("/oncall-schedules", schedule_body(f"{name} {n}", seeds.ids["user"]))
    stand_in = {"user_id": seeds.ids["user"], "start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}
    made = await door.post(f"/oncall-schedules/{schedule['id']}/overrides", stand_in | {"note": name})
    seeds.ids["oncall_schedule"], seeds.ids["override"] = schedule["id"], made["id"]
    await door.put_plain(f"/oncall-contacts/{seeds.ids['user']}", {"channels": [seeds.ids["channel"]]})


BODIES = {
    "create_oncall_schedule": lambda ids: schedule_body("probe", ids["members"]),
    "save_oncall_schedule": lambda ids: schedule_body("probe", ids["members"]),
    "preview_oncall_schedule": lambda ids: schedule_body("probe", ids["members"]),
    "create_oncall_override": lambda ids: {
        "user_id": ids["user_id"], "start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"
    },
    "create_escalation_policy": lambda ids: policy_body("probe", ids["id"]),
    "save_escalation_policy": lambda ids: policy_body("probe", ids["id"]),
    "preview_escalation": lambda ids: {"severity": "info", "policy": policy_body("probe", ids["id"])},
    "step_incident": lambda _ids: {"step": "comment", "comment": "probe"},
}  # fmt: skip
