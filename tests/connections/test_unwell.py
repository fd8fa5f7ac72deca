"""Database servers that are none, that refuse, or that lie where nobody may call: each a clear error, none of them a wait."""

import time
from ipaddress import ip_address
from typing import Any

import pytest

from fakes.hostile import Manner, babbles, behaving, drips, floods, hangs, resets
from fixtures.linked import Linked
from fixtures.server import free_port
from fixtures.shops import Shop
from opsloom.assets.errors import NotPublished
from opsloom.connections.errors import ConnectionUnknown, CredentialsRefused, SecretMissing, TargetLost
from opsloom.infra.addresses import Address, EgressRefused
from opsloom.kit.errors import CircuitOpen, OpsloomError

SERVERS = ["postgresql", "mysql"]


def config_for(kind: str, host: str, port: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "host": host, "port": port, "database": "shop", "user": "reader", "tls": "disable"} | more


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.parametrize("manner", [hangs, resets, drips, floods, babbles])
async def test_servers_that_are_no_database(linked: Linked, kind: str, manner: Manner) -> None:
    async with behaving(manner) as port:
        key = await linked.publish("Shop", config_for(kind, "127.0.0.1", port), total_s=1, connect_s=1)
        began = time.monotonic()
        with pytest.raises(OpsloomError) as failed:
            await linked.connections.query(linked.tenant.scope, key, "select 1")
        assert failed.value.status in {502, 503, 504}, failed.value
        steps = await linked.connections.test(linked.tenant.scope, key)
        assert not steps[-1].ok
        assert time.monotonic() - began < 30  # far from the minutes a driver would wait


@pytest.mark.parametrize("kind", SERVERS)
async def test_a_closed_port(linked: Linked, kind: str) -> None:
    key = await linked.publish("Shop", config_for(kind, "127.0.0.1", free_port()))
    for _ in range(5):
        with pytest.raises(TargetLost):
            await linked.connections.query(linked.tenant.scope, key, "select 1")
    with pytest.raises(CircuitOpen):
        await linked.connections.query(linked.tenant.scope, key, "select 1")
    steps = await linked.connections.test(linked.tenant.scope, key)
    assert [(step.name, step.ok) for step in steps] == [("resolve", True), ("connect", False)]


@pytest.mark.parametrize("shop", SERVERS, indirect=True)
async def test_a_wrong_password(linked: Linked, shop: Shop) -> None:
    wrong = await linked.secret("wrong", "not-the-passw0rd")
    key = await linked.publish("Shop", shop.reader | {"password": wrong})
    with pytest.raises(CredentialsRefused) as refused:
        await linked.connections.query(linked.tenant.scope, key, "select 1")
    assert "not-the-passw0rd" not in refused.value.message
    steps = await linked.connections.test(linked.tenant.scope, key)
    assert [(step.name, step.ok) for step in steps][-1] == ("authenticate", False)


@pytest.mark.parametrize("shop", ["postgresql"], indirect=True)
async def test_encryption_that_is_asked_for_is_not_given_up(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader | {"tls": "require"})
    with pytest.raises(OpsloomError) as failed:
        await linked.connections.query(linked.tenant.scope, key, "select 1")
    assert failed.value.status in {502, 503}


@pytest.mark.parametrize("kind", ["postgresql", "mysql", "redis", "smtp"])
async def test_a_name_that_leads_where_nobody_may_call(linked: Linked, kind: str) -> None:
    asked: list[str] = []

    async def rebinding(host: str, _port: int) -> list[Address]:
        asked.append(host)
        return [ip_address("93.184.216.34" if len(asked) < 1 else "169.254.169.254")]

    dialer = linked.connections._tools.dialer
    real, dialer._resolver = dialer._resolver, rebinding
    try:
        config = config_for(kind, "db.shop.example", 5432)
        if kind in {"redis", "smtp"}:
            config = {"type": kind, "host": "db.shop.example", "port": 5432}
        key = await linked.publish("Shop", config)
        steps = await linked.connections.test(linked.tenant.scope, key)
        assert [(step.name, step.ok) for step in steps] == [("resolve", False)]
        if kind != "smtp":
            with pytest.raises(EgressRefused):
                await linked.connections.browse(linked.tenant.scope, key)
    finally:
        dialer._resolver = real
    assert set(asked) == {"db.shop.example"}


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.parametrize(
    "host", ["169.254.169.254", "10.1.2.3", "/var/run/postgresql", "2130706433", "::ffff:127.0.0.1", "a b", "0.0.0.0"]
)
async def test_places_nobody_may_call_are_refused_before_they_are_in_force(
    linked: Linked, kind: str, host: str
) -> None:
    with pytest.raises(EgressRefused):
        await linked.publish("Shop", config_for(kind, host, 5432))


async def test_what_is_not_there_is_told(linked: Linked) -> None:
    with pytest.raises(ConnectionUnknown):
        await linked.connections.ready(linked.tenant.scope, "nowhere")
    with pytest.raises(SecretMissing) as missing:
        await linked.publish("Shop", config_for("mysql", "127.0.0.1", 3306, password={"secret": "shop/none"}))
    assert missing.value.details[0].pointer == "/config/password"
    key = await linked.draft("Draft", config_for("mysql", "127.0.0.1", 3306))
    with pytest.raises(NotPublished):
        await linked.connections.query(linked.tenant.scope, key, "select 1")
