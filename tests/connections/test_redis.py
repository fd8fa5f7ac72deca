"""Redis is browsed and never written: prefixes, keys, values, all capped; and servers that are none."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from fakes.hostile import Manner, babbles, behaving, drips, floods, hangs, resets
from fixtures.linked import Linked
from fixtures.redis_server import RedisServer
from fixtures.server import free_port
from opsloom.connections.errors import CredentialsRefused, NothingThere
from opsloom.connections.service import ConnectionType
from opsloom.kit.errors import OpsloomError

PASSWORD = "r3dis-canary-s3cret"
pytestmark = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="Redis is not installed: apt-get install redis-server"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    folder: Path = tmp_path_factory.mktemp("redis")
    made = RedisServer(folder, free_port())
    made.start()
    yield made
    made.stop()


@pytest_asyncio.fixture
async def key(linked: Linked, server: RedisServer) -> AsyncIterator[str]:
    await server.ready()
    client = server.client()
    await client.flushdb()
    await client.set("shop:order:1", "손님")
    await client.set("shop:order:2", "x" * 100_000, ex=3600)
    await client.set("plain", "v")
    await client.set(b"odd\xff*?[", b"\xfe")
    await client.rpush("list", *[str(n) for n in range(1000)])
    await client.sadd("set", "b", "a")
    await client.hset("hash", mapping={"name": "Kim", "age": "5"})
    await client.zadd("ranks", {"a": 1.5, "b": 2})
    await client.xadd("log", {"said": "hello"}, id="1-1")
    rights = ("~*", "+@read", "+@connection", "+dbsize", "-@admin")
    await client.execute_command("ACL", "SETUSER", "reader", "reset", "on", f">{PASSWORD}", *rights)
    await client.aclose()
    password = await linked.secret("redis", PASSWORD)
    config = {"type": "redis", "host": "127.0.0.1", "port": server.port, "user": "reader", "password": password}
    yield await linked.publish("Cache", config)


async def test_from_prefix_to_value(linked: Linked, key: str) -> None:
    async def browse(path: str) -> dict[str, tuple[str, str, str]]:
        found = await linked.connections.browse(linked.tenant.scope, key, path)
        return {node.name: (node.kind, node.detail, node.path) for node in found}

    top = await browse("")
    assert {name: kind for name, (kind, _, _) in top.items()} == {
        "shop:": "prefix", "plain": "string", "odd\\xff*?[": "string", "list": "list", "set": "set", "hash": "hash",
        "ranks": "zset", "log": "stream",
    }  # fmt: skip
    assert top["shop:"][1] == "2 keys"
    shop = await browse(top["shop:"][2])
    orders = await browse(shop["shop:order:"][2])
    assert orders["shop:order:1"][1] == "no end"
    assert orders["shop:order:2"][1].endswith("s left")
    assert await browse(orders["shop:order:1"][2]) == {"": ("value", "손님", orders["shop:order:1"][2])}
    [(_, long, _)] = (await browse(orders["shop:order:2"][2])).values()
    assert len(long) == 500
    assert len(await browse(top["list"][2])) == 200
    assert {name: detail for name, (_, detail, _) in (await browse(top["hash"][2])).items()} == {
        "name": "Kim",
        "age": "5",
    }
    assert {name: detail for name, (_, detail, _) in (await browse(top["ranks"][2])).items()} == {"a": "1.5", "b": "2"}
    assert {name: detail for name, (_, detail, _) in (await browse(top["log"][2])).items()} == {"1-1": "said=hello"}
    assert (await browse(top["odd\\xff*?["][2]))[""][1] == "\\xfe"
    for nowhere in ("k/missing", "x/y", "/x"):
        with pytest.raises(NothingThere):
            await browse(nowhere)


async def test_a_test_and_the_layers(linked: Linked, key: str) -> None:
    steps = await linked.connections.test(linked.tenant.scope, key)
    assert [(step.name, step.ok) for step in steps] == [
        (n, True) for n in ("resolve", "connect", "authenticate", "query")
    ]
    layers = {layer.name: layer.holds for layer in await linked.connections.safety(linked.tenant.scope, key)}
    assert layers["encrypted"] is False
    assert layers["role_refuses_writes"] is None  # a reader may not ask for his rights


async def test_who_may_write_is_told(linked: Linked, key: str, server: RedisServer) -> None:
    await linked.republish(key, {"type": ConnectionType.REDIS, "host": "127.0.0.1", "port": server.port})
    layers = {layer.name: layer.holds for layer in await linked.connections.safety(linked.tenant.scope, key)}
    assert layers["role_refuses_writes"] is False
    client = server.client()
    assert await client.exists("opsloom:attempt") == 0
    await client.aclose()


async def test_a_wrong_password(linked: Linked, key: str) -> None:
    await linked.secret("redis", "wrong")
    with pytest.raises(CredentialsRefused):
        await linked.connections.browse(linked.tenant.scope, key)
    steps = await linked.connections.test(linked.tenant.scope, key)
    assert [step.ok for step in steps] == [True, True, False]


@pytest.mark.parametrize("manner", [hangs, resets, drips, floods, babbles])
async def test_servers_that_are_no_redis(linked: Linked, manner: Manner) -> None:
    async with behaving(manner) as port:
        config = {"type": "redis", "host": "127.0.0.1", "port": port}
        key = await linked.publish("Cache", config, total_s=0.5, connect_s=0.5, bytes=1_000_000)
        with pytest.raises(OpsloomError) as failed:
            await linked.connections.browse(linked.tenant.scope, key)
        assert failed.value.status in {413, 502, 503, 504}
