"""Secrets open only where they were sealed, survive rotation, and show themselves to nobody."""

import copy
import json
import logging
import pickle
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from pydantic import BaseModel
from sqlalchemy import select, text

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.infra.db.bootstrap import DATABASE
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.infra.secrets import (
    MasterKeys,
    MasterKeyUnusable,
    Secrets,
    SecretText,
    SecretUnreadable,
    TenantKey,
    load_secrets,
)

CANARY = "whsec-canary-7f3a"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "master.key"


@pytest.fixture(autouse=True)
def leave_no_strange_keys(postgres: EmbeddedPostgres, tenant: TestTenant, other_tenant: TestTenant) -> Iterator[None]:
    """These tests seal with key files of their own, which no change of the keys of all tenants must meet."""
    yield
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=DATABASE)
    with psycopg.connect(**superuser.psycopg(), autocommit=True) as connection:
        connection.execute("delete from tenant_keys where tenant_id = any(%s)", [[tenant.id, other_tenant.id]])


@pytest.fixture
def secrets(key_file: Path) -> Secrets:
    return Secrets(MasterKeys.read_or_create(key_file))


async def test_what_is_sealed_opens_again(core: Core, tenant: TestTenant, secrets: Secrets) -> None:
    async with core.db.transaction(tenant.scope) as session:
        sealed = await secrets.seal(session, tenant.id, "channel", SecretText(CANARY))
        again = await secrets.seal(session, tenant.id, "channel", SecretText(CANARY))
    assert CANARY not in sealed
    assert sealed != again
    async with core.db.transaction(tenant.scope) as session:
        assert (await secrets.open(session, tenant.id, "channel", sealed)).reveal() == CANARY
        assert (await secrets.open(session, tenant.id, "channel", again)).reveal() == CANARY
        assert len((await session.execute(select(TenantKey))).scalars().all()) == 1


async def test_another_purpose_or_tenant_cannot_open_it(
    core: Core, tenant: TestTenant, other_tenant: TestTenant, secrets: Secrets
) -> None:
    async with core.db.transaction(tenant.scope) as session:
        sealed = await secrets.seal(session, tenant.id, "channel", SecretText(CANARY))
        with pytest.raises(SecretUnreadable):
            await secrets.open(session, tenant.id, "connection", sealed)
    async with core.db.transaction(other_tenant.scope) as session:
        await secrets.seal(session, other_tenant.id, "channel", SecretText("own"))
        with pytest.raises(SecretUnreadable):
            await secrets.open(session, other_tenant.id, "channel", sealed)


async def test_a_key_row_copied_to_another_tenant_does_not_unwrap(
    core: Core, tenant: TestTenant, other_tenant: TestTenant, secrets: Secrets, key_file: Path
) -> None:
    async with core.db.transaction(tenant.scope) as session:
        sealed = await secrets.seal(session, tenant.id, "channel", SecretText(CANARY))
        row = (await session.execute(select(TenantKey))).scalar_one()
    async with core.db.transaction(other_tenant.scope) as session:
        session.add(
            TenantKey(
                tenant_id=other_tenant.id, key_id=row.key_id, wrapped=row.wrapped, master_id=row.master_id, active=True
            )
        )
    fresh = Secrets(MasterKeys.read(key_file))
    async with core.db.transaction(other_tenant.scope) as session:
        with pytest.raises(SecretUnreadable):
            await fresh.open(session, other_tenant.id, "channel", sealed)


@pytest.mark.parametrize("plain", ["", "x", "비밀 🔑", "x" * 200])
async def test_damage_at_any_place_is_noticed(core: Core, tenant: TestTenant, secrets: Secrets, plain: str) -> None:
    async with core.db.transaction(tenant.scope) as session:
        sealed = await secrets.seal(session, tenant.id, "p", SecretText(plain))
        assert (await secrets.open(session, tenant.id, "p", sealed)).reveal() == plain
        for at, letter in enumerate(sealed):
            damaged = sealed[:at] + ("A" if letter != "A" else "B") + sealed[at + 1 :]
            with pytest.raises(SecretUnreadable):
                await secrets.open(session, tenant.id, "p", damaged)


@pytest.mark.parametrize(
    "broken", ["", "osl1", "osl1..", "osl1.zz.AAAA", "osl2.{key}.{body}", "osl1.{key}.", "osl1.{key}.!"]
)
async def test_what_is_not_sealed_text_is_refused(
    core: Core, tenant: TestTenant, secrets: Secrets, broken: str
) -> None:
    async with core.db.transaction(tenant.scope) as session:
        _, key, body = (await secrets.seal(session, tenant.id, "p", SecretText("x"))).split(".")
        with pytest.raises(SecretUnreadable):
            await secrets.open(session, tenant.id, "p", broken.format(key=key, body=body))


async def test_a_new_data_key_leaves_old_texts_readable(core: Core, tenant: TestTenant, secrets: Secrets) -> None:
    async with core.db.transaction(tenant.scope) as session:
        old = await secrets.seal(session, tenant.id, "p", SecretText("old"))
        key_id = await secrets.rotate(session, tenant.id)
        new = await secrets.seal(session, tenant.id, "p", SecretText("new"))
        assert new.split(".")[1] == key_id.hex != old.split(".")[1]
        assert (await secrets.open(session, tenant.id, "p", old)).reveal() == "old"
        assert (await secrets.open(session, tenant.id, "p", new)).reveal() == "new"


async def test_a_new_master_key_takes_over_and_the_old_one_can_go(
    core: Core, tenant: TestTenant, secrets: Secrets, key_file: Path
) -> None:
    async with core.db.transaction(tenant.scope) as session:
        sealed = await secrets.seal(session, tenant.id, "p", SecretText(CANARY))
    both = MasterKeys.add(key_file)
    assert len(both.keys) == 2
    async with core.db.transaction(tenant.scope) as session:
        rotated = Secrets(both)
        assert (await rotated.open(session, tenant.id, "p", sealed)).reveal() == CANARY
        assert await rotated.rewrap(session, tenant.id) == 1
        assert await rotated.rewrap(session, tenant.id) == 0
    newest = Secrets(MasterKeys(both.active_id, {both.active_id: both.keys[both.active_id]}))
    async with core.db.transaction(tenant.scope) as session:
        assert (await newest.open(session, tenant.id, "p", sealed)).reveal() == CANARY


async def test_a_running_process_learns_of_a_new_master_key(core: Core, tenant: TestTenant, key_file: Path) -> None:
    MasterKeys.read_or_create(key_file)
    running = load_secrets(key_file.parent, key_file)
    rotated = Secrets(MasterKeys.add(key_file))
    async with core.db.transaction(tenant.scope) as session:
        sealed = await rotated.seal(session, tenant.id, "p", SecretText(CANARY))
        assert (await running.open(session, tenant.id, "p", sealed)).reveal() == CANARY


async def test_the_wrong_master_key_says_which_one_is_needed(
    core: Core, tenant: TestTenant, secrets: Secrets, tmp_path: Path
) -> None:
    async with core.db.transaction(tenant.scope) as session:
        sealed = await secrets.seal(session, tenant.id, "p", SecretText(CANARY))
        row = (await session.execute(select(TenantKey))).scalar_one()
        stranger = Secrets(MasterKeys.read_or_create(tmp_path / "other.key"))
        with pytest.raises(MasterKeyUnusable, match=row.master_id):
            await stranger.open(session, tenant.id, "p", sealed)


async def test_keys_of_other_tenants_are_out_of_sight(
    core: Core, tenant: TestTenant, other_tenant: TestTenant, secrets: Secrets
) -> None:
    async with core.db.transaction(tenant.scope) as session:
        await secrets.seal(session, tenant.id, "p", SecretText("x"))
    async with core.db.transaction(other_tenant.scope) as session:
        assert (await session.execute(text("select count(*) from tenant_keys"))).scalar_one() == 0


def test_the_key_file_is_made_once_and_for_its_owner_alone(key_file: Path) -> None:
    first = MasterKeys.read_or_create(key_file)
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert MasterKeys.read_or_create(key_file) == first
    assert "keys" not in repr(first)


@pytest.mark.parametrize("content", ["", "not base64!\n", "AAAA\n", "\xff"])
def test_a_key_file_that_makes_no_sense_stops_the_start(key_file: Path, content: str) -> None:
    key_file.write_bytes(content.encode("latin-1"))
    key_file.chmod(0o600)
    with pytest.raises(MasterKeyUnusable):
        MasterKeys.read(key_file)


def test_a_key_file_open_to_others_stops_the_start(key_file: Path) -> None:
    MasterKeys.read_or_create(key_file)
    key_file.chmod(0o640)
    with pytest.raises(MasterKeyUnusable) as unusable:
        MasterKeys.read(key_file)
    assert unusable.value.hint == f"chmod 600 {key_file}"


def test_a_named_key_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnusable):
        load_secrets(tmp_path, tmp_path / "missing.key")
    assert not (tmp_path / "missing.key").exists()


class Body(BaseModel):
    token: SecretText


def test_secret_text_shows_itself_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    secret = SecretText(CANARY)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>20}", f"{secret!r}", "%s" % secret]  # noqa: UP031
    body = Body.model_validate({"token": CANARY})
    shown += [repr(body), body.model_dump_json(), str(body.model_dump()), str({"a": [secret]})]
    with caplog.at_level(logging.INFO):
        logging.getLogger("x").info("key %s", secret)
        structlog.get_logger("x").info("key", secret=secret)
    assert all(CANARY not in text for text in [*shown, caplog.text])
    assert body.token.reveal() == CANARY
    for leak in (lambda: json.dumps(secret), lambda: pickle.dumps(secret), lambda: copy.copy(secret)):
        with pytest.raises(TypeError):
            leak()
    assert Body.model_json_schema()["properties"]["token"]["writeOnly"]


def test_secret_texts_compare_by_content() -> None:
    assert SecretText("a") == SecretText("a") != SecretText("b")
    assert len({SecretText("a"), SecretText("a")}) == 1
    assert not SecretText("")
