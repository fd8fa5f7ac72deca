"""What an answer says beside its rows: the whole group of headers, for every form and outcome."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from apis.conftest import Builder, problem_in
from opsloom.apis.schemas import ApiDefinition
from opsloom.identity.permissions import Role

SUNSET = {"since": "2026-01-01T00:00:00Z", "ends": "2027-01-01T00:00:00Z", "link": "https://docs.example.com/next"}


@pytest.mark.parametrize("form", ["", ".csv", ".ndjson", ".parquet", ".arrow"])
async def test_each_form_carries_the_group(builder: Builder, form: str) -> None:
    await builder.publish(
        "told", "select g as n from generate_series(1, 3) g",
        limits={"caller_rate": 600, "max_rows": 2}, cache={"ttl_s": 60}, sunset=SUNSET,
    )  # fmt: skip
    first, again = await builder.call(f"told{form}"), await builder.call(f"told{form}")
    assert (first.headers["x-cache-status"], again.headers["x-cache-status"]) == ("MISS", "HIT")
    assert first.headers["server-timing"].startswith("queue;dur=")
    assert again.headers["server-timing"].startswith("total;dur=")
    assert (first.headers["x-row-count"], first.headers["x-truncated"], first.headers["x-api-version"]) == (
        "2",
        "true",
        "1",
    )
    assert (first.headers["ratelimit-limit"], int(again.headers["ratelimit-remaining"]) < 100) == ("600", True)
    assert first.headers["deprecation"] == "@1767225600"
    assert parsedate_to_datetime(first.headers["sunset"]).isoformat() == "2027-01-01T00:00:00+00:00"
    assert first.headers["link"] == '<https://docs.example.com/next>; rel="deprecation"'
    assert first.headers["cache-control"] == "private, no-cache"
    etag = first.headers["etag"]
    assert etag == again.headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        headers = builder.tenant.headers | {"if-none-match": known}
        unchanged = await builder.client.get(f"/runtime/told{form}", headers=headers)
        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", etag)
        assert {"sunset", "ratelimit-limit", "x-cache-status"} <= set(unchanged.headers)
    changed = await builder.client.get(
        f"/runtime/told{form}", headers=builder.tenant.headers | {"if-none-match": '"x"'}
    )
    assert changed.status_code == 200


async def test_a_post_is_never_unchanged(builder: Builder) -> None:
    await builder.publish("told", "select 1 as n")
    headers = builder.tenant.headers | {"if-none-match": "*"}
    assert (await builder.client.post("/runtime/told", json={}, headers=headers)).status_code == 200


async def test_a_stream_carries_what_is_known_when_it_begins(builder: Builder) -> None:
    await builder.publish("told", "select 1 as n", stream={}, sunset=SUNSET, limits={"caller_rate": 600})
    answer = await builder.call("told.ndjson")
    assert {"sunset", "deprecation", "server-timing", "ratelimit-remaining", "x-api-version"} <= set(answer.headers)
    assert (answer.headers["x-streamed"], answer.headers["x-cache-status"]) == ("true", "BYPASS")
    assert not {"etag", "x-row-count", "content-length"} & set(answer.headers)


async def test_the_document_says_that_it_goes(builder: Builder) -> None:
    await builder.publish("told", "select 1 as n", sunset=SUNSET)
    document = (await builder.client.get("/api/v1/runtime/openapi.json", headers=builder.tenant.headers)).json()
    assert document["paths"]["/runtime/told"]["get"]["deprecated"] is True


def test_a_sunset_cannot_lie_before_its_notice() -> None:
    logic = {"type": "sql", "sql": "select 1 as n"}
    wrong: dict[str, Any] = {"since": "2026-01-02T00:00:00Z", "ends": "2026-01-01T00:00:00Z"}
    with pytest.raises(ValueError, match="cannot end before"):
        ApiDefinition.model_validate({"path": "p", "logic": logic, "sunset": wrong})


async def test_parameters_from_headers_and_from_the_server(builder: Builder) -> None:
    parameters = [
        {"name": "plant_id", "where": "header", "type": "integer", "required": True},
        {"name": "me", "where": "caller"},
        {"name": "tenant", "where": "tenant", "type": "uuid"},
        {"name": "moment", "where": "now", "type": "datetime"},
    ]
    sql = "select :plant_id::int as plant, :me::text as me, :tenant::uuid as tenant, :moment::timestamptz as moment"
    api_id = await builder.publish("filled", sql, parameters=parameters)
    headers = builder.tenant.headers | {"Plant-Id": "7"}
    row = (await builder.client.get("/runtime/filled", headers=headers)).json()["items"][0]
    assert (row["plant"], row["tenant"]) == (7, str(builder.tenant.id))
    assert datetime.fromisoformat(row["moment"]) <= builder.core.clock.now()
    other = await builder.client.get(
        "/runtime/filled", headers=builder.tenant.as_role(Role.OPERATOR) | {"Plant-Id": "7"}
    )
    assert other.json()["items"][0]["me"] != row["me"]
    problem = problem_in(
        await builder.call("filled", me="somebody", tenant=str(builder.tenant.id)), 422, "api_parameters_invalid"
    )
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == {
        ("me", "unknown"), ("tenant", "unknown"), ("plant_id", "required"),
    }  # fmt: skip
    tried = await builder.client.post(
        f"/api/v1/apis/{api_id}/run", json={"parameters": {"plant_id": 8}}, headers=builder.tenant.headers
    )
    assert (tried.json()["items"][0]["plant"], tried.json()["items"][0]["me"]) == (8, row["me"])
    document = (await builder.client.get("/api/v1/runtime/openapi.json", headers=builder.tenant.headers)).json()
    shown = document["paths"]["/runtime/filled"]["get"]["parameters"]
    assert [(each["name"], each["in"], each["required"]) for each in shown] == [("plant-id", "header", True)]


def test_an_answer_of_the_moment_is_not_kept() -> None:
    parameters = [{"name": "moment", "where": "now", "type": "datetime"}]
    logic = {"type": "sql", "sql": "select :moment::timestamptz as t"}
    with pytest.raises(ValueError, match="depends on the moment"):
        ApiDefinition.model_validate({"path": "p", "logic": logic, "parameters": parameters, "cache": {"ttl_s": 5}})
