"""HTTP APIs under /runtime: what is sent, what comes back, and every way an upstream can fail."""

import asyncio
import json
from typing import Any

import pytest

from apis.conftest import problem_in
from apis.http.conftest import Upstream, says
from fakes.receiver import answers, drips, floods, hangs, raw, resets
from opsloom.connections.service import breaker_key
from opsloom.identity.permissions import Role

HOST = [{"name": "host", "required": True}]


async def test_a_call_is_filled_sent_and_answered(upstream: Upstream) -> None:
    upstream.answer({"data": {"items": [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}]}})
    logic = {
        "method": "POST",
        "path": "/hosts/{{ host }}/find",
        "query": {"limit": "{{ n }}", "gone": "{{ tag }}", "sum": "{{ n + 1 }}"},
        "headers": {"X-Asked": "for {{ $uppercase(host) }}"},
        "body": {"host": "{{ host }}", "n": "{{ n }}", "tag": "{{ tag }}", "filter": "{{ filter }}"},
        "rows": "data.items",
        "map": "$.{'id': id, 'name': $params.host & '/' & n}",
    }
    parameters = [
        *HOST,
        {"name": "n", "type": "integer", "default": 5},
        {"name": "tag"},
        {"name": "filter", "type": "json"},
    ]
    await upstream.publish("find", logic, parameters=parameters, method="POST")
    answer = await upstream.builder.client.post(
        "/runtime/find", json={"host": "a/b c", "filter": {"x": [1]}}, headers=upstream.builder.tenant.headers
    )
    # a slash inside a segment is refused before anything is sent
    problem_in(answer, 422, "api_value_refused")
    answer = await upstream.builder.client.post(
        "/runtime/find", json={"host": "b c", "filter": {"x": [1]}}, headers=upstream.builder.tenant.headers
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "items": [{"id": 1, "name": "b c/a"}, {"id": 2, "name": "b c/b"}],
        "row_count": 2,
        "truncated": False,
    }
    sent = upstream.receiver.received[-1]
    path, _, query = sent.path.partition("?")
    assert (sent.method, path, sorted(query.split("&"))) == ("POST", "/base/hosts/b%20c/find", ["limit=5", "sum=6"])
    assert sent.headers["x-asked"] == "for B C"
    assert json.loads(sent.body) == {"host": "b c", "n": 5, "filter": {"x": [1]}}
    assert len(upstream.receiver.received) == 1


@pytest.mark.parametrize(
    ("value", "rows"),
    [({"a": 1}, [{"a": 1}]), ([1, 2], [1, 2]), (None, []), ("text", ["text"]), ([], [])],
)
async def test_any_answer_becomes_rows(upstream: Upstream, value: Any, rows: list[Any]) -> None:
    upstream.answer(value)
    await upstream.publish("any", {"path": "/x"})
    assert (await upstream.builder.call("any")).json()["items"] == rows


async def test_text_is_one_string(upstream: Upstream) -> None:
    upstream.receiver.otherwise = answers(200, b"<p>hello</p>", content_type="text/html")
    await upstream.publish("text", {"path": "/x", "rows": "$length($)"})
    assert (await upstream.builder.call("text")).json()["items"] == [12]


BROKEN = [
    (answers(500, b'{"error": "boom"}'), 502, "api_upstream_failed"),
    (answers(503, b"", retry_after="7"), 503, "api_upstream_busy"),
    (answers(429, b"slow down"), 503, "api_upstream_busy"),
    (answers(504, b""), 504, "api_timeout"),
    (answers(404, b"no such host"), 502, "api_upstream_refused"),
    (answers(401, b""), 502, "api_upstream_refused"),
    (answers(302, b"", location="http://169.254.169.254/"), 502, "api_upstream_refused"),
    (hangs, 504, "api_timeout"),
    (drips, 504, "api_timeout"),
    (floods(), 413, "api_result_too_large"),
    (answers(200, b'{"a": ', content_type="application/json"), 502, "api_upstream_failed"),
    (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"), 502, None),
    (raw(b"not http at all\r\n\r\n"), 502, None),
    (resets, None, None),
]


@pytest.mark.parametrize(("behaviour", "status", "code"), BROKEN)
async def test_a_failed_upstream_is_never_an_answer(
    upstream: Upstream, behaviour: Any, status: int | None, code: str | None
) -> None:
    upstream.receiver.otherwise = behaviour
    limits = {"timeout_ms": 700} if behaviour in (hangs, drips) else {"timeout_ms": 10_000}
    api_id = await upstream.publish("broken", {"path": "/x"}, limits=limits)
    answer = await upstream.builder.call("broken")
    assert answer.status_code == status or (status is None and answer.status_code in (502, 503)), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert code in (None, answer.json()["code"])
    row = (await upstream.builder.runs(api_id))[0]
    assert (row["status"], row["code"]) == (answer.status_code, answer.json()["code"])
    upstream.answer([{"ok": True}])
    assert (await upstream.builder.call("broken")).json()["items"] == [{"ok": True}]


async def test_a_busy_upstream_says_how_long(upstream: Upstream) -> None:
    upstream.receiver.otherwise = answers(503, b"", retry_after="7")
    await upstream.publish("busy", {"path": "/x"})
    assert (await upstream.builder.call("busy")).headers["retry-after"] == "7"


async def test_what_an_upstream_says_is_in_the_details(upstream: Upstream) -> None:
    upstream.receiver.otherwise = answers(422, b'{"why": "no such colour"}')
    await upstream.publish("said", {"path": "/x"})
    problem = problem_in(await upstream.builder.call("said"), 502, "api_upstream_refused")
    assert "no such colour" in problem["errors"][0]["detail"]


async def test_an_upstream_that_is_gone(upstream: Upstream) -> None:
    await upstream.linked.republish("upstream", {"type": "http", "url": "http://127.0.0.1:1/"})
    await upstream.publish("gone", {"path": "/x"})
    assert (await upstream.builder.call("gone")).status_code == 503


async def test_a_hanging_upstream_does_not_hold_others(upstream: Upstream) -> None:
    upstream.receiver.otherwise = hangs
    await upstream.publish("slow", {"path": "/x"}, limits={"timeout_ms": 5000})
    await upstream.builder.publish("fast", "select 1 as one")
    waiting = [asyncio.create_task(upstream.builder.call("slow")) for _ in range(3)]
    await upstream.receiver.wait_for(3)
    assert (await upstream.builder.call("fast")).status_code == 200
    assert not any(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_connections_breaker_opens_and_says_so(upstream: Upstream) -> None:
    await upstream.linked.republish("upstream", {"type": "http", "url": "http://127.0.0.1:1/"})
    await upstream.publish("breaks", {"path": "/x"})
    codes = [(await upstream.builder.call("breaks")).json()["code"] for _ in range(8)]
    assert codes[-1] == "circuit_open"
    assert breaker_key  # the connection's, not the API's: nothing here ran long


@pytest.mark.parametrize(
    ("expression", "status", "code"),
    [
        ("$match($string($), /(a+)+$/)", 504, "api_timeout"),
        ("($f := function($x){$f($x)}; $f(1))", 504, "api_timeout"),
        ("$sum('a')", 502, "expression_failed"),
    ],
)
async def test_expressions_that_fail_or_run_away(upstream: Upstream, expression: str, status: int, code: str) -> None:
    upstream.answer("a" * 40 + "!")
    await upstream.publish("maps", {"path": "/x", "map": expression}, limits={"timeout_ms": 800})
    problem_in(await upstream.builder.call("maps"), status, code)
    await upstream.publish("fine", {"path": "/x", "map": "$length($[0])"})
    assert (await upstream.builder.call("fine")).json()["items"] == [41]


async def test_pages_by_cursor(upstream: Upstream) -> None:
    upstream.receiver.script = [
        says({"rows": [1, 2], "next": "c1"}), says({"rows": [3], "next": "c2"}), says({"rows": [4], "next": None}),
    ]  # fmt: skip
    pages = {"type": "cursor", "next": "next", "parameter": "after"}
    await upstream.publish("pages", {"path": "/x", "rows": "rows", "pages": pages, "map": "$sum($)"})
    body = (await upstream.builder.call("pages")).json()
    assert (body["items"], body["truncated"]) == ([10], False)
    assert [each.path for each in upstream.receiver.received] == ["/base/x", "/base/x?after=c1", "/base/x?after=c2"]


async def test_pages_by_number_and_their_cap(upstream: Upstream) -> None:
    upstream.receiver.script = [says([1, 2]), says([3, 4]), says([5])]
    pages: dict[str, Any] = {"type": "number", "parameter": "page", "size": 2}
    await upstream.publish("all", {"path": "/x", "pages": pages})
    assert (await upstream.builder.call("all")).json()["items"] == [1, 2, 3, 4, 5]
    upstream.receiver.script = [says([1, 2]), says([3, 4])]
    await upstream.publish("some", {"path": "/x", "pages": {**pages, "max_pages": 2}})
    body = (await upstream.builder.call("some")).json()
    assert (body["items"], body["truncated"]) == ([1, 2, 3, 4], True)


async def test_pages_by_link_stay_at_the_connection(upstream: Upstream) -> None:
    here = f"http://127.0.0.1:{upstream.receiver.port}"
    upstream.receiver.script = [
        says([1], link=f'<{here}/base/x?page=2&q=a%20b>; rel="next", <{here}/base/x>; rel="first"'), says([2]),
    ]  # fmt: skip
    await upstream.publish("linked", {"path": "/x", "pages": {"type": "link"}})
    assert (await upstream.builder.call("linked")).json()["items"] == [1, 2]
    assert upstream.receiver.received[-1].path == "/base/x?page=2&q=a+b"
    for elsewhere in ("http://169.254.169.254/latest", f"{here}/other/x?page=2", "//evil.example/base/x"):
        upstream.receiver.script = [says([1], link=f'<{elsewhere}>; rel="next"')]
        problem_in(await upstream.builder.call("linked"), 502, "api_upstream_failed")


async def test_rows_are_cut_at_the_limit(upstream: Upstream) -> None:
    upstream.answer(list(range(100)))
    await upstream.publish("cut", {"path": "/x"}, limits={"max_rows": 10})
    body = (await upstream.builder.call("cut")).json()
    assert (len(body["items"]), body["row_count"], body["truncated"]) == (10, 10, True)
    upstream.answer(["x" * 5000])
    await upstream.publish("wide", {"path": "/x"}, limits={"max_bytes": 1000})
    problem_in(await upstream.builder.call("wide"), 413, "api_result_too_large")


async def test_caching_formats_and_drafts(upstream: Upstream) -> None:
    upstream.answer([{"a": 1, "b": "x"}])
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
    api_id = await upstream.publish("kept", {"path": "/x"}, cache={"ttl_s": 60}, row_schema=schema)
    assert [(await upstream.builder.call("kept")).headers["x-cache-status"] for _ in range(2)] == ["MISS", "HIT"]
    assert len(upstream.receiver.received) == 1
    assert (await upstream.builder.call("kept.csv")).text.splitlines() == ["a,b", "1,x"]
    ran = await upstream.send(f"/apis/{api_id}/run", {"parameters": {}})
    assert ran.status_code == 200, ran.text
    assert (ran.json()["items"], ran.json()["version"]) == ([{"a": 1, "b": "x"}], 0)
    assert ran.json()["row_schema"]["properties"]["b"] == {"type": "string"}


async def test_checking_names_every_fault(upstream: Upstream) -> None:
    logic = {
        "path": "/x/{{ hosst }}?a=1",
        "query": {"a": "{{ 1 + }}", "b": "{{ open"},
        "rows": "a[",
        "pages": {"type": "cursor", "next": ")", "parameter": "p"},
        "body": {"x": 1},
    }
    made = await upstream.send("/apis", upstream.draft("bad", logic, parameters=HOST))
    answer = await upstream.send(f"/apis/{made.json()['id']}/publish", {})
    problem = problem_in(answer, 422, "api_logic_refused")
    found = {(each["pointer"].partition("#")[0], each["code"]) for each in problem["errors"]}
    assert found == {
        ("/logic/path", "parameter_undeclared"),
        ("/logic/path", "path"),
        ("/logic/query/a", "expression"),
        ("/logic/query/b", "template"),
        ("/logic/rows", "expression"),
        ("/logic/pages/next", "expression"),
        ("/logic/body", "body"),
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [({"connection": "no-such"}, "connection_not_found"), ({"connection": "files"}, "connection_type")],
)
async def test_a_connection_that_does_not_fit(upstream: Upstream, change: dict[str, str], code: str) -> None:
    upstream.linked.folder.mkdir(parents=True, exist_ok=True)
    (upstream.linked.folder / "x.db").touch()
    await upstream.linked.publish("files", {"type": "sqlite", "path": "x.db"})
    checked = await upstream.send("/apis/check", {"logic": {"type": "http", "path": "/x", **change}})
    assert [each["code"] for each in checked.json()["findings"]] == [code]


async def test_writing_methods_answer_only_to_post(upstream: Upstream) -> None:
    made = await upstream.send("/apis", upstream.draft("del", {"path": "/x", "method": "DELETE"}))
    answer = await upstream.send(f"/apis/{made.json()['id']}/publish", {})
    assert [each["code"] for each in answer.json()["errors"]] == ["method"]
    await upstream.publish("del2", {"path": "/x", "method": "DELETE"}, method="POST")
    upstream.answer(None, 204)
    assert (await upstream.builder.call("del2")).status_code == 405
    headers = upstream.builder.tenant.headers
    answer = await upstream.builder.client.post("/runtime/del2", json={}, headers=headers)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_a_withdrawn_connection_is_a_503(upstream: Upstream) -> None:
    api_id = await upstream.publish("later", {"path": "/x"})
    upstream.answer([1])
    assert (await upstream.builder.call("later")).status_code == 200
    found = await upstream.builder.client.get(
        "/api/v1/assets", params={"kind": "connection"}, headers=upstream.builder.tenant.headers
    )
    asset_id = found.json()["items"][0]["id"]
    answer = await upstream.send(f"/assets/{asset_id}/unpublish", {"force": True})
    assert answer.status_code == 200, answer.text
    problem_in(await upstream.builder.call("later"), 503, "api_unservable")
    assert (await upstream.builder.runs(api_id))[0]["code"] == "api_unservable"


async def test_drafts_call_out_only_for_those_who_may_use_connections(upstream: Upstream) -> None:
    made = await upstream.send("/apis", upstream.draft("draft", {"path": "/x"}))
    upstream.answer([1])
    path = f"/api/v1/apis/{made.json()['id']}/run"
    tenant, client = upstream.builder.tenant, upstream.builder.client
    assert (await client.post(path, json={}, headers=tenant.as_role(Role.OPERATOR))).status_code == 200
    keys = {"name": "narrow", "scopes": ["apis.read", "apis.run"]}
    key = (await client.post("/api/v1/keys", json=keys, headers=tenant.headers)).json()["key"]
    answer = await client.post(path, json={}, headers={"X-API-Key": key})
    problem_in(answer, 403, "permission_missing")


async def test_another_tenants_connection_is_like_none(upstream: Upstream, other_tenant: Any) -> None:
    body = {"logic": {"type": "http", "path": "/x", "connection": "upstream"}}
    client = upstream.builder.client
    theirs = await client.post("/api/v1/apis/check", json=body, headers=other_tenant.headers)
    body["logic"]["connection"] = "made-up"
    none = await client.post("/api/v1/apis/check", json=body, headers=other_tenant.headers)
    assert theirs.text.replace("upstream", "") == none.text.replace("made-up", "")
