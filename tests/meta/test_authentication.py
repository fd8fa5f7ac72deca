"""Every operation asks who is there and whether he may, except the few that nobody could reach otherwise."""

import pytest
from starlette.types import ASGIApp

from fixtures.tenants import TestTenant
from meta.operations import OPEN, UNSAFE, Operation, operations
from meta.requests import Raw, check_problem, header_pairs, send
from opsloom.identity import tokens
from opsloom.identity.models import ApiKey
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id

# They concern only the caller himself (or what everybody may know), so a sign-in is all they need.
ANY_SIGNED_IN = frozenset(
    {
        "log_out",
        "switch_tenant",
        "read_me",
        "change_own_password",
        "list_roles",
        "list_sessions",
        "end_session",
        "list_tenants",
        "follow_stream",
        "report_page_error",  # a page that fails says so, whoever looks at it
    }
)
GUARDED = [each for each in operations() if each.id not in OPEN]


def request_for(operation: Operation, headers: dict[str, str]) -> Raw:
    """A request with made-up ids and no body: who asks is settled before what is asked."""
    values = {each.name: operation.sample(each) for each in operation.in_path()}
    return Raw(operation.method, operation.url(values), headers=header_pairs(headers))


async def key_without_permissions(core: Core, tenant: TestTenant) -> str:
    """An API key of an owner that was made for nothing."""
    secret = tokens.issue(tokens.TokenKind.KEY, tenant.id)
    async with core.db.transaction(tenant.scope) as session:
        session.add(
            ApiKey(
                tenant_id=tenant.id,
                id=new_id(),
                name="for nothing",
                prefix=tokens.visible_prefix(secret),
                hash=tokens.digest(secret),
                scopes=[],
                created_by=tenant.user_ids[Role.OWNER],
                created_by_name="owner",
                created_at=core.clock.now(),
            )
        )
    return secret


def test_the_open_list_names_real_operations() -> None:
    known = {each.id for each in operations()}
    assert known >= OPEN
    assert known >= ANY_SIGNED_IN


@pytest.mark.parametrize("operation", GUARDED, ids=lambda each: each.id)
async def test_without_credentials_it_is_401(app: ASGIApp, operation: Operation) -> None:
    answer = await send(app, request_for(operation, {}))
    assert answer.status == 401, answer.text
    check_problem(answer, operation.id)
    assert "www-authenticate" in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer nonsense"},
        {"authorization": "Basic b3duZXI6b3duZXI="},
        {"x-api-key": "olk_" + "a" * 77},
        {"cookie": "opsloom_session=ols_" + "a" * 77},
    ],
    ids=["bearer", "basic", "key", "cookie"],
)
async def test_with_wrong_credentials_it_is_401(app: ASGIApp, headers: dict[str, str]) -> None:
    for operation in GUARDED:
        answer = await send(app, request_for(operation, headers))
        assert answer.status == 401, f"{operation.id}: {answer.text}"
        check_problem(answer, operation.id)


async def test_without_the_permission_it_is_403(app: ASGIApp, core: Core, ours: TestTenant) -> None:
    headers = {"x-api-key": await key_without_permissions(core, ours)}
    for operation in GUARDED:
        answer = await send(app, request_for(operation, headers))
        if operation.id in ANY_SIGNED_IN:
            assert answer.status not in {401, 403} or operation.id in {"log_out", "switch_tenant"}, operation.id
            continue
        assert answer.status == 403, f"{operation.id}: {answer.status} {answer.text}"
        assert answer.json()["code"] == "permission_missing", operation.id
        check_problem(answer, operation.id)


async def test_a_cookie_alone_changes_nothing(app: ASGIApp, ours: TestTenant) -> None:
    """A page elsewhere can make the browser send the cookie; only our own page can send the CSRF token."""
    cookie = await sign_in(app, ours)
    assert (await send(app, Raw("GET", "/api/v1/me", headers=header_pairs({"cookie": cookie})))).status == 200
    for operation in GUARDED:
        if operation.method in UNSAFE:
            answer = await send(app, request_for(operation, {"cookie": cookie}))
            assert answer.status == 403, f"{operation.id}: {answer.status} {answer.text}"
            assert answer.json()["code"] == "csrf_mismatch", operation.id


async def sign_in(app: ASGIApp, tenant: TestTenant) -> str:
    """A session's cookie, of a member made for it."""
    email, password = f"page@{tenant.slug}.example", "a passphrase of good length"
    body = f'{{"email": "{email}", "password": "{password}", "name": "Page", "role": "owner"}}'.encode()
    headers = header_pairs(tenant.headers | {"content-type": "application/json"})
    made = await send(app, Raw("POST", "/api/v1/users", headers=headers, body=body))
    assert made.status == 201, made.text
    body = f'{{"email": "{email}", "password": "{password}"}}'.encode()
    headers = header_pairs({"content-type": "application/json"})
    signed_in = await send(app, Raw("POST", "/api/v1/auth/login", headers=headers, body=body))
    assert signed_in.status == 200, signed_in.text
    found = signed_in.headers_all("set-cookie")
    return next(each.split(";")[0] for each in found if each.startswith("opsloom_session="))
