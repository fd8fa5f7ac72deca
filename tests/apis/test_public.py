"""Who may call an API: members, people, keys, or anybody; public ones only where three people agreed to it."""

from typing import Any

import pytest

from apis.conftest import Builder, draft, fill, problem_in
from fixtures.tenants import TestTenant
from opsloom.apis.kind import ApiKind
from opsloom.apis.public import PublicTenants
from opsloom.identity.permissions import Role

PUBLIC = {"callers": "public", "address_rate": 12}


@pytest.fixture
def opened(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> Builder:
    """The operator has named the tenant."""
    tenants = PublicTenants(builder.core.db, [builder.tenant.slug])
    monkeypatch.setitem(builder.core.parts, PublicTenants, tenants)
    monkeypatch.setattr(builder.core.part(ApiKind), "_may_be_public", tenants.allow)
    return builder


async def _publish(builder: Builder, headers: dict[str, str] | None = None, **more: Any) -> Any:
    headers = headers or builder.tenant.headers
    body = draft("open", "select name as n from data.items", **more)
    made = await builder.client.post("/api/v1/apis", json=body, headers=headers)
    return await builder.client.post(f"/api/v1/apis/{made.json()['id']}/publish", json={}, headers=headers)


async def test_public_is_refused_by_default(builder: Builder) -> None:
    problem = problem_in(await _publish(builder, auth=PUBLIC), 422, "api_logic_refused")
    assert problem["errors"][0]["code"] == "public_not_allowed"
    await builder.publish("here", "select 1 as n")
    problem_in(await builder.client.get(f"/public/{builder.tenant.slug}/here"), 404, "api_not_found")


async def test_only_who_may_change_the_settings_publishes_it(opened: Builder) -> None:
    problem_in(await _publish(opened, opened.tenant.as_role(Role.BUILDER), auth=PUBLIC), 403, "permission_missing")


async def test_anybody_calls_it_and_sees_its_tenant_alone(opened: Builder, other_tenant: TestTenant) -> None:
    await fill(opened.core, opened.tenant, "web-1", [1.0])
    await fill(opened.core, other_tenant, "canary-host", [1.0])
    published = await _publish(opened, auth=PUBLIC, parameters=[{"name": "me", "where": "caller"}])
    assert published.status_code == 200, published.text
    client, slug = opened.client, opened.tenant.slug
    answer = await client.get(f"/public/{slug}/open.csv")
    assert (answer.status_code, answer.text) == (200, "n\r\nweb-1\r\n")
    assert answer.headers["ratelimit-limit"] == "12"
    assert (await opened.call("open")).status_code == 200
    problem_in(await client.get("/runtime/open"), 401, "sign_in_required")
    await opened.publish("closed", "select 1 as n")
    nothing = problem_in(await client.get(f"/public/{slug}/nothing"), 404, "api_not_found")
    for path in (f"{slug}/closed", f"{other_tenant.slug}/open", f"{opened.tenant.id}/open", "no-such-tenant/open"):
        refused = problem_in(await client.get(f"/public/{path}"), 404, "api_not_found")
        assert refused["detail"] == nothing["detail"]
    row = (await opened.runs(await _id(opened)))[-1]
    assert (row["actor_kind"], row["actor_name"], row["status"]) == ("system", "anonymous", 200)


async def _id(builder: Builder) -> str:
    found = await builder.client.get("/api/v1/apis", params={"text": "open"}, headers=builder.tenant.headers)
    return str(found.json()["items"][0]["id"])


async def test_each_address_has_its_rate(opened: Builder) -> None:
    assert (await _publish(opened, auth=PUBLIC)).status_code == 200
    answers = [await opened.client.get(f"/public/{opened.tenant.slug}/open") for _ in range(4)]
    assert 429 in [answer.status_code for answer in answers]
    problem_in(answers[-1], 429, "api_rate_limited")
    assert (await opened.call("open")).status_code == 200


async def test_some_are_for_people_and_some_for_keys(builder: Builder) -> None:
    await builder.publish("people", "select 1 as n", auth={"callers": "people"})
    await builder.publish("keys", "select 1 as n", auth={"callers": "keys"})
    problem_in(await builder.call("people"), 403, "api_caller_unfit")
    assert (await builder.call("keys")).status_code == 200
