"""Deciding by a link: looking decides nothing, an answer counts once, and what was changed, used or is over says so."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from apis.conftest import Builder, problem_in
from apis.workflows.test_durable import act, advance, show, start
from apis.workflows.test_engine import edge, publish, value
from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Role
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _close(core: Core) -> AsyncIterator[None]:
    yield
    await core.part(Aside).close()


async def asking(builder: Builder, link: str, **more: Any) -> UUID:
    """A run that waits for an answer."""
    nodes = [
        {"type": "approval", "id": "ok", "message": "'Restart?'", "link": link, "expires_s": 600, **more},
        value("said", "nodes.ok"),
    ]
    await publish(builder, "ask", nodes, edge("ok", "said", "approved"), durable=True)
    run_id = await start(builder, "ask")
    assert (await advance(builder, run_id))["state"] == "waiting"
    return run_id


async def token_of(builder: Builder, run_id: UUID) -> str:
    answer = await act(builder, run_id, "nodes/ok/link")
    assert answer.status_code == 200, answer.text
    page, _, token = answer.json()["url"].partition("#token=")
    assert page == f"{builder.core.settings.origin}/approval"
    return str(token)


async def open_link(builder: Builder, what: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return await builder.client.post(f"/api/v1/approval-links/{what}", json=body, headers=headers)


async def test_whoever_has_the_link_decides_once(builder: Builder) -> None:
    run_id = await asking(builder, "anyone")
    token = await token_of(builder, run_id)
    for _ in range(2):
        question = await open_link(builder, "question", token=token)
        assert (question.status_code, question.json()["question"]) == (200, "Restart?"), question.text
    assert (await show(builder, run_id))["nodes"][0]["state"] == "waiting"
    both = [open_link(builder, "decision", token=token, approve=True, comment="go on") for _ in range(2)]
    answers = await asyncio.gather(*both)
    assert sorted(each.status_code for each in answers) == [200, 409]
    assert next(each.json() for each in answers if each.status_code == 200)["decided_by"] == "signed link"
    run = await advance(builder, run_id)
    assert run["output"] == {"approved": True, "by": "signed link", "comment": "go on"}
    for what, more in (("question", {}), ("decision", {"approve": False})):
        problem_in(await open_link(builder, what, token=token, **more), 409, "approval_link_used")
    audited = await builder.client.get("/api/v1/audit?action=workflow.link_used", headers=builder.tenant.headers)
    assert [each["target"]["id"] for each in audited.json()["items"]] == [str(run_id)]


async def test_what_was_changed_is_no_link(builder: Builder, other_tenant: TestTenant) -> None:
    token = await token_of(builder, await asking(builder, "anyone"))
    tenant, mark, key, body = token.split(".")
    raw = base64.urlsafe_b64decode(body)
    flipped = base64.urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    wrong = [
        "nonsense", tenant, f"{tenant}.{mark}.{key}.", f"{tenant}.{mark}.{key}.{flipped}",
        f"{other_tenant.id.hex}.{mark}.{key}.{body}", f"{UUID(int=0).hex}.{mark}.{key}.{body}", f"{token}x",
    ]  # fmt: skip
    for each in wrong:
        problem_in(await open_link(builder, "question", token=each), 404, "approval_link_invalid")
        problem_in(await open_link(builder, "decision", token=each, approve=True), 404, "approval_link_invalid")


async def test_it_ends_with_its_time(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await token_of(builder, await asking(builder, "anyone"))
    now = builder.core.clock.now
    monkeypatch.setattr(builder.core.clock, "now", lambda: now() + timedelta(seconds=601))
    problem_in(await open_link(builder, "decision", token=token, approve=True), 410, "approval_link_expired")


async def test_one_for_members_takes_a_sign_in_of_the_tenant(builder: Builder, other_tenant: TestTenant) -> None:
    run_id = await asking(builder, "members")
    token = await token_of(builder, run_id)
    said = {"token": token, "approve": True}
    for what in ("question", "decision"):
        body = said if what == "decision" else {"token": token}
        assert (await open_link(builder, what, **body)).status_code == 401
        viewer = builder.tenant.as_role(Role.VIEWER)
        assert (await open_link(builder, what, viewer, **body)).status_code == 403
        problem_in(await open_link(builder, what, other_tenant.headers, **body), 404, "approval_link_invalid")
    answer = await open_link(builder, "decision", builder.tenant.as_role(Role.OPERATOR), **said)
    assert answer.json() == {"approved": True, "decided_by": "operator key"}


async def test_a_decision_in_the_page_uses_up_the_link_and_a_repeat_gets_another(builder: Builder) -> None:
    run_id = await asking(builder, "anyone")
    token = await token_of(builder, run_id)
    await act(builder, run_id, "nodes/ok/decision", {"approve": True})
    problem_in(await open_link(builder, "question", token=token), 409, "approval_link_used")
    assert (await advance(builder, run_id))["state"] == "succeeded"
    await act(builder, run_id, "retry", {"from_node": "ok"})
    assert (await advance(builder, run_id))["state"] == "waiting"
    problem_in(await open_link(builder, "question", token=token), 409, "approval_link_used")
    assert (await open_link(builder, "question", token=await token_of(builder, run_id))).status_code == 200


async def test_who_is_told_is_told_once_with_the_link(builder: Builder) -> None:
    run_id = await asking(builder, "anyone", tell={})
    await advance(builder, run_id)
    listed = (await builder.client.get("/api/v1/notifications", headers=builder.tenant.headers)).json()["items"]
    assert [each["title"] for each in listed] == ["Restart?"]
    token = listed[0]["message"]["en"].partition("#token=")[2].split()[0]
    assert (await open_link(builder, "question", token=token)).json()["api_name"] == "ask"


async def test_expressions_pass_the_link_on_before_it_is_asked(builder: Builder) -> None:
    nodes = [
        value("first", "ctx.approvals.ok"),
        {"type": "wait", "id": "w", "seconds": "3600"},
        {"type": "approval", "id": "ok", "message": "'Well?'", "link": "anyone"},
    ]
    await publish(builder, "chain", nodes, edge("first", "w"), edge("w", "ok"), durable=True)
    run = await advance(builder, await start(builder, "chain"))
    token = run["nodes"][0]["output"].partition("#token=")[2]
    problem_in(await open_link(builder, "question", token=token), 409, "approval_link_used")


async def test_a_node_that_gives_out_none_has_none(builder: Builder) -> None:
    run_id = await asking(builder, "nobody")
    problem_in(await act(builder, run_id, "nodes/ok/link"), 409, "workflow_run_ended")
    problem_in(await act(builder, run_id, "nodes/nothing/link"), 409, "workflow_run_ended")
