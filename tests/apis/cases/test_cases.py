"""Saved cases of an API: kept, run on draft and versions, compared, and asked for by policy."""

from typing import Any

from apis.conftest import Builder, draft, problem_in
from opsloom.apis.sealed import SealedValues
from opsloom.infra.secrets import Secrets

SQL = "select :host::text as host, g as value from generate_series(1, :n::bigint) g"
PARAMETERS = [
    {"name": "host", "required": True},
    {"name": "n", "type": "integer", "default": 1, "minimum": 1, "maximum": 100},
    {"name": "token", "sensitive": True},
]
ROWS = [{"host": "a", "value": 1}]


def case(name: str, parameters: dict[str, Any], *matchers: dict[str, Any], **expected: Any) -> dict[str, Any]:
    return {"name": name, "parameters": parameters, "expectation": {"matchers": list(matchers), **expected}}


class Cases:
    """The cases of one API over HTTP."""

    def __init__(self, builder: Builder, api_id: str) -> None:
        self.builder, self.api_id = builder, api_id
        self.headers = builder.tenant.headers

    async def send(self, path: str = "", body: Any = None, method: str = "POST") -> Any:
        url = f"/api/v1/apis/{self.api_id}/cases{path}"
        return await self.builder.client.request(method, url, json=body, headers=self.headers)

    async def add(self, *given: Any, **expected: Any) -> str:
        answer = await self.send(body=case(*given, **expected))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def run(self, **request: Any) -> dict[str, Any]:
        answer = await self.send("/run", request)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def edit(self, sql: str) -> None:
        """Another draft of the API."""
        client, path = self.builder.client, f"/api/v1/apis/{self.api_id}"
        etag = (await client.get(path, headers=self.headers)).headers["etag"]
        body = draft("cases", sql, name="Cases", parameters=PARAMETERS)
        answer = await client.put(path, json=body, headers=self.headers | {"if-match": etag})
        assert answer.status_code == 200, answer.text

    async def publish(self) -> Any:
        return await self.builder.client.post(f"/api/v1/apis/{self.api_id}/publish", json={}, headers=self.headers)


async def made(builder: Builder) -> Cases:
    found = await builder.create("cases", SQL, name="Cases", parameters=PARAMETERS)
    return Cases(builder, str(found["id"]))


async def test_cases_pass_and_fail_and_say_where(builder: Builder) -> None:
    cases = await made(builder)
    await cases.add("whole", {"host": "a"}, {"type": "equals", "value": ROWS}, {"type": "schema"})
    await cases.add("wrong", {"host": "a"}, {"type": "equals", "pointer": "/0/value", "value": 7})
    await cases.add("refused", {}, status=422, code="api_parameters_invalid")
    await cases.add("not refused", {"host": "a"}, status=422)
    await cases.add("rows", {"host": "a", "n": 5}, {"type": "rows", "minimum": 5, "maximum": 5})
    ran = await cases.run()
    assert (ran["passed"], ran["failed"], ran["skipped"]) == (3, 2, 0)
    found = {each["name"]: each["outcome"] for each in ran["items"]}
    assert {name: each["passed"] for name, each in found.items()} == {
        "whole": True, "wrong": False, "refused": True, "not refused": False, "rows": True,
    }  # fmt: skip
    assert found["wrong"]["differences"] == [{"pointer": "/0/value", "expected": 7, "actual": 1}]
    assert found["refused"]["code"] == "api_parameters_invalid"
    assert found["whole"]["answer"] == ROWS
    assert (await cases.send(method="GET")).json()["items"] == ran["items"]
    assert len(await builder.runs(cases.api_id)) == 5, "a case runs through the executor and its log"


async def test_an_answer_is_compared_with_the_last_good_one_and_with_any_version(builder: Builder) -> None:
    cases = await made(builder)
    case_id = await cases.add("shape", {"host": "a"}, {"type": "rows", "minimum": 1})
    assert (await cases.publish()).status_code == 200
    first = (await cases.run(version=1))["items"][0]
    assert (first["outcome"]["version"], first["outcome"]["changes"], first["good"]["answer"]) == (1, [], ROWS)
    await cases.edit(SQL.replace("g as value", "g + 1 as value"))
    second = (await cases.run(case_ids=[case_id]))["items"][0]
    assert (second["outcome"]["passed"], second["outcome"]["version"]) == (True, 0)
    assert second["outcome"]["changes"] == [{"pointer": "/0/value", "expected": 1, "actual": 2}]
    assert second["good"]["answer"] == [{"host": "a", "value": 2}]
    again = (await cases.run(version=1))["items"][0]["outcome"]
    assert again["changes"] == [{"pointer": "/0/value", "expected": 2, "actual": 1}]
    problem_in(await cases.send("/run", {"version": 9}), 404, "version_not_found")


async def test_what_opens_something_is_not_read_back_and_stays_when_saved(builder: Builder) -> None:
    cases = await made(builder)
    case_id = await cases.add("secret", {"host": "a", "token": "hunter2"})
    shown = (await cases.send(method="GET")).json()["items"][0]
    assert shown["parameters"] == {"host": "a", "token": "***"}
    renamed = case("renamed", shown["parameters"])
    saved = await cases.send(f"/{case_id}", renamed, "PUT")
    assert saved.json()["name"] == "renamed"
    async with builder.core.db.raw(builder.tenant.scope) as connection:
        kept = await connection.fetchval("select parameters from api_cases where id = $1::uuid", case_id)
    assert "hunter2" not in str(kept)
    async with builder.core.db.transaction(builder.tenant.scope) as session:
        values = SealedValues(builder.core.part(Secrets), session, builder.tenant.id, "api-case")
        assert await values.open(kept, ["token"]) == {"host": "a", "token": "hunter2"}


async def test_cases_are_changed_and_deleted_and_belong_to_their_api(builder: Builder) -> None:
    cases = await made(builder)
    case_id = await cases.add("first", {"host": "a"})
    await cases.run()
    saved = (await cases.send(f"/{case_id}", case("renamed", {"host": "b"}), "PUT")).json()
    assert (saved["name"], saved["outcome"], saved["good"]) == ("renamed", None, None)
    other = Cases(builder, str((await builder.create("other", "select 1 as one"))["id"]))
    problem_in(await other.send(f"/{case_id}", case("x", {}), "PUT"), 404, "api_case_not_found")
    problem_in(await other.send("/run", {"case_ids": [case_id]}), 404, "api_case_not_found")
    assert (await cases.send(f"/{case_id}", method="DELETE")).status_code == 204
    problem_in(await cases.send(f"/{case_id}", method="DELETE"), 404, "api_case_not_found")


async def test_a_policy_asks_for_cases_that_pass_on_what_is_published(builder: Builder) -> None:
    policy = {"kind": "policy", "name": "Green", "content": {"kinds": ["api"], "approvals": 0, "green_cases": True}}
    answer = await builder.client.post("/api/v1/assets", json=policy, headers=builder.tenant.headers)
    path = f"/api/v1/assets/{answer.json()['id']}"
    published = await builder.client.post(f"{path}/publish", json={}, headers=builder.tenant.headers)
    assert published.status_code == 200, published.text
    cases = await made(builder)
    assert "there are none" in problem_in(await cases.publish(), 409, "api_cases_not_green")["detail"]
    await cases.add("first", {"host": "a"}, {"type": "equals", "pointer": "/0/value", "value": 1})
    problem_in(await cases.publish(), 409, "api_cases_not_green")
    await cases.run()
    assert (await cases.publish()).status_code == 200
    await cases.edit(SQL.replace("g as value", "g + 1 as value"))
    seen = await builder.client.get(
        f"/api/v1/assets/{cases.api_id}/impact", params={"action": "publish"}, headers=builder.tenant.headers
    )
    assert (seen.json()["allowed"], seen.json()["code"]) == (False, "api_cases_not_green"), "the page says so before"
    await cases.run()
    problem_in(await cases.publish(), 409, "api_cases_not_green")
    back = await builder.client.post(
        f"/api/v1/apis/{cases.api_id}/rollback", json={"version": 1}, headers=builder.tenant.headers
    )
    assert back.status_code == 200, "going back to what was in force needs no cases"


async def test_a_frozen_clock_and_seed_give_the_same_again(builder: Builder) -> None:
    code = "import random\n\ndef main(params, input, ctx):\n    return {'now': ctx['now'], 'dice': random.random()}"
    body = {"name": "Dice", "path": "dice", "logic": {"type": "script", "code": code}}
    headers = builder.tenant.headers
    answer = await builder.client.post("/api/v1/apis", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    cases = Cases(builder, str(answer.json()["id"]))
    world = {"frozen": {"now": "2026-01-31T09:00:00Z", "seed": 7}}
    assert (await cases.send(body=case("same", {}) | world)).status_code == 201
    await cases.add("other", {})
    answers = []
    for _ in range(2):
        items = (await cases.run())["items"]
        assert [each["outcome"]["passed"] for each in items] == [True, True], items
        answers.append([each["outcome"]["answer"] for each in items])
    (same, other), (again, another) = answers
    assert same == again
    assert same["now"].startswith("2026-01-31T09:00:00")
    assert other["dice"] != another["dice"]
