"""The small company that the questions in these tests are about."""

from uuid import UUID

from opsloom.ask.planning.world import World, build_world
from opsloom.inventory.service import Catalog, Named


def _id(number: int) -> UUID:
    return UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + number)


HOST, ROOT, ETH0, DATABASE, SERVER = _id(1), _id(2), _id(3), _id(4), _id(5)
WEB_1, WEB_2, PAY_1, PAY_2, CHECKOUT, PAYMENT = _id(11), _id(12), _id(13), _id(14), _id(15), _id(16)

_ITEMS = (
    (HOST, "host", "ops-vm", ("이 장비 이름",), ("10.9.8.7",), True),
    (ROOT, "filesystem", "ops-vm /", (), (), False),
    (ETH0, "interface", "ops-vm eth0", ("eth0",), (), False),
    (DATABASE, "database", "opsloom database", ("Opsloom 데이터베이스", "postgres"), (), False),
    (SERVER, "process", "opsloom on ops-vm", ("opsloom",), (), False),
    (WEB_1, "server", "web-01", ("웹 1호기", "front"), ("10.20.1.11",), False),
    (WEB_2, "server", "web-02", ("웹 2호기", "front"), ("10.20.1.12",), False),
    (PAY_1, "database", "pay-db-01", ("결제 DB 1호기",), ("10.20.3.11",), False),
    (PAY_2, "database", "pay-db-02", ("결제 DB 2호기",), ("10.20.3.12",), False),
    (CHECKOUT, "service", "checkout", ("체크아웃", "주문 결제"), (), False),
    (PAYMENT, "service", "payment-gateway", ("결제 게이트웨이", "결제서비스"), (), False),
)
_METRICS = {
    "cpu.usage": frozenset({HOST, WEB_1, WEB_2, PAY_1, PAY_2}),
    "memory.usage": frozenset({HOST, WEB_1, WEB_2}),
    "disk.usage": frozenset({ROOT}),
    "network.receive_bytes_s": frozenset({ETH0}),
    "network.transmit_bytes_s": frozenset({ETH0}),
    "load.1m": frozenset({HOST}),
    "process.count": frozenset({HOST}),
    "process.cpu_usage": frozenset({SERVER}),
    "postgres.connections": frozenset({DATABASE, PAY_1, PAY_2}),
    "service.latency_ms": frozenset({CHECKOUT, PAYMENT}),
    "service.error_rate": frozenset({CHECKOUT, PAYMENT}),
    "orders.count": frozenset({CHECKOUT}),
}
_PARTS = {HOST: (ROOT, ETH0, SERVER), SERVER: (DATABASE,)}


def company() -> World:
    """Two monitored layers: the host this runs on with its parts, and a shop with two web servers and two databases."""
    items = tuple(
        Named(item_id, kind, name, (name, *aliases), addresses, monitored)
        for item_id, kind, name, aliases, addresses, monitored in _ITEMS
    )
    return build_world(Catalog("1", items, _METRICS, _PARTS))
