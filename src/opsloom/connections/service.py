"""The one guarded way to other systems: by key, in the version in force, under limits, a breaker and a deadline.

No transaction of our own database is held while another system is called: what a call needs is read first, then the
session is closed.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.assets.errors import AssetNotFound
from opsloom.connections import directory, repository, vault
from opsloom.connections.checks import check_config
from opsloom.connections.content import ConnectionContent, ConnectionType, Limits, MailSecurity, SmtpConfig, secrets_of
from opsloom.connections.counting import counted
from opsloom.connections.dialing import Dialer, Tools
from opsloom.connections.errors import (
    CallRefused,
    ConnectionTypeUnfit,
    ConnectionUnknown,
    ContentUnreadable,
    KeyReused,
    MailRefused,
    ModelRefused,
    NothingThere,
    QueryRefused,
    ResultTooLarge,
    StatementTooLong,
    TooManyChanged,
)
from opsloom.connections.files import folder_of
from opsloom.connections.kind import NAME
from opsloom.connections.lines import Line, Lines, new_line
from opsloom.connections.opened import Opened, Steps
from opsloom.connections.opening import open_connection
from opsloom.connections.results import (
    EVERYTHING,
    Change,
    Changed,
    Column,
    HttpAnswer,
    HttpCall,
    Layer,
    Mail,
    Node,
    PlanText,
    Posted,
    Ready,
    Rows,
    Series,
    Step,
    Take,
    Value,
)
from opsloom.connections.sql.database import Database
from opsloom.connections.web.prometheus import Prometheus, Range
from opsloom.connections.web.service import WebService
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets, SecretText
from opsloom.kit.errors import OpsloomError
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.board import Outcome

__all__ = [
    "EVERYTHING", "Change", "Changed", "Column", "ConnectionContent", "ConnectionType", "Connections", "HttpAnswer", "HttpCall",
    "Layer", "Limits", "Mail", "MailSecurity", "Node", "PlanText", "Posted", "Range", "Ready", "Rows", "Series", "SmtpConfig", "Step",
    "Take", "Value", "breaker_key",
]  # fmt: skip

T = TypeVar("T")
_WELL = (
    QueryRefused,
    TooManyChanged,
    KeyReused,
    StatementTooLong,
    ResultTooLarge,
    NothingThere,
    CallRefused,
    MailRefused,
    ModelRefused,
)


def breaker_key(tenant_id: UUID, asset_id: UUID) -> str:
    """The circuit breaker of a connection."""
    return f"connection:{tenant_id}:{asset_id}"


class Connections:
    """A part of the core: the connections of every tenant, as this process uses them."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._tools = Tools(core.http, Dialer(core.http.policy))
        self.lines = Lines()

    async def ready(self, scope: Scope, key: str) -> Ready:
        """The connection in force. Raises ConnectionUnknown, NotPublished, SecretMissing."""
        found, _ = await self._look(scope, key)
        return found

    async def query(
        self, scope: Scope, key: str, sql: str, params: Mapping[str, object] | None = None, take: Take = EVERYTHING
    ) -> Rows:
        """Rows of a reading statement with `:name` parameters.

        Raises as `ready`, ConnectionTypeUnfit, QueryRefused, CredentialsRefused, TargetLost, DeadlinePassed, CircuitOpen,
        BulkheadFull, ResultTooLarge, EgressRefused.
        """
        async with self._line(scope, key, "query") as (ready, line):
            database = _as(Database, ready, line)
            return await database.query(sql, params or {}, take.within(ready.limits))

    async def explain(
        self, scope: Scope, key: str, sql: str, params: Mapping[str, object], take: Take = EVERYTHING, *, analyze: bool
    ) -> PlanText:
        """How the database would run a reading statement; with `analyze` it runs it. Raises as `query`."""
        async with self._line(scope, key, "explain") as (ready, line):
            database = _as(Database, ready, line)
            return await database.explain(sql, params, take.within(ready.limits), analyze=analyze)

    async def plan_change(
        self, scope: Scope, key: str, sql: str, params: Mapping[str, object], take: Take = EVERYTHING
    ) -> None:
        """Have the database read a statement that changes rows, without running it. Raises as `change`."""
        async with self._line(scope, key, "explain") as (ready, line):
            await _as(Database, ready, line).plan_change(sql, params, take.within(ready.limits))

    async def change(self, scope: Scope, key: str, asked: Change, take: Take = EVERYTHING) -> Changed:
        """Run one statement that changes rows, once for its key; without a key it is rolled back.

        Raises as `query`, ConnectionTypeUnfit where the connection is not for writing, TooManyChanged, KeyReused.
        """
        async with self._line(scope, key, "change") as (ready, line):
            return await _as(Database, ready, line).change(asked, take.within(ready.limits))

    async def inspect(self, scope: Scope, key: str, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """The result of `work`, run in a thread on a connection of the pool, in a reading transaction. Raises as `query`."""
        async with self._line(scope, key, "inspect") as (ready, line):
            return await _as(Database, ready, line).inspect(work, ready.limits.total_s)

    async def call(self, scope: Scope, key: str, call: HttpCall, take: Take = EVERYTHING) -> HttpAnswer:
        """The answer to a request below the connection's URL, with its credential put in; any status is an answer.

        Raises as `ready`, ConnectionTypeUnfit, CallRefused, CredentialsRefused, CircuitOpen, BulkheadFull and what
        `Http.request` raises.
        """
        async with self._line(scope, key, "call") as (ready, line):
            return await _as(WebService, ready, line).call(call, take.within(ready.limits))

    async def converse(self, scope: Scope, key: str, call: HttpCall, take: Take = EVERYTHING) -> HttpAnswer:
        """The answer of a language model's provider; only success is one. Raises as `call`, ModelBusy, ModelRefused."""
        from opsloom.connections.web.model import ModelService

        async with self._line(scope, key, "converse") as (ready, line):
            return await _as(ModelService, ready, line).converse(call, take.within(ready.limits))

    async def promql(
        self, scope: Scope, key: str, expression: str, at: float | Range | None = None, take: Take = EVERYTHING
    ) -> list[Series]:
        """The series of a PromQL expression at an instant (Unix seconds; None: now) or over a range. Raises as `call`, QueryRefused."""
        async with self._line(scope, key, "promql") as (ready, line):
            return await _as(Prometheus, ready, line).promql(expression, at, take.within(ready.limits))

    async def post(self, scope: Scope, key: str, mail: Mail) -> Posted:
        """Hand a mail to the server of an SMTP connection. Raises as `ready`, ConnectionTypeUnfit, MailRefused, CredentialsRefused."""
        from opsloom.connections.mail import MailServer  # only those who mail pay for its library

        async with self._line(scope, key, "post") as (ready, line):
            return await _as(MailServer, ready, line).post(mail)

    async def post_by(self, config: SmtpConfig, password: SecretText | None, mail: Mail, limits: Limits) -> Posted:
        """The same through a server that is no connection. Raises as `post`, EgressRefused."""
        from opsloom.connections.mail import MailServer

        async with deadline.within(limits.total_s):
            return await MailServer(config, password, limits, self._tools.dialer).post(mail)

    async def browse(self, scope: Scope, key: str, path: str = "") -> list[Node]:
        """What is below a path; the empty path is the top. Raises as `query`, and NothingThere."""
        async with self._line(scope, key, "browse") as (ready, line):
            del ready
            return await line.opened.browse(path)

    async def safety(self, scope: Scope, key: str) -> list[Layer]:
        """Which safety layers hold, found out by trying where that leaves nothing behind. Raises as `query`."""
        async with self._line(scope, key, "safety") as (ready, line):
            del ready
            return await line.opened.safety()

    async def test(self, scope: Scope, key: str) -> list[Step]:
        """Try the version in force, step by step; the last step is the one that failed, or all are ok. Raises as `ready`."""
        ready, names = await self._look(scope, key)
        content = ConnectionContent(config=ready.config, limits=ready.limits)
        async with self._core.db.transaction(scope) as session:
            secrets = await vault.reveal(session, scope, self._core.part(Secrets), [name for name, _ in names])
            folder = await self._folder(session, scope)
        return await self._try(open_connection(content, secrets, self._tools, folder), content.limits)

    async def test_content(
        self, scope: Scope, content: ConnectionContent, given: Mapping[str, SecretText]
    ) -> list[Step]:
        """Try one that is not saved, with secrets that are not in the vault yet. Raises SecretMissing, InvalidInput kinds."""
        check_config(content.config, self._tools.dialer.policy)
        wanted = {name for _, name in secrets_of(content.config)} - set(given)
        async with self._core.db.transaction(scope) as session:
            held = await vault.reveal(session, scope, self._core.part(Secrets), wanted)
            folder = await self._folder(session, scope)
        return await self._try(open_connection(content, held | dict(given), self._tools, folder), content.limits)

    async def _try(self, opened: Opened, limits: Limits) -> list[Step]:
        steps = Steps()
        try:
            async with deadline.within(limits.total_s):
                await opened.test(steps)
        except OpsloomError as error:
            steps.cut_off(error.message)
        finally:
            await opened.close()
        return steps.done

    @asynccontextmanager
    async def _line(self, scope: Scope, key: str, use: str) -> AsyncIterator[tuple[Ready, Line]]:
        """A place on the open connection, while its breaker lets calls through; what came of it is counted."""
        ready, names = await self._look(scope, key)
        place = (scope.tenant_id, ready.asset_id)
        refused: OpsloomError | None = None
        with counted(ready.type, use):
            async with self._core.breakers.guard(breaker_key(*place)) as guarded:
                try:
                    async with (
                        deadline.within(ready.limits.total_s),
                        self.lines.use(await self._open(scope, ready, names)) as line,
                    ):
                        yield ready, line
                except _WELL as error:  # the other system answered as it should: this counts for it, not against it
                    guarded.outcome, refused = Outcome.SUCCEEDED, error
            if refused is not None:
                raise refused

    async def _open(self, scope: Scope, ready: Ready, names: Sequence[tuple[str, UUID]]) -> Line:
        """The line that is open, or a new one; nothing is awaited once it is found."""
        stamp = (ready.version, *names)
        line = self.lines.held(scope.tenant_id, ready.asset_id, stamp)
        if line is not None:
            return line
        async with self._core.db.looking(scope) as session:
            secrets = await vault.reveal(session, scope, self._core.part(Secrets), [name for name, _ in names])
            folder = await self._folder(session, scope)
        line = self.lines.held(scope.tenant_id, ready.asset_id, stamp)
        if line is not None:
            return line
        content = ConnectionContent(config=ready.config, limits=ready.limits, writes=ready.writes)
        opened = open_connection(content, secrets, self._tools, folder)
        return self.lines.put(scope.tenant_id, ready.asset_id, new_line(stamp, opened, ready.limits.pool))

    async def _look(self, scope: Scope, key: str) -> tuple[Ready, Sequence[tuple[str, UUID]]]:
        """The connection in force, and the stamp of each secret it names."""
        async with self._core.db.looking(scope) as session:
            try:
                asset, version = await assets.in_force(session, NAME, key)
            except AssetNotFound:
                raise ConnectionUnknown(f"There is no connection “{key}”.", hint="Use a connection's key.") from None
            content = directory.read(version.content)
            if isinstance(content, ConnectionContent):
                names = await self._stamps(session, content)
                return Ready(
                    asset.id, key, version.name, version.version, content.config, content.limits, content.writes
                ), names
            await assets.report_fault(session, scope, asset, version.version, content)
        raise ContentUnreadable(f"“{asset.name}” cannot be read: {content}.", hint="Save and publish it anew.")

    async def _stamps(self, session: AsyncSession, content: ConnectionContent) -> Sequence[tuple[str, UUID]]:
        pointers = {name: pointer for pointer, name in secrets_of(content.config)}
        rows = await repository.secrets_named(session, list(pointers)) if pointers else []
        vault.require(pointers, [row.name for row in rows], pointers)
        return [(row.name, row.stamp) for row in rows]

    async def _folder(self, session: AsyncSession, scope: Scope) -> Path:
        settings = self._core.settings
        root = settings.files_dir or settings.data_dir / "files"
        return folder_of(root, await repository.slug_of_tenant(session, scope.tenant_id))


def _as(kind: type[T], ready: Ready, line: Line) -> T:
    if not isinstance(line.opened, kind):
        raise ConnectionTypeUnfit(f"“{ready.name}” is of type {ready.type}, which cannot do that.")
    return line.opened
