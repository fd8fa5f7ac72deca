"""Assets as code over HTTP: the product's own kinds, permissions, limits, templates, the shipped bundle."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from fixtures.tenants import TestTenant, make_tenant
from opsloom.assets.code.folder import load
from opsloom.assets.kinds import Kinds
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from rules.world import World

BUNDLE = Path(__file__).parents[3] / "bundles" / "host-basics"
RULE = {
    "kind": "threshold", "condition": "value > 90", "for_s": 300, "labels": {"team": "결제", "a": "b"},
    "source": {"type": "metric", "metric": "cpu.usage"}, "actions": [{"type": "notify", "channel": "ops-hook"}],
    "description": "Look at\nthe process list.\n",
}  # fmt: skip
# One asset of each kind that can be in force without anything outside, in an order that its links allow.
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "channel": ("ops-hook", {"config": {"type": "webhook", "url": "https://hooks.ops.example/x"}, "route": {"states": ["firing"]}}),
    "rule": ("cpu-high", RULE),
    "api": ("usage", {"path": "hosts/usage", "logic": {"type": "sql", "sql": "select name\nfrom data.items\n"}}),
    "policy": ("four-eyes", {"type": "review", "tags": ["regulated"], "approvals": 2}),
    "connection": ("orders-db", {"config": {"type": "postgresql", "host": "db.ops.example", "database": "orders", "user": "app"}}),
    "catalog": ("orders", {"connection": "orders-db", "tables": {"public.orders": {"description": {"ko": "주문"}}}}),
    "tool": (
        "list-hosts",
        {
            "description": "Names of hosts.",
            "input_schema": {"type": "object", "properties": {"limit": {"type": "integer", "default": 5}}},
            "logic": {"type": "sql", "sql": "select name from data.items\norder by name\n"},
            "capabilities": ["read_only"],
        },
    ),
    "mapping": ("commits", {"expression": "commits.{'id': id, 'type': 'commit'}", "sample": {"commits": []}}),
    "message_template": ("short", {"ko": {"title": "{{ title }}"}, "en": {"title": "{{ title }}"}}),
    "screen": (
        "hosts-board",
        {
            "slug": "hosts",
            "title": {"ko": "호스트", "en": "Hosts"},
            "permissions": ["apis.run"],
            "data": {"usage": {"type": "api", "api": "usage"}},
            "root": {
                "type": "column",
                "id": "root",
                "children": [{"type": "table", "id": "hosts", "label": "Hosts", "rows": "{{ data.usage.rows }}"}],
            },
        },
    ),
    "route": ("to-ops", {"severities": ["critical"], "to": [{"channel": "ops-hook"}]}),
    "poll": (
        "order-count",
        {"connection": "orders-db", "ask": {"type": "sql", "statement": "select count(*) as value from orders"}, "metric": "orders"},
    ),
    "prompt": (
        "plan-ko",
        {"purpose": "plan", "language": "ko", "variables": ["now"], "text": "질문을 계획으로 바꾸세요.\n지금: {{ now }}\n"},
    ),
    "golden_question": (
        "servers-en",
        {
            "question": "How many servers are there?",
            "language": "en",
            "category": "count",
            "expect": {"facts": [{"name": "servers", "kind": "number", "sql": "select count(*) from data.items"}]},
        },
    ),
    "model_policy": ("models", {"model": "local-model", "tokens_per_day": 50_000, "rephrasing": True}),
    "template": (
        "small",
        {
            "manifest": {"name": "small", "parameters": {"properties": {"n": {"type": "number", "default": 5}}}},
            "files": {
                "rule/small.yaml": "kind: rule\nkey: small\nname: Small\ncontent:\n  kind: threshold\n"
                "  condition: value > {{ params.n }}\n  source: {type: metric, metric: cpu.usage}\n"
            },
        },
    ),
}  # fmt: skip

# What one of them needs of a kind that is there already.
LOCAL_MODEL = {"type": "model", "provider": "ollama", "url": "http://models.ops.example/v1", "model": "small"}
FIRST = ("connection", "local-model", {"config": LOCAL_MODEL})


class Desk:
    """A tenant's member at the API."""

    def __init__(self, client: httpx2.AsyncClient, tenant: TestTenant, role: Role = Role.OWNER) -> None:
        self._client, self._headers = client, tenant.as_role(role)

    async def post(self, path: str, body: Any, status: int = 200) -> Any:
        answer = await self._client.post(f"/api/v1{path}", json=body, headers=self._headers, timeout=60)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def get(self, path: str) -> Any:
        answer = await self._client.get(f"/api/v1{path}", headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def call(self, path: str) -> Any:
        """A published API."""
        answer = await self._client.get(path, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def hashes(self) -> dict[str, Any]:
        """Content and state of everything, by kind and key."""
        found = {}
        for item in (await self.get("/assets?limit=500"))["items"]:
            if item["published_version"]:
                version = await self.get(f"/assets/{item['id']}/versions/{item['published_version']}")
                found[f"{item['kind']}/{item['key']}"] = (item["name"], item["tags"], version["content_hash"])
        return found


@pytest.fixture
def desk(client: httpx2.AsyncClient, tenant: TestTenant) -> Desk:
    return Desk(client, tenant)


@pytest.fixture
def other_desk(client: httpx2.AsyncClient, other_tenant: TestTenant) -> Desk:
    return Desk(client, other_tenant)


async def fill(desk: Desk) -> None:
    """One of each kind, in force."""
    for kind, key, content in (FIRST, *((kind, *sample) for kind, sample in SAMPLES.items())):
        body = {"kind": kind, "key": key, "name": f"The {key}", "tags": ["shared"], "content": content}
        made = await desk.post("/assets", body, 201)
        await desk.post(f"/assets/{made['id']}/publish", {})


async def test_every_kind_of_the_product_comes_out_and_goes_into_an_empty_tenant_unchanged(
    desk: Desk, other_desk: Desk, core: Core
) -> None:
    await fill(desk)
    exported = await desk.post("/assets/export", {})
    assert exported["left_out"] == []
    plan = await other_desk.post("/assets/plan", {"files": exported["files"], "publish": True})
    assert {item["action"] for item in plan["items"]} == {"create"}
    done = await other_desk.post("/assets/apply", {"files": exported["files"], "publish": True})
    assert done["outcome"] == "applied"
    assert await other_desk.hashes() == await desk.hashes()
    assert (await other_desk.post("/assets/export", {}))["files"] == exported["files"]
    assert not (await other_desk.post("/assets/plan", {"files": exported["files"], "publish": True}))["changes"]
    assert {kind.name for kind in core.part(Kinds)} == SAMPLES.keys(), "a new kind needs a sample here"


async def test_the_files_are_such_as_a_person_writes(desk: Desk) -> None:
    await fill(desk)
    files = (await desk.post("/assets/export", {"kinds": ["rule"]}))["files"]
    assert files == {
        "rule/cpu-high.yaml": (
            "kind: rule\nkey: cpu-high\nname: The cpu-high\ntags:\n  - shared\ncontent:\n"
            "  kind: threshold\n"
            "  description: |\n    Look at\n    the process list.\n"
            "  labels:\n    a: b\n    team: 결제\n"
            "  actions:\n    - type: notify\n      channel: ops-hook\n"
            "  source:\n    type: metric\n    metric: cpu.usage\n"
            "  condition: value > 90\n  for_s: 300\n"
        )
    }


async def test_flaws_come_as_a_problem_with_file_and_line(desk: Desk) -> None:
    files = {"rule/a.yaml": "kind: rule\nkey: a\nname: A\ncontent:\n  kind: threshold\n  for_s: soon\n"}
    problem = await desk.post("/assets/apply", {"files": files}, 422)
    assert problem["code"] == "files_invalid"
    assert {(each["file"], each["line"], each["pointer"]) for each in problem["errors"]} == {
        ("rule/a.yaml", 4, "/content/source"), ("rule/a.yaml", 4, "/content/condition"), ("rule/a.yaml", 6, "/content/for_s"),
    }  # fmt: skip


async def test_a_condition_that_cannot_run_is_told_at_its_line(desk: Desk) -> None:
    text = "kind: rule\nkey: a\nname: A\ncontent:\n  kind: threshold\n  source: {type: metric, metric: m}\n  condition: value >> 5\n"
    problem = await desk.post("/assets/apply", {"files": {"rule/a.yaml": text}, "publish": True}, 422)
    assert problem["detail"].startswith("rule/a.yaml:7:3: ")
    assert (problem["errors"][0]["file"], problem["errors"][0]["line"]) == ("rule/a.yaml", 7)
    assert (await desk.get("/assets?kind=rule"))["items"] == []


async def test_a_statement_that_is_refused_is_told_at_its_line_in_the_block(desk: Desk) -> None:
    text = "kind: api\nkey: a\nname: A\ncontent:\n  path: a\n  logic:\n    type: sql\n    sql: |\n"
    text += "      select name,\n             nothing\n      from data.items\n"
    problem = await desk.post("/assets/apply", {"files": {"api/a.yaml": text}, "publish": True}, 422)
    [error] = problem["errors"]
    assert (error["file"], error["line"], error["column"], error["pointer"]) == (
        "api/a.yaml",
        10,
        14,
        "/content/logic/sql",
    )
    assert problem["detail"].startswith("api/a.yaml:10:14: ")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_request"),
        (b"[]", 422, "invalid_input"),
        (b'{"files": {"a": 1}}', 422, "invalid_input"),
        (b'{"files": {}, "colour": "red"}', 422, "invalid_input"),
        (b'{"files": {"../../x": "a: 1"}}', 422, "files_invalid"),
        (b'{"files": {"rule/a.yaml": ""}}', 422, "files_invalid"),
        (b'{"files": {"bundle.yaml": "name: x"}}', 422, "files_invalid"),
        (b'{"files": {}, "prefix": "eu"}', 422, "files_invalid"),
        (b'{"files": {"rule/\\u0000.yaml": "a: \\u0000"}}', 422, "files_invalid"),
        (b'\xff\xfe{"files": {}}', 400, "malformed_request"),
    ],
)
@pytest.mark.parametrize("operation", ["plan", "apply"])
async def test_bodies_that_cannot_be_used(
    client: httpx2.AsyncClient, tenant: TestTenant, operation: str, body: bytes, status: int, code: str
) -> None:
    answer = await client.post(f"/api/v1/assets/{operation}", content=body, headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_folder_larger_than_other_bodies_is_taken_and_a_huge_one_is_not(
    client: httpx2.AsyncClient, tenant: TestTenant, desk: Desk
) -> None:
    head = "kind: rule\nkey: {key}\nname: {key}\ncontent:\n  kind: threshold\n"
    head += "  source: {{type: metric, metric: m}}\n  condition: value > 5\n"
    files = {f"rule/r{n}.yaml": head.format(key=f"r{n}") + "#" * 300_000 for n in range(6)}
    assert (await desk.post("/assets/plan", {"files": files}))["summary"]["create"] == 6
    headers = tenant.headers | {"Content-Length": "65000000"}
    answer = await client.post("/api/v1/assets/plan", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "files_too_large")


async def test_roles(client: httpx2.AsyncClient, tenant: TestTenant, desk: Desk) -> None:
    await fill(desk)
    viewer, builder = Desk(client, tenant, Role.VIEWER), Desk(client, tenant, Role.BUILDER)
    exported = await viewer.post("/assets/export", {})
    assert {"kind": "connection", "key": None, "reason": "This needs the permission connections.read."} in exported[
        "left_out"
    ]
    assert not any(path.startswith("connection/") for path in exported["files"])
    assert (await viewer.post("/assets/plan", {"files": exported["files"]}))["changes"] is False
    assert (await viewer.post("/assets/apply", {"files": exported["files"]}, 403))["code"] == "permission_missing"
    everything = (await builder.post("/assets/export", {}))["files"]
    changed = everything | {"policy/four-eyes.yaml": everything["policy/four-eyes.yaml"].replace("2", "1")}
    refused = await builder.post("/assets/apply", {"files": changed}, 403)
    assert (refused["code"], "system.write" in refused["detail"]) == ("kind_forbidden", True)
    await builder.post("/assets/apply", {"files": everything})


async def test_both_sides_of_a_change_as_text(desk: Desk) -> None:
    await fill(desk)
    files = (await desk.post("/assets/export", {"kinds": ["rule"]}))["files"]
    files["rule/cpu-high.yaml"] = files["rule/cpu-high.yaml"].replace("value > 90", "value > 95")
    plan = await desk.post("/assets/plan", {"files": files, "publish": True, "texts": True})
    [item] = plan["items"]
    assert (item["action"], item["publishes"], item["changed"]) == ("update", True, ["content.condition"])
    assert "value > 90" in item["texts"]["before"]
    assert item["texts"]["after"] == files["rule/cpu-high.yaml"]


async def test_a_template_is_used_twice_and_upgraded(desk: Desk) -> None:
    await fill(desk)
    template = (await desk.get("/assets?kind=template"))["items"][0]["id"]
    path = f"/templates/{template}/instantiate"
    shown = await desk.post(path, {"dry_run": True})
    assert (shown["outcome"], shown["summary"]["create"]) == ("planned", 1)
    await desk.post(path, {})
    await desk.post(path, {"parameters": {"n": 70}, "prefix": "eu"})
    rules = {item["key"]: item["id"] for item in (await desk.get("/assets?kind=rule"))["items"]}
    assert {"small", "eu-small"} <= rules.keys()
    assert (await desk.get(f"/assets/{rules['eu-small']}"))["content"]["condition"] == "value > 70"
    again = await desk.post(path, {"parameters": {"n": 80}, "prefix": "eu"})
    assert again["summary"]["update"] == 1
    refused = await desk.post(path, {"parameters": {"n": "many"}}, 422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("bundle_parameters_invalid", "/n")


async def test_a_template_that_cannot_work_is_not_published(desk: Desk) -> None:
    content = {
        "manifest": {"name": "bad"},
        "files": {"rule/bad.yaml": "kind: rule\nkey: bad\nname: Bad\ncontent: {kind: threshold}\n"},
    }
    made = await desk.post("/assets", {"kind": "template", "name": "Bad", "content": content}, 201)
    problem = await desk.post(f"/assets/{made['id']}/publish", {}, 422)
    assert "rule/bad.yaml:4:1" in problem["detail"]
    await desk.post(f"/templates/{made['id']}/instantiate", {}, 409)


async def test_what_belongs_together_comes_in_together(desk: Desk) -> None:
    """An API on a connection, a workflow that calls the API, a tool of it: none of them is there before."""
    files = {
        "connection/shop.yaml": "kind: connection\nkey: shop\nname: Shop\ncontent:\n"
        "  config: {type: http, url: 'https://shop.ops.example/'}\n",
        "api/orders.yaml": "kind: api\nkey: orders\nname: Orders\ncontent:\n  path: shop/orders\n"
        "  logic: {type: http, connection: shop, path: /orders}\n",
        "api/flow.yaml": "kind: api\nkey: flow\nname: Flow\ncontent:\n  path: shop/flow\n  logic:\n    type: workflow\n"
        "    nodes:\n      - {id: first, type: api, api: orders}\n",
        "tool/orders.yaml": "kind: tool\nkey: orders\nname: Orders\ncontent:\n  logic: {type: api, api: orders}\n",
    }
    done = await desk.post("/assets/apply", {"files": files, "publish": True})
    assert done["summary"]["create"] == 4
    assert not (await desk.post("/assets/plan", {"files": files, "publish": True}))["changes"]


async def test_the_shipped_bundle_watches_hosts(desk: Desk, core: Core, tenant: TestTenant) -> None:
    folder = load(BUNDLE)
    assert folder.flaws == []
    asked = {"files": folder.files, "parameters": {"cpu_percent": 75, "cpu_minutes": 0}, "publish": True}
    done = await desk.post("/assets/apply", asked)
    assert (done["source"], done["summary"]["create"]) == ("bundle:host-basics", 4)
    rules = {item["key"]: item for item in (await desk.get("/assets?kind=rule"))["items"]}
    world = await World(core, tenant).build()
    engine = await world.engine()
    assert {str(each) for each in engine.runtime.runs} == {item["id"] for item in rules.values()}
    world.at(10)
    await world.sample(5, 74.0)
    await world.sample(6, 76.0)
    await world.drain(engine)
    [alert] = await world.alerts()
    assert (str(alert.rule_id), alert.title) == (rules["host-cpu-high"]["id"], "CPU of web-1 is at 76 %")
    answer = await desk.call("/runtime/hosts/usage")
    assert [(row["host"], row["cpu_percent"]) for row in answer["items"]] == [("web-1", 76)]
    assert not (await desk.post("/assets/plan", asked))["changes"]


async def test_the_shipped_bundle_once_more_under_a_prefix(desk: Desk) -> None:
    asked = {"files": load(BUNDLE).files, "prefix": "eu", "parameters": {"channel": "in-app"}, "publish": True}
    problem = await desk.post("/assets/apply", asked, 422)
    assert problem["errors"][0]["code"] == "link_broken"
    await desk.get("/channels")  # every tenant has one inside Opsloom, once somebody looks
    await desk.post("/assets/apply", asked)
    assert (await desk.call("/runtime/eu/hosts/usage"))["items"] == []
    rules = {item["key"]: item["name"] for item in (await desk.get("/assets?kind=rule"))["items"]}
    assert rules["eu-host-cpu-high"] == "Host CPU busy (eu)"


async def test_nobody_elses_template_can_be_used(client: httpx2.AsyncClient, desk: Desk, core: Core) -> None:
    await fill(desk)
    template = (await desk.get("/assets?kind=template"))["items"][0]["id"]
    stranger = Desk(client, await make_tenant(core))
    assert (await stranger.post(f"/templates/{template}/instantiate", {}, 404))["code"] == "asset_not_found"
