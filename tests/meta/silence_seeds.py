"""What people do about alerts and what keeps alerts quiet, for the generated tests: two of what is listed, the canary in every text."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from opsloom.identity.permissions import Role
from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

SLOTS_OF = {
    ("change_many_alerts", "ids"): "alert",
    ("list_alerts", "assignee"): "user",
    ("count_alerts", "assignee"): "user",
    ("save_alert_view", "view_id"): "alert_view",
    ("delete_alert_view", "view_id"): "alert_view",
    ("post_alertmanager_silence", "id"): "silence",
}


def matchers(value: str) -> list[dict[str, str]]:
    """They fit no alert."""
    return [{"name": "probe", "op": "=", "value": value}]


def silence(text: str) -> dict[str, Any]:
    """An hour."""
    ends_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    return {"matchers": matchers(text), "ends_at": ends_at, "comment": text}


def am_silence(text: str) -> dict[str, Any]:
    """The same in Alertmanager's words."""
    now = datetime.now(UTC)
    meant = [{"name": "probe", "value": text, "isRegex": False, "isEqual": True}]
    times = {"startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat()}
    return {"matchers": meant, "createdBy": text, "comment": text, **times}


def window(text: str) -> dict[str, Any]:
    """Every night."""
    timing = {"type": "recurring", "cron": "0 2 * * *", "zone": "Asia/Seoul", "duration_s": 3600}
    return {"name": text, "matchers": matchers(text), "timing": timing, "comment": text}


def inhibition(text: str) -> dict[str, Any]:
    """It hides nothing."""
    return {"name": text, "source": matchers(text), "target": matchers(text), "equal": [text], "comment": text}


async def silences(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """Talk about an alert, and arrange that others are quiet."""
    ids, canary = seeds.ids, seeds.canary
    await door.post(f"/alerts/{ids['alert']}/comments", {"comment": canary}, status=200)
    to = str(seeds.tenant.user_ids[Role.OPERATOR])
    await door.post(f"/alerts/{ids['alert']}/assign", {"assignee_id": to, "comment": canary}, status=200)
    for n in (1, 2):
        view = {"name": f"{canary} alerts {n}", "filters": {"q": canary, "rule": [ids["rule"]]}}
        ids["alert_view"] = (await door.post("/alert-views", view))["id"]
        ids["silence"] = (await door.post("/silences", silence(f"{canary} {n}")))["id"]
        ids["window"] = (await door.post("/maintenance-windows", window(f"{canary} {n}")))["id"]
        ids["inhibition"] = (await door.post("/inhibitions", inhibition(f"{canary} {n}")))["id"]


BODIES = {
    "save_alert_view": lambda _ids: {"name": "saved probe", "filters": {}},
    "create_silence": lambda _ids: silence("probe"),
    "save_silence": lambda _ids: silence("probe"),
    "create_maintenance_window": lambda _ids: window("probe"),
    "save_maintenance_window": lambda _ids: window("probe"),
    "preview_maintenance_window": lambda _ids: {"timing": window("probe")["timing"]},
    "create_inhibition": lambda _ids: inhibition("probe"),
    "save_inhibition": lambda _ids: inhibition("probe"),
    "change_many_alerts": lambda ids: {"ids": [ids["alert"]], "action": "comment", "comment": "probe"},
    "post_alertmanager_silence": lambda ids: am_silence("probe") | {"id": ids["id"]},
    "post_alertmanager_alerts": lambda _ids: [{"labels": {"alertname": "probe"}}],
    "comment_on_alert": lambda _ids: {"comment": "probe"},
}
