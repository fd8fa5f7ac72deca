"""Saved cases: what is expected of a tool, run on its draft and its published version."""

from typing import Any

from apis.conftest import problem_in
from tools.conftest import SQL, Bench


async def add(bench: Bench, asset_id: str, name: str, arguments: dict[str, Any], expectation: dict[str, Any]) -> str:
    body = {"name": name, "arguments": arguments, "expectation": expectation}
    answer = await bench.send(f"/tools/{asset_id}/cases", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_cases_pass_and_fail_and_say_where(bench: Bench) -> None:
    asset_id = await bench.draft("Cases", SQL)
    rows = [{"host": "a", "value": 1}]
    whole = {"items": rows, "row_count": 1, "truncated": False}
    await add(bench, asset_id, "whole", {"host": "a", "n": 1}, {"type": "equals", "value": whole})
    await add(bench, asset_id, "part", {"host": "a", "n": 5}, {"type": "contains", "value": {"items": rows}})
    await add(bench, asset_id, "wrong", {"host": "a", "n": 1}, {"type": "contains", "value": {"items": [{"value": 9}]}})
    await add(bench, asset_id, "refused", {}, {"type": "fails", "code": "tool_arguments_invalid"})
    await add(bench, asset_id, "not refused", {"host": "a"}, {"type": "fails", "code": "tool_arguments_invalid"})
    await add(bench, asset_id, "any", {"host": "a"}, {"type": "succeeds"})
    ran = (await bench.send(f"/tools/{asset_id}/cases/run", {})).json()
    assert (ran["passed"], ran["failed"], ran["skipped"]) == (4, 2, 0)
    outcomes = {each["name"]: each["outcome"] for each in ran["items"]}
    assert [name for name, each in outcomes.items() if not each["passed"]] == ["wrong", "not refused"]
    assert outcomes["wrong"]["differences"][0]["pointer"] == "/items/0"
    assert outcomes["refused"]["code"] == "tool_arguments_invalid"
    assert {each["caller"] for each in await bench.runs(asset_id)} == {"case"}
    kept = (await bench.get(f"/tools/{asset_id}/cases"))["items"]
    assert [each["outcome"]["passed"] for each in kept] == [each["outcome"]["passed"] for each in ran["items"]]


async def test_one_case_and_the_published_version(bench: Bench) -> None:
    asset_id = await bench.publish("Cases", SQL)
    first = await add(bench, asset_id, "first", {"host": "a"}, {"type": "succeeds"})
    await add(bench, asset_id, "second", {"host": "a"}, {"type": "succeeds"})
    ran = (await bench.send(f"/tools/{asset_id}/cases/run", {"draft": False, "case_ids": [first]})).json()
    assert [(each["name"], each["outcome"]["version"]) for each in ran["items"]] == [("first", 1)]


async def test_cases_are_changed_and_deleted(bench: Bench) -> None:
    asset_id = await bench.draft("Cases", SQL)
    case_id = await add(bench, asset_id, "first", {"host": "a"}, {"type": "succeeds"})
    await bench.send(f"/tools/{asset_id}/cases/run", {})
    changed = {"name": "renamed", "arguments": {"host": "b"}, "expectation": {"type": "succeeds"}}
    saved = await bench.send(f"/tools/{asset_id}/cases/{case_id}", changed, method="PUT")
    assert (saved.json()["name"], saved.json()["outcome"]) == ("renamed", None)
    other = await bench.draft("Other", SQL)
    problem_in(await bench.send(f"/tools/{other}/cases/{case_id}", changed, method="PUT"), 404, "tool_case_not_found")
    answer = await bench.send(f"/tools/{asset_id}/cases/{case_id}", method="DELETE")
    assert answer.status_code == 204
    problem_in(await bench.send(f"/tools/{asset_id}/cases/{case_id}", method="DELETE"), 404, "tool_case_not_found")
    problem_in(await bench.send(f"/tools/{asset_id}/cases/run", {"case_ids": [case_id]}), 404, "tool_case_not_found")


async def test_a_tool_that_is_not_published_has_no_version_to_run(bench: Bench) -> None:
    asset_id = await bench.draft("Cases", SQL)
    problem_in(await bench.send(f"/tools/{asset_id}/cases/run", {"draft": False}), 409, "not_published")
