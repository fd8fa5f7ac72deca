"""Redis as an open connection: keys by prefix, their types, lifetimes and values, all capped. No command that writes is in here.

A path is empty (the top), `p/` with a percent-encoded prefix, or `k/` with a percent-encoded key; keys are bytes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from redis.asyncio import Connection, ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TimedOut

from opsloom.connections.content import Limits, RedisConfig
from opsloom.connections.dialing import Dialer, tls_context
from opsloom.connections.errors import CredentialsRefused, NothingThere, TargetFailed, TargetLost
from opsloom.connections.opened import Steps
from opsloom.connections.results import Layer, Node
from opsloom.connections.streams import stream_on
from opsloom.infra.secrets import SecretText
from opsloom.kit.errors import DeadlinePassed, OpsloomError

Client = Any  # a Redis; its types cannot tell bytes from text
_SEPARATOR = b":"
_SHOWN = 1000
_SCANNED = 100_000
_BATCH = 1000
_ENTRIES = 200
_CHARS = 500


class _Dialled(Connection):
    """A connection on a stream that is already open."""

    def __init__(self, *, stream: tuple[asyncio.StreamReader, asyncio.StreamWriter], **options: Any) -> None:
        super().__init__(**options)
        self._stream = stream

    async def _connect(self) -> None:
        self._reader, self._writer = self._stream


class RedisKeys:
    """One version of a Redis connection."""

    def __init__(self, config: RedisConfig, password: SecretText | None, limits: Limits, dialer: Dialer) -> None:
        self._config = config
        self._password = password
        self._limits = limits
        self._dialer = dialer
        self._running = 0

    async def test(self, steps: Steps) -> None:
        async with steps.step("resolve") as note:
            found = await self._dialer.addresses(self._config.host, self._config.port, self._limits.connect_s)
            note.detail = ", ".join(str(each) for each in found)
        async with steps.step("connect") as note:
            (await self._dialer.socket(self._config.host, self._config.port, self._limits.connect_s)).close()
            note.detail = f"{self._config.host} port {self._config.port} answers."
        async with steps.step("authenticate") as note:
            async with self._client() as client:
                await client.ping()
            note.detail = f"It answers as {self._config.user or 'the default user'}."
        async with steps.step("query") as note, self._client() as client:
            size = await client.dbsize()
            note.detail = f"Database {self._config.database} has {size} keys."

    async def browse(self, path: str) -> list[Node]:
        kind, _, rest = path.partition("/")
        if kind not in {"", "p", "k"} or (kind == "" and rest):
            raise NothingThere("There is nothing at this path.")
        name = unquote_to_bytes(rest)
        async with self._client() as client:
            return await _value(client, name) if kind == "k" else await _prefix(client, name)

    async def safety(self) -> list[Layer]:
        async with self._client() as client:
            writes = await _may_write(client)
        encrypted = self._config.tls
        return [
            Layer(
                "encrypted",
                encrypted,
                "The connection is encrypted." if encrypted else "The connection is in clear text.",
            ),
            Layer("only_reading_commands", True, "No command that writes is ever sent."),
            writes,
        ]

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Client]:
        """A client on a connection of its own, closed afterwards; its errors leave as ours."""
        config, limits = self._config, self._limits
        sock = await self._dialer.socket(config.host, config.port, limits.connect_s)
        tls = tls_context(verify=True, ca=config.ca) if config.tls else None
        stream = await stream_on(sock, config.host.strip("[]"), tls, limits.bytes)
        pool = ConnectionPool(
            connection_class=_Dialled,
            max_connections=1,
            stream=stream,
            db=config.database,
            username=config.user,
            password=self._password.reveal() if self._password else None,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=limits.total_s,
            decode_responses=False,
        )
        client = Redis(connection_pool=pool)
        self._running += 1
        try:
            yield client
        except RedisError as error:
            raise _judged(error) from error
        finally:
            self._running -= 1
            stream[1].transport.abort()
            await pool.disconnect()

    @property
    def in_use(self) -> int:
        return self._running

    async def close(self) -> None:
        """Every use has a connection of its own."""


def _judged(error: RedisError) -> OpsloomError:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OpsloomError):
        return cause
    message = str(error)[:500]
    if isinstance(error, AuthenticationError | NoPermissionError) or message.startswith(
        ("WRONGPASS", "NOAUTH", "NOPERM")
    ):
        return CredentialsRefused(f"Redis refuses this user: {message}.")
    if isinstance(error, TimedOut):
        return DeadlinePassed("Redis did not answer in time.")
    if isinstance(error, Disconnected):
        return TargetLost(f"Redis cannot be reached: {message}.")
    return TargetFailed(f"Redis says: {message}.")


async def _prefix(client: Client, prefix: bytes) -> list[Node]:
    """What begins with a prefix, cut at the next colon: deeper prefixes, and keys."""
    deeper: dict[bytes, int] = {}
    keys: set[bytes] = set()
    seen, cursor = 0, 0
    while True:
        cursor, found = await client.scan(cursor, match=_literal(prefix) + b"*", count=_BATCH)
        for key in found:
            head, colon, _ = key[len(prefix) :].partition(_SEPARATOR)
            if colon:
                deeper[prefix + head + colon] = deeper.get(prefix + head + colon, 0) + 1
            else:
                keys.add(key)
        seen += len(found)
        if cursor == 0 or seen >= _SCANNED or len(keys) >= _SHOWN:
            break
    whole = "" if cursor == 0 else " or more"
    nodes = [
        Node(f"p/{quote(each, safe='')}", _text(each), "prefix", leaf=False, detail=f"{count}{whole} keys")
        for each, count in sorted(deeper.items())[:_SHOWN]
    ]
    return nodes + await _described(client, sorted(keys)[: max(0, _SHOWN - len(nodes))])


async def _described(client: Client, keys: Sequence[bytes]) -> list[Node]:
    """Keys with type and lifetime."""
    pipe = client.pipeline(transaction=False)
    for key in keys:
        pipe.type(key)
        pipe.pttl(key)
    answers = await pipe.execute() if keys else []
    nodes = []
    for key, kind, left_ms in zip(keys, answers[::2], answers[1::2], strict=True):
        life = "no end" if left_ms == -1 else f"{left_ms / 1000:g} s left"
        nodes.append(Node(f"k/{quote(key, safe='')}", _text(key), kind.decode(), leaf=False, detail=life))
    return [node for node in nodes if node.kind != "none"]


async def _value(client: Client, key: bytes) -> list[Node]:
    """The first entries of a key's value. Raises NothingThere."""
    kind = (await client.type(key)).decode()
    reader = _READERS.get(kind)
    if kind == "none":
        raise NothingThere("There is no such key.")
    if reader is None:
        return []
    entries = await reader(client, key)
    path = f"k/{quote(key, safe='')}"
    return [Node(path, name[:_CHARS], "value", leaf=True, detail=value[:_CHARS]) for name, value in entries[:_ENTRIES]]


Entries = list[tuple[str, str]]


async def _string(client: Client, key: bytes) -> Entries:
    return [("", _text(await client.getrange(key, 0, _CHARS)))]


async def _list(client: Client, key: bytes) -> Entries:
    return [(str(at), _text(each)) for at, each in enumerate(await client.lrange(key, 0, _ENTRIES - 1))]


async def _set(client: Client, key: bytes) -> Entries:
    _, members = await client.sscan(key, 0, count=_ENTRIES)
    return [("", _text(each)) for each in sorted(members)]


async def _hash(client: Client, key: bytes) -> Entries:
    _, fields = await client.hscan(key, 0, count=_ENTRIES)
    return [(_text(name), _text(value)) for name, value in sorted(fields.items())]


async def _sorted_set(client: Client, key: bytes) -> Entries:
    found = await client.zrange(key, 0, _ENTRIES - 1, withscores=True)
    return [(_text(member), f"{score:g}") for member, score in found]


async def _stream(client: Client, key: bytes) -> Entries:
    found = await client.xrange(key, count=_ENTRIES)
    return [(_text(at), ", ".join(f"{_text(k)}={_text(v)}" for k, v in fields.items())) for at, fields in found]


_READERS: Mapping[str, Callable[[Client, bytes], Awaitable[Entries]]] = {
    "string": _string,
    "list": _list,
    "set": _set,
    "hash": _hash,
    "zset": _sorted_set,
    "stream": _stream,
}


async def _may_write(client: Client) -> Layer:
    """Ask the server whether this user could write, without writing."""
    name = "role_refuses_writes"
    try:
        me = await client.acl_whoami()
        answer = await client.execute_command("ACL DRYRUN", me, "SET", "opsloom:attempt", "1")
    except ResponseError as error:
        return Layer(name, None, f"The server does not tell: {str(error)[:200]}.")
    except NoPermissionError:
        return Layer(name, None, "This user may not ask for his rights.")
    if answer in {b"OK", "OK", True}:
        return Layer(name, False, "This user may write.")
    return Layer(name, True, f"The server refuses writes of this user: {_text(answer)}.")


def _literal(prefix: bytes) -> bytes:
    """A prefix as a pattern that matches nothing but itself."""
    return b"".join(b"\\" + bytes([byte]) if byte in b"*?[]^\\" else bytes([byte]) for byte in prefix)


def _text(raw: bytes | str) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "backslashreplace")
