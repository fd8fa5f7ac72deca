"""A wider company than the cast's: an online shop with all kinds of things, what is written down about them, and their metrics."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from opsloom.ask.plan import Decision, Filter, Plan, Planned, Step, TimeWindow
from opsloom.ask.planning.planner import decide
from opsloom.ask.planning.previous import Context, Previous
from opsloom.ask.planning.world import World, build_world
from opsloom.inventory.service import Catalog, Named

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 18, 14, 30, tzinfo=SEOUL)
_LINUX, _UBUNTU = ("Rocky Linux 9", "Ubuntu 22.04")

_SERVICES = (
    ("storefront", "스토어프론트", (), "commerce"),
    ("checkout", "체크아웃", ("주문 결제",), "commerce"),
    ("payment-gateway", "결제 게이트웨이", ("결제 서비스", "payments"), "payments"),
    ("search", "검색 서비스", (), "commerce"),
)
_SERVERS = (("web", "웹", 4), ("app", "앱", 3), ("pay", "결제", 2))
_OTHERS = (
    ("database", "pay-db-01", "결제 DB 1호기", ()), ("database", "pay-db-02", "결제 DB 2호기", ()),
    ("database", "orders-db-01", "주문 DB 1호기", ("메인 DB",)), ("database", "member-db-01", "회원 DB 1호기", ("메인 DB",)),
    ("queue", "orders-queue", "주문 큐", ()), ("cache", "cache-01", "캐시 1호기", ()), ("storage", "san-01", "스토리지 1호기", ()),
    ("load_balancer", "lb-01", "로드밸런서 1호기", ()), ("network", "core-switch-01", "코어 스위치 1호기", ()),
    ("network", "core-switch-02", "코어 스위치 2호기", ()), ("network", "edge-firewall-01", "외부 방화벽 1호기", ()),
    ("certificate", "cert-pay", "결제 인증서", ()), ("rack", "rack-a-01", "A열 랙 1호기", ()), ("vm", "vm-dev-01", "개발 VM 1호기", ()),
    ("container", "checkout-pod-1", "체크아웃 파드 1", ()), ("job", "nightly-settlement", "야간 정산 배치", ()),
    ("application", "payments-platform", "결제 플랫폼", ()), ("site", "seoul-dc", "서울 데이터센터", ("서울 센터",)),
    ("site", "busan-dc", "부산 데이터센터", ("DR 센터",)),
)  # fmt: skip


def _named() -> Iterator[Named]:
    rows: list[tuple[str, str, str, tuple[str, ...], dict[str, str | int]]] = []
    for name, korean, aliases, owner in _SERVICES:
        rows.append(("service", name, korean, aliases, {"owner": owner, "tier": "gold", "language": "Java"}))
    for stem, korean, count in _SERVERS:
        for number in range(1, count + 1):
            written: dict[str, str | int] = {
                "site": "busan-dc" if number == 2 else "seoul-dc",
                "os": _UBUNTU if number % 2 else _LINUX,
                "cores": 8 * number,
                "environment": "production",
                "status": "maintenance" if number == 4 else "active",
                "owner": "infra",
            }
            rows.append(("server", f"{stem}-{number:02d}", f"{korean} {number}호기", (), written))
    for kind, name, korean, aliases in _OTHERS:
        written = {"owner": "dba" if kind == "database" else "infra"}
        if kind == "vm":
            written["environment"] = "development"
        if kind == "certificate":
            written["days_valid"] = 20
        if kind in ("database", "storage"):
            written |= {"site": "busan-dc" if name.endswith("02") else "seoul-dc"}
        rows.append((kind, name, korean, aliases, written))
    for place, (kind, name, korean, aliases, written) in enumerate(rows, start=1):
        address = (f"10.20.1.{place}",) if kind == "server" else ()
        yield Named(UUID(int=place), kind, name, (name, korean, *aliases), address, False, written)


def wide_company() -> World:
    """The company; what has which metric goes by type."""
    items = tuple(_named())
    of = {
        "cpu.usage": ("server", "database"), "memory.usage": ("server", "cache"), "disk.usage": ("storage",),
        "service.latency_ms": ("service",), "service.error_rate": ("service",), "service.requests_s": ("service",),
        "postgres.connections": ("database",), "queue.depth": ("queue",), "network.receive_bytes_s": ("load_balancer",),
    }  # fmt: skip
    metrics = {metric: frozenset(one.id for one in items if one.type in kinds) for metric, kinds in of.items()}
    return build_world(Catalog("1", items, metrics, {}))


WORLD = wide_company()
IDS = {thing.name: thing.id for thing in WORLD.things.values()}


def asked(text: str, *before: str, listed: tuple[str, ...] = (), context: Context | None = None) -> Decision:
    """The decision on a question, after others."""
    previous: Previous | None = None
    for earlier in before:
        made = decide(earlier, WORLD, NOW, SEOUL, Context(previous=previous))[0]
        assert isinstance(made, Planned), (earlier, made)
        previous = Previous(made.plan, earlier, tuple(IDS[name] for name in listed))
    return decide(text, WORLD, NOW, SEOUL, context or Context(previous=previous))[0]


def planned(text: str, *before: str, listed: tuple[str, ...] = ()) -> Plan:
    made = asked(text, *before, listed=listed)
    assert isinstance(made, Planned), made
    return made.plan


def sketch(plan: Plan) -> str:
    """A plan in one line: what a table of expectations can hold."""
    return " | ".join(_step(step) for step in plan.steps)


def _step(step: Step) -> str:
    said = step.model_dump(
        exclude_defaults=True, exclude={"id", "kind", "needs", "window", "filters", "scope_name", "step_s"}
    )
    said.pop("limit", None) if step.kind == "metric" and getattr(step, "shape", "") in ("series", "value") else None
    parts = [step.kind, *(_value(key, value) for key, value in said.items())]
    parts += [_filter(one) for one in getattr(step, "filters", [])]
    window = getattr(step, "window", None)
    return " ".join([*parts, *([_window(window)] if window is not None else [])])


def _value(key: str, value: object) -> str:
    if key in ("item_ids", "to_ids") and isinstance(value, list):
        return (
            f"{key[:-4]}={','.join(WORLD.things[one].name for one in value)}"
            if len(value) < 4
            else f"{len(value)} items"
        )
    if key == "item_id":
        return f"item={WORLD.things[value].name}" if isinstance(value, UUID) else ""
    if key == "having" and isinstance(value, dict):
        return f"having{value['comparison'].value}{value['value']:g}"
    if isinstance(value, list):
        return f"{key}={','.join(map(str, value))}"
    return f"{key}={value}"


def _filter(one: Filter) -> str:
    value = ",".join(one.value) if isinstance(one.value, list) else one.value
    return f"{one.field.split(':')[-1]}{'=' if one.op == 'in' else one.op}{value:g}" if isinstance(value, float) else (
        f"{one.field.split(':')[-1]}{'=' if one.op == 'in' else one.op}{value}"
    )  # fmt: skip


def _window(window: TimeWindow) -> str:
    if window.assumed:
        days = (window.end - window.start).total_seconds() / 86_400
        return "ever" if days > 300 else "assumed"
    start, end = window.start.astimezone(SEOUL), window.end.astimezone(SEOUL)
    return f"[{start:%m-%d %H:%M} {end:%m-%d %H:%M})"
