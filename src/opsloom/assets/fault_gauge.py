"""The number of faults as a metric, kept up to date by the wake-ups that reports send; zero queries while nothing fails."""

import asyncio
from uuid import UUID

from prometheus_client import Gauge

from opsloom.assets import faults
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.infra.wakeups import ASSETS, Wakeups
from opsloom.kit.errors import ConnectionLost
from opsloom.kit.waking import woken

log = get_logger(__name__)

_FAULTS = Gauge("opsloom_asset_faults", "Assets in force that cannot be loaded, by kind.", ["kind"])


class FaultGauge:
    """Component: counts a tenant's faults again when it hears of a change, and everybody's after a reconnect."""

    name = "assets.faults"

    def __init__(self, db: Database, wakeups: Wakeups) -> None:
        self._db = db
        self._wakeups = wakeups
        self._changed: set[UUID] = set()
        self._everybody = True
        self._awake = asyncio.Event()
        self._counts: dict[UUID, dict[str, int]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Count until told to stop."""
        cancel = self._wakeups.subscribe(ASSETS, self._heard)
        stopping = asyncio.ensure_future(stop.wait())
        self._awake.set()
        try:
            while not stop.is_set():
                await woken(self._awake, stopping)
                await self.count()
        finally:
            stopping.cancel()
            cancel()

    async def count(self) -> None:
        """Count for those who changed; what could not be counted is counted with the next wake-up."""
        everybody, changed = self._everybody, self._changed
        self._everybody, self._changed = False, set()
        try:
            if everybody:
                changed = set(await self._db.tenant_ids())
                self._counts = {tenant: counts for tenant, counts in self._counts.items() if tenant in changed}
            for tenant_id in changed:
                async with self._db.transaction(Scope.system(tenant_id)) as session:
                    self._counts[tenant_id] = await faults.counts(session)
        except ConnectionLost as error:
            self._everybody = True
            note_failure("assets.faults", error)
            log.warning("assets.faults_not_counted", cause=error.message)
        self._show()

    def _heard(self, payload: str | None) -> None:
        if payload is None:
            self._everybody = True
        elif payload.endswith(f":{faults.WAKE_KIND}"):
            self._changed.add(UUID(payload.partition(":")[0]))
        else:
            return
        self._awake.set()

    def _show(self) -> None:
        total: dict[str, int] = {}
        for counts in self._counts.values():
            for kind, number in counts.items():
                total[kind] = total.get(kind, 0) + number
        _FAULTS.clear()
        for kind, number in total.items():
            _FAULTS.labels(kind).set(number)
