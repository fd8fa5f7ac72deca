"""Single sign-on against a real provider on loopback: the way through, and every way it must not go."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import pytest_asyncio
from joserfc.jwk import ECKey, OctKey
from pydantic import SecretStr

from fakes.clock import FakeClock
from fakes.oidc import CLIENT_ID, CLIENT_SECRET, Claims, OidcServer
from fixtures.tenants import TestTenant
from opsloom.identity import audit_log
from opsloom.identity.audit_log import Filter
from opsloom.identity.oidc import STATE_S, safe_path
from opsloom.identity.oidc_provider import OidcProvider, code_challenge
from opsloom.identity.permissions import Role
from opsloom.identity.scope import NIL_TENANT, Scope
from opsloom.infra.core import Core

from .conftest import NewBrowser

PERSON = {"sub": "s-1", "email": "Grace@Example.com", "email_verified": True, "name": "Grace"}


@pytest.fixture
def provider(clock: FakeClock) -> Iterator[OidcServer]:
    with OidcServer(person=dict(PERSON), now=lambda: clock.now().timestamp()) as server:
        yield server


@pytest_asyncio.fixture
async def timed(core: Core, clock: FakeClock, provider: OidcServer, tenant: TestTenant) -> object:
    """The process with single sign-on set up to lead into the test's tenant."""
    settings = core.settings.model_copy(
        update={
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": SecretStr(CLIENT_SECRET),
            "oidc_label": "Sign in with Looms",
            "oidc_tenant": tenant.slug,
            "oidc_default_role": "operator",
        }
    )
    made = replace(core, settings=settings, clock=clock, parts={})
    yield made
    known = made.parts.get(OidcProvider)
    if known is not None:
        await known.close()


async def depart(browser: httpx2.AsyncClient, return_to: str = "/") -> str:
    """Where the provider sends the browser back to, as path and query."""
    start = await browser.get("/api/v1/auth/oidc/start", params={"return_to": return_to})
    assert start.status_code == 303, start.text
    async with httpx2.AsyncClient() as outside:
        consented = await outside.get(start.headers["location"])
    assert consented.status_code == 302, consented.text
    back = urlsplit(consented.headers["location"])
    return f"{back.path}?{back.query}"


async def sign_in(browser: httpx2.AsyncClient, return_to: str = "/") -> httpx2.Response:
    return await browser.get(await depart(browser, return_to))


def reason(answer: httpx2.Response) -> str:
    """Why the browser was sent to the log-in page."""
    assert answer.status_code == 303, answer.text
    target = urlsplit(answer.headers["location"])
    assert target.path == "/login"
    assert not any(text.startswith("opsloom_session=ols") for text in answer.headers.get_list("set-cookie"))
    return parse_qs(target.query)["error"][0]


async def test_the_button_is_described(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/api/v1/auth/oidc")
    assert answer.json() == {"enabled": True, "label": "Sign in with Looms"}


async def test_a_new_person_is_provisioned_and_comes_back_as_the_same(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, provider: OidcServer, tenant: TestTenant
) -> None:
    arrived = await sign_in(browser, "/alerts?state=firing")
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/alerts?state=firing")
    me = (await browser.get("/api/v1/me")).json()
    assert (me["user"]["email"], me["user"]["name"], me["role"]) == ("grace@example.com", "Grace", "operator")
    assert me["tenant"]["id"] == str(tenant.id)
    provider.person["email"] = "grace.renamed@example.com"
    again = await new_browser()
    await sign_in(again)
    assert (await again.get("/api/v1/me")).json()["user"]["id"] == me["user"]["id"]


async def test_the_session_works_for_changes_too(browser: httpx2.AsyncClient) -> None:
    await sign_in(browser)
    csrf = browser.cookies["opsloom_csrf"]
    assert (await browser.post("/api/v1/auth/logout")).status_code == 403
    assert (await browser.post("/api/v1/auth/logout", headers={"X-CSRF-Token": csrf})).status_code == 204


async def test_an_existing_member_is_linked_by_a_verified_address(
    browser: httpx2.AsyncClient, provider: OidcServer, tenant: TestTenant
) -> None:
    provider.person["email"] = f"admin@{tenant.slug}.example"
    await sign_in(browser)
    me = (await browser.get("/api/v1/me")).json()
    assert me["user"]["id"] == str(tenant.user_ids[Role.ADMIN])
    assert me["role"] == "admin"
    log = (await browser.get("/api/v1/audit")).json()["items"]
    assert [one["action"] for one in reversed(log)] == ["user.linked", "session.started"]


@pytest.mark.parametrize("verified", [False, None])
async def test_an_unverified_address_takes_over_nobody(
    browser: httpx2.AsyncClient, provider: OidcServer, tenant: TestTenant, verified: bool | None
) -> None:
    provider.person |= {"email": f"owner@{tenant.slug}.example", "email_verified": verified}
    assert reason(await sign_in(browser)) == "oidc_refused"


async def test_a_linked_account_is_not_taken_over_by_another_subject(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, provider: OidcServer
) -> None:
    await sign_in(browser)
    provider.person["sub"] = "s-2"
    assert reason(await sign_in(await new_browser())) == "oidc_refused"


async def test_an_inactive_member_stays_out(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, tenant: TestTenant
) -> None:
    await sign_in(browser)
    user_id = (await browser.get("/api/v1/me")).json()["user"]["id"]
    browser.cookies.clear()
    changed = await browser.patch(f"/api/v1/users/{user_id}", json={"active": False}, headers=tenant.headers)
    assert changed.status_code == 200
    assert reason(await sign_in(await new_browser())) == "oidc_refused"


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def having(**changes: object) -> Callable[[Claims], Claims]:
    return lambda claims: claims | changes


def older(seconds: int) -> Callable[[Claims], Claims]:
    return lambda claims: claims | {"iat": claims["iat"] - seconds, "exp": claims["exp"] - seconds}


@pytest.mark.parametrize(
    "twist",
    [
        having(nonce="another"),
        without("nonce"),
        having(aud="another-client"),
        having(aud=["another-client", "a-third"]),
        having(aud=[CLIENT_ID, "another-client"]),
        without("aud"),
        having(iss="https://elsewhere.example"),
        without("iss"),
        older(3600),
        without("exp"),
        older(-3600),
        without("sub"),
        having(sub=""),
        having(email=""),
        without("email"),
        having(exp="soon"),
    ],
)
async def test_an_id_token_with_wrong_claims_is_refused(
    browser: httpx2.AsyncClient, provider: OidcServer, tenant: TestTenant, twist: Callable[[Claims], Claims]
) -> None:
    provider.twist = twist
    assert reason(await sign_in(browser)) == "oidc_refused"
    assert (await browser.get("/api/v1/me")).status_code == 401
    users = (await browser.get("/api/v1/users", headers=tenant.headers)).json()["items"]
    assert len(users) == len(Role)


async def test_a_signature_by_an_unknown_key_is_refused(browser: httpx2.AsyncClient, provider: OidcServer) -> None:
    provider.key = ECKey.generate_key("P-256", {"kid": "first"})
    assert reason(await sign_in(browser)) == "oidc_refused"


async def test_a_symmetric_signature_is_refused(browser: httpx2.AsyncClient, provider: OidcServer) -> None:
    """Else anybody who reads the published keys could sign with one of them."""
    provider.key = OctKey.generate_key(256, {"kid": "first"})
    provider.header = {"alg": "HS256"}
    assert reason(await sign_in(browser)) == "oidc_refused"


async def test_an_unsigned_token_is_refused(
    browser: httpx2.AsyncClient, provider: OidcServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = OidcServer.id_token
    monkeypatch.setattr(
        OidcServer, "id_token", lambda self, nonce: "eyJhbGciOiJub25lIn0." + made(self, nonce).split(".")[1] + "."
    )
    assert reason(await sign_in(browser)) == "oidc_refused"


async def test_new_signing_keys_are_fetched(
    browser: httpx2.AsyncClient, new_browser: NewBrowser, provider: OidcServer, clock: FakeClock
) -> None:
    assert (await sign_in(browser)).headers["location"] == "/"
    provider.key = ECKey.generate_key("P-256", {"kid": "second"})
    provider.published = [provider.key]
    clock.advance(60)
    assert (await sign_in(await new_browser())).headers["location"] == "/"
    assert provider.calls.count("/keys") == 2


async def test_a_callback_counts_once_even_when_the_provider_does_not_mind(
    browser: httpx2.AsyncClient, provider: OidcServer
) -> None:
    provider.careless = True
    back = await depart(browser)
    departure = browser.cookies["opsloom_oidc"]
    assert (await browser.get(back)).headers["location"] == "/"
    browser.cookies.clear()
    browser.cookies.set("opsloom_oidc", departure, domain="opsloom.test")
    assert reason(await browser.get(back)) == "oidc_refused"


async def test_a_callback_sent_several_times_at_once_counts_once(
    browser: httpx2.AsyncClient, provider: OidcServer
) -> None:
    provider.careless = True
    back = await depart(browser)
    answers = await asyncio.gather(*(browser.get(back) for _ in range(4)))
    assert sorted(answer.headers["location"].split("?")[0] for answer in answers) == ["/", "/login", "/login", "/login"]


async def test_a_callback_in_another_browser_is_refused(browser: httpx2.AsyncClient, new_browser: NewBrowser) -> None:
    back = await depart(browser)
    victim = await new_browser()
    assert reason(await victim.get(back)) == "oidc_refused"
    await depart(victim)  # also one who is signing in himself
    assert reason(await victim.get(back)) == "oidc_refused"


async def test_a_callback_that_comes_late_is_refused(browser: httpx2.AsyncClient, clock: FakeClock) -> None:
    back = await depart(browser)
    clock.advance(STATE_S + 1)
    assert reason(await browser.get(back)) == "oidc_refused"


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=olo_y", "?error=access_denied", "?error=%00"]
)
async def test_a_made_up_callback_is_refused(browser: httpx2.AsyncClient, query: str) -> None:
    assert reason(await browser.get(f"/api/v1/auth/oidc/callback{query}")) == "oidc_refused"


async def test_a_made_up_code_is_refused(browser: httpx2.AsyncClient) -> None:
    back = urlsplit(await depart(browser))
    state = parse_qs(back.query)["state"][0]
    assert reason(await browser.get(back.path, params={"code": "made-up", "state": state})) == "oidc_refused"


async def test_refusals_are_in_the_servers_own_log(
    browser: httpx2.AsyncClient, core: Core, provider: OidcServer
) -> None:
    provider.twist = having(nonce="another")
    await sign_in(browser)
    scope = Scope.claimed(NIL_TENANT)
    wanted = Filter(action="login.failed", target_kind="oidc", target_id=provider.issuer)
    async with core.db.transaction(scope) as session:
        assert len(await audit_log.entries(session, scope, wanted, before_seq=None, limit=5)) == 1


async def test_a_role_that_does_not_exist_lets_nobody_in(browser: httpx2.AsyncClient, timed: Core) -> None:
    timed.settings = timed.settings.model_copy(update={"oidc_default_role": "king"})
    assert reason(await sign_in(browser)) == "oidc_unavailable"


async def test_metadata_of_another_issuer_is_not_used(browser: httpx2.AsyncClient, provider: OidcServer) -> None:
    provider.metadata_twist = having(issuer="https://elsewhere.example")
    assert reason(await browser.get("/api/v1/auth/oidc/start")) == "oidc_unavailable"


async def test_keys_at_a_forbidden_address_are_not_fetched(browser: httpx2.AsyncClient, provider: OidcServer) -> None:
    """The issuer's own host is the operator's choice; what its metadata points to is not."""
    provider.metadata_twist = having(jwks_uri="http://169.254.169.254/keys")
    assert reason(await sign_in(browser)) == "oidc_unavailable"


async def test_a_provider_that_is_away_is_said_so(browser: httpx2.AsyncClient, provider: OidcServer) -> None:
    back = await depart(browser)
    provider.stop()
    assert reason(await browser.get(back)) == "oidc_unavailable"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/alerts?state=firing", "/alerts?state=firing"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\nSet-Cookie: x", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_only_paths_of_this_server_are_returned_to(asked: str, shown: str) -> None:
    assert safe_path(asked) == shown


def test_the_code_challenge_is_the_one_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == challenge
