"""Transactions that belong to one tenant.

The invariant: no statement runs outside a transaction that has told PostgreSQL whose it is. `opsloom.tenant` and
`opsloom.user` are set transaction-locally, so that a connection given back to the pool carries nothing over; with no
tenant set, row security shows no rows. This is the only place that commits.
"""

from __future__ import annotations  # asyncpg's types take parameters only in its stubs

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session as SyncSession

from opsloom.infra.db.dsn import Dsn
from opsloom.kit.errors import ConnectionLost, OpsloomError, Overloaded

_TENANTS = text("select id from tenants order by id")
_SET_TENANT = "select set_config('opsloom.tenant', $1, true), set_config('opsloom.user', $2, true)"
_SET_TENANT_NAMED = text("select set_config('opsloom.tenant', :tenant, true), set_config('opsloom.user', :user, true)")
_LOST_STATES = {"57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006", "53300"}


_ACQUIRE_S = 10.0
WAKES = "wakes"
"""Key in `session.info`: the tenants whose streams got messages in this transaction."""
_WAKE = text("select pg_notify('opsloom_stream', tenant) from unnest(cast(:tenants as text[])) tenant")


class Waker(Protocol):
    """Another way than NOTIFY to tell that a transaction added messages, used after its commit."""

    async def wake(self, tenants: set[str]) -> bool:
        """False when it could not; NOTIFY is used then."""
        ...


class TenantScope(Protocol):
    """Whose transaction it is; `identity.Scope` is the one used everywhere but in the tests of this module."""

    @property
    def tenant_id(self) -> UUID | None: ...
    @property
    def user_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class _Lent:
    """A transaction that the task is in the middle of; `turn` is None for whoever has it already."""

    tenant_id: UUID | None
    session: AsyncSession
    turn: asyncio.Lock | None


_LENT: ContextVar[_Lent | None] = ContextVar("lent_session", default=None)


@contextmanager
def lend(session: AsyncSession, scope: TenantScope) -> Iterator[None]:
    """Until the block ends, what this task looks up (`Database.looking`) sees what the transaction has not committed yet."""
    token = _LENT.set(_Lent(scope.tenant_id, session, asyncio.Lock()))
    try:
        yield
    finally:
        _LENT.reset(token)


class Database:
    """The pools of one process. `transaction` is for the ORM, `raw` for hot paths with the driver itself."""

    def __init__(self, dsn: Dsn, *, pool_size: int) -> None:
        self.dsn = dsn
        self._pool_size = pool_size
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_ACQUIRE_S,
            pool_reset_on_return=None,
            hide_parameters=True,  # an error's text goes to the log; the values may be secrets
            json_serializer=_json_text,
            json_deserializer=orjson.loads,
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self.waker: Waker | None = None

    async def _connect(self) -> asyncpg.Connection[asyncpg.Record]:
        try:
            connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
                **self.dsn.asyncpg(), timeout=5, command_timeout=60, server_settings={"application_name": "opsloom"}
            )
        except TimeoutError as error:
            raise _lost(error) from error
        await connection.set_type_codec(
            "uuid", encoder=_uuid_bytes, decoder=_uuid, schema="pg_catalog", format="binary"
        )
        return connection

    async def open(self) -> None:
        """Open the driver's pool; the ORM's opens as needed. Raises ConnectionLost when nobody answers."""
        async with translated():
            self._pool = await asyncpg.create_pool(
                **self.dsn.asyncpg(),
                min_size=1,
                max_size=self._pool_size,
                timeout=5,
                command_timeout=60,
                max_inactive_connection_lifetime=300,
                reset=_no_reset,
                init=_init_connection,
                server_settings={"application_name": "opsloom"},
            )

    async def close(self) -> None:
        """Give everything back; running transactions have ended before."""
        await self._engine.dispose()
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def abandon(self) -> None:
        """Drop every pooled connection after the server was lost, so that nobody is handed a dead one."""
        await self._engine.dispose()
        if self._pool is not None:
            await self._pool.expire_connections()

    @property
    def in_use(self) -> dict[str, int]:
        """Connections by state, for the health page."""
        pool = self._pool
        return {
            "orm_open": self._engine.pool.checkedout(),  # type: ignore[attr-defined]  # a QueuePool
            "driver_open": pool.get_size() if pool else 0,
            "driver_idle": pool.get_idle_size() if pool else 0,
        }

    @asynccontextmanager
    async def transaction(self, scope: TenantScope | None) -> AsyncIterator[AsyncSession]:
        """One transaction of a tenant through the ORM; commits when the block ends, rolls back when it raises.

        With `scope=None` only tables without a tenant show rows. Raises ConnectionLost when the server is away.
        """
        async with translated(), self._sessions() as session:
            async with session.begin():
                await session.execute(_SET_TENANT_NAMED, _identity(scope))
                yield session
                for finish in list(session.info.get("before_commit", ())):
                    await finish(session)
                wakes: set[str] = session.info.pop(WAKES, set())
                if wakes and self.waker is None:
                    await session.execute(_WAKE, {"tenants": sorted(wakes)})
            if wakes and self.waker is not None and not await self.waker.wake(wakes):
                async with session.begin():
                    await session.execute(_WAKE, {"tenants": sorted(wakes)})

    async def tenant_ids(self) -> list[UUID]:
        """Every tenant, in order of making; the one thing a session without a tenant may see. Raises ConnectionLost."""
        async with self.transaction(None) as session:
            return list((await session.execute(_TENANTS)).scalars())

    @asynccontextmanager
    async def looking(self, scope: TenantScope) -> AsyncIterator[AsyncSession]:
        """To look something up: in the transaction lent to this task, one at a time, or in one of its own."""
        lent = _LENT.get()
        if lent is None or lent.tenant_id != scope.tenant_id:
            async with self.transaction(scope) as session:
                yield session
        elif lent.turn is None:
            yield lent.session
        else:
            async with lent.turn:
                token = _LENT.set(replace(lent, turn=None))
                try:
                    yield lent.session
                finally:
                    _LENT.reset(token)

    @asynccontextmanager
    async def raw(self, scope: TenantScope | None) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy[asyncpg.Record]]:
        """The same on a plain driver connection, for hot paths."""
        who = _identity(scope)
        async with self.connection() as connection, connection.transaction():
            await connection.execute(_SET_TENANT, who["tenant"], who["user"])
            yield connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy[asyncpg.Record]]:
        """A bare pooled connection for statements that must set their own tenant (group commits, users' SQL)."""
        if self._pool is None:
            raise ConnectionLost("The database pool is not open.")
        async with translated():
            try:
                connection = await self._pool.acquire(timeout=_ACQUIRE_S)
            except TimeoutError as error:
                raise _busy() from error
            try:
                yield connection
            except (asyncpg.InternalClientError, asyncpg.InterfaceError, OSError):
                connection.terminate()  # its protocol state is unknown; nobody may be handed it again
                raise
            finally:
                await self._pool.release(connection)

    async def dedicated(self) -> asyncpg.Connection[asyncpg.Record]:
        """A connection outside the pools, for LISTEN and for locks that live as long as a component."""
        async with translated():
            return await self._connect()


def _uuid(raw: bytes) -> UUID:
    """The standard library's own type: the driver's subclass is refused by JSON encoders that look at exact types."""
    return UUID(bytes=bytes(raw))


def _uuid_bytes(value: UUID | str) -> bytes:
    return value.bytes if isinstance(value, UUID) else UUID(value).bytes


def _json_text(value: object) -> str:
    """JSON as it is stored; the driver's own subclass of UUID is written like any other."""
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")


def _identity(scope: TenantScope | None) -> dict[str, str]:
    if scope is None:
        return {"tenant": "", "user": ""}
    return {"tenant": str(scope.tenant_id or ""), "user": str(scope.user_id or "")}


async def _no_reset(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Every transaction sets and reverts what it needs; the pool's own reset would cost a third of a short call.

    One that comes back in the middle of a transaction was cut off there and is thrown away.
    """
    if connection.is_in_transaction():
        connection.terminate()


async def _init_connection(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=_json_text, decoder=orjson.loads, schema="pg_catalog")


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn the driver's and the system's ways of saying "the server is away" into ConnectionLost."""
    try:
        yield
    except OpsloomError:
        raise
    except PoolTimeout as error:
        raise _busy() from error
    except (OSError, InterfaceError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise _lost(error) from error
    except asyncpg.PostgresError as error:
        if (error.sqlstate or "") in _LOST_STATES:
            raise _lost(error) from error
        raise
    except DBAPIError as error:
        if error.connection_invalidated or _state(error) in _LOST_STATES:
            raise _lost(error) from error
        raise


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", "") or "")


def _busy() -> Overloaded:
    return Overloaded(
        "All database connections of this process are in use.",
        hint="Try again; if it stays, raise OPSLOOM_DATABASE_POOL_SIZE or add a node.",
        retry_after_s=1,
    )


def _lost(error: BaseException) -> ConnectionLost:
    return ConnectionLost(
        "The database cannot be reached.",
        hint=f"It is retried automatically ({type(error).__name__}). See /readyz and `opsloom doctor`.",
        retry_after_s=2,
    )


@event.listens_for(AsyncSession.sync_session_class, "after_rollback")
def _forget_finishers(session: SyncSession) -> None:
    """The event also tells of a savepoint that was rolled back; the transaction around it goes on and still ends."""
    if not session.in_nested_transaction():
        session.info.pop("before_commit", None)
