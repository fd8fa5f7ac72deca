"""A shop that pays through a database: its items, what happened to them, and how that is stored."""

from opsloom.inventory.monitor import Found, FoundItem, FoundRelation

THINGS = Found(
    (
        FoundItem("shop", "service", "shop", "상점"),
        FoundItem("pay", "service", "pay", "결제"),
        FoundItem("db", "database", "pay-db", "결제 DB", attributes=(("zone", "a"), ("cores", 8))),
        FoundItem("w1", "server", "web-01", attributes=(("zone", "a"), ("cores", 4))),
        FoundItem("w2", "server", "web-02", attributes=(("zone", "b"), ("cores", 16))),
        FoundItem("pod", "container", "pay-pod"),
        FoundItem("alone", "server", "web-09"),
    ),
    (
        FoundRelation("shop", "DEPENDS_ON", "pay"),
        FoundRelation("shop", "RUNS_ON", "w1"),
        FoundRelation("pay", "USES", "db"),
        FoundRelation("pay", "RUNS_ON", "w2"),
        FoundRelation("pod", "PART_OF", "pay"),
    ),
)
# minutes ago, type, subject, result, minutes it took, severity
HAPPENED = (
    (100, "change.schema", "pay-db", "failed", 30, "notice"),
    (90, "change.config", "web-01", "ok", 10, "info"),
    (80, "deployment.release", "pay", "rolled_back", 20, "info"),
    (70, "change.config", "pay", "ok", 40, "info"),
    (60, "login.failed", "web-01", "", 0, "warning"),
)
EVENT = """
insert into events (tenant_id, id, source, event_id, type, subject, severity, time, received_at, data)
values ($1, $2, 'test', $3, $4, $5, $6, $7, $8, $9)
"""
ALERT = """
insert into alerts (tenant_id, id, rule_id, rule_version, rule_name, key, state, severity, title, item_id, started_at, fired_at,
                    resolved_at, updated_at)
values ($1, $2, $3, 1, $4, $5, 'resolved', 'warning', $4, $6, $7, $7, $8, $8)
"""
NAMES = {one.key: one.name for one in THINGS.items}
