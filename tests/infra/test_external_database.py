"""Opsloom on a PostgreSQL that somebody else installed and runs: Debian's where it is there, and always the wheel's programs
run as a server of its own. Passwords, TCP, an owner who is no superuser."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from fixtures.external_postgres import ADMIN, APP, DATABASE, INSTALLATIONS, OWNER, PASSWORDS, ExternalPostgres
from fixtures.server import RunningServer, free_port
from fixtures.waiting import wait_for
from opsloom.infra.db import bootstrap, hardening, migrate, safety
from opsloom.infra.db.reach import NotUsable, check_reach

RULE = {
    "name": "Payment failed",
    "kind": "threshold",
    "source": {"type": "event", "event_type": "payment"},
    "condition": "data.amount > 100",
    "keys": ["subject"],
    "title": "A payment of {{ subject }} failed",
}
API = {
    "name": "Payments",
    "path": "payments",
    "logic": {
        "type": "sql",
        "sql": "select source, subject from data.events where type = 'payment' and subject = :who",
    },
    "parameters": [{"name": "who", "type": "string", "required": True}],
}


@pytest.fixture(params=list(INSTALLATIONS))
def external(request: pytest.FixtureRequest) -> Iterator[ExternalPostgres]:
    """A server of each installation with an owner and an empty database."""
    binaries = INSTALLATIONS[request.param]
    if binaries is None:
        pytest.skip("needs PostgreSQL 15 or newer from Debian: apt-get install postgresql")
    yield from made_of(binaries)


@pytest.fixture
def one_external() -> Iterator[ExternalPostgres]:
    """The same of Debian's programs where they are there, else of the wheel's: for what takes long."""
    yield from made_of(INSTALLATIONS["debian"] or INSTALLATIONS["wheel"])


def made_of(binaries: Path) -> Iterator[ExternalPostgres]:
    """A server that ends with the test."""
    made = ExternalPostgres(binaries)
    try:
        made.make()
        yield made
    finally:
        made.remove()


@pytest.fixture
def prepared(external: ExternalPostgres) -> ExternalPostgres:
    """The same with roles and schema, as `opsloom migrate` makes them."""
    bootstrap.bootstrap_external(external.dsn(OWNER), external.dsn(APP))
    assert migrate.upgrade(external.dsn(OWNER)).at_head
    return external


class Loop:
    """Event in, rule fires, API answers."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client

    def publish(self, kind: str, draft: dict[str, Any]) -> None:
        made = self.client.post(f"/api/v1/{kind}", json=draft)
        assert made.status_code == 201, made.text
        published = self.client.post(f"/api/v1/{kind}/{made.json()['id']}/publish", json={})
        assert published.status_code == 200, published.text

    def pay(self, who: str) -> httpx2.Response:
        event = {"source": "shop", "id": who, "type": "payment", "subject": who, "data": {"amount": 500}}
        return self.client.post("/api/v1/events", json=event)

    def fired(self, who: str) -> bool:
        alerts = self.client.get("/api/v1/alerts").json()["items"]
        return f"A payment of {who} failed" in [alert["title"] for alert in alerts]

    def called(self, who: str) -> httpx2.Response:
        return self.client.get("/runtime/payments", params={"who": who})

    def once(self, who: str) -> None:
        """The whole way of one event."""
        assert self.pay(who).status_code == 200
        wait_for(lambda: self.fired(who), limit_s=60)
        assert self.called(who).json()["items"] == [{"source": "shop", "subject": who}]


def checks(done: str) -> dict[str, dict[str, str]]:
    """Doctor's findings by name."""
    return {check["name"]: check for check in json.loads(done)["checks"]}


def test_the_whole_loop_runs_on_it(one_external: ExternalPostgres, tmp_path: Path) -> None:
    external = one_external
    server = RunningServer(tmp_path, OPSLOOM_DATABASE_URL=external.url(APP))
    before = server.run("doctor", "--json")
    assert before.returncode == 1
    assert "`opsloom migrate`" in checks(before.stdout)["database"]["fix"]
    server.command("migrate", OPSLOOM_DATABASE_OWNER_URL=external.url(OWNER))
    server.command("migrate", OPSLOOM_DATABASE_OWNER_URL=external.url(OWNER))  # a second time is harmless
    server.start()
    try:
        with httpx2.Client(base_url=server.url, headers=server.sign_in(), timeout=30) as client:
            loop = Loop(client)
            loop.publish("rules", RULE)
            loop.publish("apis", API)
            loop.once("first")
            doctored_and_hardened(server, external)
            loop.once("hardened")
            restarted(server, external, loop)
            loop.once("again")
    finally:
        assert server.stop() == 0
    assert not (tmp_path / "data" / "postgres").exists(), "no embedded server was made beside it"
    for secret in PASSWORDS.values():
        assert secret not in (tmp_path / "server.log").read_text()


def doctored_and_hardened(server: RunningServer, external: ExternalPostgres) -> None:
    """Doctor names the layer that does not hold and the statement to run; run as it says, the layer holds."""
    report = json.loads(server.command("doctor", "--json"))
    assert report["ok"]
    assert report["database"] == {"url": external.dsn(APP).shown(), "socket": None, "role": APP}
    found = {check["name"]: check for check in report["checks"]}
    assert {name for name, check in found.items() if check["status"] == "warn"} <= {"users_sql", "disk"}
    assert found["users_sql"]["status"] == "warn"
    assert "the hardening does not" in found["users_sql"]["detail"]
    assert "set_config" in found["users_sql"]["detail"]
    assert (
        f"`opsloom hardening | psql postgresql://SUPERUSER@127.0.0.1:{external.port}/{DATABASE}`"
        in found["users_sql"]["fix"]
    )
    as_reader = "set role opsloom_api_reader; select set_config('opsloom.tenant', 'any', false)"
    external.ask(as_reader, APP)
    external.ask(server.command("hardening"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="set_config"):
        external.ask(as_reader, APP)
    found = checks(server.command("doctor", "--json"))
    assert found["users_sql"]["status"] == "ok", found["users_sql"]


def restarted(server: RunningServer, external: ExternalPostgres, loop: Loop) -> None:
    """While the database is away everything says so; once it is back everything works without a hand on Opsloom."""
    external.stop()
    wait_for(lambda: not server.is_ready(), limit_s=30)
    told = httpx2.get(f"{server.url}/readyz", timeout=30)
    assert told.status_code == 503
    assert [problem["check"] for problem in told.json()["problems"]] == ["database"]
    for refused in (loop.pay("away"), loop.called("first"), loop.client.get("/api/v1/alerts")):
        assert refused.status_code == 503, refused.text
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) >= 1
    external.start()
    server.wait_ready(60)
    wait_for(lambda: loop.called("first").status_code == 200, lambda: loop.called("first").text, limit_s=60)


def test_a_start_that_cannot_work_is_refused_in_a_sentence(prepared: ExternalPostgres, tmp_path: Path) -> None:
    guess = "a-bad-guess"
    wrong = {
        prepared.url(APP, password=guess): ["refuses the role opsloom_app", "Correct OPSLOOM_DATABASE_URL"],
        prepared.url(APP, port=str(free_port())): ["does not answer", "correct host and port in OPSLOOM_DATABASE_URL"],
        prepared.url(ADMIN): [
            "is a superuser and ignores row security",
            "Set OPSLOOM_DATABASE_URL to the role opsloom_app",
        ],
    }
    for url, sentences in wrong.items():
        done = RunningServer(tmp_path, OPSLOOM_DATABASE_URL=url).run("serve")
        assert done.returncode == 1
        assert all(sentence in done.stderr for sentence in sentences), done.stderr
        assert len(done.stderr.strip().splitlines()) <= 2, done.stderr
        assert not any(secret in done.stderr + done.stdout for secret in [*PASSWORDS.values(), guess])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("alter role opsloom_app bypassrls", "role_bypassrls"),
        ("alter table events owner to opsloom_app", "role_owns_tables"),
        (f"grant {ADMIN} to opsloom_app", "role_member"),
        ("alter table events no force row level security", "rls_not_forced"),
    ],
)
def test_a_role_that_could_see_past_row_security_is_found(prepared: ExternalPostgres, change: str, code: str) -> None:
    assert safety.unsafe_role(prepared.dsn(APP)) == []
    prepared.ask(change)
    found = safety.unsafe_role(prepared.dsn(APP))
    assert code in {each.code for each in found}
    assert all(each.detail and each.fix for each in found)


def test_a_role_without_the_rights_to_serve_is_told_apart(prepared: ExternalPostgres) -> None:
    prepared.ask("create role stranger login password 'stranger'")
    prepared.ask(f"grant connect on database {DATABASE} to stranger")
    stranger = replace(prepared.dsn("stranger"), password="stranger")
    assert [each.code for each in safety.unsafe_role(stranger)] == [safety.UNKNOWN_ROLE]
    prepared.ask(f"revoke connect on database {DATABASE} from stranger")
    with pytest.raises(NotUsable, match="does not admit stranger to this database"):
        check_reach(stranger, "OPSLOOM_DATABASE_URL")
    with pytest.raises(NotUsable, match="has no such database"):
        check_reach(replace(prepared.dsn(APP), database="elsewhere"), "OPSLOOM_DATABASE_URL")


def test_what_keeps_a_migration_from_beginning_is_said(external: ExternalPostgres) -> None:
    owner, app = external.dsn(OWNER), external.dsn(APP)
    with pytest.raises(NotUsable, match="OPSLOOM_DATABASE_OWNER_URL"):
        bootstrap.bootstrap_external(replace(owner, password="guess"), app)
    with pytest.raises(NotUsable, match="names the role someone"):
        bootstrap.bootstrap_external(owner, replace(app, user="someone"))
    external.ask(f"alter role {OWNER} nocreaterole")
    with pytest.raises(NotUsable, match=f"alter role {OWNER} createrole"):
        bootstrap.bootstrap_external(owner, app)
    external.ask(f"alter role {OWNER} createrole")
    bootstrap.bootstrap_external(owner, app)
    with pytest.raises(NotUsable, match="alter role opsloom_app password"):
        bootstrap.bootstrap_external(owner, replace(app, password="a new one"))


def test_a_superuser_as_owner_hardens_it(external: ExternalPostgres) -> None:
    owner = external.dsn(ADMIN)
    bootstrap.bootstrap_external(owner, external.dsn(APP))
    assert migrate.upgrade(owner).at_head
    with psycopg.connect(**external.dsn(APP).psycopg()) as connection:
        assert hardening.gaps(connection) == []
    assert safety.unsafe_role(external.dsn(APP)) == []
