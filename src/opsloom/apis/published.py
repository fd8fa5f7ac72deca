"""What is published, by tenant and path, in this process's memory.

How tables are kept and thrown away is the registry's (`assets.tables`).
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from opsloom.apis.engines.protocol import Engine, Pace, Program
from opsloom.apis.errors import ApiNotFound, ApiUnservable, no_such_path
from opsloom.apis.kept import distinguishing
from opsloom.apis.params import Reader
from opsloom.apis.schemas import ApiDefinition
from opsloom.assets import service as assets
from opsloom.assets.kinds import Kind
from opsloom.assets.service import Asset, AssetVersion, Load
from opsloom.assets.tables import PublishedTables, note_loads
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger
from opsloom.infra.wakeups import Wakeups
from opsloom.kit.errors import OpsloomError
from opsloom.kit.resilience.breaker import BreakerPolicy

log = get_logger(__name__)

_PROGRAMS = 2_000


@dataclass(frozen=True, slots=True)
class Served:
    """One version of one API, ready to run. `version` 0 is the draft."""

    tenant_id: UUID
    api_id: UUID
    name: str
    version: int
    content_hash: str
    definition: ApiDefinition
    reader: Reader
    program: Program
    pace: Pace
    breaker: str = ""
    """The key of its breaker and of its places."""
    breaker_policy: BreakerPolicy | None = None
    """When the breaker opens, where that is not as everywhere."""
    varies: tuple[str, ...] = ()
    """The parameters whose values distinguish answers that are kept."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "varies", distinguishing(self.definition.parameters, self.definition.cache))
        object.__setattr__(self, "breaker", f"api:{self.tenant_id}:{self.api_id}")
        terms = self.definition.breaker
        if terms != type(terms)():
            object.__setattr__(self, "breaker_policy", BreakerPolicy(failures=terms.failures, open_s=terms.open_s))

    @property
    def path(self) -> str:
        return self.definition.path


@dataclass(frozen=True, slots=True)
class Unserved:
    """A published version that cannot run, with the reason."""

    api_id: UUID
    path: str
    reason: str


Entry = Served | Unserved


class PathTable:
    """The published APIs of one tenant by path: exact paths by dictionary, templates by their number of segments."""

    def __init__(self, entries: list[Entry], keys: Mapping[str, Entry] | None = None) -> None:
        self.entries = entries
        self.keys = keys or {}
        self._exact: dict[str, Entry] = {}
        self._templates: dict[int, list[tuple[list[str], Entry]]] = {}
        for entry in entries:
            path = entry.path
            if "{" in path:
                segments = path.split("/")
                self._templates.setdefault(len(segments), []).append((segments, entry))
            else:
                self._exact[path] = entry

    def find(self, path: str) -> tuple[Entry, dict[str, str]] | None:
        """The API at a path and the values in it; fixed segments win over parameters, from the left."""
        exact = self._exact.get(path)
        if exact is not None:
            return exact, {}
        parts = path.split("/")
        found = [
            (segments, entry)
            for segments, entry in self._templates.get(len(parts), ())
            if all(have == want or (want[0] == "{" and have) for want, have in zip(segments, parts, strict=True))
        ]
        if not found:
            return None
        segments, entry = min(found, key=lambda each: [segment[0] == "{" for segment in each[0]])
        pairs = zip(segments, parts, strict=True)
        return entry, {name[1:-1]: value for name, value in pairs if name[0] == "{"}


class Published:
    """The tables of this process."""

    def __init__(self, db: Database, wakeups: Wakeups, engines: Mapping[str, Engine], kind: Kind) -> None:
        self._db = db
        self._engines = engines
        self._kind = kind
        self._tables = PublishedTables(wakeups, kind.name, self._load)
        self._programs: OrderedDict[str, Program] = OrderedDict()
        self._paces: OrderedDict[UUID, Pace] = OrderedDict()

    async def find(self, tenant_id: UUID, path: str) -> tuple[Served, dict[str, str]]:
        """The API published at `path`. Raises ApiNotFound, ApiUnservable."""
        found = (await self.table(tenant_id)).find(path)
        if found is None:
            raise no_such_path()
        entry, values = found
        return _served(entry), values

    async def by_key(self, tenant_id: UUID, key: str) -> Served:
        """The published API with this key. Raises ApiNotFound, ApiUnservable."""
        entry = (await self.table(tenant_id)).keys.get(key)
        if entry is None:
            raise ApiNotFound(f"No API with the key “{key}” is published.")
        return _served(entry)

    async def table(self, tenant_id: UUID) -> PathTable:
        """All that a tenant has published."""
        return await self._tables.of(tenant_id)

    async def prepare(self, tenant_id: UUID, api_id: UUID, name: str, terms: tuple[int, str, ApiDefinition]) -> Served:
        """A version or draft ready to run. Raises LogicRefused."""
        version, content_hash, definition = terms
        program = self._programs.get(content_hash)
        if program is None:
            engine = self._engines[definition.logic.type]
            program = self._programs[content_hash] = await engine.prepare(definition, content_hash)
        self._programs.move_to_end(content_hash)
        pace = self._paces.setdefault(api_id, Pace())
        self._paces.move_to_end(api_id)
        for kept in (self._programs, self._paces):
            if len(kept) > _PROGRAMS:
                kept.popitem(last=False)
        reader = Reader(definition.parameters)
        return Served(tenant_id, api_id, name, version, content_hash, definition, reader, program, pace)

    def forget(self, tenant_id: UUID) -> None:
        """Something of the tenant's changed."""
        self._tables.forget(tenant_id)

    async def _load(self, tenant_id: UUID) -> PathTable:
        async with self._db.transaction(Scope.system(tenant_id)) as session:
            rows = await assets.list_published(session, self._kind)
        entries: dict[str, Entry] = {}
        loads: list[Load] = []
        for asset, version in rows:
            entry = await self._entry(tenant_id, asset, version)
            entries[asset.key] = entry
            loads.append(Load(asset, version.version, entry.reason if isinstance(entry, Unserved) else None))
        await note_loads(self._db, self._kind.name, tenant_id, loads, "apis.faults")
        return PathTable(list(entries.values()), entries)

    async def _entry(self, tenant_id: UUID, asset: Asset, version: AssetVersion) -> Entry:
        """One API, ready to run or with the reason why it cannot: it must not hide the others."""
        try:
            definition = assets.read_stored(self._kind, version.content)
            assert isinstance(definition, ApiDefinition)
            terms = (version.version, version.content_hash, definition)
            return await self.prepare(tenant_id, asset.id, version.name, terms)
        except OpsloomError as error:
            log.error("apis.unservable", api=str(asset.id), version=version.version, cause=error.message)
            return Unserved(asset.id, str(version.content.get("path", "")), error.message)


def _served(entry: Entry) -> Served:
    if isinstance(entry, Unserved):
        raise ApiUnservable(f"The published version cannot run: {entry.reason}", hint="Publish a repaired version.")
    return entry
