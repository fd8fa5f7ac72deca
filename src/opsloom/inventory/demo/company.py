"""Who is in the made-up company: services, machines, stores, network, and how they hang together. Pure."""

from __future__ import annotations

from opsloom.inventory.monitor import Found, FoundItem, FoundRelation

SOURCE = "demo"

# name, Korean name, other names, servers, what it uses, services it depends on
SERVICES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "storefront",
        "스토어프론트",
        ("웹 상점", "shop"),
        ("web-01", "web-02", "web-03"),
        ("cache-01",),
        ("checkout", "search", "login"),
    ),
    (
        "checkout",
        "체크아웃",
        ("주문 결제",),
        ("app-01", "app-02"),
        ("orders-queue",),
        ("payment-gateway", "order-service"),
    ),
    ("payment-gateway", "결제 게이트웨이", ("결제 서비스", "payments"), ("pay-01", "pay-02"), ("pay-db-01",), ()),
    (
        "order-service",
        "주문 서비스",
        ("orders",),
        ("app-01", "app-02"),
        ("orders-db-01", "orders-queue"),
        ("stock-service",),
    ),
    ("stock-service", "재고 서비스", ("stock",), ("app-03",), ("stock-db-01",), ()),
    ("search", "검색 서비스", ("상품 검색",), ("search-01", "search-02"), ("search-index-01",), ()),
    ("login", "로그인 서비스", ("인증 서비스", "auth"), ("app-04",), ("cache-02",), ()),
    ("mailer", "메일 발송 서비스", ("메일 서비스",), ("batch-01",), ("orders-queue",), ()),
)
SERVERS: tuple[tuple[str, str], ...] = (
    ("web-01", "웹 1호기"), ("web-02", "웹 2호기"), ("web-03", "웹 3호기"), ("app-01", "앱 1호기"), ("app-02", "앱 2호기"),
    ("app-03", "앱 3호기"), ("app-04", "앱 4호기"), ("pay-01", "결제 1호기"), ("pay-02", "결제 2호기"),
    ("search-01", "검색 1호기"), ("search-02", "검색 2호기"), ("batch-01", "배치 1호기"),
)  # fmt: skip
STORES: tuple[tuple[str, str, str, str], ...] = (
    ("orders-db-01", "database", "주문 DB 1호기", "san-01"),
    ("orders-db-02", "database", "주문 DB 2호기", "san-01"),
    ("pay-db-01", "database", "결제 DB 1호기", "san-01"),
    ("stock-db-01", "database", "재고 DB 1호기", "san-01"),
    ("search-index-01", "database", "검색 색인 1호기", "san-01"),
    ("cache-01", "cache", "캐시 1호기", ""),
    ("cache-02", "cache", "캐시 2호기", ""),
    ("orders-queue", "queue", "주문 큐", ""),
)
PLANT: tuple[tuple[str, str, str], ...] = (
    ("core-switch-01", "network", "코어 스위치 1호기"),
    ("core-switch-02", "network", "코어 스위치 2호기"),
    ("edge-firewall-01", "network", "외부 방화벽 1호기"),
    ("lb-01", "network", "로드밸런서 1호기"),
    ("san-01", "storage", "스토리지 1호기"),
    ("backup-01", "storage", "백업 스토리지 1호기"),
)


def key(name: str) -> str:
    """The demo source's key of an item."""
    return f"{SOURCE}:{name}"


def company() -> Found:
    """All items and relations."""
    return Found(tuple(_items()), tuple(_relations()))


def _items() -> list[FoundItem]:
    items = [FoundItem(key(name), "service", name, korean, aliases) for name, korean, aliases, *_rest in SERVICES]
    for place, (name, korean) in enumerate(SERVERS):
        facts = (("cores", 8), ("zone", f"zone-{'abc'[place % 3]}"))
        items.append(FoundItem(key(name), "server", name, korean, (), (f"10.20.1.{11 + place}",), facts))
    for place, (name, kind, korean, _below) in enumerate(STORES):
        items.append(FoundItem(key(name), kind, name, korean, (), (f"10.20.3.{11 + place}",)))
    items += [
        FoundItem(key(name), kind, name, korean, (), (f"10.20.9.{11 + n}",))
        for n, (name, kind, korean) in enumerate(PLANT)
    ]
    return items


def _relations() -> list[FoundRelation]:
    edges: list[FoundRelation] = []
    for name, _korean, _aliases, servers, uses, depends in SERVICES:
        edges += [FoundRelation(key(name), "RUNS_ON", key(server)) for server in servers]
        edges += [FoundRelation(key(name), "USES", key(store)) for store in uses]
        edges += [FoundRelation(key(name), "DEPENDS_ON", key(other)) for other in depends]
    edges += [FoundRelation(key(name), "STORED_ON", key(below)) for name, _kind, _korean, below in STORES if below]
    for place, (name, _korean) in enumerate(SERVERS):
        edges.append(FoundRelation(key(name), "CONNECTED_TO", key(f"core-switch-0{1 + place % 2}")))
    edges.append(FoundRelation(key("orders-db-02"), "REPLICATES", key("orders-db-01")))
    edges.append(FoundRelation(key("storefront"), "PROTECTED_BY", key("edge-firewall-01")))
    edges.append(FoundRelation(key("storefront"), "USES", key("lb-01")))
    edges.append(FoundRelation(key("san-01"), "BACKED_UP_TO", key("backup-01")))
    return edges
