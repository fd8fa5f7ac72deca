"""The outermost layer and the probes."""

import httpx2


async def test_health_answers_without_signing_in(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_an_unknown_path_is_a_problem_document(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
    assert len(answer.json()["trace_id"]) == 32


async def test_metrics_are_refused_through_a_proxy(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 200
    assert (await client.get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"})).status_code == 401


async def test_the_type_of_a_problem_leads_to_its_meaning(client: httpx2.AsyncClient) -> None:
    kind = (await client.get("/api/v1/me")).json()["type"]
    page, _, anchor = kind.partition("#")
    meaning = await client.get(page)
    assert meaning.status_code == 200
    assert f'<a id="{anchor}"></a>' in meaning.text
