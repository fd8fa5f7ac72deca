"""The registry with 10,000 assets in 100,000 versions: lists, searches and counts at a fixed rate, and a hub's impact.

A request's time counts from when it was due, so that a stall is not hidden. The limit beside it: `/healthz` at the same rate in
the same run. The hub is a channel that 2,000 rules in force rely on.

    python bench/assets.py [--rate 20] [--seconds 20]
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]

from bench.paced import line, measure  # noqa: E402

from fixtures.server import RunningServer  # noqa: E402
from opsloom.assets.content import content_hash  # noqa: E402
from opsloom.infra.db.bootstrap import DATABASE  # noqa: E402
from opsloom.infra.db.embedded import SUPERUSER, EmbeddedPostgres  # noqa: E402
from opsloom.kit.ids import new_id  # noqa: E402

RULES, APIS, CHANNELS, VERSIONS, DEPENDANTS = 6_000, 3_000, 1_000, 10, 2_000
WORDS = ("payment", "billing", "cpu", "disk", "latency", "login", "결제", "재고", "gateway", "backup", "night", "queue")
TAGS = ("core", "night", "team-a", "team-b", "trial", "pci", "edge", "legacy")
LISTS = (
    "/api/v1/assets?limit=50",
    "/api/v1/assets?q=payment%20cpu&limit=50",
    "/api/v1/assets?kind=rule&state=published&limit=50",
    "/api/v1/assets?q=%EA%B2%B0%EC%A0%9C&limit=50",
    "/api/v1/assets?tag=core&kind=api&limit=50",
    "/api/v1/assets?q=nothing-has-this-name&limit=50",
)
LIST_MS, IMPACT_MS = 200, 300

Row = tuple[object, ...]


def content_of(kind: str, number: int, version: int) -> dict[str, object]:
    """What an asset says in one of its versions."""
    word = WORDS[number % len(WORDS)]
    if kind == "channel":
        return {
            "enabled": True,
            "route": {"states": ["firing"], "severities": [], "labels": {}},
            "config": {"type": "in_app"},
        }
    if kind == "api":
        sql = f"select item, value from data.metrics where item = :host and value > {version}"
        return {
            "path": f"bench/{word}-{number}",
            "logic": {"type": "sql", "sql": sql},
            "parameters": [{"name": "host"}],
        }
    first = "hub" if number < DEPENDANTS else f"channel-{number % (CHANNELS - 1) + 1}"
    actions = [{"type": "notify", "channel": each} for each in (first, f"channel-{number % 97 + 1}")]
    return {
        "kind": "threshold",
        "source": {"type": "metric", "metric": f"{word}.usage"},
        "condition": f"value > {number % 90 + version / 10}",
        "severity": "warning",
        "title": f"{word} of {{{{ item }}}} is high",
        "description": f"Watches {word}, as agreed with the people on duty. " * 3,
        "actions": actions,
    }


def assets() -> Iterator[tuple[UUID, str, int, str]]:
    """Id, kind, number and key of each."""
    for kind, many in (("channel", CHANNELS), ("rule", RULES), ("api", APIS)):
        for number in range(many):
            yield new_id(), kind, number, "hub" if (kind, number) == ("channel", 0) else f"{kind}-{number}"


def fill(dsn: dict[str, object]) -> UUID:
    """Copy it all into the only tenant; answers the hub's id."""
    start = datetime.now(UTC) - timedelta(days=300)
    rows: dict[str, list[Row]] = {"assets": [], "asset_versions": [], "asset_links": []}
    with psycopg.connect(**dsn, autocommit=True) as connection:  # type: ignore[arg-type]
        found = connection.execute("select id from tenants").fetchone()
        assert found is not None
        hub = uuid4()
        for place, (asset_id, kind, number, key) in enumerate(assets()):
            hub = asset_id if key == "hub" else hub
            for table, made in rows_of(found[0], (asset_id, kind, number, key), start + timedelta(minutes=place)):
                rows[table].append(made)
        for table, many in rows.items():
            names = COLUMNS[table]
            with connection.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
                for row in many:
                    copy.write_row(row)
        connection.execute("vacuum analyze")
    print("  stored: " + ", ".join(f"{len(many):,} {table}" for table, many in rows.items()))
    return hub


COLUMNS = {
    "assets": "tenant_id, id, kind, name, slug, description, tags, state, protected, draft, draft_revision, draft_hash,"
    " published_version, published_hash, published_name, latest_version, created_at, created_by, updated_at, updated_by",
    "asset_versions": "tenant_id, asset_id, version, name, content, content_hash, comment, created_at, created_by",
    "asset_links": "tenant_id, source_id, version, position, in_force, target_kind, target_key, role, pointer, needs",
}


def rows_of(tenant: UUID, asset: tuple[UUID, str, int, str], at: datetime) -> Iterator[tuple[str, Row]]:
    """One asset's rows, table by table."""
    asset_id, kind, number, key = asset
    name = f"{WORDS[number % len(WORDS)]} {WORDS[number * 7 % len(WORDS)]} {kind} {number}" if key != "hub" else "Hub"
    tags = sorted({TAGS[number % len(TAGS)], TAGS[number * 3 % len(TAGS)]})
    published = number % 10 != 9 or number < DEPENDANTS
    contents = [content_of(kind, number, version) for version in range(1, VERSIONS + 1)]
    digests = [content_hash(each) for each in contents]
    state, version = ("published", VERSIONS) if published else ("draft", None)
    yield "assets", (
        tenant, asset_id, kind, name, key, f"{name}, kept by the people on duty", tags, state, False,
        json.dumps(contents[-1]), VERSIONS, digests[-1], version, digests[-1] if published else None,
        name if published else None, VERSIONS, at, "bench", at, "bench",
    )  # fmt: skip
    for place, content in enumerate(contents):
        text = json.dumps(content)
        yield "asset_versions", (tenant, asset_id, place + 1, name, text, digests[place], "", at, "bench")
    for version_number in range(VERSIONS + 1):
        actions = contents[version_number - 1].get("actions", [])
        assert isinstance(actions, list)
        for place, action in enumerate(actions):
            pointer = f"/actions/{place}/channel"
            yield "asset_links", (
                tenant, asset_id, version_number, place, version_number == version, "channel", action["channel"], "notifies",
                pointer, [],
            )  # fmt: skip


async def run(server: RunningServer, hub: UUID, rate: float, seconds: float) -> None:
    """Warm up, measure the limit, then each kind of question."""
    async with httpx2.AsyncClient(base_url=server.url, headers=server.sign_in(), timeout=30) as client:
        page = (await client.get("/api/v1/assets?limit=500")).json()
        deep = f"/api/v1/assets?limit=50&cursor={page['next_cursor']}"
        step = f"/api/v1/assets/{hub}/impact?action="
        found = (await client.get(f"{step}unpublish")).json()
        assert found["dependants_total"] == DEPENDANTS, found["dependants_total"]
        assert not found["allowed"]
        await measure(client, (*LISTS, deep), rate, 2)
        print(line("/healthz (the limit)", await measure(client, ("/healthz",), rate, seconds / 2)))
        print(line("list and search", await measure(client, (*LISTS, deep), rate, seconds), LIST_MS))
        facets = ("/api/v1/assets/facets", "/api/v1/assets/facets?q=payment&kind=rule")
        print(line("counts by filter", await measure(client, facets, rate / 4, seconds), LIST_MS))
        steps = (f"{step}unpublish", f"{step}publish")
        print(line("impact of a hub of 2,000", await measure(client, steps, 2, max(20, seconds)), IMPACT_MS))
        rest = (f"/api/v1/assets/{hub}/graph?depth=2", f"/api/v1/assets/{hub}/links")
        print(line("its graph and its links", await measure(client, rest, 2, max(20, seconds))))


def main(rate: float, seconds: float) -> None:
    """On a server of its own."""
    with tempfile.TemporaryDirectory(prefix="opsloom-assets-") as name:
        folder = Path(name)
        server = RunningServer(folder)
        server.start()
        try:
            print(f"{RULES + APIS + CHANNELS:,} assets, {rate:.0f} requests/s, the engine and the host monitor running")
            hub = fill(EmbeddedPostgres(folder / "data").dsn.as_role(SUPERUSER, database=DATABASE).psycopg())
            asyncio.run(run(server, hub, rate, seconds))
        finally:
            server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    main(given.rate, given.seconds)
