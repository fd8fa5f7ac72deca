"""A SQL database as an open connection: test, browse, query, inspect."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy import Connection

from opsloom.connections.content import Limits
from opsloom.connections.dialing import Dialer
from opsloom.connections.errors import ConnectionTypeUnfit
from opsloom.connections.opened import Steps
from opsloom.connections.results import Change, Changed, Layer, Node, PlanText, Rows
from opsloom.connections.sql.changing import change, has_ledger, make_ledger, plan_change
from opsloom.connections.sql.explaining import explain
from opsloom.connections.sql.flavour import Flavour
from opsloom.connections.sql.reading import read
from opsloom.connections.sql.safety import layers_of
from opsloom.connections.sql.session import SqlSession
from opsloom.connections.sql.tree import below

T = TypeVar("T")


class Database:
    """One version of a SQL connection."""

    def __init__(self, flavour: Flavour, limits: Limits, dialer: Dialer, writing: Flavour | None = None) -> None:
        self._flavour = flavour
        self._limits = limits
        self._dialer = dialer
        self._session = SqlSession(flavour, limits)
        self._writing: SqlSession | None = None
        if writing is not None:
            self._writing = self._session if writing is flavour else SqlSession(writing, limits)
        self._remembers = False

    async def test(self, steps: Steps) -> None:
        limit_s = self._limits.connect_s
        if self._flavour.place is not None:
            host, port = self._flavour.place
            async with steps.step("resolve") as note:
                found = await self._dialer.addresses(host, port, limit_s)
                note.detail = ", ".join(str(each) for each in found)
            async with steps.step("connect") as note:
                (await self._dialer.socket(host, port, limit_s)).close()
                note.detail = f"{host} port {port} answers."
        async with steps.step("open" if self._flavour.place is None else "authenticate") as note:
            note.detail = await self._session.run(self._flavour.version, limit_s + 1)
        async with steps.step("query") as note:
            rows = await self.query("select 1", {}, self._limits)
            note.detail = f"select 1 → {rows.rows[0][0]}"

    async def query(self, sql: str, params: Mapping[str, object], limits: Limits) -> Rows:
        """Raises QueryRefused, DeadlinePassed, TargetLost, CredentialsRefused, ResultTooLarge."""
        return await self._session.run(
            lambda connection: read(connection, self._flavour, sql, params, limits), limits.total_s
        )

    async def explain(self, sql: str, params: Mapping[str, object], limits: Limits, *, analyze: bool) -> PlanText:
        """Raises as `query`."""
        return await self._session.run(
            lambda connection: explain(connection, self._flavour, sql, params, analyze=analyze), limits.total_s
        )

    async def plan_change(self, sql: str, params: Mapping[str, object], limits: Limits) -> None:
        """Have a statement that changes rows read, and not run. Raises as `query`."""
        session = self._writing
        if session is None:
            raise ConnectionTypeUnfit("The connection is not for writing.")
        await session.change(
            lambda connection: plan_change(connection, session.flavour, sql, params), limits.total_s, keep=False
        )

    async def change(self, asked: Change, limits: Limits) -> Changed:
        """Raises as `query`, ConnectionTypeUnfit, TooManyChanged, KeyReused."""
        session = self._writing
        if session is None:
            raise ConnectionTypeUnfit("The connection is not for writing.")
        if asked.key is not None and not self._remembers:
            if not await session.change(has_ledger, limits.total_s, keep=False):
                await session.change(
                    lambda connection: make_ledger(connection, session.flavour), limits.total_s, keep=True
                )
            self._remembers = True
        return await session.change(
            lambda connection: change(connection, session.flavour, asked, limits),
            limits.total_s,
            keep=asked.key is not None,
        )

    async def inspect(self, work: Callable[[Connection], T], seconds: float) -> T:
        """The result of `work` in a reading transaction. Raises as `query`, and what `work` raises."""
        return await self._session.run(work, seconds)

    async def browse(self, path: str) -> list[Node]:
        return await self._session.run(lambda connection: below(connection, path), self._limits.total_s)

    async def safety(self) -> list[Layer]:
        return await layers_of(self._session)

    @property
    def in_use(self) -> int:
        return self._session.in_use

    async def close(self) -> None:
        await self._session.close()
        if self._writing is not None and self._writing is not self._session:
            await self._writing.close()
