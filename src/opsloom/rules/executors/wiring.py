"""Puts the executors together for one process; the composition root calls it."""

from opsloom.assets.kinds import Kinds
from opsloom.infra.core import Core
from opsloom.rules.executors.kind import PollKind
from opsloom.rules.executors.metrics import MetricWork
from opsloom.rules.executors.models import ExecutorKind
from opsloom.rules.executors.query import QueryWork
from opsloom.rules.executors.scheduler import Works


def install(core: Core) -> None:
    """Make the parts, to be found by their class, and the kind of polls."""
    core.parts[Works] = Works({ExecutorKind.QUERY: QueryWork(core), ExecutorKind.METRIC: MetricWork(core)})
    kind = core.parts[PollKind] = PollKind(core.clock)
    core.part(Kinds).add(kind)
